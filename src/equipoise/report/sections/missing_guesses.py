"""Guesses by arm, the missing ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.blocks import Cell, Part, Section, Table

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "numbers"
ORDER = 40


def section(findings: Findings) -> Section | None:
    """Write the counts of the main outcome's guesses by arm."""
    counts = findings.main_outcome.guesses
    if not counts:
        return None
    answers = (*findings.arms, "unsure", "missing")
    body = []
    for arm in findings.arms:
        of_arm = [counts.get((arm, answer), 0) for answer in answers]
        lost = of_arm[-1] / sum(of_arm) if sum(of_arm) else None
        body.append(
            (Cell(arm), *(Cell(str(n), n) for n in of_arm), Cell(numbers.percent(lost), lost))
        )
    head = ("Arm", *(f"Guessed {arm}" for arm in findings.arms), "Unsure", "Missing", "Missing, %")
    table = Table(
        f"Guesses that stand beside a score of {findings.main}",
        head,
        tuple(body),
        right=frozenset(range(1, len(head))),
    )
    return Section("missing-guesses", "Guesses by arm", (table,))
