"""The AB/BA crossover with a yes-or-no outcome: participants who prefer one period.

Only participants with a success in one period and a failure in the other tell of treatment.
McNemar's test counts which treatment they did better on and lets the period effect in;
Mainland and Gart compare the preferred period between the sequences, which takes it out;
Prescott's test also lets the participants without a preference speak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, gammaln

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

MCNEMAR = "Exact binomial test of preferences, period ignored (McNemar 1947)"
MAINLAND_GART = (
    "Exact conditional test of the preferred period by sequence (Gart 1969); odds ratio within "
    "participants by conditional maximum likelihood"
)
PRESCOTT = "Exact test of preferences by sequence, ties kept (Prescott 1981)"
SAME = 1 + 1e-7  # tables whose probabilities differ by rounding alone are as likely


@dataclass(frozen=True, slots=True)
class BinaryCrossover:
    """Counts (2, 3): active-first, then control-first; first period better, tie, second better.

    `odds_ratio`, `low` and `high` compare active with control within a participant; the ratio
    is 0 or infinite when all preferences point one way.
    """

    preferences: NDArray[np.int64]
    mcnemar_p: float
    mainland_gart_p: float
    prescott_p: float
    odds_ratio: float
    low: float
    high: float


def two_by_two_binary(preferences: ArrayLike, *, level: float = 0.95) -> BinaryCrossover:
    """Compare two treatments by the preferences of participants.

    Parameters
    ----------
    preferences : shape (2, 3)
        Participants with active first, then control first; columns: success in the first period
        only, in both or neither, in the second only.

    Raises
    ------
    NotIdentifiedError
        If a sequence has nobody who prefers a period.

    Examples
    --------
    >>> found = two_by_two_binary([[6, 28, 0], [2, 27, 4]])
    >>> round(found.mcnemar_p, 4), round(found.mainland_gart_p, 4)
    (0.0386, 0.0606)

    References
    ----------
    Gart (1969), Biometrika 56:75-80. Prescott (1981), J R Stat Soc C 30:9-15.
    """
    table = np.asarray(preferences)
    if table.shape != (2, 3) or not (np.isfinite(table).all() and (table >= 0).all()):
        raise DataError(
            "Preferences need 2 rows (active first, control first) of 3 counts (first period "
            f"better, tie, second better), each >= 0. Got {table.tolist()}."
        )
    table = table.astype(np.int64)
    decided = table[:, [0, 2]]
    if not decided.sum(axis=1).all():
        raise NotIdentifiedError(
            f"Of the participants with active first {decided[0].sum()} and with control first "
            f"{decided[1].sum()} did better in one period: both sequences need some."
        )
    for_active = int(decided[0, 0] + decided[1, 1])
    fewer = min(for_active, int(decided.sum()) - for_active)
    odds, low, high, p = _conditional(decided, level)
    return BinaryCrossover(
        preferences=table,
        mcnemar_p=min(1.0, 2 * float(bdtr(fewer, int(decided.sum()), 0.5))),
        mainland_gart_p=p,
        prescott_p=_prescott(table),
        odds_ratio=math.sqrt(odds),  # the sequences differ by twice the log odds ratio
        low=math.sqrt(low),
        high=math.sqrt(high),
    )


def _conditional(table: NDArray[np.int64], level: float) -> tuple[float, float, float, float]:
    """Return the odds ratio of a (2, 2) table given its margins, exact limits, and Fisher's p."""
    (a, b), (c, d) = table.tolist()
    low_x, high_x = max(0, a - d), min(a + b, a + c)
    x = np.arange(low_x, high_x + 1)
    ways = _log_choose(a + b, x) + _log_choose(c + d, a + c - x)

    def chances(log_odds: float) -> NDArray[np.float64]:
        weight = ways + x * log_odds
        share = np.exp(weight - weight.max())
        return np.asarray(share / share.sum(), dtype=np.float64)

    null = chances(0.0)
    p = float(null[null <= null[a - low_x] * SAME].sum())
    tail = (1 - level) / 2
    at_least, at_most, lowest, highest = x >= a, x <= a, a == low_x, a == high_x
    odds = _root(lambda t: float(chances(t) @ x) - a) if not (lowest or highest) else None
    low = 0.0 if lowest else _root(lambda t: float(chances(t)[at_least].sum()) - tail)
    high = math.inf if highest else _root(lambda t: tail - float(chances(t)[at_most].sum()))
    return (0.0 if lowest else math.inf) if odds is None else odds, low, high, min(1.0, p)


def _root(rises: Callable[[float], float]) -> float:
    """Return the odds ratio at which a function of its logarithm is 0."""
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    return math.exp(float(brentq(rises, -60, 60, xtol=1e-13, rtol=1e-14)))


def _prescott(table: NDArray[np.int64]) -> float:
    """Return the exact p of first-period preferences less second-period ones, given the margins."""
    n, (first, tie, second) = int(table[0].sum()), table.sum(axis=0).tolist()
    a = np.arange(min(first, n) + 1)[:, None]
    b = np.arange(min(second, n) + 1)[None, :]
    middle = n - a - b
    possible = (middle >= 0) & (middle <= tie)
    log_ways = _log_choose(first, a) + _log_choose(second, b)
    log_ways = log_ways + _log_choose(tie, np.clip(middle, 0, tie))
    weight = np.where(possible, np.exp(log_ways - log_ways[possible].max()), 0.0)
    expected = n * (first - second) / (first + tie + second)
    seen = abs(int(table[0, 0] - table[0, 2]) - expected)
    extreme = np.abs(a - b - expected) >= seen - 1e-9
    return min(1.0, float(weight[extreme].sum() / weight.sum()))


def _log_choose(n: int, k: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)
