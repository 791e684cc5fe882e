"""The tipping map of a trial's missing scores: how far from its assumption the conclusion holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.effect_by import question_of
from equipoise.analysis.estimands.estimate import estimand_of
from equipoise.analysis.estimands.handling import handle_events
from equipoise.analysis.estimands.visits import analysed_visits, grid_of
from equipoise.analysis.planned_mmrm import primary_visit
from equipoise.analysis.planned_reference_based import imputation_call
from equipoise.analysis.rows import effect_unit
from equipoise.analysis.total_effect import planned_effect
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.protocol.estimands import COURSE_METHODS

if TYPE_CHECKING:
    from equipoise.analysis.comparison import Comparison
    from equipoise.estimates import Estimate, Status
    from equipoise.protocol import Analysis, Protocol
    from equipoise.records import UnblindedRecords

TIPPING_POINT = "imputation-tipping-point"


def tipping_of_missing(
    records: UnblindedRecords, outcome: str, visit: str | None = None, level: float = 0.95
) -> Estimates:
    """Vary what is added to the imputed scores of the two arms of the contrast.

    Parameters
    ----------
    visit
        The visit that the total effect speaks of; the last planned one if None.

    Returns
    -------
    Estimates
        ``tipping-map``, labelled by the two deltas ("active,control"), and
        ``imputation-tipping-point``, or its refusal where nothing tips. Nothing where people change
        arms, where no model of the course is planned, or where no score is missing at the visit.
        Under the plan's strategy for a reference-based imputation, and missing at random for an
        mmrm.
    """
    plan = records.protocol
    planned = planned_effect(plan, outcome)
    if planned is None or planned.method not in COURSE_METHODS or plan.design.kind != "parallel":
        return Estimates()
    try:
        question = _question(records, planned, outcome, visit, level)
        if question is None:
            return Estimates()
        return _map(question).with_fields(status=_status(plan, planned, outcome))
    except (DataError, NotIdentifiedError) as reason:
        return Estimates(refused=(Refusal("tipping-map", str(reason), outcome=outcome),))


def _question(
    records: UnblindedRecords, planned: Analysis, outcome: str, visit: str | None, level: float
) -> Comparison | None:
    """Return the planned grid of scores, events handled; None where there is nothing to impute."""
    if planned.common_baseline:  # as a covariate here: the imputed visits come after it
        planned = planned.model_copy(update={"common_baseline": None, "baseline": True})
    visits = analysed_visits(records, planned, outcome)
    if visit is not None and visit not in visits:
        return None
    frame = grid_of(records, outcome, visits)
    estimand = estimand_of(records.protocol, planned)
    if estimand is not None:
        frame = handle_events(records, frame, estimand).frame
    frame = frame.assign(visit=frame["visit"].astype(str))
    question = question_of(
        "reference-based", records, outcome, frame, planned, level=level, primary=visit
    )
    at = question.frame["visit"] == primary_visit(question)
    arms = question.frame["arm"].isin(records.protocol.contrast)
    return question if bool(question.frame["score"][at & arms].isna().any()) else None


def _map(question: Comparison) -> Estimates:
    from equipoise.analysis.imputation import tipping_map  # noqa: PLC0415  (formulaic)

    control, active = question.arms[:2]
    primary = primary_visit(question)
    call, warnings = imputation_call(question)
    found = tipping_map(**call, active=active, at_visit=primary, level=question.level)
    scale = question.protocol.instrument(question.outcome)
    unit = effect_unit(scale, active, control)
    points = zip(found.map["active"], found.map["control"], strict=True)
    rows: list[Estimate] = []
    for row in found.select(name="tipping-map"):
        one, other = next(points)
        label = f"{one:.10g},{other:.10g}"
        rows.append(
            replace(row, label=label, unit=unit, method=f"{call['strategy']}: {row.method}")
        )
    for row in found.select(name="tipping-point"):
        told = f"{call['strategy']}: {row.method}"
        rows.append(replace(row, name=TIPPING_POINT, method=told, unit=scale.unit))
    refused = tuple(
        replace(row, name=TIPPING_POINT, outcome=question.outcome) for row in found.refused
    )
    every = (
        replace(r, outcome=question.outcome, warnings=question.warnings + r.warnings + warnings)
        for r in rows
    )
    return Estimates(tuple(every), refused)


def _status(plan: Protocol, planned: Analysis, outcome: str) -> Status:
    """Return "planned" only where the plan asks for the map itself."""
    asked = any(
        a.tipping_map and a.name == planned.name and a.method == planned.method
        for a in plan.analyses
    )
    return plan.status_of(planned.method, outcome) if asked else "exploratory"
