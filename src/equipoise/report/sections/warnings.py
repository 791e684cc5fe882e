"""What a reader has to be warned of, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Bullets, Part, Prose, Section, Table, cells, once

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "trust"
ORDER = 10


def section(findings: Findings) -> Section:
    """List the warnings of the data and of the main outcome; fold those of the others."""
    first = once((*findings.warnings, *findings.main_outcome.estimates.warnings))
    said = Bullets(first) if first else Prose(("There are no warnings.",))
    others: dict[str, list[str]] = {}
    for outcome in findings.outcomes:
        for warning in outcome.estimates.warnings:
            if warning not in first:
                others.setdefault(warning, []).append(outcome.name)
    if not others:
        return Section("warnings", "Warnings", (said,))
    folded = Table(
        "Warnings that concern other outcomes only",
        ("Warning", "Outcomes"),
        tuple(cells(warning, ", ".join(of)) for warning, of in others.items()),
        closed=f"{len(others)} more on other outcomes",
    )
    return Section("warnings", "Warnings", (said, folded))
