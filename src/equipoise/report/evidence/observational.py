"""What studies without lots found, after the trials, and how far the two lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import beside
from equipoise.report.evidence.effect import (
    counted_studies,
    effect_shown,
    is_pool,
    on_scale,
    studies_shown,
    texts,
)
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.side_by_side import gap_between
from equipoise.report.evidence.templates import fill, words
from equipoise.report.numbers import number
from equipoise.synthesis.review.study_effects import RATIOS
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence

GAP = "observational-less-randomised"


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield sentences on observational analyses of the outcome, and the disagreement."""
    others = [
        other for other in beside(answer)
        if other.rows and not any(row.study.design.randomised for row in other.rows)
        and not other.analysis.adjusted_for_guess
    ]  # fmt: skip
    for other in others:
        yield from _observed(other)
        yield from _apart(answer, other)
    if not others:
        yield from _in_words(answer)


def _observed(other: Answer) -> Iterator[Sentence]:
    row = other.central
    if row is None or row.low is None:
        return
    change = BASELINE in other.analysis.comparators
    template = "observational-change" if change else "observational"
    shown = effect_shown(row, other.analysis.measure) | {"studies": studies_shown(other)}
    text = fill(template, **texts(shown), x=other.wording.treatment)
    yield other.sentence("observational", template, text, shown.values())


def _apart(answer: Answer, other: Answer) -> Iterator[Sentence]:
    """Yield how far the two pooled effects lie apart: they are never merged.

    Studies differ, so the two are independent.
    """
    one, two = on_scale(answer), on_scale(other)
    same = answer.analysis.measure == other.analysis.measure
    if one is None or two is None or not same or not answer.randomised:
        return
    gap, low, high = gap_between(one, two)
    unit = "logs" if answer.analysis.measure in RATIOS else "units"
    label = f"{other.analysis.name} less {answer.analysis.name}"
    if gap < 0:
        gap, low, high = -gap, -high, -low
    told = {"estimate": gap, "low": low, "high": high}
    shown = {
        part: Shown(GAP, label if part == "estimate" else f"{label} ({part})", value,
                    number(value, 2)
                    + (f" {words(unit, answer.analysis.measure)}" if part == "estimate" else ""))
        for part, value in told.items()
    }  # fmt: skip
    text = fill("disagreement", **texts(shown))
    studies = dict.fromkeys((*answer.studies, *other.studies))
    kind = f"disagreement-{answer.analysis.name}"
    yield other.sentence(kind, "disagreement", text, shown.values(), studies=studies)


def _in_words(answer: Answer) -> Iterator[Sentence]:
    """Yield how many studies without lots looked at the outcome, and are not in the answer."""
    named = () if answer.rows else answer.without_number  # by the headline
    told = {study.id for study in named}
    looked = [
        out.study.id
        for out in answer.selection.left_out
        if not out.study.design.randomised
        and not is_pool(out.study)
        and out.study.id not in told
        and any(row.outcome == answer.analysis.outcome for row in out.study.outcomes)
    ]
    if not looked:
        return
    text = counted_studies(len(looked))
    shown = (Shown("studies", "not randomised, left out", len(looked), text),)
    said = fill(
        "observational-words", studies=text, x=answer.wording.treatment, y=answer.wording.outcome
    )
    kind = "observational-words"
    yield answer.sentence(kind, kind, said, shown, studies=looked)
