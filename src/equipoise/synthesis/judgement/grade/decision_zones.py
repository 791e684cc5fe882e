"""Where an interval lies between the thresholds of a decision."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.errors import DataError

Interval = tuple[float, float]


def crossed(interval: Interval, thresholds: Sequence[float]) -> tuple[float, ...]:
    """Return the thresholds that lie strictly inside an interval.

    >>> crossed((-0.6, 0.1), (-0.2, 0.2))
    (-0.2,)
    """
    low, high = checked_interval(interval)
    return tuple(t for t in checked_thresholds(thresholds) if low < t < high)


def zones(interval: Interval, thresholds: Sequence[float]) -> tuple[int, ...]:
    """Return the zones that an interval touches: 0 below the lowest threshold, and so on up.

    >>> zones((-0.6, 0.1), (-0.2, 0.2))
    (0, 1)
    """
    low, high = checked_interval(interval)
    limits = checked_thresholds(thresholds)
    first = sum(t <= low for t in limits)
    last = sum(t < high for t in limits)
    return tuple(range(first, max(first, last) + 1))


def checked_interval(interval: Interval) -> Interval:
    """Return low and high as floats."""
    low, high = (float(limit) for limit in interval)
    if math.isnan(low) or math.isnan(high) or low > high:
        raise DataError(f"An interval goes from low to high. Got {low:g} to {high:g}.")
    return low, high


def checked_thresholds(thresholds: Sequence[float]) -> tuple[float, ...]:
    """Return one or two thresholds in order."""
    limits = tuple(sorted({float(t) for t in thresholds}))
    if not 1 <= len(limits) <= 2 or not all(map(math.isfinite, limits)):
        raise DataError(
            f"A decision has one or two thresholds, in the unit of the effect. Got {thresholds}. "
            "Fix them in the review before the data are seen."
        )
    return limits


def written(interval: Interval | None) -> str:
    """Write an interval for a reason."""
    return "none" if interval is None else f"{interval[0]:.3g} to {interval[1]:.3g}"
