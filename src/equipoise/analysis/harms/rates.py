"""Events over time at risk: rates by arm, their difference and their ratio.

People are followed for different times, above all where harms make them leave: then shares
mislead, and events per time at risk are compared (exposure-adjusted incidence).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, gammaincinv, ndtri

from equipoise.analysis.harms.bisection import crossing
from equipoise.analysis.harms.risk_difference import WithLimits, ratio_of
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

EXACT_RATE = "First events over time at risk, exact Poisson interval (Garwood 1936)"
EXACT_RATIO = "Ratio of Poisson rates, exact conditional interval (Przyborowski & Wilenski 1940)"
SCORE_DIFFERENCE = (
    "Difference of Poisson rates with score interval (Miettinen & Nurminen 1985, Stat Med "
    "4:213-226)"
)
CONSTANT = "The rate is constant over the time at risk (a first event: constant hazard)"


def poisson_rate(events: ArrayLike, time: ArrayLike, level: float = 0.95) -> WithLimits:
    """Estimate a rate with its exact interval.

    Parameters
    ----------
    events, time : same shape
        Events, and person-time at risk > 0; the rate is per unit of that time.

    Examples
    --------
    >>> rate = poisson_rate(0, 120)
    >>> print(rate.estimate, rate.high.round(4))
    0.0 0.0307

    References
    ----------
    Garwood (1936), Biometrika 28:437-442.
    """
    x, t = _checked(events, time)
    tail = (1 - level) / 2
    low = np.where(x > 0, gammaincinv(np.where(x > 0, x, 1.0), tail), 0.0)
    high = gammaincinv(x + 1, 1 - tail)
    return WithLimits(x / t, low / t, high / t)


def rate_difference(
    events1: ArrayLike,
    time1: ArrayLike,
    events0: ArrayLike,
    time0: ArrayLike,
    *,
    level: float = 0.95,
) -> WithLimits:
    """Estimate the difference of two rates, arm 1 minus arm 0, with score interval.

    References
    ----------
    Miettinen & Nurminen (1985), Stat Med 4:213-226.
    """
    (x1, t1), (x0, t0) = _checked(events1, time1), _checked(events0, time0)
    z = float(ndtri((1 + level) / 2))
    T, X = t1 + t0, x1 + x0
    difference = x1 / t1 - x0 / t0

    def score(delta: FloatArray) -> FloatArray:
        b = T * delta - X
        rate0 = (-b + np.sqrt(np.maximum(b**2 + 4 * T * x0 * delta, 0.0))) / (2 * T)
        rate0 = np.maximum(rate0, np.maximum(-delta, 0.0))
        variance = (rate0 + delta) / t1 + rate0 / t0
        return ratio_of(difference - delta, variance)

    reach = np.abs(difference) + (10 + z) * (1 + np.sqrt(X)) * (1 / t1 + 1 / t0) * (1 + z)
    low, high = crossing(score, z, -reach, reach), crossing(score, -z, -reach, reach)
    return WithLimits(difference, np.minimum(low, difference), np.maximum(high, difference))


def rate_ratio(
    events1: float, time1: float, events0: float, time0: float, *, level: float = 0.95
) -> WithLimits:
    """Estimate the ratio of two rates, arm 1 over arm 0, given the number of events of both.

    Raises
    ------
    NotIdentifiedError
        Without an event in arm 0 (the ratio has no upper limit), or without any.

    References
    ----------
    Przyborowski & Wilenski (1940), Biometrika 31:313-323.
    """
    (x1, t1), (x0, t0) = _checked(events1, time1), _checked(events0, time0)
    if x0 == 0:
        raise NotIdentifiedError("No event in the control arm: a ratio to it is not defined.")
    tail = (1 - level) / 2
    share_low = betaincinv(x1, x0 + 1, tail) if x1 > 0 else 0.0
    share_high = betaincinv(x1 + 1, x0, 1 - tail)
    odds = [share / (1 - share) * t0 / t1 for share in (share_low, share_high)]
    return WithLimits(np.asarray(x1 / t1 / (x0 / t0)), *(np.asarray(v) for v in odds))


def _checked(events: ArrayLike, time: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, t = np.broadcast_arrays(
        np.asarray(events, dtype=np.float64), np.asarray(time, dtype=np.float64)
    )
    if not ((x >= 0) & (t > 0) & np.isfinite(t)).all():
        raise DataError(
            "A rate needs a count of events >= 0 and a time at risk > 0. Got events "
            f"{x.tolist()}, time {t.tolist()}."
        )
    return x, t
