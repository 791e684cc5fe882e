"""Two or more answers set side by side: how far two lie apart, and that others were not compared.

Nothing here ranks treatments: the answers come from other people, controls and times.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence.answer import HEAD_TO_HEAD
from equipoise.report.evidence.effect import effect_shown, on_scale, studies_shown, texts
from equipoise.report.evidence.sentence import Sentence, Shown
from equipoise.report.evidence.templates import fill, listed, templates, words
from equipoise.report.numbers import number
from equipoise.synthesis.judgement.grade.certainty import WORDS
from equipoise.synthesis.review.certainty import NOT_JUDGED
from equipoise.synthesis.review.study_effects import RATIOS

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer

APART = "other-less-one"


def gap_between(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return other - one with its interval, for two independent estimates with low and high.

    Half widths add as squares. That is exact for normal intervals, and an approximation where
    either is a t interval, or lies unevenly about its estimate.

    >>> [round(x, 2) for x in gap_between((0.0, -0.3, 0.3), (1.0, 0.6, 1.4))]
    [1.0, 0.5, 1.5]
    """
    gap = other[0] - one[0]
    half = hypot((one[2] - one[1]) / 2, (other[2] - other[1]) / 2)
    return gap, gap - half, gap + half


def apart(one: Answer, other: Answer) -> Sentence:
    """Return how far two analyses lie apart, each with its own control and number.

    Raises
    ------
    DataError
        When they use other measures, or share a study: then they are not independent.
    """
    _need_comparable(one, other)
    kind = f"apart-{other.review.identifier}-{other.analysis.name}"
    first, second = on_scale(one), on_scale(other)
    if first is None or second is None:
        missing = one if first is None else other
        which = f"for {missing.wording.treatment} against {exact_control(missing)}"
        shown = Shown("words", missing.analysis.name, None, which)
        text = fill("apart-unknown", which=which)
        return one.sentence(kind, "apart-unknown", text, (shown,), certainty="no number")
    shown_ = _both(one, other) | _gap(first, second, one, other)
    text = fill(
        "apart", **texts(shown_), control=exact_control(one), other_control=exact_control(other)
    )
    return one.sentence(
        kind, "apart", text, shown_.values(), certainty=_lower(one, other),
        studies=dict.fromkeys((*one.studies, *other.studies)),
    )  # fmt: skip


def not_compared(answers: Sequence[Answer]) -> Sentence:
    """Return that no number here sets several treatments against one another.

    A study behind them may have done so elsewhere: that is an answer of its own.

    Raises
    ------
    DataError
        When a number among them does set one treatment against another.
    """
    for one in answers:
        met = HEAD_TO_HEAD & {*one.analysis.comparators, *one.controls}
        if met:
            raise DataError(
                f"{one.review.identifier}:{one.analysis.name} compares with {', '.join(met)}, a "
                "treatment: it cannot stand among answers that were not compared."
            )
    first = answers[0]
    names = "+".join(one.review.identifier for one in answers)
    shown = (Shown("treatments", names, len(answers), str(len(answers))),)
    return first.sentence(
        "not-compared", "not-compared", fill("not-compared", n=str(len(answers))), shown,
        certainty=NOT_JUDGED,
        studies=dict.fromkeys(name for one in answers for name in one.studies),
    )  # fmt: skip


def exact_control(answer: Answer) -> str:
    """Return the words for a control: a placebo that can be felt is not one that cannot."""
    kinds = answer.analysis.comparators
    if len(kinds) == 1 and kinds[0] in templates()["exact controls"]:
        return words("exact controls", kinds[0])
    return answer.control


def _need_comparable(one: Answer, other: Answer) -> None:
    names = [f"{each.review.identifier}:{each.analysis.name}" for each in (one, other)]
    if one.analysis.measure != other.analysis.measure:
        raise DataError(
            f"{names[0]} is in {one.analysis.measure} and {names[1]} in {other.analysis.measure}: "
            "only analyses in one measure can be told apart."
        )
    shared = sorted(set(one.studies) & set(other.studies))
    if shared:
        raise DataError(
            f"{names[0]} and {names[1]} share {', '.join(shared)}: they are not independent, so "
            "no interval of the gap between them can be told."
        )


def _both(one: Answer, other: Answer) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    for prefix, answer in (("one", one), ("other", other)):
        row = answer.central
        if row is not None:
            parts = effect_shown(row, answer.analysis.measure)
            shown[prefix] = parts["estimate"]
            shown |= {f"{prefix}_{end}": parts[end] for end in ("low", "high")}
        shown[f"{prefix}_studies"] = studies_shown(answer)
        visits = listed(list(dict.fromkeys(row.outcome.visit for row in answer.rows)))
        shown[f"{prefix}_when"] = Shown("visit", answer.analysis.name, None, visits)
    return shown


def _gap(
    first: tuple[float, float, float],
    second: tuple[float, float, float],
    one: Answer,
    other: Answer,
) -> dict[str, Shown]:
    gap, low, high = gap_between(first, second)
    if gap < 0:
        gap, low, high = -gap, -high, -low
    measure = one.analysis.measure
    unit = words("logs" if measure in RATIOS else "units", measure)
    label = f"{other.analysis.name} less {one.analysis.name}"
    return {
        "gap": Shown(APART, label, gap, f"{number(gap, 2)} {unit}"),
        "low": Shown(APART, f"{label} (low)", low, number(low, 2)),
        "high": Shown(APART, f"{label} (high)", high, number(high, 2)),
    }


def _lower(one: Answer, other: Answer) -> str:
    """Return the lower of two certainties; none where either was not judged."""
    levels = [answer.level for answer in (one, other)]
    known = [level for level in levels if level is not None]
    return WORDS[min(known)] if len(known) == len(levels) else NOT_JUDGED
