"""The total effect of treatment: what it did, drug and belief together. Always the headline.

The data decide how: one row a person gives a difference in means, or the planned ANCOVA;
several rows a person give the mixed model.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from equipoise.analysis.comparison import METHODS, Comparison, compared
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.records import outcome_frame

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.protocol import Analysis, Protocol
    from equipoise.records import UnblindedRecords


def total_effect(
    records: UnblindedRecords, outcome: str, visit: str | None = None, level: float = 0.95
) -> Estimates:
    """Estimate the total effect of the active arm, drug and belief together, on one outcome.

    Parameters
    ----------
    records
        A trial.
    outcome
        The trial's own name of an instrument.
    visit
        One visit, where each person has one row. If None, every visit of a design that changes
        arms within people; else the first visit after baseline of the planned analysis.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``total-effect``, active minus control. One row a person: difference in means with
        pooled-variance SE and n - 2 df, the same labelled ``welch``, and
        ``standardised-mean-difference``; or, where the plan says so, ANCOVA, labelled by arm.
        Several rows a person: mixed model with the plan's covariates, then ``cluster-robust``.
        Where the data cannot answer, a refusal says why.
    """
    plan = records.protocol
    planned = planned_effect(plan, outcome)
    frame, warnings = headline_rows(records, outcome, visit)
    method = _fitting_method(frame, planned)
    return effect_by(method, records, outcome, frame, planned, level=level, warnings=warnings)


def effect_by(
    method: str,
    records: UnblindedRecords,
    outcome: str,
    frame: pd.DataFrame,
    planned: Analysis | None,
    *,
    level: float,
    warnings: tuple[str, ...] = (),
) -> Estimates:
    """Estimate the effect on the rows of an outcome frame by one of `METHODS`."""
    plan = records.protocol
    covariates: tuple[str, ...] = ()
    if planned is not None and method != "difference-in-means":
        covariates = (("baseline",) if planned.baseline else ()) + planned.covariates
    try:
        complete, dropped = _complete(frame, covariates)
        question = Comparison(
            protocol=plan,
            outcome=outcome,
            frame=complete,
            covariates=covariates,
            level=level,
            warnings=_about(records, outcome) + warnings + dropped,
            source=planned.source if planned is not None and planned.method == method else None,
        )
        rows = compared(method, question)
    except NotIdentifiedError as reason:
        refusal = Refusal("total-effect", str(reason), outcome=outcome)
        return Estimates(refused=(refusal,), source=records.source)
    seen = set(complete["visit"])
    as_planned = planned is not None and (not planned.visits or seen <= set(planned.visits))
    status = plan.status_of(method, outcome) if as_planned else "exploratory"
    return Estimates(rows, source=records.source).with_fields(status=status)


def planned_effect(plan: Protocol, outcome: str) -> Analysis | None:
    """Return the first analysis of the protocol that estimates an effect on this outcome."""
    named = (a for a in plan.analyses if a.method in METHODS and outcome in a.outcomes)
    return next(named, None)


def _about(records: UnblindedRecords, outcome: str) -> tuple[str, ...]:
    """Return what was warned of this outcome when the records were read."""
    name = re.compile(rf"(?<![\w-]){re.escape(outcome)}(?![\w-])")
    return tuple(warning for warning in records.warnings if name.search(warning))


def headline_rows(
    records: UnblindedRecords, outcome: str, visit: str | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows that the headline speaks of; warn where the plan is silent.

    Of a named visit; else of every planned visit where people change arms, and of the first
    planned one where they keep theirs.
    """
    frame = outcome_frame(records, outcome, visit)
    if visit is not None:
        return frame, ()
    planned = planned_effect(records.protocol, outcome)
    seen = set(frame["visit"])
    visits = [v.name for v in records.protocol.visits if not v.baseline and v.name in seen]
    named = set(planned.visits) if planned is not None else set()
    chosen = [visit for visit in visits if visit in named] or visits
    if records.protocol.design.repeated or len(chosen) < 2:
        return frame[frame["visit"].isin(chosen)], ()
    first = chosen[0]
    warning = f"The plan names no visit for {outcome}: {first}, the first of {visits}, was taken"
    return frame[frame["visit"] == first], () if named else (warning,)


def _fitting_method(frame: pd.DataFrame, planned: Analysis | None) -> str:
    if frame["participant"].duplicated().any():
        return "mixed-model"
    if planned is not None and planned.method == "ancova":
        return "ancova"
    return "difference-in-means"


def _complete(
    frame: pd.DataFrame, covariates: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop rows that lack the score, the arm or a covariate, and say how many."""
    if unknown := [name for name in covariates if name not in frame.columns]:
        raise DataError(
            f"The plan adjusts for {unknown}, which the participants table lacks. "
            f"It has: {', '.join(frame.columns)}. Map them, or change the plan."
        )
    needed = ["score", "arm", *covariates]
    complete = frame.dropna(subset=needed)
    lost = len(frame) - len(complete)
    if complete.empty:
        raise NotIdentifiedError(f"None of the {len(frame)} rows has {', '.join(needed)}.")
    lacking = [name for name in needed if frame[name].isna().any()]
    text = f"{lost} of {len(frame)} rows lack {' or '.join(lacking)} and were left out"
    return complete, (text,) if lost else ()
