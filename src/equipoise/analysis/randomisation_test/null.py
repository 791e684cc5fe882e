"""The null distribution of a statistic of sums: exact where it can be had, else by redraws."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.allocation import ImbalanceWalk, IndependentBlocks
from equipoise.analysis.randomisation_test.block_table import every_sum
from equipoise.analysis.randomisation_test.draws import drawn_sums, sums_of
from equipoise.analysis.randomisation_test.exact_null import null_distribution
from equipoise.analysis.randomisation_test.exact_walk import walk_distribution
from equipoise.analysis.randomisation_test.integer_scores import IntegerScores, integer_scores
from equipoise.analysis.randomisation_test.statistic import Statistic, evaluate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.randomisation_test.comparison import Compared

LIST_LIMIT = 200_000
"""Allocations that are listed one by one where scores are not whole numbers."""

NOT_WHOLE = "the scores are not whole numbers of a common step"

Sums = tuple["NDArray[np.float64]", "NDArray[np.float64] | None", "NDArray[np.float64]"]
"""Of scores, of treatment where asked, and counts, over one arm."""


class Null(NamedTuple):
    """Statistic of the scores and, where asked, of the allocation that happened; by redraw.

    `probability` is None for equally weighted draws.
    """

    value: NDArray[np.float64]
    treated: NDArray[np.float64] | None
    probability: NDArray[np.float64] | None


def observed_statistic(what: Compared, statistic: Statistic) -> tuple[float, float]:
    """Return the statistic of the scores, and of the treatment itself, as they happened."""
    columns = np.column_stack([what.score, what.treated, what.observed.astype(np.float64)])
    sums = sums_of(what.arm, columns, what.groups)
    counts = sums[:, 2]
    value = evaluate(statistic, sums[:, 0], counts, 0.0)
    return float(value), float(evaluate(statistic, sums[:, 1], counts, what.treated_mean))


def expected_statistic(what: Compared, statistic: Statistic) -> float | None:
    """Return the mean of the statistic under the null where it is known without redraws."""
    if statistic == "f":
        return None
    if what.procedure.symmetric:
        return 0.0  # exchanging the two arms changes its sign
    if isinstance(what.procedure, IndependentBlocks) and (
        statistic == "sum" or (statistic == "difference" and what.fixed_counts)
    ):  # linear in the assignment
        chances = [what.procedure.chance_of(arm) for arm in what.groups]
        sums = np.array([chance @ what.score for chance in chances])
        counts = np.array([chance @ what.observed for chance in chances])
        return float(evaluate(statistic, sums, counts, 0.0))
    return None


def exact_null(what: Compared, statistic: Statistic, *, effects: bool) -> Null | str:
    """Return the exact null distribution, or why there is none."""
    procedure = what.procedure
    written = None if effects and what.adjusted else integer_scores(what.score[what.observed])
    if procedure.arms == 2 and written is not None:
        null = _by_whole_numbers(what, statistic, written, effects=effects)
        if null is not None:
            return null
    if not isinstance(procedure, IndependentBlocks):
        replayed = "this procedure is replayed person by person"
        walk = isinstance(procedure, ImbalanceWalk) and what.observed.all()
        return NOT_WHOLE if walk and written is None else replayed
    arms = range(1, procedure.arms)
    every = every_sum(procedure.groups, _columns(what, effects=effects), arms, LIST_LIMIT)
    if every is not None:
        ways = every.shape[-1]
        return _null(what, statistic, _by_arm(what, every, effects), np.full(ways, 1 / ways))
    if procedure.arms > 2:
        return "there are too many allocations of more than two arms to list"
    if written is None:
        return NOT_WHOLE
    return "it would take too long for so many people with so fine a score"


def _by_whole_numbers(
    what: Compared, statistic: Statistic, written: IntegerScores, *, effects: bool
) -> Null | None:
    """Return the null distribution of scores that are whole numbers of a step, if it is quick."""
    procedure = what.procedure
    whole = np.zeros(len(what.score), dtype=np.int64)
    whole[what.observed] = written.whole
    columns = {"score": whole}
    if effects:
        columns["treated"] = what.treated.astype(np.int64)
    if isinstance(procedure, IndependentBlocks):
        if not what.fixed_counts:
            columns["count"] = what.observed.astype(np.int64)
        found = null_distribution(procedure.groups, np.column_stack(list(columns.values())))
    elif isinstance(procedure, ImbalanceWalk) and what.observed.all():
        found = walk_distribution(procedure.walks, np.column_stack(list(columns.values())))
        columns["count"] = whole
    else:
        return None
    if found is None:
        return None
    sums = {name: found.values[:, k].astype(np.float64) for k, name in enumerate(columns)}
    count = sums.get("count", np.array([float(what.observed[what.arm == 1].sum())]))
    score = written.step * sums["score"] + written.origin * count
    return _null(what, statistic, {1: (score, sums.get("treated"), count)}, found.probability)


def drawn_null(
    what: Compared, statistic: Statistic, rng: np.random.Generator, draws: int, *, effects: bool
) -> Null:
    """Return the statistic in redraws."""
    arms = range(1, what.procedure.arms)  # arm 0 has what the others have not
    sums = drawn_sums(what.procedure, _columns(what, effects=effects), arms, rng, draws)
    return _null(what, statistic, _by_arm(what, sums, effects), None)


def _columns(what: Compared, *, effects: bool) -> NDArray[np.float64]:
    """Return what is summed over arms: scores, treatment where asked, counts where they vary."""
    columns = [what.score]
    if effects:
        columns.append(what.treated)
    if not what.fixed_counts:
        columns.append(what.observed.astype(np.float64))
    return np.column_stack(columns)


def _by_arm(what: Compared, sums: NDArray[np.float64], effects: bool) -> dict[int, Sums]:
    """Name sums (arms but 0, columns, redraws) as `_null` takes them."""
    fixed, out = what.fixed_counts, {}
    for arm, rows in enumerate(sums, start=1):
        own = np.array([float(what.observed[what.arm == arm].sum())])  # the same in every redraw
        out[arm] = (rows[0], rows[1] if effects else None, own if fixed else rows[-1])
    return out


def _null(
    what: Compared,
    statistic: Statistic,
    by_arm: dict[int, Sums],
    probability: NDArray[np.float64] | None,
) -> Null:
    """Evaluate the statistic from sums of scores, treatment and counts over every arm but 0."""
    count = _with_arm_0(what, [c for _, _, c in by_arm.values()], float(what.observed.sum()))
    score = _with_arm_0(what, [s for s, _, _ in by_arm.values()], float(what.score.sum()))
    value = evaluate(statistic, score, count, 0.0)
    parts = [t for _, t, _ in by_arm.values() if t is not None]
    if not parts:
        return Null(value, None, probability)
    treated = _with_arm_0(what, parts, float(what.treated.sum()))
    return Null(value, evaluate(statistic, treated, count, what.treated_mean), probability)


def _with_arm_0(
    what: Compared, others: list[NDArray[np.float64]], total: float
) -> NDArray[np.float64]:
    """Return the sums of the compared arms, in their order; arm 0 has the rest of the total."""
    every = [total - np.sum(others, axis=0), *others]
    return np.stack([every[group] for group in what.groups])
