"""Regression of one participant's series of measurements with AR(1) errors, by REML.

Neighbouring days are alike. The correlation of two residuals is rho to the power of their
distance in time, so that gaps count. Whitening is exact and needs only the residual before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.linear_model import checked_qr
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

AR1 = "Generalised least squares with AR(1) errors by REML, Satterthwaite df"
HIGHEST = 0.999
GRID = 41


@dataclass(frozen=True, slots=True, eq=False)
class SerialRegression:
    """p coefficients, their covariance, and the two parameters of the errors.

    `parameter_covariance` (2, 2) is that of (log s2, rho), `covariance_slope` (2, p, p) the
    derivative of `covariance` in them.
    """

    columns: tuple[str, ...]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    s2: float
    rho: float
    deviance: float
    parameter_covariance: NDArray[np.float64]
    covariance_slope: NDArray[np.float64]

    def contrast(self, weights: ArrayLike) -> Contrast:
        """Estimate `weights` times the coefficients, with Satterthwaite degrees of freedom."""
        l = np.asarray(weights, dtype=np.float64)  # noqa: E741  (the l of the papers)
        variance = float(l @ self.covariance @ l)
        slope = self.covariance_slope @ l @ l
        df = 2 * variance**2 / float(slope @ self.parameter_covariance @ slope)
        return Contrast(float(l @ self.coefficients), math.sqrt(variance), df)


def serial_regression(
    response: ArrayLike, design: ArrayLike, time: ArrayLike, columns: Sequence[str] | None = None
) -> SerialRegression:
    """Fit y = X b + e with corr(e_s, e_t) = rho^|s - t|, 0 <= rho < 1.

    Parameters
    ----------
    response : shape (n,)
    design : shape (n, p)
    time : shape (n,)
        When each was measured, no two at the same time.

    References
    ----------
    Pinheiro & Bates (2000), Mixed-Effects Models in S and S-PLUS, Springer, section 5.3.
    """
    y, X = np.asarray(response, dtype=np.float64), np.asarray(design, dtype=np.float64)
    when = np.asarray(time, dtype=np.float64)
    _, _, names = checked_qr(y, X, columns)
    if when.shape != y.shape or not np.isfinite(when).all():
        raise DataError("Every measurement needs its time, a number.")
    order = np.argsort(when, kind="stable")
    y, X, gaps = y[order], X[order], np.diff(when[order])
    if not (gaps > 0).all():
        raise DataError(
            "Two measurements of one participant have the same time. Give each its day, or the "
            "mean of the day."
        )
    gaps = gaps / gaps.min()  # rho is that of the closest neighbours
    rho = _best_rho(y, X, gaps)
    s2, coefficients, unscaled, deviance = _at(y, X, gaps, rho)
    if not s2 > 1e-24 * max(1.0, float(np.square(y).max())):
        raise NotIdentifiedError("The measurements do not vary beyond what the model explains.")
    spread, slope = _uncertainty(y, X, gaps, rho, s2)
    return SerialRegression(
        names, coefficients, s2 * unscaled, s2, rho, deviance, spread, slope
    )  # fmt: skip


def _whitened(table: NDArray[np.float64], gaps: NDArray[np.float64], rho: float) -> tuple[
    NDArray[np.float64], float
]:  # fmt: skip
    """Return rows with independent unit errors, and the log determinant of the correlation."""
    link = rho**gaps
    left = 1 - link**2
    rest = (table[1:] - link[:, None] * table[:-1]) / np.sqrt(left)[:, None]
    return np.concatenate((table[:1], rest)), float(np.log(left).sum())


def _at(
    y: NDArray[np.float64], X: NDArray[np.float64], gaps: NDArray[np.float64], rho: float
) -> tuple[float, NDArray[np.float64], NDArray[np.float64], float]:
    """Return s2, coefficients, (X'R^-1 X)^-1 and the restricted deviance at the best s2."""
    n, p = X.shape
    white, determinant = _whitened(np.column_stack((X, y)), gaps, rho)
    A = white[:, :p].T @ white[:, :p]
    unscaled = np.asarray(np.linalg.inv(A), dtype=np.float64)
    beta = unscaled @ (white[:, :p].T @ white[:, p])
    residual = white[:, p] - white[:, :p] @ beta
    s2 = float(residual @ residual) / (n - p)
    deviance = (
        (n - p) * (math.log(2 * math.pi * s2) + 1) + determinant + float(np.linalg.slogdet(A)[1])
    )
    return s2, beta, unscaled, deviance


def _best_rho(
    y: NDArray[np.float64], X: NDArray[np.float64], gaps: NDArray[np.float64]
) -> float:  # fmt: skip
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  (heavy)

    def deviance(rho: float) -> float:
        return _at(y, X, gaps, rho)[3]

    grid = np.linspace(0, HIGHEST, GRID)
    best = int(np.argmin([deviance(float(rho)) for rho in grid]))
    if best == GRID - 1:
        raise NotIdentifiedError(
            "Neighbouring measurements are so alike that this series holds hardly more than one. "
            "Take the mean of each treatment period and compare cycles."
        )
    low, high = grid[max(best - 1, 0)], grid[best + 1]
    found = minimize_scalar(deviance, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return 0.0 if best == 0 and deviance(0.0) <= deviance(float(found.x)) else float(found.x)


def _uncertainty(
    y: NDArray[np.float64], X: NDArray[np.float64], gaps: NDArray[np.float64], rho: float, s2: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the covariance of (log s2, rho) and the slope of the coefficients' covariance.

    At log s2 = log s2(rho) + x the deviance is d(rho) + (n - p)(x + exp(-x) - 1), so that its
    derivatives follow from those of the profile in rho.
    """
    n, p = X.shape
    step = min(1e-4, rho / 2) if rho > 0 else 0.0
    unscaled = _at(y, X, gaps, rho)[2]
    if step == 0.0:  # at the edge only s2 has information: least squares with n - p df
        spread = np.diag([2 / (n - p), 0.0])
        return spread, s2 * np.array([unscaled, np.zeros((p, p))])
    (low2, _, low, d0), (_, _, _, d1), (high2, _, high, d2) = (
        _at(y, X, gaps, r) for r in (rho - step, rho, rho + step)
    )
    drift = math.log(high2 / low2) / (2 * step)  # d log s2 / d rho along the profile
    curve = (d0 - 2 * d1 + d2) / step**2
    H = np.array([[n - p, -(n - p) * drift], [-(n - p) * drift, curve + (n - p) * drift**2]])
    spread = np.asarray(2 * np.linalg.inv(H), dtype=np.float64)
    return spread, s2 * np.array([unscaled, (high - low) / (2 * step)])
