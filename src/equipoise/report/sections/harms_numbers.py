"""Every number on harms, folded: also ratios, rates, and the rarer kinds of event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.blocks import Cell, Part, Section, Table, cells
from equipoise.report.wording import title_of

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings

PART: Part = "numbers"
ORDER = 15
HEAD = ("Event", "Arm", "Estimate", "Interval")


def section(findings: Findings) -> Section | None:
    """Write one folded table; nothing without adverse events."""
    found = findings.harms
    if not len(found):
        return None
    body: list[tuple[Cell, ...]] = []
    for name, unit in dict.fromkeys((row.name, row.unit) for row in found):
        body.append(cells(f"{title_of(name)}: {unit}" if unit else title_of(name)))
        body += [_row(row) for row in found if (row.name, row.unit) == (name, unit)]
    table = Table(
        "Harms: every number",
        HEAD,
        tuple(body),
        right=frozenset({2, 3}),
        closed=f"Harms: {len(found)} numbers",
    )
    return Section("harms-numbers", "Harms", (table,))


def _row(row: Estimate) -> tuple[Cell, ...]:
    places = numbers.places_of(row) + (not numbers.is_count(row))
    shown = Cell(numbers.number(row.estimate, places), row.estimate)
    return cells(row.label or "", row.arm or "", shown, numbers.interval(row, places))
