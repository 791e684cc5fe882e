"""Stopping one arm for harm: an exact boundary for looking after every person, or at looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

POCOCK = (
    "Exact Pocock-type boundary for continuous monitoring of one arm (Ivanova, Qaqish & Schell "
    "2005, Biometrics 61:540-545)"
)
NEVER = -1
"""In a table of boundaries: no count of events stops the trial at this look."""


def binomial_pmf(n: int, p: float) -> FloatArray:
    """Return P(X = 0..n) of a binomial count."""
    k = np.arange(n + 1)
    if p in (0.0, 1.0):
        return np.asarray((k == n * p), dtype=np.float64)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(logs + k * np.log(p) + (n - k) * np.log1p(-p)))


def crossing_by_look(people: IntArray, stop_at: IntArray, risk: float) -> FloatArray:
    """Return the probability of stopping first at each look, one arm.

    Parameters
    ----------
    people : shape (looks,)
        People observed at each look, rising.
    stop_at : shape (looks,)
        The count of people with an event that stops; -1 for none.
    risk
        The true risk.
    """
    alive, so_far = np.array([1.0]), 0
    stopped = np.zeros(len(people))
    for look, (n, bound) in enumerate(zip(people, stop_at, strict=True)):
        alive = np.convolve(alive, binomial_pmf(int(n) - so_far, risk))
        so_far = int(n)
        if bound != NEVER:
            stopped[look] = alive[bound:].sum()
            alive[bound:] = 0.0
    return stopped


@dataclass(frozen=True, slots=True, eq=False)
class OneArmBoundary:
    """At each look, the count of people with an event at which to stop (-1: none does)."""

    people: IntArray
    stop_at: IntArray
    acceptable: float
    alpha: float

    def probability(self, risk: float) -> float:
        """Return how often the trial stops if the risk is `risk`."""
        return float(crossing_by_look(self.people, self.stop_at, risk).sum())

    def expected_people(self, risk: float) -> float:
        """Return how many people are observed on average if the risk is `risk`."""
        stopped = crossing_by_look(self.people, self.stop_at, risk)
        return float(stopped @ self.people + (1 - stopped.sum()) * self.people[-1])


def one_arm_boundary(acceptable: float, people: ArrayLike, alpha: float = 0.05) -> OneArmBoundary:
    """Find the Pocock-type boundary of one arm.

    Parameters
    ----------
    acceptable
        The risk that would still be accepted, between 0 and 1.
    people : shape (looks,)
        People observed at each look, rising; ``range(1, 31)`` looks after every person.
    alpha
        The largest probability of ever stopping while the risk is acceptable.

    Returns
    -------
    OneArmBoundary
        Every look has the same pointwise level, the largest at which the exact probability of
        ever stopping is at most alpha.

    Examples
    --------
    >>> rule = one_arm_boundary(0.2, [5, 10, 15, 20], alpha=0.05)
    >>> rule.stop_at.tolist(), round(rule.probability(0.2), 3)
    ([4, 6, 7, 8], 0.041)

    References
    ----------
    Ivanova, Qaqish & Schell (2005), Biometrics 61:540-545.
    """
    n = np.asarray(people, dtype=np.int64)
    check_looks(n, acceptable, alpha)
    tails = [np.append(np.cumsum(binomial_pmf(int(k), acceptable)[::-1])[::-1], 0.0) for k in n]
    levels = np.unique(np.concatenate([tail[1:-1] for tail in tails]))
    levels = levels[levels <= alpha + 1e-15]
    low, high = 0, len(levels)  # the crossing probability rises with the pointwise level
    while low < high:
        middle = (low + high + 1) // 2
        stop = _at_level(tails, levels[middle - 1])
        if crossing_by_look(n, stop, acceptable).sum() <= alpha + 1e-12:
            low = middle
        else:
            high = middle - 1
    if low == 0:
        raise NotIdentifiedError(
            f"With {n[-1]} people no boundary keeps the probability of stopping at {alpha:g}: "
            "observe more people, or allow a larger alpha."
        )
    return OneArmBoundary(n, _at_level(tails, levels[low - 1]), acceptable, alpha)


def _at_level(tails: list[FloatArray], level: float) -> IntArray:
    """Return at each look the first count whose upper tail is within the level."""
    stop = []
    for tail in tails:
        count = int(np.argmax(tail <= level * (1 + 1e-12)))
        stop.append(count if count < len(tail) - 1 else NEVER)
    return np.array(stop, dtype=np.int64)


def check_looks(people: IntArray, risk: float, alpha: float) -> None:
    """Refuse looks that do not rise, and what is no probability."""
    if people.ndim != 1 or not people.size or people[0] < 1 or (np.diff(people) < 1).any():
        raise DataError(f"People observed must rise from look to look. Got {people.tolist()}.")
    if not 0 < risk < 1 or not 0 < alpha < 1:
        raise DataError(f"A risk and an error rate lie between 0 and 1. Got {risk} and {alpha}.")
