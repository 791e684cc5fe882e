"""Split a design into facts of a person and what each visit does with them.

A column of a repeated-measures design is nearly always a fact of the person (an arm, a baseline)
times something the visit decides (1, an indicator, its week). Finding this exactly, from the
numbers alone, lets the likelihood work with the few facts in place of all rows: see `moments`.
Where a column varies over visits in no such way, it becomes one fact a visit: the same answer,
slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 8 * np.finfo(float).eps


class PersonFacts(NamedTuple):
    """`facts` (n, r) and `loading` (m, r, p): x[person, visit] = facts[person] @ loading[visit]."""

    facts: NDArray[np.float64]
    loading: NDArray[np.float64]


def person_facts(grid: NDArray[np.float64], observed: NDArray[np.bool_]) -> PersonFacts:
    """Factor a design given on the grid of people and visits.

    Parameters
    ----------
    grid : shape (n, m, p)
        Design rows; what stands at unobserved cells is not used.
    observed : shape (n, m)

    Examples
    --------
    >>> grid = np.array([[[1.0, 0, 3], [1, 1, 3]], [[1, 0, 5], [1, 1, 5]]])
    >>> facts, loading = person_facts(grid, np.ones((2, 2), dtype=bool))
    >>> facts.tolist()
    [[1.0, 3.0], [1.0, 5.0]]
    """
    n, m, p = grid.shape
    table = _Facts(n, m, p)
    shown = np.where(observed[:, :, None], grid, 0.0)
    low = np.where(observed[:, :, None], grid, np.inf).min(axis=1)
    high = np.where(observed[:, :, None], grid, -np.inf).max(axis=1)
    constant = (low == high).all(axis=0)  # the same at every visit of a person
    used = (shown != 0).any(axis=0)  # (m, p)
    everywhere = np.asarray(observed.any(axis=1))
    for j in range(p):
        if constant[j]:
            table.add(high[:, j], everywhere, np.arange(m), j)
            continue
        for a in np.flatnonzero(used[:, j]):
            table.add(shown[:, a, j], observed[:, a], np.array([a]), j)
    return table.result()


class _Facts:
    """Facts found so far; of each, the people for whom it is known."""

    def __init__(self, n: int, m: int, p: int) -> None:
        self.values: list[NDArray[np.float64]] = []
        self.known: list[NDArray[np.bool_]] = []
        self.entries: list[tuple[NDArray[np.intp], int, int, float]] = []
        self.shape = (n, m, p)

    def add(
        self,
        column: NDArray[np.float64],
        known: NDArray[np.bool_],
        visits: NDArray[np.intp],
        j: int,
    ) -> None:
        """Note that column j is this fact, times a factor, at these visits."""
        for c, (values, mine) in enumerate(zip(self.values, self.known, strict=True)):
            factor = _factor(column, values, known & mine)
            if factor:
                fresh = known & ~mine
                if fresh.any():
                    values[fresh] = column[fresh] / factor
                    self.known[c] = known | mine
                self.entries.append((visits, c, j, factor))
                return
        self.values.append(np.where(known, column, 0.0))
        self.known.append(known.copy())
        self.entries.append((visits, len(self.values) - 1, j, 1.0))

    def result(self) -> PersonFacts:
        """Return the facts side by side, and the loadings."""
        _, m, p = self.shape
        loading = np.zeros((m, len(self.values), p))
        for visits, c, j, factor in self.entries:
            loading[visits, c, j] += factor
        return PersonFacts(np.column_stack(self.values), loading)


def _factor(
    column: NDArray[np.float64], values: NDArray[np.float64], both: NDArray[np.bool_]
) -> float:
    """Return f where column = f values on all people known in both, 0 where there is none."""
    theirs = values[both]
    if not len(theirs):
        return 0.0
    k = int(np.abs(theirs).argmax())
    if theirs[k] == 0:
        return 0.0
    mine = column[both]
    factor = float(mine[k] / theirs[k])
    close = np.abs(mine - factor * theirs) <= TOLERANCE * abs(factor) * np.abs(theirs)
    return factor if factor and bool(close.all()) else 0.0
