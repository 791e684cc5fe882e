"""Heterogeneity between studies of a regression with independent contrasts: DL, REML and ML.

The model is z ~ N(X beta, d + tau2 / 2) with N rows, the form into which `study_blocks.rotated`
brings a network; the same tau2 holds for all comparisons, a multi-arm study's included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Method = Literal["DL", "REML", "ML"]

SOURCES = {
    "DL": "generalised DerSimonian-Laird (Jackson, White & Riley 2012)",
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
}
GRID = np.concatenate(([0.0], np.logspace(-8, 3, 120)))


class Weighted(NamedTuple):
    """Least squares at weights w: coefficients, residuals and tr of M+ X' W^2 X."""

    beta: FloatArray
    inverse: FloatArray
    residual: FloatArray
    q: float
    trace: float


def least_squares(z: FloatArray, X: FloatArray, w: FloatArray) -> Weighted:
    """Regress z (N,) on X (N, p), of any rank, with weights w (N,)."""
    weighted = X * w[:, None]
    inverse = np.linalg.pinv(X.T @ weighted, rcond=1e-12, hermitian=True).astype(np.float64)
    beta = inverse @ (weighted.T @ z)
    residual = z - X @ beta
    trace = float(np.einsum("ij,ij->", weighted @ inverse, weighted))
    return Weighted(beta, inverse, residual, float(w @ residual**2), trace)


def tau2_of(
    z: FloatArray, d: FloatArray, X: FloatArray, method: Method = "DL", *, lack: float = 0.0
) -> float:
    """Estimate tau2, at least 0.

    Parameters
    ----------
    z, d : shape (N,)
        Contrasts and their within-study variances.
    X : shape (N, p)
        Their design.
    method
        DL equates Q with its expectation; REML and ML maximise, to machine precision, over all
        local maxima.
    lack
        A part of Q that no contrast holds: effects of multi-arm studies that do not quite add up.

    References
    ----------
    Jackson, White & Riley (2012), Stat Med 31:3805-3820.
    """
    X = _full_rank(X)
    if len(z) <= X.shape[1]:
        return 0.0
    if method == "DL":
        return 2 * _moment(z, d, X, lack)
    return 2 * _maximum(z, d, X, restricted=method == "REML")


def _full_rank(X: FloatArray) -> FloatArray:
    """Return an orthonormal basis of the columns' span: the likelihood depends on nothing else."""
    left, size, _ = np.linalg.svd(X, full_matrices=False)
    return left[:, size > 1e-10 * max(size[0], 1e-300)]


def _moment(z: FloatArray, d: FloatArray, X: FloatArray, lack: float) -> float:
    w = 1 / d
    fit = least_squares(z, X, w)
    excess = fit.q + lack - (len(z) - X.shape[1])
    return float(max(0.0, excess / (float(w.sum()) - fit.trace)))


def _score(z: FloatArray, d: FloatArray, X: FloatArray, t: float, *, restricted: bool) -> float:
    """Twice the derivative of the log likelihood in t = tau2 / 2."""
    w = 1 / (d + t)
    fit = least_squares(z, X, w)
    trace = float(w.sum()) - (fit.trace if restricted else 0.0)
    gain: float = ((w * fit.residual) ** 2).sum() - trace
    return gain


def _likelihood(
    z: FloatArray, d: FloatArray, X: FloatArray, t: float, *, restricted: bool
) -> float:
    """Twice the log likelihood in t = tau2 / 2, up to a constant."""
    w = 1 / (d + t)
    fit = least_squares(z, X, w)
    free = np.linalg.slogdet(X.T @ (X * w[:, None]))[1] if restricted else 0.0
    return float(np.log(w).sum() - free - fit.q)


def _maximum(z: FloatArray, d: FloatArray, X: FloatArray, *, restricted: bool) -> float:
    def score(t: float) -> float:
        return _score(z, d, X, t, restricted=restricted)

    unit = float(d.mean() + z.var())
    grid = unit * GRID
    values = [score(float(t)) for t in grid]
    tops = [0.0] if values[0] <= 0 else []
    for low, high, one, two in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True):
        if one > 0 >= two:
            tops.append(_root(score, float(low), float(high)))
    if len(tops) == 1:
        return tops[0]
    return max(tops, key=lambda t: _likelihood(z, d, X, t, restricted=restricted))


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    return float(brentq(f, low, high, xtol=1e-15 * high, rtol=1e-14))
