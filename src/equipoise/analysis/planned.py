"""Every analysis that the protocol plans, and every outcome that it measures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from equipoise.analysis.change_from_baseline import change_from_baseline
from equipoise.analysis.comparison import METHODS
from equipoise.analysis.effect_by import effect_by
from equipoise.analysis.estimands.answering import TOGETHER, answered
from equipoise.analysis.estimands.estimate import estimand_of, labelled
from equipoise.analysis.planned_response import planned_response
from equipoise.analysis.planned_time_to_response import planned_time_to_response
from equipoise.analysis.total_effect import follows_estimand, total_effect
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.records import outcome_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from equipoise.protocol import Analysis, Estimand
    from equipoise.records import UnblindedRecords

ELSEWHERE = {
    "belief": "it conditions on the guess: `equipoise belief` answers it, with its warnings",
    "negative-control": "it is the effect of belief: `equipoise belief` answers it",
}

EVENTS = {"response": planned_response, "time-to-response": planned_time_to_response}
"""Planned analyses of an event; they stand beside the total effect and do not replace it."""


def analyse(records: UnblindedRecords, level: float = 0.95) -> Estimates:
    """Run the analyses of the protocol, then look at the outcomes that none of them names.

    Parameters
    ----------
    records
        A trial.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        Rows as `total_effect` gives them, planned first; what cannot be answered, or is answered
        by `equipoise belief`, is among the refusals. Nothing is left out silently.
    """
    plan = records.protocol
    result = Estimates(source=records.source)
    named: set[str] = set()
    for analysis in plan.analyses:
        for outcome in analysis.outcomes:
            if analysis.method in METHODS:
                found = _answer(outcome, partial(_planned, records, analysis, outcome, level))
                result += labelled(found, analysis.name) if outcome in named else found
                named.add(outcome)
            elif analysis.method in EVENTS:
                result += EVENTS[analysis.method](records, analysis, outcome, level)
            else:
                reason = f"{analysis.name} is planned, and {ELSEWHERE[analysis.method]}."
                result += Estimates(refused=(Refusal(analysis.method, reason, outcome=outcome),))
    scored = set(records.scores["instrument"])
    for outcome in plan.instruments:
        if outcome in scored and outcome not in named:
            result += _answer(outcome, partial(total_effect, records, outcome, level=level))
    return result


def planned_events(records: UnblindedRecords, outcome: str, level: float = 0.95) -> Estimates:
    """Run the planned analyses of response and time to response of one outcome."""
    asked = (a for a in records.protocol.analyses if a.method in EVENTS and outcome in a.outcomes)
    found = (EVENTS[analysis.method](records, analysis, outcome, level) for analysis in asked)
    return sum(found, start=Estimates(source=records.source))


def _answer(outcome: str, question: Callable[[], Estimates]) -> Estimates:
    """Ask; where the data are missing, the reason becomes a refusal."""
    try:
        return question()
    except (DataError, NotIdentifiedError) as reason:
        return Estimates(refused=(Refusal("total-effect", str(reason), outcome=outcome),))


def _planned(
    records: UnblindedRecords, analysis: Analysis, outcome: str, level: float
) -> Estimates:
    """Run the mixed model on all planned visits together, other methods visit by visit."""
    if follows_estimand(records.protocol, analysis):
        estimand = estimand_of(records.protocol, analysis)
        result = answered(records, analysis, estimand, outcome, level=level)
        visits = tuple(dict.fromkeys(row.visit for row in result.rows if row.visit))
        if not _tells_changes(analysis, estimand):
            return result
        told = (change_from_baseline(records, outcome, visit, level) for visit in visits)
        return sum(told, start=result)
    frame = outcome_frame(records, outcome)
    frame = frame[frame["visit"].isin(analysis.visits)] if analysis.visits else frame
    if frame.empty:
        where = ", ".join(analysis.visits)
        raise NotIdentifiedError(f"{outcome} was planned at {where}, and nobody was scored there.")
    together = analysis.method in TOGETHER
    tables = [frame] if together else [rows for _, rows in frame.groupby("visit", sort=False)]
    result = Estimates()
    for rows in tables:
        result += effect_by(analysis.method, records, outcome, rows, analysis, level=level)
        if analysis.baseline and not together:
            visit = str(rows["visit"].iloc[0])
            result += change_from_baseline(records, outcome, visit, level)
    return result


def _tells_changes(analysis: Analysis, estimand: Estimand | None) -> bool:
    """Whether each arm's change is told: all scores used as they are, visits apart."""
    events = estimand.intercurrent_events if estimand else ()
    handled = any(event.strategy != "treatment-policy" for event in events)
    return analysis.baseline and not handled and analysis.method not in TOGETHER
