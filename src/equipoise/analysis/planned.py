"""Every analysis that the protocol plans, and every outcome that it measures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from equipoise.analysis.change_from_baseline import change_from_baseline
from equipoise.analysis.comparison import METHODS
from equipoise.analysis.total_effect import effect_by, total_effect
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.records import outcome_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from equipoise.protocol import Analysis
    from equipoise.records import UnblindedRecords

ELSEWHERE = {
    "belief": "it conditions on the guess: `equipoise belief` answers it, with its warnings",
    "negative-control": "it is the effect of belief: `equipoise belief` answers it",
}


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
                named.add(outcome)
                result += _answer(outcome, partial(_planned, records, analysis, outcome, level))
            else:
                reason = f"{analysis.name} is planned, and {ELSEWHERE[analysis.method]}."
                result += Estimates(refused=(Refusal(analysis.method, reason, outcome=outcome),))
    scored = set(records.scores["instrument"])
    for outcome in plan.instruments:
        if outcome in scored and outcome not in named:
            result += _answer(outcome, partial(total_effect, records, outcome, level=level))
    return result


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
    frame = outcome_frame(records, outcome)
    frame = frame[frame["visit"].isin(analysis.visits)] if analysis.visits else frame
    if frame.empty:
        where = ", ".join(analysis.visits)
        raise NotIdentifiedError(f"{outcome} was planned at {where}, and nobody was scored there.")
    together = analysis.method == "mixed-model"
    tables = [frame] if together else [rows for _, rows in frame.groupby("visit", sort=False)]
    result = Estimates()
    for rows in tables:
        result += effect_by(analysis.method, records, outcome, rows, analysis, level=level)
        if analysis.baseline and not together:
            visit = str(rows["visit"].iloc[0])
            result += change_from_baseline(records, outcome, visit, level)
    return result
