"""Minimisation compiled by Numba (the extra `fast`): loops over trials, people and factors.

Two arms at equal ratio need only the lead of one arm in each level. |d + 1| - |d - 1| is twice the
sign of a whole number d and (d + 1)^2 - (d - 1)^2 is 4 d; for two arms the standard deviation is
the range up to a factor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.judgement.simulated_minimisation import MinimisationTables


def minimise(
    people: NDArray[np.int8], uniform: NDArray[np.float64], tables: MinimisationTables
) -> NDArray[np.int8]:
    """Return the share of everyone, shape (trials, n), from a uniform number each."""
    out = np.empty(uniform.shape, dtype=np.int8)
    people = np.ascontiguousarray(people)
    if len(tables.unit) == 2 and tables.unit[0] == tables.unit[1]:
        coin = tables.favoured[1, 1]
        squared = tables.measure == 1
        _two(people, uniform, tables.first, tables.weight, tables.levels, coin, squared, out)
        return out
    _several(
        people, uniform, tables.first, tables.weight, tables.levels, tables.unit, tables.parts,
        tables.favoured, tables.measure, out,
    )  # fmt: skip
    return out


@njit(cache=True, nogil=True)
def _two(
    people: Any,
    uniform: Any,
    first: Any,
    weight: Any,
    levels: Any,
    coin: Any,
    squared: Any,
    out: Any,
) -> None:
    trials, n, factors = people.shape
    ahead = np.zeros(levels, dtype=np.int32)
    for trial in range(trials):
        ahead[:] = 0
        for person in range(n):
            lead = 0.0
            for k in range(factors):
                d = ahead[first[k] + people[trial, person, k]]
                lead += weight[k] * (d if squared else (d > 0) - (d < 0))
            chance = 0.5 if lead == 0 else (coin if lead < 0 else 1 - coin)
            arm = uniform[trial, person] < chance
            out[trial, person] = arm
            for k in range(factors):
                ahead[first[k] + people[trial, person, k]] += 1 if arm else -1


@njit(cache=True, nogil=True)
def _several(
    people: Any, uniform: Any, first: Any, weight: Any, levels: Any, unit: Any, parts: Any,
    favoured: Any, measure: Any, out: Any,
) -> None:  # fmt: skip
    trials, n, factors = people.shape
    shares = len(unit)
    counts = np.zeros((levels, shares))
    imbalance = np.zeros(shares)
    for trial in range(trials):
        counts[:] = 0
        for person in range(n):
            imbalance[:] = 0
            for k in range(factors):
                now = counts[first[k] + people[trial, person, k]]
                for share in range(shares):
                    now[share] += unit[share]
                    high, low, total, square = now[0], now[0], 0.0, 0.0
                    for x in now:
                        high, low = max(high, x), min(low, x)
                        total += x
                        square += x * x
                    if measure == 0:
                        spread = high - low
                    else:
                        spread = shares * square - total * total
                        if measure == 2:
                            spread = np.sqrt(spread)
                    imbalance[share] += weight[k] * spread
                    now[share] -= unit[share]
            least = imbalance.min()
            bound = least + 1e-9 * (1 + least)
            tied = 0.0
            for share in range(shares):
                if imbalance[share] <= bound:
                    tied += parts[share]
            left = uniform[trial, person] * tied
            given = -1
            for share in range(shares):  # chances, one share after the other
                chance = 0.0
                for best in range(shares):
                    if imbalance[best] <= bound:
                        chance += parts[best] * favoured[best, share]
                if chance > 0:
                    given = share
                    if left < chance:
                        break
                    left -= chance
            out[trial, person] = given
            for k in range(factors):
                counts[first[k] + people[trial, person, k], given] += unit[given]
