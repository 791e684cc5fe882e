"""Time to response or remission as a planned analysis: the first visit at which it was seen.

Scores are taken at visits, so a time is a visit's planned day; who never responded is censored at
the last visit with a score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from equipoise.analysis.estimands.estimate import labelled
from equipoise.analysis.estimands.visits import analysed_visits
from equipoise.analysis.outcomes.follow_up_table import survival_curves
from equipoise.analysis.outcomes.scales import with_warnings
from equipoise.analysis.outcomes.survival import survival
from equipoise.analysis.planned_response import described, meaning, plain_covariates, responders
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.records import outcome_grid

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.protocol import Analysis
    from equipoise.records import UnblindedRecords

SEEN_AT_VISITS = (
    "A response begins on the planned day of the visit that first saw it; nobody looked between "
    "visits"
)
ADJUSTED = ("hazard-ratio", "proportional-hazards-check")


class CurvePoint(NamedTuple):
    """One arm at one time: the share without a response; NaN where a limit is not known."""

    arm: str
    time: float
    estimate: float
    low: float
    high: float
    at_risk: float
    censored: float


@dataclass(frozen=True, slots=True)
class ResponseCurves:
    """Kaplan-Meier curves of a planned analysis, to be drawn; the control arm first."""

    outcome: str
    analysis: str
    rule: str
    points: tuple[CurvePoint, ...]


def planned_time_to_response(
    records: UnblindedRecords, analysis: Analysis, outcome: str, level: float = 0.95
) -> Estimates:
    """Compare the time to the first response between the arms.

    Returns
    -------
    Estimates
        Rows of `outcomes.survival`, labels led by the name of the analysis: ``rmst-difference``,
        ``log-rank``, ``hazard-ratio`` and their like; ``survival-probability`` at every visit's
        day. They speak of all visits together and have no `visit`.
    """
    plan = records.protocol
    try:
        table, covariates, warnings = follow_up_of(records, analysis, outcome)
        found = survival(
            table,
            time="days",
            event="response",
            control=plan.contrast[1],
            covariates=covariates,
            at=_days(records, analysis, outcome),
            higher="better",
            level=level,
        )
    except (DataError, NotIdentifiedError) as reason:
        refusal = Refusal("rmst-difference", str(reason), label=analysis.name, outcome=outcome)
        return Estimates(refused=(refusal,), source=records.source)
    told = meaning(plan, analysis, outcome)
    rows = tuple(
        replace(
            described(row, analysis, adjusted=row.name in ADJUSTED),
            estimand=told,
            assumptions=(*row.assumptions, SEEN_AT_VISITS),
        )
        for row in with_warnings(found, warnings).rows
    )
    named = labelled(Estimates(rows, found.refused, records.source), analysis.name)
    return named.with_fields(outcome=outcome, status=plan.status_of(analysis.method, outcome))


def follow_up_of(
    records: UnblindedRecords, analysis: Analysis, outcome: str
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Return a row a person with days and response, the covariates' columns, and warnings.

    Raises
    ------
    NotIdentifiedError
        When nobody was scored at the planned visits, or a visit has no day.
    """
    plan = records.protocol
    day = _day_of_each(records, analysis, outcome)
    grid = outcome_grid(records, outcome, list(day)).reset_index(drop=True)
    made = responders(
        analysis.response, grid, plan.instrument(outcome), missing="exclude"
    ).response  # NaN: not judged at that visit
    days = grid["visit"].map(day).astype(float)
    whom = grid["participant"]
    first = days.where(made == 1).groupby(whom).min()
    last = days.where((made == 0) | (made == 1)).groupby(whom).max()
    people = grid.drop_duplicates("participant").reset_index(drop=True)
    responded = people["participant"].map(first)
    until = responded.fillna(people["participant"].map(last))
    table, covariates = plain_covariates(people, analysis, plan)
    table = table.assign(days=until.fillna(0.0), response=responded.notna().astype(float))
    lost = int(until.isna().sum())
    text = (
        f"{lost} of {len(people)} people could be judged at no visit and are censored at day 0; "
        "they say nothing of the curves"
    )
    kept = table[["participant", "arm", "days", "response", *covariates]]
    return kept, covariates, (text,) if lost else ()


def response_curves(records: UnblindedRecords, main: str) -> ResponseCurves | None:
    """Return the curves of the first planned time to response, if possible of the main outcome."""
    asked = [
        (analysis, outcome)
        for analysis in records.protocol.analyses
        if analysis.method == "time-to-response"
        for outcome in analysis.outcomes
    ]
    for analysis, outcome in sorted(asked, key=lambda pair: pair[1] != main):
        try:
            table, *_ = follow_up_of(records, analysis, outcome)
            frame = survival_curves(
                table.dropna(), time="days", event="response", control=records.protocol.contrast[1]
            )
        except (DataError, NotIdentifiedError):  # the rows' refusal says why
            continue
        points = frame[list(CurvePoint._fields)].itertuples(index=False, name=None)
        rule = analysis.response.in_words if analysis.response else "a response"
        return ResponseCurves(outcome, analysis.name, rule, tuple(CurvePoint(*p) for p in points))
    return None


def _day_of_each(records: UnblindedRecords, analysis: Analysis, outcome: str) -> dict[str, float]:
    plan = records.protocol
    visits = analysed_visits(records, analysis, outcome)
    days = {name: plan.day_of(name) for name in visits if not plan.visit(name).baseline}
    if untimed := [name for name, day in days.items() if day is None]:
        raise NotIdentifiedError(f"The visits {untimed} have no day: give them one in the plan.")
    return {name: float(day) for name, day in days.items() if day is not None}


def _days(records: UnblindedRecords, analysis: Analysis, outcome: str) -> tuple[float, ...]:
    return tuple(sorted(set(_day_of_each(records, analysis, outcome).values())))
