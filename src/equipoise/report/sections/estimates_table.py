"""Every estimate of every outcome, planned or exploratory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.blocks import Cell, Part, Section, Table, cells
from equipoise.report.findings import GRIDS
from equipoise.report.wording import title_of, variant_of, without_shared_visit

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "numbers"
ORDER = 10
HEAD = ("Quantity", "Estimate", "SE", "Interval", "df", "p", "Status")


def section(findings: Findings) -> Section:
    """Write a table an outcome: the main one open, the others folded."""
    tables = tuple(
        _table(outcome, open_=outcome.name == findings.main)
        for outcome in sorted(findings.outcomes, key=lambda o: o.name != findings.main)
    )
    return Section("estimates", "Estimates", tables)


def _table(outcome: OutcomeFindings, *, open_: bool) -> Table:
    shown = [row for row in outcome.estimates if row.name not in GRIDS]
    rows = without_shared_visit(shown)
    body: list[tuple[Cell, ...]] = []
    for name in dict.fromkeys(row.name for row in rows):
        of = [row for row in rows if row.name == name]
        units = "; ".join(dict.fromkeys(row.unit for row in of if row.unit))
        body.append(cells(f"{title_of(name)}: {units}" if units else title_of(name)))
        body += [_row(row, outcome) for row in of]
    return Table(
        f"{outcome.name}: {outcome.title}" if outcome.title != outcome.name else outcome.name,
        HEAD,
        tuple(body),
        right=frozenset(range(1, 6)),
        closed="" if open_ else f"{outcome.name}: {len(rows)} numbers",
    )


def _row(row: Estimate, outcome: OutcomeFindings) -> tuple[Cell, ...]:
    places = numbers.places_of(row) + (not numbers.is_count(row))
    of = row.outcome if row.outcome != outcome.name else None
    which = ", ".join(part for part in (of, variant_of(row)) if part)
    return cells(
        which or "whole trial",
        Cell(numbers.number(row.estimate, places), row.estimate),
        numbers.number(row.se, places),
        numbers.interval(row, places),
        numbers.number(row.df, 0 if row.df and row.df >= 100 else 1),
        numbers.p_value(row.p),
        row.status,
    )
