"""Probability that no comparison with a shared control exceeds a bound: Dunnett's integral.

Given the control's deviation z and the standard deviation's ratio s, the comparisons are
independent: a product under two one-dimensional integrals, whatever their number.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammainccinv, gammaincinv, gammaln, ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Sides = Literal["two-sided", "one-sided"]
_REACH = 9.0  # a standard normal beyond it has probability 2e-19
_TAIL = 1e-16  # of the standard deviation's distribution, left out on either side


def within_bounds(bound: float, loading: ArrayLike, df: float, sides: Sides) -> float:
    """Return P(T_i <= bound for all i), or P(|T_i| <= bound for all i) if two-sided.

    Parameters
    ----------
    bound
        The largest t ratio.
    loading : shape (k,)
        lambda_i in [0, 1): T_i and T_j have correlation lambda_i lambda_j.
    df
        Degrees of freedom of the shared variance; infinite if it is known.

    Returns
    -------
    float
        Gauss-Legendre quadrature; compared with nested adaptive quadrature to 1e-9.

    References
    ----------
    Dunnett (1955), JASA 50:1096-1121. Dunnett & Sobel (1955), Biometrika 42:258-260, for the
    product of unequal loadings.
    """
    lam = np.asarray(loading, dtype=np.float64)
    width = float(np.sqrt(1 - lam**2).min())
    z, z_weight = _normal_rule(_panels(width))
    if not math.isfinite(df):
        return float(_given_sd(np.array([bound]), lam, z, sides)[0] @ z_weight)
    s, s_weight = _sd_rule(float(df))
    inner = _given_sd(bound * s, lam, z, sides)
    return min(float(s_weight @ inner @ z_weight), 1.0)


def _given_sd(bound: FloatArray, lam: FloatArray, z: FloatArray, sides: Sides) -> FloatArray:
    """Return the product over comparisons, shape (bounds, z)."""
    product = np.ones((bound.size, z.size))
    for loading in lam:
        root = math.sqrt(1 - loading**2)
        inside = ndtr((bound[:, None] + loading * z) / root)
        if sides == "two-sided":
            inside -= ndtr((loading * z - bound[:, None]) / root)
        product *= inside
    return product


def _panels(width: float) -> int:
    """Return how many panels of 16 nodes resolve steps of that width over the normal's range."""
    return int(min(max(16, math.ceil(6 / width)), 400))


@lru_cache(maxsize=8)
def _normal_rule(panels: int) -> tuple[FloatArray, FloatArray]:
    z, weight = _composite(-_REACH, _REACH, panels)
    density = weight * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return z, density / density.sum()


@lru_cache(maxsize=32)
def _sd_rule(df: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of s = sqrt(chi-square_df / df)."""
    low = math.sqrt(2 * gammaincinv(df / 2, _TAIL) / df)
    high = math.sqrt(2 * gammainccinv(df / 2, _TAIL) / df)
    s, weight = _composite(low, high, 8)
    log_density = (
        math.log(2) + df / 2 * math.log(df / 2) - gammaln(df / 2)
        + (df - 1) * np.log(s) - df * s**2 / 2
    )  # fmt: skip
    density = weight * np.exp(log_density)
    return s, density / density.sum()


def _composite(low: float, high: float, panels: int) -> tuple[FloatArray, FloatArray]:
    """Return the nodes and weights of Gauss-Legendre quadrature with 16 nodes a panel."""
    node, weight = np.polynomial.legendre.leggauss(16)
    half = (high - low) / panels / 2
    centre = low + half * (2 * np.arange(panels) + 1)
    return (centre[:, None] + half * node).ravel(), np.tile(half * weight, panels)
