"""The total effect of treatment: what it did, drug and belief together. Always the headline.

The data decide how: one row a person gives a difference in means, or the planned ANCOVA;
several rows a person give the mixed model.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.comparison import METHODS
from equipoise.analysis.effect_by import effect_by
from equipoise.analysis.estimands.answering import answered, handled_scores
from equipoise.analysis.estimands.estimate import estimand_of
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates
from equipoise.protocol.estimands import COURSE_METHODS
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
        A planned mmrm: its effect at the visit, or at the last planned one, then ``contrast`` and
        ``ls-mean`` of every visit; a planned reference-based imputation likewise, with
        ``imputed-contrast`` and ``imputed-ls-mean``. Where people keep their arm and the analysis
        names an estimand, intercurrent events are handled as it says. Where the data cannot
        answer, a refusal says why.
    """
    plan = records.protocol
    planned = planned_effect(plan, outcome)
    frame, warnings = headline_rows(records, outcome, visit)
    at = visit or str(frame["visit"].iloc[0])
    single = not frame["participant"].duplicated().any()
    follows = planned is not None and follows_estimand(plan, planned)
    if planned and follows and not plan.visit(at).baseline and _plans(planned, at, single):
        estimand = estimand_of(plan, planned)
        found = answered(records, planned, estimand, outcome, level=level, primary=at)
        return Estimates(
            tuple(replace(row, warnings=warnings + row.warnings) for row in found.rows),
            found.refused,
            found.source,
        )
    method = _fitting_method(frame, planned)
    return effect_by(method, records, outcome, frame, planned, level=level, warnings=warnings)


def follows_estimand(plan: Protocol, analysis: Analysis) -> bool:
    """Whether an analysis is run as its estimand says: any where people keep an arm."""
    keeps = plan.design.kind == "parallel"
    return analysis.method in COURSE_METHODS or (keeps and estimand_of(plan, analysis) is not None)


def _plans(planned: Analysis, visit: str, single: bool) -> bool:
    """Whether the plan's own method fits: one visit of a mixed model is another analysis."""
    if planned.method == "mixed-model" and single:
        return False
    return not planned.visits or visit in planned.visits


def planned_effect(plan: Protocol, outcome: str) -> Analysis | None:
    """Return the first analysis of the protocol that estimates an effect on this outcome."""
    named = (a for a in plan.analyses if a.method in METHODS and outcome in a.outcomes)
    return next(named, None)


def headline_rows(
    records: UnblindedRecords, outcome: str, visit: str | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows that the headline speaks of; warn where the plan is silent.

    Of a named visit; else of every planned visit where people change arms, and of the first
    planned one where they keep theirs; of the last one where an mmrm or a
    reference-based imputation is planned. Where the plan's estimand handles intercurrent events,
    scores are as it leaves them; who then has none is left out.
    """
    planned = planned_effect(records.protocol, outcome)
    frame, warnings = _at_headline_visits(records, outcome, visit, planned)
    several = len(set(frame["visit"])) > 1
    if planned is None or several or not follows_estimand(records.protocol, planned):
        return frame, warnings
    at = str(frame["visit"].iloc[0])
    estimand = estimand_of(records.protocol, planned)
    if estimand is None or not _plans(planned, at, single=True):
        return frame, warnings
    try:
        scores = handled_scores(records, estimand, outcome, at)
    except (DataError, NotIdentifiedError):  # the total effect is refused, and says why
        return frame, warnings
    handled = frame.assign(score=frame["participant"].map(scores)).dropna(subset=["score"])
    return (handled.reset_index(drop=True) if len(handled) else frame), warnings


def _at_headline_visits(
    records: UnblindedRecords, outcome: str, visit: str | None, planned: Analysis | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    frame = outcome_frame(records, outcome, visit)
    if visit is not None:
        return frame, ()
    seen = set(frame["visit"])
    visits = [v.name for v in records.protocol.visits if not v.baseline and v.name in seen]
    named = set(planned.visits) if planned is not None else set()
    chosen = [visit for visit in visits if visit in named] or visits
    if planned is not None and planned.method in COURSE_METHODS:
        return frame[frame["visit"] == chosen[-1]], ()
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
