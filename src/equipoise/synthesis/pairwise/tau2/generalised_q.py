"""tau2 where a generalised Q statistic equals its expectation: Paule-Mandel and kin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.pairwise.weighted import FloatArray, Weighted, at_tau2, weighted

STEPS = 200
"""More than any start needs: each step at least halves what is left, near the end squares it."""


def where_q_equals(y: FloatArray, v: FloatArray, x: FloatArray, target: float) -> FloatArray:
    """Return the tau2 >= 0 where Q(tau2) falls to a target; 0 where it starts below it.

    1/Q is concave and rises, by the Cauchy-Schwarz inequality on y'Py, y'PPy and y'PPPy, so
    Newton's steps on it come from the left and never pass the root.

    Parameters
    ----------
    y, v : shape (..., k)
    x : shape (..., k, p)
    target
        Above 0.

    Returns
    -------
    shape (...)
    """
    tau2 = np.zeros(np.broadcast_shapes(y.shape, v.shape)[:-1])
    for _ in range(STEPS):
        fit = at_tau2(y, v, x, tau2)
        q, slope = fit.ypy, fit.yppy
        step = np.where(slope > 0, q * (q - target) / (target * np.where(slope > 0, slope, 1)), 0)
        step = np.maximum(step, 0.0)
        tau2 = tau2 + step
        if (step <= 1e-15 * tau2).all():
            break
    return tau2


def paule_mandel(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return tau2 where Q is its expectation k - p; also the empirical Bayes estimate.

    References
    ----------
    Paule & Mandel (1982), J Res Natl Bur Stand 87:377-385. Morris (1983), J Am Stat Assoc
    78:47-55; the two are the same (Viechtbauer, López-López, Sánchez-Meca & Marín-Martínez
    2015, Psychol Methods 20:360-374).
    """
    return where_q_equals(y, v, x, float(x.shape[-2] - x.shape[-1]))


def median_unbiased_paule_mandel(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return tau2 where Q is the median of its distribution, chi-square with k - p df.

    References
    ----------
    Viechtbauer (2021), in Handbook of Meta-Analysis (Schmid, Stijnen & White), ch. 5.
    """
    from scipy.special import chdtri  # noqa: PLC0415

    return where_q_equals(y, v, x, float(chdtri(x.shape[-2] - x.shape[-1], 0.5)))


def method_of_moments(y: FloatArray, v: FloatArray, x: FloatArray, a: FloatArray) -> FloatArray:
    """Return tau2 where the Q statistic with fixed weights a is its expectation, or 0.

    Parameters
    ----------
    a : shape (..., k)
        1 / v gives DerSimonian-Laird, 1 gives Hedges.

    References
    ----------
    DerSimonian & Kacker (2007), Contemp Clin Trials 28:105-114.
    """
    fit = weighted(y, a, x)
    return np.maximum((fit.ypy - fit.trace_pv(v)) / fit.trace_p, 0.0)


def variance_of_moments(fit: Weighted, v: FloatArray, tau2: NDArray[np.float64] | float) -> float:
    """Return the sampling variance of that estimate: of a quadratic form in normal y.

    One problem at a time; the k by k matrix is formed.
    """
    w, x = fit.w, fit.x
    p = np.diag(w) - (w[:, None] * x) @ fit.inverse @ (w[:, None] * x).T
    spread = p * (v + tau2)
    return float(2 * (spread * spread.T).sum() / np.trace(p) ** 2)
