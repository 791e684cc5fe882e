"""How much of an answer may be belief: guesses, the effect with them held equal, the tipping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import beside
from equipoise.report.evidence.effect import effect_shown, on_scale, studies_shown, texts
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.templates import fill, listed, words
from equipoise.report.numbers import number
from equipoise.synthesis.blinding.tipping import tipping_shift
from equipoise.synthesis.review.analysis_table import guesses_of
from equipoise.synthesis.review.belief_rows import AT_CHANCE, TIPPING
from equipoise.synthesis.review.study_effects import RATIOS
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield what is known of belief in an analysis that has a comparison, or that it is not."""
    if not answer.rows or BASELINE in answer.analysis.comparators:
        return
    yield from _guesses(answer)
    held = [*_adjusted(answer), *_at_chance(answer)]
    yield from held
    yield from _tipping(answer)
    if not held:
        yield answer.sentence("belief-unknown", "belief-unknown", fill("belief-unknown"))


def _guesses(answer: Answer) -> Iterator[Sentence]:
    """Yield how often people were right about what they took, of those who were asked."""
    right = asked = 0
    studies = []
    for row in answer.rows:
        told = [guesses_of(row, arm) for arm in row.contrast]
        for one in told:
            if one is not None and one.right is not None and one.wrong is not None:
                right, asked = right + one.right, asked + one.right + one.wrong + (one.unsure or 0)
                studies.append(row.study.id)
    if not asked:
        return
    share = right / asked
    visits = dict.fromkeys(row.outcome.visit for row in answer.rows if row.study.id in studies)
    shown = {
        "right": Shown("guesses-right", answer.analysis.name, share, f"{100 * share:.0f}"),
        "when": Shown("visit", answer.analysis.name, None, listed(list(visits))),
    }
    text = fill("guesses", **texts(shown))
    yield answer.sentence(
        "guesses", "guesses", text, shown.values(), studies=dict.fromkeys(studies)
    )


def _adjusted(answer: Answer) -> Iterator[Sentence]:
    """Yield the effects of planned analyses that hold the guess equal."""
    for other in beside(answer):
        row = other.central
        if not other.analysis.adjusted_for_guess or row is None or row.low is None:
            continue
        shown = effect_shown(row, other.analysis.measure) | {"studies": studies_shown(other)}
        text = fill("guess-adjusted", **texts(shown))
        yield other.sentence("guess-adjusted", "guess-adjusted", text, shown.values())


def _at_chance(answer: Answer) -> Iterator[Sentence]:
    for row in answer.found.select(name=AT_CHANCE).rows[:1]:
        if row.low is not None:
            shown = effect_shown(row, answer.analysis.measure, log_scale=True)
            text = fill("chance-guessing", **texts(shown))
            yield answer.sentence("chance-guessing", "chance-guessing", text, shown.values())


def _tipping(answer: Answer) -> Iterator[Sentence]:
    """Yield the bias at which the interval that is shown would reach no difference."""
    known = on_scale(answer)
    if known is None:
        return
    _, low, high = known
    if low <= 0 <= high:
        yield answer.sentence("tipping", "tipping-open", fill("tipping-open"))
        return
    logs = answer.analysis.measure in RATIOS
    unit = words("logs" if logs else "units", answer.analysis.measure)
    value = abs(tipping_shift(low, high))
    shown = {"estimate": Shown(TIPPING, answer.analysis.name, value, f"{number(value, 2)} {unit}")}
    yield answer.sentence("tipping", "tipping", fill("tipping", **texts(shown)), shown.values())
