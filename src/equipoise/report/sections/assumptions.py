"""What has to be true for the numbers to mean what they say, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Part, Prose, Section, Table, cells
from equipoise.report.wording import title_of

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "trust"
ORDER = 20


def section(findings: Findings) -> Section:
    """Write each assumption with the quantities that need it."""
    needs: dict[str, list[str]] = {}
    for row in findings.estimates:
        for assumption in row.assumptions:
            of = needs.setdefault(assumption, [])
            if title_of(row.name) not in of:
                of.append(title_of(row.name))
    if not needs:
        none = Prose(("No number on this page states an assumption.",))
        return Section("assumptions", "Assumptions", (none,))
    table = Table(
        "Each assumption, and what would fall with it",
        ("Assumption", "Needed by"),
        tuple(cells(assumption, "; ".join(of)) for assumption, of in needs.items()),
    )
    return Section("assumptions", "Assumptions", (table,))
