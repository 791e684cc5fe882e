"""Harms that reports tell of, beside an answer: verified facts of its substances and doses.

They come from the register of facts, not from the trials of the review: none is pooled, and each
says in its own words in whom, how often, and beside what.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from equipoise.synthesis.evidence.facts import FOLDER, Harm, facts
from equipoise.synthesis.review.plan import Review

ANY = frozenset({"any", "na"})


def harms_of(review: Review, folder: Path = FOLDER) -> tuple[Harm, ...]:
    """Return the verified harms of what a review is about, once each, in the register's order.

    A review of certain classes of dose gets the harms of those, and those told of any dose.
    `folder` holds the register, `harms.yaml`; by default that which comes with equipoise.
    """
    wanted = set(review.intervention.dose_classes)
    found: dict[str, Harm] = {}
    for substance in review.intervention.substances:
        for fact in facts("harms", substance=substance, folder=folder):
            harm = cast("Harm", fact)
            classes = set((harm.dose_class or "any").split("/"))
            if not wanted or classes & (wanted | ANY):
                found[harm.id] = harm
    return tuple(found.values())


def told(harm: Harm) -> str:
    """Write a harm with where it stands."""
    where = ", ".join(part for part in (harm.citation, harm.doi and f"doi {harm.doi}") if part)
    return f"{harm.text} ({where or harm.source})"
