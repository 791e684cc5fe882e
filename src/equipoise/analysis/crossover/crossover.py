"""The analysis of a crossover trial: treatment, period and carry-over, of any design.

An AB/BA trial in which everybody has both periods is compared within participants. Where people
lack a period, or the design has more periods or treatments, a mixed model keeps everybody.
Carry-over is printed as information only: Freeman showed that to choose the analysis by a test
of carry-over, as once recommended, has a true type I error far above the nominal one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.crossover.crossover_rows import (
    binary_rows,
    model_rows,
    paired_rows,
    sequence_means,
)
from equipoise.analysis.crossover.crossover_table import CrossoverTable, crossover_table
from equipoise.analysis.crossover.period_model import DegreesOfFreedom, period_model
from equipoise.analysis.crossover.two_by_two import two_by_two
from equipoise.analysis.crossover.two_by_two_binary import two_by_two_binary
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narwhals.typing import IntoDataFrame

CrossoverAnalysis = Literal["auto", "within-participant", "mixed-model"]
PAIRED_ONLY = "paired participants only"


def crossover(
    frame: IntoDataFrame,
    *,
    outcome: str,
    participant: str,
    period: str,
    treatment: str,
    control: str,
    carry_over: bool = False,
    baseline: str | None = None,
    binary: bool = False,
    analysis: CrossoverAnalysis = "auto",
    df: DegreesOfFreedom = "satterthwaite",
    level: float = 0.95,
) -> Estimates:
    """Analyse a crossover trial.

    Parameters
    ----------
    frame
        Any data frame, one row a participant and period. A period that was missed may have a row
        without an outcome, or none.
    outcome, participant, period, treatment
        Its columns.
    control
        The treatment that others are compared with.
    carry_over
        Put first-order carry-over into a mixed model. It makes the treatment effect less
        precise; a warning says by how much.
    baseline
        Column of the outcome before each period.
    binary
        The outcome is 0 or 1, in an AB/BA trial.
    analysis
        "within-participant" takes people with both periods of an AB/BA trial, "mixed-model"
        everybody; "auto" takes the first where nobody lacks a period.
    df
        Degrees of freedom of the mixed model.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``treatment-effect``, ``period-effect``, ``carry-over``, ``within-person-sd``,
        ``sequence-mean``; with `binary` also ``preference-test``.

    References
    ----------
    Hills & Armitage (1979), Br J Clin Pharmacol 8:7-20. Freeman (1989), Stat Med 8:1421-1432.
    Reporting: Dwan et al. (2019), BMJ 366:l4378 (CONSORT extension).
    """
    table = crossover_table(
        frame,
        outcome=outcome,
        participant=participant,
        period=period,
        treatment=treatment,
        control=control,
        baseline=baseline,
    )
    if len(table.treatments) < 2:
        raise NotIdentifiedError(f"Nobody has an outcome under another treatment than {control!r}.")
    if binary:
        if carry_over or baseline or analysis == "mixed-model":
            raise DataError("A binary outcome is compared within participants: leave the rest out.")
        rows: tuple[Estimate, ...] = tuple(_binary(table, level))
        refused: tuple[Refusal, ...] = ()
    else:
        choice = _choice(table, analysis, carry_over=carry_over)
        rows, refused = _continuous(table, choice, carry_over, df, level)
    means = tuple(sequence_means(table, level=level))
    found = Estimates(rows + means, refused).with_fields(outcome=outcome)
    told = (replace(row, warnings=table.warnings + row.warnings) for row in found)
    return Estimates(tuple(told), found.refused)


def _choice(table: CrossoverTable, analysis: str, *, carry_over: bool) -> tuple[str, ...]:
    """Return which analyses to run, the main one first."""
    if analysis not in ("auto", "within-participant", "mixed-model"):
        raise DataError(
            f"analysis is 'auto', 'within-participant' or 'mixed-model'. Got {analysis!r}."
        )
    if analysis == "within-participant":
        if carry_over or not table.is_two_by_two:
            why = "carry-over needs" if carry_over else "this design needs"
            raise DataError(
                "The within-participant comparison is of two treatments in two periods, in both "
                f"orders: {why} analysis='mixed-model'."
            )
        return ("within-participant",)
    if analysis == "mixed-model" or carry_over or not table.is_two_by_two:
        return ("mixed-model",)
    if np.isfinite(table.wide("outcome")).all():
        return ("within-participant",)
    return ("mixed-model", "within-participant")


def _continuous(
    table: CrossoverTable, choice: tuple[str, ...], carry_over: bool, df: DegreesOfFreedom,
    level: float,
) -> tuple[tuple[Estimate, ...], tuple[Refusal, ...]]:  # fmt: skip
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for rank, analysis in enumerate(choice):
        try:
            if analysis == "mixed-model":
                rows += _mixed(table, carry_over=carry_over, df=df, level=level)
            else:
                rows += _paired(table, label=PAIRED_ONLY if rank else None, level=level)
        except NotIdentifiedError as error:
            if rank == 0:
                raise
            refused.append(Refusal("treatment-effect", str(error), label=PAIRED_ONLY))
    return tuple(rows), tuple(refused)


def _paired(table: CrossoverTable, *, label: str | None, level: float) -> Iterator[Estimate]:
    """Yield the classical rows of people with both periods; as a second opinion only its effect."""
    outcome, group = table.wide("outcome"), table.active_first
    both = np.isfinite(outcome).all(axis=1)
    one, two = outcome[both].T
    warnings = ()
    if lost := int((~both).sum()):
        warnings = (f"{lost} of {len(both)} participants lack a period and were left out",)
    result = two_by_two(one, two, group[both])
    rows = paired_rows(result, table, level=level, label=label)
    for row in rows if label is None else rows[:1]:
        yield replace(row, warnings=warnings + row.warnings)
    if "baseline" in table.frame:
        before = table.wide("baseline")
        full = both & np.isfinite(before).all(axis=1)
        y, b, g = outcome[full], before[full], group[full]
        lost = int(both.sum() - full.sum())
        gone = (f"{lost} participants lack a baseline and were left out",) if lost else ()
        variants = {
            "baseline-adjusted": two_by_two(y[:, 0], y[:, 1], g, b[:, 0] - b[:, 1]),
            "change from baseline": two_by_two(*(y - b).T, g),
        }
        for name, variant in variants.items():
            words = ", ".join(filter(None, (name, label)))
            row = paired_rows(variant, table, level=level, label=words)[0]
            yield replace(row, warnings=(*warnings, *gone, *row.warnings))


def _mixed(
    table: CrossoverTable, *, carry_over: bool, df: DegreesOfFreedom, level: float
) -> Iterator[Estimate]:
    rows = table.frame
    previous = rows["previous"] if carry_over else None
    if carry_over and rows["previous"].isna().any():
        raise DataError(
            f"{int(rows['previous'].isna().sum())} rows have no row of the period before, so what "
            "may carry over into them is unknown. Add it, with its treatment, outcome empty."
        )
    columns = [rows[name].to_numpy() for name in ("outcome", "participant", "period", "treatment")]
    before = None if previous is None else previous.to_numpy()
    model = period_model(*columns, control=table.control, previous=before, df=df)
    yield from model_rows(model, table, level=level, df=df)
    if "baseline" in rows:
        seen = rows[np.isfinite(rows["baseline"])]
        own = seen.groupby("participant")["baseline"].transform("mean")
        covariates = {
            "baseline, participant's mean": own.to_numpy(),
            "baseline, deviation of the period": (seen["baseline"] - own).to_numpy(),
        }
        cells = [seen[name].to_numpy() for name in ("outcome", "participant", "period")]
        adjusted = period_model(
            *cells,
            seen["treatment"].to_numpy(),
            control=table.control,
            previous=None if before is None else seen["previous"].to_numpy(),
            covariates=covariates,
            df=df,
        )
        lost = len(rows) - len(seen)
        gone = (f"{lost} rows lack a baseline and were left out",) if lost else ()
        for row in model_rows(adjusted, table, level=level, df=df):
            if row.name == "treatment-effect":
                label = ", ".join(filter(None, ("baseline-adjusted", row.label)))
                yield replace(row, label=label, warnings=gone + row.warnings)


def _binary(table: CrossoverTable, level: float) -> Iterator[Estimate]:
    if not table.is_two_by_two:
        raise DataError(
            "A binary outcome is analysed here in two treatments, two periods, both orders."
        )
    outcome, group = table.wide("outcome"), table.active_first
    both = np.isfinite(outcome).all(axis=1)
    y, g = outcome[both], group[both]
    if not np.isin(y, (0, 1)).all():
        raise DataError(f"A binary outcome is 0 or 1. Got {np.unique(y)[:5].tolist()}.")
    better = y[:, 0] - y[:, 1]
    counts = [[int((better[g == who] == sign).sum()) for sign in (1, 0, -1)] for who in (1, 0)]
    lost = int((~both).sum())
    gone = (f"{lost} of {len(both)} participants lack a period and were left out",) if lost else ()
    difference = two_by_two(y[:, 0], y[:, 1], g)
    result = two_by_two_binary(counts, level=level)
    for row in binary_rows(difference, result, table, level=level):
        yield replace(row, warnings=gone + row.warnings)


