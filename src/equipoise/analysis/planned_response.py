"""Response or remission as a planned analysis: who responded, and the difference in risk.

A score that is missing at the visit is no response, and is counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.estimands.estimate import estimand_of, labelled
from equipoise.analysis.estimands.visits import analysed_visits
from equipoise.analysis.estimands.wording import in_words
from equipoise.analysis.outcomes.responder import Responders, percent_response, remission
from equipoise.analysis.outcomes.response import response
from equipoise.analysis.outcomes.scales import with_warnings
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.records import outcome_grid

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.analysis.outcomes.responder import Missing
    from equipoise.estimates import Estimate
    from equipoise.instruments import Instrument
    from equipoise.protocol import Analysis, Protocol
    from equipoise.protocol.estimands import Response
    from equipoise.records import UnblindedRecords

ASKED = "risk-difference"


def planned_response(
    records: UnblindedRecords, analysis: Analysis, outcome: str, level: float = 0.95
) -> Estimates:
    """Compare the chance of a response between the arms, at each planned visit.

    Returns
    -------
    Estimates
        Rows of `outcomes.response`, labels led by the name of the analysis: with a baseline or
        covariates ``standardised`` (and the odds ratio at equal covariates), always unadjusted. A
        visit at which nobody was scored, or the data cannot answer, is a refusal.
    """
    try:
        visits = analysis.visits or tuple(analysed_visits(records, analysis, outcome))
    except (DataError, NotIdentifiedError) as reason:
        return _refused(records, analysis, outcome, str(reason))
    result = Estimates(source=records.source)
    for visit in visits:
        try:
            result += _at(records, analysis, outcome, visit, level)
        except (DataError, NotIdentifiedError) as reason:
            result += _refused(records, analysis, outcome, f"At {visit}: {reason}")
    return result


def responders(
    rule: Response | None, grid: pd.DataFrame, scale: Instrument, *, missing: Missing = "failure"
) -> Responders:
    """Say who responded, of a table with the columns score and baseline.

    Raises
    ------
    NotIdentifiedError
        When nobody has the scores that the rule needs, or the scale has no better side.
    """
    if rule is None:
        raise NotIdentifiedError("The plan does not say what a response is: give `response`.")
    needed = ["score"] if rule.improvement is None else ["score", "baseline"]
    if grid[needed].isna().any(axis=1).all():
        raise NotIdentifiedError(f"Nobody has a {' and a '.join(needed)}: nobody can be judged.")
    if rule.below is not None:
        return remission(grid["score"], rule.below, higher="worse", missing=missing)
    if rule.above is not None:
        return remission(grid["score"], rule.above, higher="better", missing=missing)
    if scale.higher == "neither":
        raise NotIdentifiedError(f"{scale.name} has no better side to improve to.")
    percent = 100 * float(rule.improvement or 0)
    return percent_response(
        grid["score"], grid["baseline"], percent=percent, higher=scale.higher, missing=missing
    )


def plain_covariates(
    grid: pd.DataFrame, analysis: Analysis, plan: Protocol
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the planned covariates under plain names: those of a trial may not suit a formula."""
    names = (("baseline",) if analysis.baseline else ()) + analysis.covariates
    if unknown := [name for name in names if name not in grid.columns]:
        raise DataError(f"The plan adjusts for {unknown}, which the participants table lacks.")
    categories = {c.name for c in plan.covariates if c.kind == "category"}
    table, columns = grid.copy(), []
    for k, name in enumerate(names):
        values = grid[name]
        text = values.astype(str).where(values.notna())
        columns.append(f"covariate{k}")
        table[columns[-1]] = text if name in categories else values
    return table, tuple(columns)


def described(row: Estimate, analysis: Analysis, *, adjusted: bool) -> Estimate:
    """Add the covariates and the source of the plan to a row's method."""
    names = (("baseline",) if analysis.baseline else ()) + analysis.covariates
    told = f"; adjusted for {', '.join(names)}" if adjusted and names else ""
    source = f". {analysis.source}" if analysis.source else ""
    return replace(row, method=f"{row.method or ''}{told}{source}" or None)


def meaning(plan: Protocol, analysis: Analysis, outcome: str) -> str:
    """Say what was estimated: the plan's estimand, else what counts as a response."""
    estimand = estimand_of(plan, analysis)
    if estimand is not None:
        return in_words(estimand)
    rule = analysis.response.in_words if analysis.response else "a response"
    return f"{analysis.name}: {outcome}, {rule}, whatever people believed they took"


def _at(
    records: UnblindedRecords, analysis: Analysis, outcome: str, visit: str, level: float
) -> Estimates:
    plan = records.protocol
    grid = outcome_grid(records, outcome, [visit])
    if grid["score"].isna().all():
        raise NotIdentifiedError("nobody was scored there.")
    made = responders(analysis.response, grid, plan.instrument(outcome))
    table, covariates = plain_covariates(grid, analysis, plan)
    found = response(
        table.assign(response=made.response),
        " + ".join(["response ~ arm", *covariates]),
        control=plan.contrast[1],
        higher="better",
        level=level,
    )
    told = f"{meaning(plan, analysis, outcome)} (at {visit})"
    rows = tuple(
        replace(
            described(row, analysis, adjusted=row.label in ("standardised", None)), estimand=told
        )
        for row in with_warnings(found, made.warnings).rows
    )
    named = labelled(Estimates(rows, found.refused, records.source), analysis.name)
    status = plan.status_of(analysis.method, outcome)
    return named.with_fields(outcome=outcome, visit=visit, status=status)


def _refused(records: UnblindedRecords, analysis: Analysis, outcome: str, reason: str) -> Estimates:
    refusal = Refusal(ASKED, reason, label=analysis.name, outcome=outcome)
    return Estimates(refused=(refusal,), source=records.source)
