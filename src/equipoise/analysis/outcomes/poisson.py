"""Poisson regression of counts with an exposure, by Newton's method; robust covariance.

With the sandwich covariance only the log-linear mean has to be right, not Poisson's variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

HcKind = Literal["HC0", "HC1", "HC2", "HC3"]
NO_RATE = (
    "An arm or a level of a covariate has no events at all: its log rate is not finite. Join "
    "sparse levels, leave that covariate out, or compare the shares of people with any event."
)


@dataclass(frozen=True, slots=True, eq=False)
class PoissonFit:
    """Coefficients (p,) of log rates, their model covariance (p, p), fitted means (n,)."""

    coefficients: FloatArray
    covariance: FloatArray
    mean: FloatArray
    count: FloatArray
    matrix: FloatArray

    @property
    def dispersion(self) -> float:
        """Pearson chi-square over its degrees of freedom: 1 where the counts are Poisson."""
        n, p = self.matrix.shape
        return float(((self.count - self.mean) ** 2 / self.mean).sum() / (n - p))

    def robust_covariance(self, kind: HcKind = "HC3") -> FloatArray:
        """Return the sandwich covariance, residuals as in MacKinnon & White.

        References
        ----------
        Huber (1967), Proc 5th Berkeley Symp 1:221-233.
        MacKinnon & White (1985), J Econometrics 29:305-325.
        """
        n, p = self.matrix.shape
        leverage = self.mean * np.einsum("ij,jk,ik->i", self.matrix, self.covariance, self.matrix)
        kept = 1 - leverage
        if kind in ("HC2", "HC3") and kept.min() < 1e-8:
            raise NotIdentifiedError(f"{kind}: a person has a coefficient of their own. Use HC1.")
        scale = {"HC0": 1.0, "HC1": np.sqrt((n - p) / n), "HC2": np.sqrt(kept), "HC3": kept}[kind]
        influence = (self.matrix * ((self.count - self.mean) / scale)[:, None]) @ self.covariance
        return np.asarray(influence.T @ influence)


def poisson(count: ArrayLike, matrix: ArrayLike, exposure: ArrayLike | None = None) -> PoissonFit:
    """Maximise the Poisson likelihood with a log link and the logarithm of the exposure as offset.

    Parameters
    ----------
    count : shape (n,)
        Whole numbers, 0 or more.
    matrix : shape (n, p)
        Design of full rank, the constant included.
    exposure : shape (n,)
        Time at risk, above 0; 1 by default.

    Raises
    ------
    DataError
        When a count or an exposure is impossible.
    NotIdentifiedError
        When a log rate is not finite.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6.
    """
    y, X, offset = checked(count, matrix, exposure)
    q, r = np.linalg.qr(X)
    start = np.log(y + 0.5 * y.mean() + 1e-3) - offset  # as if each count were nearly its mean
    gamma = np.asarray(q.T @ start)
    value = -np.inf
    for _ in range(100):
        eta = q @ gamma + offset
        mean = np.exp(np.minimum(eta, 500))
        information = (q * mean[:, None]).T @ q
        if mean.min() < 1e-10 * y.mean():
            raise NotIdentifiedError(NO_RATE)
        step = np.linalg.solve(information, q.T @ (y - mean))
        gamma, value = _halved(y, q, offset=offset, gamma=gamma, step=step, value=value)
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(gamma).max()):
            break
    else:
        raise NotIdentifiedError(NO_RATE)
    mean = np.exp(q @ gamma + offset)
    inverse_r = np.linalg.inv(r)
    covariance = inverse_r @ np.linalg.inv((q * mean[:, None]).T @ q) @ inverse_r.T
    return PoissonFit(inverse_r @ gamma, covariance, mean, y, X)


def checked(
    count: ArrayLike, matrix: ArrayLike, exposure: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return counts, design and log exposure, or say what is wrong with them."""
    y, X = np.asarray(count, dtype=np.float64), np.asarray(matrix, dtype=np.float64)
    time = np.ones(len(y)) if exposure is None else np.asarray(exposure, dtype=np.float64)
    if not (np.isfinite(y).all() and (y >= 0).all() and (y == np.round(y)).all()):
        raise DataError("Counts are whole numbers, 0 or more, none missing.")
    if not (np.isfinite(time).all() and (time > 0).all()):
        raise DataError("The exposure is a time at risk: above 0 for everybody, none missing.")
    if not y.any():
        raise NotIdentifiedError("Nobody had an event: there is no rate to compare.")
    if len(y) <= X.shape[1]:
        raise NotIdentifiedError(f"{len(y)} people for {X.shape[1]} coefficients: too few.")
    return y, X, np.log(time)


def _halved(
    y: FloatArray,
    q: FloatArray,
    *,
    offset: FloatArray,
    gamma: FloatArray,
    step: FloatArray,
    value: float,
) -> tuple[FloatArray, float]:
    """Take the Newton step, halved until the likelihood does not fall."""
    for halving in range(40):
        new = gamma + step / 2**halving
        eta = q @ new + offset
        reached = float(y @ eta - np.exp(np.minimum(eta, 500)).sum())
        if reached >= value - 1e-10 * (1 + abs(value)):
            return new, reached
    return gamma, value
