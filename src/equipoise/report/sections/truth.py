"""Of a simulated trial: the truth it was made with, beside what the analysis found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.blocks import Cell, Part, Prose, Section, Table, cells

if TYPE_CHECKING:
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "answer"
ORDER = 20


def section(findings: Findings) -> Section | None:
    """Write a row an outcome; nothing for a real trial."""
    truth = findings.simulated_truth
    if not truth:
        return None
    known = [outcome for outcome in findings.outcomes if outcome.name in truth]
    kinds = tuple(dict.fromkeys(kind for outcome in known for kind in truth[outcome.name]))
    if not known:
        return None
    table = Table(
        f"Differences between {findings.active} and {findings.control}, each in the outcome's unit",
        ("Outcome", *(f"True {kind}" for kind in kinds), "Total effect", "With belief made equal"),
        tuple(_row(findings, outcome, kinds) for outcome in known),
        right=frozenset(range(1, len(kinds) + 3)),
    )
    said = "These people were made by a computer, so what is true of them is known."
    return Section("truth", "The truth, and what was found", (Prose((said,)), table))


def _row(findings: Findings, outcome: OutcomeFindings, kinds: tuple[str, ...]) -> tuple[Cell, ...]:
    truth = (findings.simulated_truth or {})[outcome.name]
    found = (findings.total(outcome), outcome.standardised())
    places = max((numbers.places_of(row) for row in found if row), default=2)
    return cells(
        outcome.name,
        *(Cell(numbers.number(truth.get(kind), places), truth.get(kind)) for kind in kinds),
        *(
            Cell(f"{numbers.estimate(row)} ({numbers.interval(row)})", row.estimate)
            if row
            else Cell("not estimated")
            for row in found
        ),
    )
