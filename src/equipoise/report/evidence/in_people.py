"""The numbers of an answer: people out of 100, the effect, and those without the treatment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import ASSUMED
from equipoise.report.evidence.effect import (
    control_share,
    effect_shown,
    people,
    studies_shown,
    texts,
)
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.study_name import study_name
from equipoise.report.evidence.templates import fill, scale
from equipoise.report.numbers import number
from equipoise.synthesis.judgement.absolute_effects import whole_people
from equipoise.synthesis.review.study_effects import RATIOS
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence
    from equipoise.synthesis.judgement.findings_table import Absolute
    from equipoise.synthesis.review import Row


FEW = 3


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield people of 100, scenarios, the effect in its unit, and who got better anyway."""
    if not answer.rows or BASELINE in answer.analysis.comparators:
        return
    share = control_share(answer)
    yield from _people(answer, "people", share)
    for name in ("lower", "higher") if share is not None else ():
        planned = answer.outcome.people
        yield from _scenario(answer, name, planned.low if name == "lower" else planned.high)
    row = answer.central
    if row is not None and row.low is not None:
        shown = effect_shown(row, answer.analysis.measure) | {"studies": studies_shown(answer)}
        text = fill(
            "effect", **texts(shown), control=answer.control, side=_favoured(answer),
            x=answer.wording.treatment,
        )  # fmt: skip
        yield answer.sentence("effect", "effect", text, shown.values())
    yield _who(answer)
    yield from _control(answer, share)


def _favoured(answer: Answer) -> str:
    """Return which side of no difference is the treatment's: the words of an axis, no finding."""
    none = "one" if answer.analysis.measure in RATIOS else "zero"
    return f"{'below' if answer.outcome.higher == 'worse' else 'above'} {none}"


def _who(answer: Answer) -> Sentence:
    """Return whom the numbers are of, and at what time, as the studies say."""
    groups = [_whom(row) for row in answer.rows]
    shown = {
        "people": Shown("population", answer.analysis.name, None, _each(groups)),
        "when": Shown("visit", answer.analysis.name, None,
                      _each([row.outcome.visit for row in answer.rows])),
    }  # fmt: skip
    return answer.sentence("who", "who", fill("who", **texts(shown)), shown.values())


def _whom(row: Row) -> str:
    """Return the people of a row; of a study that splits them, also which of them."""
    study, name = row.study, row.contrast[0]
    named = study.population.condition or study.population.described
    given = {(arm.kind, arm.substance) for arm in study.arms if arm.name == name}
    alike = [arm.name for arm in study.arms if (arm.kind, arm.substance) in given]
    part = name.partition(", ")[2]  # "esketamine, women"; what holds a digit is a dose
    split = len(alike) > 1 and part and not any(letter.isdigit() for letter in part)
    return f"{named} ({part})" if split else named


def _each(named: Sequence[str]) -> str:
    """Return each once, those of most studies first; beyond a few only how many there are."""
    counts = Counter(named)
    first = [name for name, _ in counts.most_common(FEW)]
    more = len(counts) - len(first)
    return "; ".join(first) + (f"; and {more} other{'s' if more > 1 else ''}" if more else "")


def _people(answer: Answer, kind: str, share: float | None) -> Iterator[Sentence]:
    counted = people(answer, share)
    if counted is None:
        return
    unsure = answer.level in (None, 1)
    shown = _counts(answer, counted)
    if unsure:
        del shown["after"], shown["difference"]
    template = "people-unsure" if unsure else "people"
    yield answer.sentence(
        kind, template, fill(template, **texts(shown), **_words(answer)), shown.values()
    )


def _counts(answer: Answer, counted: Absolute) -> dict[str, Shown]:
    label = answer.analysis.name
    low, high = counted.control + counted.low, counted.control + counted.high
    told = {"before": counted.control, "after": counted.active, "low": low, "high": high}
    shown = {
        part: Shown("people-of-100", f"{label} ({part})", value, str(value))
        for part, value in told.items()
    }
    more = counted.difference
    words = f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more else "the same number"
    shown["difference"] = Shown("people-of-100", f"{label} (difference)", more, words)
    return shown


def _scenario(answer: Answer, name: str, share: float | None) -> Iterator[Sentence]:
    """Yield what the same effect would be for people who get better less, or more, anyway."""
    counted = people(answer, share)
    if counted is None or answer.level in (None, 1):
        return
    shown = {part: one for part, one in _counts(answer, counted).items() if part in _SCENARIO}
    text = fill(f"people-if-{name}", **texts(shown), **_words(answer))
    yield answer.sentence(f"people-if-{name}", f"people-if-{name}", text, shown.values())


_SCENARIO = ("before", "after")


def _control(answer: Answer, share: float | None) -> Iterator[Sentence]:
    """Yield what people felt without the treatment, from the plan or data, or that nobody says."""
    if share is not None:
        before = whole_people(share, share, share, share)[0]
        shown = {"before": Shown("control-response", answer.analysis.name, share, str(before))}
        planned = answer.outcome.people.control_response is not None
        yield answer.sentence(
            "control", "control", fill("control", **texts(shown), **_words(answer)),
            shown.values(), studies=() if planned else None,
            certainty=ASSUMED if planned else None,
        )  # fmt: skip
        return
    changes = [one for row in answer.rows for one in _change(answer, row)]
    yield from changes
    if not changes:
        text = fill("control-unknown", **_words(answer))
        yield answer.sentence("control-unknown", "control-unknown", text)


def _change(answer: Answer, row: Row) -> Iterator[Sentence]:
    """Yield how a study's control arm moved, where verified means of before and after are there."""
    for arm in row.outcome.arms:
        both = arm.baseline_mean is not None and arm.mean is not None
        if arm.arm != row.contrast[1] or not both or not arm.verified:
            continue
        before = float(arm.baseline_mean or 0)
        after = float(arm.mean or 0) + (before if arm.is_change else 0.0)
        shown = {
            part: Shown("control-mean", f"{row.study.id} ({part})", value, number(value, 1))
            for part, value in (("before", before), ("after", after))
        }
        instrument = scale(row.outcome.instrument, answer.wording.outcome)
        shown["study"] = Shown("study", row.study.id, None, study_name(row.study))
        shown["instrument"] = Shown("instrument", row.study.id, None, instrument)
        words = {"control": answer.control, "x": answer.wording.treatment}
        yield answer.sentence(
            f"control-change-{row.study.id}", "control-change",
            fill("control-change", **texts(shown), **words), shown.values(),
            studies=(row.study.id,),
        )  # fmt: skip


def _words(answer: Answer) -> dict[str, str]:
    return {
        "x": answer.wording.treatment,
        "control": answer.control,
        "event": answer.event,
    }
