"""Response in each arm, where an event is no response: the difference of two proportions."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtr, ndtri

from equipoise.errors import NotIdentifiedError

RISK = (
    "Difference of proportions; interval from two Wilson intervals (Newcombe 1998, Stat Med "
    "17:873-890, method 10); p of the pooled z test"
)


class RiskDifference(NamedTuple):
    """Active minus control; `se` unpooled."""

    estimate: float
    se: float
    low: float
    high: float
    p: float


def risk_difference(x1: int, n1: int, x0: int, n0: int, level: float = 0.95) -> RiskDifference:
    """Compare x1 of n1 on active with x0 of n0 on control.

    Raises
    ------
    NotIdentifiedError
        When an arm has nobody.

    Examples
    --------
    >>> [round(v, 4) for v in risk_difference(56, 70, 48, 80)[::2][:2]]
    [0.2, 0.0524]
    """
    if min(n1, n0) < 1:
        raise NotIdentifiedError(f"A proportion needs people: {n1} on active, {n0} on control.")
    p1, p0 = x1 / n1, x0 / n0
    z = float(ndtri((1 + level) / 2))
    (low1, high1), (low0, high0) = _wilson(x1, n1, z), _wilson(x0, n0, z)
    d = p1 - p0
    pooled = (x1 + x0) / (n1 + n0)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    return RiskDifference(
        d,
        math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0),
        d - math.hypot(p1 - low1, high0 - p0),
        d + math.hypot(high1 - p1, p0 - low0),
        2 * float(ndtr(-abs(d) / spread)) if spread else 1.0,
    )


def _wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """Return Wilson's (1927) interval of one proportion."""
    p, half = x / n, z * math.sqrt(z**2 + 4 * x * (1 - x / n))
    centre, scale = 2 * n * p + z**2, 2 * (n + z**2)
    return (centre - half) / scale, (centre + half) / scale
