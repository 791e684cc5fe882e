"""A p value from the null distribution of a statistic, exact or drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Alternative = Literal["two-sided", "greater", "less"]
TIE = 1e-11
"""Values closer than this part of the largest deviation are equal: sums round
differently, and scores are centred first."""


class Tail(NamedTuple):
    """p, its Monte Carlo standard error (0 when exact), and the statistic's mean under the null."""

    p: float
    error: float
    expected: float


def tail(
    observed: float,
    null: NDArray[np.float64],
    probability: NDArray[np.float64] | None,
    alternative: Alternative,
    *,
    expected: float | None = None,
) -> Tail:
    """Return how probable a statistic at least as extreme as the observed one is.

    Parameters
    ----------
    observed
    null : shape (k,)
        Values under the null: all with their `probability`, or equally weighted draws.
    probability : shape (k,)
        None for draws: then the observed allocation counts as one more of them, so that the test
        is valid whatever the number of draws.
    alternative
        Two-sided counts deviations from the mean under the null, in either direction.
    expected
        That mean, where it is known; else it is that of the distribution, or of draws and
        observed together. (A mean that was drawn separates values which lie equally far on both
        sides, as whole-number scores often do.)

    References
    ----------
    Phipson & Smyth (2010), Stat Appl Genet Mol Biol 9:39.

    Examples
    --------
    >>> tail(3.0, np.array([-3.0, -1.0, 1.0, 3.0]), np.full(4, 0.25), "two-sided").p
    0.5
    >>> tail(3.0, np.array([-3.0, -1.0, 1.0]), None, "greater").p
    0.25
    """
    draws = len(null)
    if expected is None:
        drawn = (float(null.sum()) + observed) / (draws + 1)
        expected = drawn if probability is None else float(probability @ null)
    sign = -1.0 if alternative == "less" else 1.0
    deviation = sign * (null - expected)
    own = sign * (observed - expected)
    if alternative == "two-sided":
        deviation, own = np.abs(deviation), abs(own)
    size = max(float(np.abs(deviation).max(initial=0.0)), abs(own))
    extreme = deviation >= own - TIE * size
    if probability is not None:
        return Tail(min(float(probability[extreme].sum()), 1.0), 0.0, expected)
    p = (1 + int(np.count_nonzero(extreme))) / (1 + draws)
    return Tail(p, float(np.sqrt(p * (1 - p) / (1 + draws))), expected)


def doubled(observed: float, null: NDArray[np.float64]) -> Tail:
    """Return twice the smaller one-sided p of draws, for a statistic whose mean nobody knows."""
    greater = tail(observed, null, None, "greater")
    less = tail(observed, null, None, "less")
    smaller = min(greater, less)
    return Tail(min(2 * smaller.p, 1.0), 2 * smaller.error, smaller.expected)
