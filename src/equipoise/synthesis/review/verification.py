"""Which facts of a review nobody has compared with their source yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from equipoise.synthesis.review.study import Study
from equipoise.synthesis.review.study_numbers import ArmNumbers, ReportedEffect, Statement


def unverified_facts(studies: Iterable[Study]) -> list[str]:
    """Return one line for each unverified block: study, outcome, what, and its note."""
    return [line for study in studies for line in _lines(study)]


def _lines(study: Study) -> Iterator[str]:
    for guess in study.blinding.guesses:
        if not guess.verified:
            yield f"{study.id}: guesses of {guess.arm}"
    for row in study.outcomes:
        where = " ".join(part for part in (row.outcome, row.instrument, row.visit) if part)
        for fact in row.facts:
            if not fact.verified:
                note = f" ({fact.note})" if fact.note else ""
                yield f"{study.id}, {where}: {_told(fact)}{note}"


def counts(studies: Iterable[Study]) -> tuple[int, int]:
    """Return how many facts are verified, and how many are not."""
    facts = [
        fact
        for study in studies
        for fact in (*study.blinding.guesses, *(f for row in study.outcomes for f in row.facts))
    ]
    good = sum(fact.verified for fact in facts)
    return good, len(facts) - good


def _told(fact: object) -> str:
    if isinstance(fact, ArmNumbers):
        return f"numbers of {fact.arm}"
    if isinstance(fact, ReportedEffect):
        return f"{fact.measure} {fact.estimate:g}"
    return f"it says: {fact.says}" if isinstance(fact, Statement) else "a fact"
