"""What was judged on other data than those of now: it counts as not judged, and that is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.evidence.effect import counted_studies, kind_of
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.templates import fill
from equipoise.synthesis.judgement.ledger import STALE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield that studies changed after they were judged, and that a decision is of other data."""
    changed = [row.study for row in answer.rows if row.study.id in answer.lapsed]
    if changed:
        text = counted_studies(len(changed), kind_of(changed))
        shown = Shown(
            "studies", f"{answer.analysis.name}, changed since judged", len(changed), text
        )
        yield answer.sentence(
            "stale-studies", "stale-studies", fill("stale-studies", studies=text), (shown,),
            studies=(study.id for study in changed),
        )  # fmt: skip
    if any(STALE in warning for warning in answer.found.select(name="certainty").warnings):
        yield answer.sentence("stale-certainty", "stale-certainty", fill("stale-certainty"))
