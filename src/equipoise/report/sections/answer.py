"""The answer: three sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.answer import how_blinding_looked, what_is_left, what_was_seen
from equipoise.report.blocks import Part, Prose, Section

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "answer"
ORDER = 10


def section(findings: Findings) -> Section:
    """Write what was seen, what is left when belief is equal, and how far to trust it."""
    return Section(
        "three-sentences",
        "",
        (
            Prose((what_was_seen(findings),), lead="What was seen.", kind="answer"),
            Prose((what_is_left(findings),), lead="With belief made equal.", kind="answer"),
            Prose((how_blinding_looked(findings),), lead="Blinding.", kind="answer"),
            *_status(findings),
        ),
    )


def _status(findings: Findings) -> tuple[Prose, ...]:
    outcome = findings.main_outcome
    row = findings.total(outcome)
    if row is None:
        return ()
    planned = (
        "This analysis was named in the locked protocol."
        if row.status == "planned"
        else "This analysis is exploratory: no protocol locked before unblinding names it."
    )
    counted = f"{outcome.people} participants"
    if outcome.observations > outcome.people:
        counted += f", {outcome.observations} scores"
    if row.visit:
        counted += f", visit {row.visit}"
    named = f" ({outcome.title})" if outcome.title != outcome.name else ""
    about = f"Main outcome: {outcome.name}{named}, {counted}."
    return (Prose((f"{about} {planned}",), kind="note"),)
