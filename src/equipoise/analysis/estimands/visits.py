"""Which visits an analysis holds, and the grid of everybody's scores at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.errors import NotIdentifiedError
from equipoise.records import outcome_grid

if TYPE_CHECKING:
    from equipoise.protocol import Analysis
    from equipoise.records import UnblindedRecords


def analysed_visits(records: UnblindedRecords, analysis: Analysis, outcome: str) -> list[str]:
    """Return the planned visits after baseline that have scores; with cLDA the baseline first."""
    plan, seen = records.protocol, _seen(records, outcome)
    wanted = set(analysis.visits) or {v.name for v in plan.visits if not v.baseline}
    if analysis.common_baseline:
        wanted |= {v.name for v in plan.visits if v.baseline and outcome in v.instruments}
        seen |= {v.name for v in plan.visits if v.baseline}
    visits = [name for name in plan.visit_names if name in wanted]
    if not [v for v in visits if v in seen and not plan.visit(v).baseline]:
        where = ", ".join(visits)
        raise NotIdentifiedError(f"{outcome} was planned at {where}, and nobody was scored there.")
    last = [name for name in visits if not plan.visit(name).baseline][-1]
    if analysis.visits and last not in seen:
        raise NotIdentifiedError(f"{outcome} was planned at {last}, and nobody was scored there.")
    return [name for name in visits if name in seen]


def visits_until(records: UnblindedRecords, outcome: str, end: str) -> list[str]:
    """Return every visit after baseline with scores, up to one: what happened on the way."""
    plan, seen = records.protocol, _seen(records, outcome)
    names = plan.visit_names[: plan.visit_names.index(end) + 1]
    return [name for name in names if name in seen and not plan.visit(name).baseline]


def _seen(records: UnblindedRecords, outcome: str) -> set[str]:
    totals = records.total_scores
    return set(totals["visit"][(totals["instrument"] == outcome) & totals["score"].notna()])


def grid_of(records: UnblindedRecords, outcome: str, visits: list[str]) -> pd.DataFrame:
    """Return `outcome_grid` with the visits as an ordered category."""
    grid = outcome_grid(records, outcome, visits)
    return grid.assign(visit=pd.Categorical(grid["visit"], categories=visits, ordered=True))
