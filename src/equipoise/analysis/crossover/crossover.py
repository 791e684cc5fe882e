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

from equipoise.analysis.crossover.crossover_analyses import continuous_rows, preference_rows
from equipoise.analysis.crossover.crossover_rows import sequence_means
from equipoise.analysis.crossover.crossover_table import CrossoverTable, crossover_table
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from equipoise.analysis.crossover.period_model import DegreesOfFreedom

CrossoverAnalysis = Literal["auto", "within-participant", "mixed-model"]


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
        found: list[Estimate | Refusal] = list(preference_rows(table, level=level))
    else:
        choice = _choice(table, analysis, carry_over=carry_over)
        found = continuous_rows(table, choice, carry_over=carry_over, df=df, level=level)
    found += sequence_means(table, level=level, binary=binary)
    rows = (row for row in found if isinstance(row, Estimate))
    told = (replace(row, outcome=outcome, warnings=table.warnings + row.warnings) for row in rows)
    refused = (replace(row, outcome=outcome) for row in found if isinstance(row, Refusal))
    return Estimates(tuple(told), tuple(refused))


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
