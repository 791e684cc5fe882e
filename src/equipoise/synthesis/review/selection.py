"""Which numbers of which study an analysis takes, and why the others are not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.review.double_counting import refuse_double_counting
from equipoise.synthesis.review.effect_of_row import Contrast, effect_of
from equipoise.synthesis.review.plan import Review, ReviewAnalysis, ReviewOutcome
from equipoise.synthesis.review.study import Study
from equipoise.synthesis.review.study_effects import StudyEffect
from equipoise.synthesis.review.study_numbers import BASELINE, StudyOutcome


@dataclass(frozen=True, slots=True)
class Row:
    """One study's effect in one analysis."""

    study: Study
    outcome: StudyOutcome
    contrast: Contrast
    effect: StudyEffect
    verified: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that an analysis does not pool, with the reason."""

    study: Study
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What an analysis pools, and what it leaves out: together every study of the review."""

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]


def select(review: Review, studies: Mapping[str, Study], analysis: ReviewAnalysis) -> Selection:
    """Choose one effect a study for an analysis.

    Raises
    ------
    DataError
        When a study offers several (which one is for a person to say), directions are mixed
        within the outcome, or two studies share a trial.
    """
    rows: list[Row] = []
    left: list[LeftOut] = []
    for study in studies.values():
        try:
            rows.append(_row(review, study, analysis))
        except NotIdentifiedError as reason:
            left.append(LeftOut(study, str(reason)))
    refuse_double_counting([row.study for row in rows], analysis)
    return Selection(tuple(rows), tuple(left))


def _row(review: Review, study: Study, analysis: ReviewAnalysis) -> Row:
    _eligible(review, study, analysis)
    outcome = review.outcomes[analysis.outcome]
    contrasts = _contrasts(review, study, analysis)
    offers = [row for row in study.outcomes if row.outcome == analysis.outcome]
    if not offers:
        raise NotIdentifiedError(f"reports nothing on {analysis.outcome}")
    _refuse_mixed(study, offers, outcome, analysis)
    offers = _by_instrument(offers, outcome)
    found, why = [], []
    for row, contrast in product(offers, contrasts):
        try:
            made, verified = effect_of(study, row, contrast, analysis, outcome)
            found.append(Row(study, row, contrast, made, verified))
        except NotIdentifiedError as reason:
            why.append(str(reason))
    if not found:
        raise NotIdentifiedError("; ".join(dict.fromkeys(why)))
    return _one(_visit(_preferred(found, outcome), analysis), study, analysis)


def _eligible(review: Review, study: Study, analysis: ReviewAnalysis) -> None:
    rules = review.eligibility
    if study.id in analysis.leave_out:
        raise NotIdentifiedError(f"left out as planned: {analysis.leave_out[study.id]}")
    if rules.randomised and not study.design.randomised:
        raise NotIdentifiedError("is not randomised")
    if study.design.kind not in rules.designs:
        raise NotIdentifiedError(f"its design ({study.design.kind}) is not eligible")


def _contrasts(review: Review, study: Study, analysis: ReviewAnalysis) -> list[Contrast]:
    chosen = analysis.contrasts.get(study.id)
    if chosen is not None:
        known = [arm.name for arm in study.arms]
        if chosen[0] not in known or chosen[1] not in (*known, BASELINE):
            raise DataError(
                f"The analysis {analysis.name} names the contrast {chosen[0]} - {chosen[1]} of "
                f"{study.id}, whose arms are: {', '.join(known)}."
            )
        return [chosen]
    active = [arm.name for arm in study.arms if is_intervention(review, study, arm.name, analysis)]
    if not active:
        raise NotIdentifiedError("has no arm with the intervention")
    controls = [arm.name for arm in study.arms if arm.kind in analysis.comparators]
    if BASELINE in analysis.comparators:
        controls = [BASELINE]
    pairs = [(a, c) for a in active for c in controls if a != c]
    if not pairs:
        kinds = ", ".join(analysis.comparators)
        raise NotIdentifiedError(f"has no comparator of the kind {kinds}")
    return pairs


def is_intervention(review: Review, study: Study, name: str, analysis: ReviewAnalysis) -> bool:
    """Whether an arm is the intervention of an analysis: its kind, substance and class of dose."""
    arm, wanted = study.arm(name), review.intervention
    substances = analysis.substances or wanted.substances
    if arm.kind not in wanted.kinds:
        return False
    if substances and (arm.substance or "").casefold() not in {s.casefold() for s in substances}:
        return False
    dose_class = arm.dose.dose_class if arm.dose else "unclear"
    classes = analysis.dose_classes or wanted.dose_classes
    return not classes or dose_class in classes


def _refuse_mixed(
    study: Study, offers: Sequence[StudyOutcome], outcome: ReviewOutcome, analysis: ReviewAnalysis
) -> None:
    turned = {name.casefold() for name in outcome.turned}
    for row in offers:
        if row.higher is None:
            continue
        is_turned = (row.instrument or "").casefold() in turned
        if is_turned == (row.higher == outcome.higher):
            expected = "the other way" if is_turned else f"higher is {outcome.higher}"
            raise DataError(
                f"Effect directions are mixed within {analysis.outcome}: the review says "
                f"{expected}, and in {study.id} a higher {row.instrument or 'value'} is "
                f"{row.higher}. Correct the study file, or name the instrument under "
                "`turned` of the outcome."
            )
        if is_turned and analysis.measure not in ("SMD", "OR"):
            raise DataError(
                f"{analysis.measure} of {row.instrument} in {study.id} cannot be turned round: "
                "use SMD, or leave the study out."
            )


def _by_instrument(offers: list[StudyOutcome], outcome: ReviewOutcome) -> list[StudyOutcome]:
    known = [name.casefold() for name in (*outcome.instruments, *outcome.turned)]
    if not outcome.instruments:
        return offers
    kept = [row for row in offers if (row.instrument or "").casefold() in known]
    if not kept:
        used = ", ".join(dict.fromkeys(row.instrument or "no named instrument" for row in offers))
        raise NotIdentifiedError(f"measured it with {used}, which the review does not list")
    return kept


def _preferred(found: list[Row], outcome: ReviewOutcome) -> list[Row]:
    """Keep the instrument that stands first in the review, where a study has several."""
    order = [name.casefold() for name in (*outcome.instruments, *outcome.turned)]
    if not order:
        return found
    ranks = [order.index((row.outcome.instrument or "").casefold()) for row in found]
    return [row for row, rank in zip(found, ranks, strict=True) if rank == min(ranks)]


def _visit(found: list[Row], analysis: ReviewAnalysis) -> list[Row]:
    if analysis.visit == "only" or len(found) == 1:
        return found
    undated = [row.study.id for row in found if row.outcome.days is None]
    if undated:
        raise DataError(
            f"{undated[0]} has several visits of {analysis.outcome}, and one without `days`: "
            f"`visit: {analysis.visit}` needs them."
        )
    day = [row.outcome.days or 0.0 for row in found]
    target = {"first": min(day), "last": max(day)}.get(analysis.visit, analysis.days or 0.0)
    nearest = min(abs(one - target) for one in day)
    return [row for row, one in zip(found, day, strict=True) if abs(one - target) == nearest]


def _one(found: list[Row], study: Study, analysis: ReviewAnalysis) -> Row:
    if len(found) == 1:
        return found[0]
    offered = "; ".join(
        f"{row.contrast[0]} against {row.contrast[1]} on "
        f"{row.outcome.instrument or 'no instrument'} at {row.outcome.visit}"
        for row in found
    )
    raise DataError(
        f"{study.id} offers {len(found)} effects for the analysis {analysis.name}: {offered}. One "
        "study counts once: choose with `contrasts`, `visit`, or the order of `instruments`."
    )
