"""A table of dependent effects, pooled in three levels by a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.errors import DataError
from equipoise.estimates import Estimates
from equipoise.synthesis.dependent.fit import Test
from equipoise.synthesis.dependent.likelihood import Criterion
from equipoise.synthesis.dependent.robust import Kind
from equipoise.synthesis.dependent.three_level_rows import three_level
from equipoise.synthesis.missing_column import missing_column
from equipoise.synthesis.moderators import design_of
from equipoise.synthesis.study_table import OutcomeTable


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelPlan:
    """How to pool; names of columns, or None for what is not asked.

    Parameters
    ----------
    row
        A column that names each row: two rows of one name are refused as the same effect twice.
    """

    rho: float = 0.6
    criterion: Criterion = "REML"
    test: Test = "z"
    robust: Kind | None = "CR2"
    cluster: str | None = None
    moderators: str | None = None
    row: str | None = None
    level: float = 0.95


def multilevel_table(table: OutcomeTable, plan: MultilevelPlan) -> Estimates:
    """Pool the effects of a table whose studies have several rows.

    Raises
    ------
    DataError, NotIdentifiedError
        As `three_level`; a column that is not there; a row that stands twice.
    """
    for name in (plan.cluster, plan.row):
        if name is not None and name not in table.frame.columns:
            raise missing_column(name, table.frame.columns)
    if plan.row is not None:
        twice = table.frame[plan.row][table.frame[plan.row].duplicated()]
        if len(twice):
            raise DataError(f"{plan.row} {twice.iloc[0]} stands twice: the same effect would count "
                            "two times.")  # fmt: skip
    effects, warnings = table.effects, table.warnings
    X, names = None, None
    frame = table.frame
    if plan.moderators is not None:
        X, names, rows = design_of(frame, plan.moderators)
        lost = int((~rows).sum())
        if lost:
            warnings += (f"Without a moderator and left out: {lost} rows",)
        effects, frame = effects.take(rows), frame[rows]
    found = three_level(
        effects, rho=plan.rho, X=X, names=names, criterion=plan.criterion, test=plan.test,
        robust=plan.robust, cluster=None if plan.cluster is None else frame[plan.cluster].tolist(),
        level=plan.level,
    )  # fmt: skip
    told = (
        replace(row, outcome=table.outcome, warnings=(*row.warnings, *warnings)) for row in found
    )
    refused = tuple(replace(row, outcome=table.outcome) for row in found.refused)
    return Estimates(tuple(told), refused)
