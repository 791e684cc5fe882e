"""Intervals of shares and of their differences that stay inside their range.

An index that lives in [-1, 1] with an interval that leaves it misleads most where trials are small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Interval = Literal["default", "wald"]


class Index(NamedTuple):
    """An index (shape as its counts), its closed-form standard error and its interval."""

    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray


def wilson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, ...]:
    """Return Wilson's score interval of a proportion (JASA 1927;22:209).

    Examples
    --------
    >>> low, high = wilson(81, 263)  # Newcombe 1998, Stat Med 17:857-872, table I
    >>> print(low.round(4), high.round(4))
    0.2553 0.3662
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z2 = ndtri((1 + level) / 2) ** 2
    p = x / n
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # rounding must not push a limit past a proportion of exactly 0 or 1
    return np.minimum(np.maximum(centre - half, 0), p), np.maximum(np.minimum(centre + half, 1), p)


def tango(
    first: FloatArray, second: FloatArray, n: FloatArray, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return Tango's score interval of (first - second) / n, two shares of one multinomial.

    Tango (1998), Stat Med 17:891-908: the differences d whose score statistic stays below z,
    the second share being at its maximum-likelihood value under d. Bisected to 1e-12.
    """
    z = ndtri((1 + level) / 2)
    b, c = first, second
    index = (b - c) / n

    def score(d: FloatArray) -> FloatArray:
        """Score statistic of difference d; falls as d grows."""
        a_ = 2 * n
        b_ = -b - c + (2 * n - b + c) * d
        c_ = -c * d * (1 - d)
        q = (np.sqrt(np.maximum(b_**2 - 4 * a_ * c_, 0)) - b_) / (2 * a_)
        variance = np.maximum(n * (2 * q + d * (1 - d)), 1e-300)
        return (b - c - n * d) / np.sqrt(variance)

    def bisect(target: float, low: FloatArray, high: FloatArray) -> FloatArray:
        for _ in range(45):
            middle = (low + high) / 2
            above = score(middle) > target
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return (low + high) / 2

    one = np.ones_like(index)
    low = np.where(c >= n, -1.0, bisect(z, -one, index))
    high = np.where(b >= n, 1.0, bisect(-z, index, one))
    return low, high


def wald(estimate: FloatArray, se: FloatArray, level: float) -> Index:
    """Return estimate +- z se, which may leave the range of the index."""
    half = ndtri((1 + level) / 2) * se
    return Index(estimate, se, estimate - half, estimate + half)


def clustered_se(residual: FloatArray, person: ArrayLike | None = None) -> FloatArray:
    """Return the standard error of a mean from its residuals, summed within person first.

    Without persons the multinomial form (divisor n); with G persons the sandwich times G/(G-1).
    """
    n = len(residual)
    if person is None:
        return np.asarray(np.sqrt((residual**2).sum()) / n)
    sums = np.bincount(np.asarray(person), weights=residual)
    people = np.count_nonzero(np.bincount(np.asarray(person)))
    return np.asarray(np.sqrt((sums**2).sum() * people / max(people - 1, 1)) / n)
