"""Ratio of risks between two arms, by score; it needs an event in either arm to speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.analysis.harms.bisection import crossing
from equipoise.analysis.harms.risk_difference import WithLimits, ratio_of
from equipoise.analysis.harms.shares import checked_counts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

KOOPMAN = "Risk ratio with score interval (Koopman 1984, Biometrics 40:513-517)"
_FAR = 25.0  # of the log ratio: beyond 7e10 to one nothing is left to say


def koopman(
    events1: ArrayLike, people1: ArrayLike, events0: ArrayLike, people0: ArrayLike,
    *, level: float = 0.95,
) -> WithLimits:  # fmt: skip
    """Estimate the risk ratio, arm 1 over arm 0, of many tables at once.

    Returns
    -------
    WithLimits
        Without an event in arm 0 the estimate and the upper limit are infinite, without one in
        arm 1 the estimate and the lower limit are 0; without any all three are NaN.

    Examples
    --------
    >>> r = koopman(36, 40, 16, 80)
    >>> print(r.estimate.round(3), r.low.round(3), r.high.round(3))
    4.5 2.94 7.152

    References
    ----------
    Koopman (1984), Biometrics 40:513-517. Gart & Nam (1988), Biometrics 44:323-338.
    """
    x1, n1 = checked_counts(events1, people1)
    x0, n0 = checked_counts(events0, people0)
    z = float(ndtri((1 + level) / 2))
    none1, none0 = x1 == 0, x0 == 0

    def score(log_ratio: FloatArray) -> FloatArray:
        ratio = np.exp(log_ratio)
        p1, p0 = _restricted(x1, n1, x0, n0, ratio)
        variance = p1 * (1 - p1) / n1 + ratio**2 * p0 * (1 - p0) / n0
        numerator = x1 / n1 - ratio * x0 / n0  # over its SD: the root of Koopman's chi-square
        return ratio_of(numerator, variance)

    shape = np.broadcast(x1, x0).shape
    ends = np.full(shape, -_FAR), np.full(shape, _FAR)
    low, high = (np.exp(crossing(score, side, *ends)) for side in (z, -z))
    estimate = np.where(none0, np.inf, (x1 / n1) / np.where(none0, 1.0, x0 / n0))
    low = np.where(none1, 0.0, np.minimum(low, estimate))
    high = np.where(none0, np.inf, np.maximum(high, estimate))
    nothing = none1 & none0
    return WithLimits(*(np.where(nothing, np.nan, v) for v in (estimate, low, high)))


def _restricted(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, ratio: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the most likely shares of two arms of that ratio: the root of a quadratic."""
    a = ratio * (n1 + n0)
    b = -(ratio * (n1 + x0) + x1 + n0)
    c = x1 + x0
    share0 = 2 * c / (-b + np.sqrt(np.maximum(b**2 - 4 * a * c, 0.0)))  # no digits cancel
    return np.minimum(ratio * share0, 1.0), np.minimum(share0, 1.0)
