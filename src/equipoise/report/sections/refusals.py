"""What was asked for and not given, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Part, Prose, Section, Table, cells
from equipoise.report.wording import title_of

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "numbers"
ORDER = 30


def section(findings: Findings) -> Section:
    """Write a row a reason, with the outcomes it holds for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for refusal in findings.estimates.refused:
        name = title_of(refusal.name) + (f", {refusal.label}" if refusal.label else "")
        of = reasons.setdefault((name, refusal.reason), [])
        if refusal.outcome and refusal.outcome not in of:
            of.append(refusal.outcome)
    if not reasons:
        return Section("refusals", "Refused", (Prose(("No number was refused.",)),))
    table = Table(
        "Numbers not given, because the data cannot carry them",
        ("Quantity", "Outcomes", "Reason"),
        tuple(cells(name, ", ".join(of), why) for (name, why), of in reasons.items()),
    )
    return Section("refusals", "Refused", (table,))
