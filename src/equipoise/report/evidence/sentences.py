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
    stale,
)
from equipoise.report.evidence.answer import answers

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence
    from equipoise.synthesis.review import Synthesis

ORDER = (headline, in_people, own_start, belief, observational, stale, gaps)
"""Trials before cohorts, so that enthusiasm is not the anchor; gaps last."""

KINDS = (
    "headline", "mixed-designs", "indirect", "people", "people-if-lower", "people-if-higher",
    "effect", "who", "control", "control-change", "control-unknown", "own-start", "both-changed",
    "guesses", "guess-adjusted", "chance-guessing", "tipping", "belief-unknown", "observational",
    "observational-words", "disagreement", "stale-studies", "stale-certainty", "change",
    "harms-unknown",
)  # fmt: skip
"""Kinds of a review's sentences; a study, a scale or an analysis may follow after a hyphen."""


def kind_of(sentence: Sentence) -> str:
    """Return which of the kinds a sentence is of, without the study or scale that it is on."""
    found = [k for k in KINDS if sentence.kind == k or sentence.kind.startswith(f"{k}-")]
    return max(found, key=len, default=sentence.kind)


def sentences_of(answer: Answer) -> tuple[Sentence, ...]:
    """Return every sentence of one analysis, main or not, in reading order."""
    return tuple(one for part in ORDER for one in part.told(answer))


def sentences(synthesis: Synthesis) -> tuple[Sentence, ...]:
    """Return every sentence of a review.

    Returns
    -------
    tuple of Sentence
        For each main analysis: headline, people out of 100, those without the treatment, how
        people moved from their own start, belief, studies without lots, what was judged on other
        data, what would change it; then the gap of harms. Two that say the same of one analysis
        are one.
    """
    every = list(answers(synthesis))
    made = [one for answer in every for one in sentences_of(answer)]
    made += gaps.harms(every)
    return tuple({one.id: one for one in made}.values())
