"""One contrast in one outcome of a study: the reported effect that fits, else the arms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.review.study_effects import (
    StudyEffect,
    from_arms,
    from_effect,
    is_paired,
)

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import ReviewAnalysis, ReviewOutcome
    from equipoise.synthesis.review.study import Study
    from equipoise.synthesis.review.study_numbers import (
        ArmNumbers,
        ReportedEffect,
        StudyOutcome,
    )

Contrast = tuple[str, str]


def effect_of(
    study: Study,
    row: StudyOutcome,
    contrast: Contrast,
    analysis: ReviewAnalysis,
    outcome: ReviewOutcome,
) -> tuple[StudyEffect, bool]:
    """Return the effect of one contrast in one outcome row, and whether it is verified.

    Where a report gives several measures, that of the analysis goes before one to convert; where
    none of its effects will do, its arms are taken.

    Raises
    ------
    NotIdentifiedError
        When nothing reported will do, with each reason; or with what the report says instead.
    """
    allowed, why = analysis.include_unverified, list[str]()
    known = [one for one in _reported(row, contrast, analysis) if one.verified or allowed]
    for effect in known:
        paired = is_paired(study, row)
        try:
            made = from_effect(
                effect, row, analysis.measure, outcome.higher, contrast[0], paired=paired
            )
        except NotIdentifiedError as reason:
            why.append(str(reason))
        else:
            return made, effect.verified
    pair = _pair(row, contrast, analysis)
    if pair is not None and (allowed or all(arm.verified for arm in pair)):
        try:
            return _of_arms(study, row, pair, analysis, outcome), all(a.verified for a in pair)
        except NotIdentifiedError as reason:
            why.append(str(reason))
    raise NotIdentifiedError("; ".join(why or _why_not(row, contrast, analysis)))


def _reported(
    row: StudyOutcome, contrast: Contrast, analysis: ReviewAnalysis
) -> list[ReportedEffect]:
    of_contrast = (one for one in row.effects if set(one.contrast) == set(contrast))
    fitting = (one for one in of_contrast if one.adjusted_for_guess == analysis.adjusted_for_guess)
    return sorted(fitting, key=lambda one: one.measure != analysis.measure)


def _pair(
    row: StudyOutcome, contrast: Contrast, analysis: ReviewAnalysis
) -> tuple[ArmNumbers, ArmNumbers] | None:
    arms = {numbers.arm: numbers for numbers in row.arms}
    if analysis.adjusted_for_guess or contrast[0] not in arms or contrast[1] not in arms:
        return None
    return arms[contrast[0]], arms[contrast[1]]


def _of_arms(
    study: Study,
    row: StudyOutcome,
    pair: tuple[ArmNumbers, ArmNumbers],
    analysis: ReviewAnalysis,
    outcome: ReviewOutcome,
) -> StudyEffect:
    if row.repeated:
        raise NotIdentifiedError(
            "its means are of observations repeated within people, and no effect from "
            "a model that knows it is reported"
        )
    return from_arms(pair, row, study, analysis.measure, outcome.higher)


def _why_not(row: StudyOutcome, contrast: Contrast, analysis: ReviewAnalysis) -> Iterator[str]:
    if _reported(row, contrast, analysis) or _pair(row, contrast, analysis) is not None:
        yield "its numbers are unverified (shown, not pooled, unless include_unverified: true)"
        return
    told = [one for one in row.statements if set(one.contrast) == set(contrast)]
    for statement in told:
        mark = "" if statement.verified else " (unverified)"
        yield f"reports no number that can be pooled; it says: {statement.says}{mark}"
    if not told:
        what = " adjusted for the guess" if analysis.adjusted_for_guess else ""
        yield f"gives no comparison{what} of {contrast[0]} against {contrast[1]}"
