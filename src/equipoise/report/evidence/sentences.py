"""All that a review says to people: sentences made from its estimates, in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.evidence import (
    belief,
    gaps,
    headline,
    in_people,
    observational,
    own_start,
)
from equipoise.report.evidence.answer import answers

if TYPE_CHECKING:
    from equipoise.report.evidence.sentence import Sentence
    from equipoise.synthesis.review import Synthesis

ORDER = (headline, in_people, own_start, belief, observational, gaps)
"""Trials before cohorts, so that enthusiasm is not the anchor; gaps last."""


def sentences(synthesis: Synthesis) -> tuple[Sentence, ...]:
    """Return every sentence of a review.

    Returns
    -------
    tuple of Sentence
        For each main analysis: headline, people out of 100, those without the treatment, how
        people moved from their own start, belief, studies without lots, what would change it;
        then the gap of harms. Two that say the same of one analysis are one.
    """
    every = list(answers(synthesis))
    made = [one for answer in every for part in ORDER for one in part.told(answer)]
    made += gaps.harms(every)
    return tuple({one.id: one for one in made}.values())
