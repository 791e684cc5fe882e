"""How far people moved from their own start: shown beside others, and never called an effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.evidence.effect import effect_shown, studies_shown, texts
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.study_name import study_name
from equipoise.report.evidence.templates import fill, scale
from equipoise.report.numbers import number
from equipoise.synthesis.effect_sizes.mean_interval import mean_interval
from equipoise.synthesis.review.certainty import NOT_JUDGED
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence
    from equipoise.synthesis.review import Row
    from equipoise.synthesis.review.study_numbers import ArmNumbers, StudyOutcome


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield the pooled change from the start, or how both arms of a trial moved."""
    if BASELINE in answer.analysis.comparators:
        yield from _pooled(answer)
        return
    for row in answer.rows:
        for other in row.study.outcomes:
            if other.outcome == answer.analysis.outcome:
                yield from _both(answer, row, other)


def _pooled(answer: Answer) -> Iterator[Sentence]:
    row = answer.central
    if row is None or row.low is None:
        return
    shown = effect_shown(row, answer.analysis.measure) | {"studies": studies_shown(answer)}
    text = fill(
        "own-start", **texts(shown), x=answer.wording.treatment, better=answer.outcome.higher
    )
    yield answer.sentence("own-start", "own-start", text, shown.values())


def _both(answer: Answer, row: Row, other: StudyOutcome) -> Iterator[Sentence]:
    """Yield how a control arm moved from its start on one scale, with the arm beside it."""
    changes = {one.arm: one for one in other.arms if _is_change(one)}
    treated, control = (changes.get(arm) for arm in row.contrast)
    if treated is None or control is None:
        return
    study, instrument = row.study.id, other.instrument or answer.wording.outcome
    on = scale(other.instrument, answer.wording.outcome)
    shown = {
        **_moved(control, "control", answer, study),
        **_moved(treated, "treated", answer, study),
        "study": Shown("study", study, None, study_name(row.study)),
        "instrument": Shown("instrument", study, None, on),
        "when": Shown("visit", study, None, other.visit),
    }
    text = fill(
        "both-changed", **texts(shown), x=answer.wording.treatment, comparison=answer.control,
        better=str(other.higher),
    )  # fmt: skip
    kind = f"both-changed-{study}-{instrument.replace(' ', '-')}"
    yield answer.sentence(
        kind, "both-changed", text, shown.values(), studies=(study,), certainty=NOT_JUDGED
    )


def _is_change(arm: ArmNumbers) -> bool:
    known = None not in (arm.mean, arm.sd, arm.n)
    return arm.is_change and arm.verified and known


def _moved(arm: ArmNumbers, part: str, answer: Answer, study: str) -> dict[str, Shown]:
    mean, sd, n = float(arm.mean or 0), float(arm.sd or 0), int(arm.n or 0)
    low, high = mean_interval(mean, sd, n, answer.review.level)
    told = {part: mean, f"{part}_low": low, f"{part}_high": high}
    return {
        name: Shown("change", f"{study} {arm.arm} ({name})", value, number(value, 1))
        for name, value in told.items()
    }
