"""From a checked crossover table to rows: within participants, by a mixed model, or binary.

What a variant cannot answer becomes a refusal; only the main analysis may stop the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.crossover.crossover_rows import binary_rows, model_rows, paired_rows
from equipoise.analysis.crossover.period_model import DegreesOfFreedom, period_model
from equipoise.analysis.crossover.two_by_two import two_by_two
from equipoise.analysis.crossover.two_by_two_binary import two_by_two_binary
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.analysis.crossover.crossover_table import CrossoverTable

PAIRED_ONLY = "paired participants only"
ADJUSTED, CHANGE = "baseline-adjusted", "change from baseline"


def continuous_rows(
    table: CrossoverTable,
    choice: Sequence[str],
    *,
    carry_over: bool,
    df: DegreesOfFreedom,
    level: float,
) -> list[Estimate | Refusal]:
    """Run the analyses of `choice`, the first being the main one."""
    found: list[Estimate | Refusal] = []
    for rank, analysis in enumerate(choice):
        if analysis == "mixed-model":
            found += _mixed(table, carry_over=carry_over, df=df, level=level)
            continue
        label = PAIRED_ONLY if rank else None
        try:
            found += _paired(table, label=label, level=level)
        except NotIdentifiedError as error:
            if rank == 0:
                raise
            found.append(Refusal("treatment-effect", str(error), label=label))
    return found


class _Pairs(NamedTuple):
    """Outcomes (n, 2) of people with both periods, which of them had active first, baselines."""

    outcome: NDArray[np.float64]
    active_first: NDArray[np.bool_]
    baseline: NDArray[np.float64]
    warnings: tuple[str, ...]


def _pairs(table: CrossoverTable) -> _Pairs:
    outcome = table.wide("outcome")
    both = np.asarray(np.isfinite(outcome).all(axis=1), dtype=bool)
    lost = int((~both).sum())
    gone = (f"{lost} of {len(outcome)} participants lack a period and were left out",)
    before = table.wide("baseline") if "baseline" in table.frame else np.full_like(outcome, np.nan)
    return _Pairs(outcome[both], table.active_first[both], before[both], gone if lost else ())


def _paired(
    table: CrossoverTable, *, label: str | None, level: float
) -> Iterator[Estimate | Refusal]:
    """Yield the classical rows of people with both periods; as a second opinion only its effect."""
    pairs = _pairs(table)
    result = two_by_two(pairs.outcome[:, 0], pairs.outcome[:, 1], pairs.active_first)
    rows = paired_rows(result, table, level=level, label=label)
    for row in rows if label is None else rows[:1]:
        yield replace(row, warnings=pairs.warnings + row.warnings)
    if "baseline" in table.frame:
        for variant in (ADJUSTED, CHANGE):
            words = ", ".join(filter(None, (variant, label)))
            try:
                yield _with_baseline(pairs, table, variant, words, level)
            except NotIdentifiedError as error:
                yield Refusal("treatment-effect", str(error), label=words)


def _with_baseline(
    pairs: _Pairs, table: CrossoverTable, variant: str, label: str, level: float
) -> Estimate:
    full = np.isfinite(pairs.baseline).all(axis=1)
    y, b, group = pairs.outcome[full], pairs.baseline[full], pairs.active_first[full]
    if variant == ADJUSTED:
        result = two_by_two(y[:, 0], y[:, 1], group, b[:, 0] - b[:, 1])
    else:
        result = two_by_two(y[:, 0] - b[:, 0], y[:, 1] - b[:, 1], group)
    row = paired_rows(result, table, level=level, label=label)[0]
    return replace(row, warnings=(*pairs.warnings, *_unseen(int((~full).sum()), "participants")))


def _mixed(
    table: CrossoverTable, *, carry_over: bool, df: DegreesOfFreedom, level: float
) -> Iterator[Estimate | Refusal]:
    rows = table.frame
    if carry_over and (unknown := int(rows["previous"].isna().sum())):
        raise DataError(
            f"{unknown} rows have no row of the period before, so what may carry over into them "
            "is unknown. Add it, with its treatment, outcome empty."
        )
    yield from _modelled(table, rows, carry_over=carry_over, df=df, level=level)
    if "baseline" not in rows:
        return
    seen = rows[np.isfinite(rows["baseline"])]
    own = seen.groupby("participant")["baseline"].transform("mean")
    covariates = {
        "baseline, participant's mean": own.to_numpy(),
        "baseline, deviation of the period": (seen["baseline"] - own).to_numpy(),
    }
    gone = _unseen(len(rows) - len(seen), "rows")
    try:
        adjusted = list(
            _modelled(table, seen, covariates, carry_over=carry_over, df=df, level=level)
        )
    except NotIdentifiedError as error:
        yield Refusal("treatment-effect", str(error), label=ADJUSTED)
        return
    for row in adjusted:
        if row.name == "treatment-effect":
            label = ", ".join(filter(None, (ADJUSTED, row.label)))
            yield replace(row, label=label, warnings=gone + row.warnings)


def _modelled(
    table: CrossoverTable,
    rows: pd.DataFrame,
    covariates: dict[str, NDArray[np.float64]] | None = None,
    *,
    carry_over: bool,
    df: DegreesOfFreedom,
    level: float,
) -> Iterator[Estimate]:
    model = period_model(
        rows["outcome"].to_numpy(),
        rows["participant"].to_numpy(),
        rows["period"].to_numpy(),
        rows["treatment"].to_numpy(),
        control=table.control,
        previous=rows["previous"].to_numpy() if carry_over else None,
        covariates=covariates,
        df=df,
    )
    yield from model_rows(model, table, level=level, df=df)


def preference_rows(table: CrossoverTable, *, level: float) -> Iterator[Estimate | Refusal]:
    """Yield the rows of a binary outcome in people with both periods."""
    if not table.is_two_by_two:
        raise DataError(
            "A binary outcome is analysed here in two treatments, two periods, both orders."
        )
    pairs = _pairs(table)
    y, group = pairs.outcome, pairs.active_first
    if not np.isin(y, (0, 1)).all():
        raise DataError(f"A binary outcome is 0 or 1. Got {np.unique(y)[:5].tolist()}.")
    better = y[:, 0] - y[:, 1]
    counts = [[int((better[group == who] == k).sum()) for k in (1, 0, -1)] for who in (1, 0)]
    difference = two_by_two(y[:, 0], y[:, 1], group)
    result = None
    try:
        result = two_by_two_binary(counts, level=level)
    except NotIdentifiedError as error:
        yield Refusal("treatment-effect", str(error), label="odds ratio")
        yield Refusal("preference-test", str(error))
    for row in binary_rows(difference, result, table, level=level):
        yield replace(row, warnings=pairs.warnings + row.warnings)


def _unseen(lost: int, what: str) -> tuple[str, ...]:
    return (f"{lost} {what} lack a baseline and were left out",) if lost else ()
