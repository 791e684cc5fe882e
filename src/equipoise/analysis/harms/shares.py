"""The share of people with an event: exact and score intervals of one proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, ndtri

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def checked_counts(events: ArrayLike, people: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return counts as floats of one shape; each 0 <= events <= people, people at least 1."""
    x, n = np.broadcast_arrays(
        np.asarray(events, dtype=np.float64), np.asarray(people, dtype=np.float64)
    )
    if not ((n >= 1) & (x >= 0) & (x <= n)).all():
        raise DataError(
            "People with an event are counted within people at risk: 0 <= events <= people, and "
            f"people >= 1. Got {x.tolist()} of {n.tolist()}."
        )
    return x, n


def clopper_pearson(
    events: ArrayLike, people: ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return the exact interval of a share; with no event its upper limit is still above 0.

    Parameters
    ----------
    events, people : same shape

    Examples
    --------
    >>> low, high = clopper_pearson(0, 30)
    >>> print(low, high.round(4))
    0.0 0.1157

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26:404-413.
    """
    x, n = checked_counts(events, people)
    tail = (1 - level) / 2
    some, free = x > 0, x < n
    low = np.where(some, betaincinv(np.where(some, x, 1), n - x + 1, tail), 0.0)
    high = np.where(free, betaincinv(x + 1, np.where(free, n - x, 1), 1 - tail), 1.0)
    return low, high


def wilson(
    events: ArrayLike, people: ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of a share (1927, JASA 22:209-212)."""
    x, n = checked_counts(events, people)
    z2 = ndtri((1 + level) / 2) ** 2
    p = x / n
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # rounding must not push a limit past a share of exactly 0 or 1
    return np.minimum(np.maximum(centre - half, 0), p), np.maximum(np.minimum(centre + half, 1), p)
