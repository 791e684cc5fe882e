"""Intercurrent events: from which visit on a person's scores follow another strategy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.imputation.strategies import STRATEGIES, strategy_named
from equipoise.errors import DataError

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.trial_grid import TrialGrid

StrategyChoice = str | Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Events:
    """First affected visit of each person, shape (n,), m where there is none; and the strategy.

    `strategy` holds slugs, shape (n,); "MAR" for people without an event.
    """

    first: NDArray[np.intp]
    strategy: NDArray[np.str_]

    def after(self, m: int) -> NDArray[np.bool_]:
        """Where a visit is affected, shape (n, m)."""
        return np.asarray(np.arange(m) >= self.first[:, None])

    def used(self, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which scores the imputation model may learn from.

        Scores seen after an event follow another distribution unless the strategy is MAR; they
        stay in the analysis, and people are conditioned on them, but they are not fitted.
        """
        keeps = np.array([STRATEGIES[s].keeps_later_scores for s in self.strategy], dtype=bool)
        return np.asarray(seen & ~(self.after(seen.shape[1]) & ~keeps[:, None]))


def first_events(grid: TrialGrid, events: IntoDataFrame | None) -> tuple[Any, Any]:
    """Return the first affected visit of each person, and strategies of their own or "".

    Without a table of events, an event is the start of the run of missing scores that lasts to
    the end; gaps before it are no event.
    """
    n, m = grid.scores.shape
    own = np.full(n, "", dtype="<U8")
    if events is None:
        seen = grid.seen
        last = np.where(seen.any(axis=1), m - 1 - np.argmax(seen[:, ::-1], axis=1), -1)
        return last + 1, own
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(events, eager_only=True).to_pandas()
    if lacking := [name for name in (grid.subject, grid.visit) if name not in table.columns]:
        raise DataError(
            f"The table of events lacks {lacking}: it needs a row a person with {grid.subject!r}, "
            f"{grid.visit!r} (the first visit after the event) and, if wanted, 'strategy'. Its "
            f"columns are {list(table.columns)}."
        )
    first = np.full(n, m, dtype=np.intp)
    for row in table.to_dict("records"):
        person = grid.index_of_person(row[grid.subject])
        if first[person] < m:
            raise DataError(
                f"{row[grid.subject]!r} has two events: keep the first that needs a strategy."
            )
        first[person] = grid.index_of_visit(row[grid.visit])
        given = row.get("strategy")
        if isinstance(given, str) and given:
            own[person] = strategy_named(given).slug
    return first, own


def resolved(
    grid: TrialGrid, first: NDArray[np.intp], own: NDArray[np.str_], choice: StrategyChoice
) -> Events:
    """Give each person with an event a strategy: the own one, else that of the arm.

    Raises
    ------
    DataError
        For an unknown arm or strategy, or one that says nothing of some person.
    """
    m = grid.scores.shape[1]
    by_arm = dict.fromkeys(grid.arms, "MAR")
    if isinstance(choice, Mapping):
        if unknown := sorted(set(map(str, choice)) - set(grid.arms)):
            raise DataError(f"Strategies are given for {unknown}; arms are {list(grid.arms)}.")
        by_arm |= {str(name): strategy_named(slug).slug for name, slug in choice.items()}
    else:
        by_arm = dict.fromkeys(grid.arms, strategy_named(choice).slug)
    strategy = np.array([by_arm[grid.arms[a]] for a in grid.arm], dtype="<U8")
    strategy = np.where(own != "", own, strategy)
    strategy = np.where(first < m, strategy, "MAR")
    for slug in np.unique(strategy[first == 0]):
        if STRATEGIES[str(slug)].needs_earlier_visit:
            who = np.flatnonzero((first == 0) & (strategy == slug))
            raise DataError(
                f"{slug} carries forward the mean before the event, but in {len(who)} person(s), "
                f"the first {grid.people[who[0]]!r}, it came before visit {grid.visits[0]!r}. "
                "Give these people another strategy in the table of events, such as JR."
            )
    return Events(first.astype(np.intp), strategy)


def label_of(choice: StrategyChoice) -> str:
    """Name a choice: JR; or DRUG JR, PLACEBO MAR."""
    if isinstance(choice, Mapping):
        return ", ".join(f"{arm} {strategy_named(slug).slug}" for arm, slug in choice.items())
    return strategy_named(choice).slug
