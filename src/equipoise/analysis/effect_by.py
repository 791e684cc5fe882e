"""One method on the rows of one outcome: what it finds, whether it was planned, or why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from equipoise.analysis.comparison import Comparison, compared
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.protocol import Analysis
    from equipoise.records import UnblindedRecords

IMPUTING = ("reference-based",)
"""Methods for which a missing score is a row like others."""


def effect_by(
    method: str,
    records: UnblindedRecords,
    outcome: str,
    frame: pd.DataFrame,
    planned: Analysis | None,
    *,
    level: float,
    warnings: tuple[str, ...] = (),
    primary: str | None = None,
) -> Estimates:
    """Estimate the effect on the rows of an outcome frame by one of `METHODS`.

    Parameters
    ----------
    primary
        Of several visits in one model the one that the total effect speaks of; the last if None.
    """
    plan = records.protocol
    try:
        question = question_of(
            method,
            records,
            outcome,
            frame,
            planned,
            level=level,
            warnings=warnings,
            primary=primary,
        )
        rows = compared(method, question)
    except NotIdentifiedError as reason:
        refusal = Refusal("total-effect", str(reason), outcome=outcome)
        return Estimates(refused=(refusal,), source=records.source)
    seen = set(question.frame["visit"])
    if method == "mmrm":  # a constrained longitudinal analysis holds the baseline as an outcome
        seen -= {visit.name for visit in plan.visits if visit.baseline}
    as_planned = planned is not None and (not planned.visits or seen <= set(planned.visits))
    status = plan.status_of(method, outcome) if as_planned else "exploratory"
    return Estimates(rows, source=records.source).with_fields(status=status)


def question_of(
    method: str,
    records: UnblindedRecords,
    outcome: str,
    frame: pd.DataFrame,
    planned: Analysis | None,
    *,
    level: float,
    warnings: tuple[str, ...] = (),
    primary: str | None = None,
) -> Comparison:
    """Put the rows that a method can use, and what must be told about them, into one value.

    Raises
    ------
    DataError, NotIdentifiedError
        When a covariate is not there, or no row is complete.
    """
    covariates: tuple[str, ...] = ()
    if planned is not None and method != "difference-in-means":
        covariates = (("baseline",) if planned.baseline else ()) + planned.covariates
    scored = () if method in IMPUTING else ("score",)
    complete, dropped = _complete(frame, (*scored, "arm"), covariates)
    return Comparison(
        protocol=records.protocol,
        outcome=outcome,
        frame=complete,
        covariates=covariates,
        level=level,
        warnings=_about(records, outcome) + warnings + dropped,
        source=planned.source if planned is not None and planned.method == method else None,
        planned=planned,
        primary=primary,
        events=records.intercurrent_events,
    )


def _about(records: UnblindedRecords, outcome: str) -> tuple[str, ...]:
    """Return what was warned of this outcome when the records were read."""
    name = re.compile(rf"(?<![\w-]){re.escape(outcome)}(?![\w-])")
    return tuple(warning for warning in records.warnings if name.search(warning))


def _complete(
    frame: pd.DataFrame, asked: tuple[str, ...], covariates: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop rows that lack what is asked (score, arm) or a covariate, and say how many."""
    if unknown := [name for name in covariates if name not in frame.columns]:
        raise DataError(
            f"The plan adjusts for {unknown}, which the participants table lacks. "
            f"It has: {', '.join(frame.columns)}. Map them, or change the plan."
        )
    needed = [*asked, *covariates]
    complete = frame.dropna(subset=needed)
    lost = len(frame) - len(complete)
    if complete.empty:
        raise NotIdentifiedError(f"None of the {len(frame)} rows has {', '.join(needed)}.")
    lacking = [name for name in needed if frame[name].isna().any()]
    text = f"{lost} of {len(frame)} rows lack {' or '.join(lacking)} and were left out"
    return complete, (text,) if lost else ()
