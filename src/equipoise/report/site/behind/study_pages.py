"""One study for its page: people, arms, guesses, every number with who checked it, and its reviews.

Unverified numbers are kept apart. Of a dose only the class is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.numbers import number
from equipoise.report.site.behind.amounts import DOSE, without_amounts
from equipoise.report.site.behind.study_table import places_of
from equipoise.synthesis.review.study_numbers import ArmNumbers, ReportedEffect, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.report.site.content import Content, Told
    from equipoise.synthesis.judgement import Assessed
    from equipoise.synthesis.review import Study
    from equipoise.synthesis.review.facts import Fact
    from equipoise.synthesis.review.study import StudyArm

DOSES = {"micro": "micro dose", "low": "low dose", "full": "full dose", "unclear": "not clear",
         "none": "no dose"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmLine:
    """One group: what it is called here, what it got, and the class of its dose."""

    name: str
    kind: str
    substance: str
    dose: str
    people: int | None


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One fact: of what, what it says, where it was read and by whom it was checked."""

    outcome: str
    when: str
    of: str
    says: str
    source: str
    origin: str
    checked_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Use:
    """One review of the study: the analyses that pool it, or why none does; risk of bias there."""

    review: str
    title: str
    analyses: tuple[str, ...]
    why_out: tuple[str, ...]
    bias: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StudyPage:
    """What the page of a study shows."""

    study: Study
    citation: str
    arms: tuple[ArmLine, ...]
    checked: tuple[NumberLine, ...]
    unchecked: tuple[NumberLine, ...]
    uses: tuple[Use, ...]


def study_pages(content: Content) -> tuple[StudyPage, ...]:
    """Return a page for each study that a review holds, by id."""
    studies: dict[str, Study] = {}
    uses: dict[str, list[Use]] = {}
    for told in content.reviews.values():
        studies |= told.synthesis.folder.studies
        for name, use in _uses(told):
            uses.setdefault(name, []).append(use)
    return tuple(_page(studies[name], tuple(uses[name])) for name in sorted(studies))


def _page(study: Study, uses: tuple[Use, ...]) -> StudyPage:
    names = arm_names(study)
    facts = [*_guesses(study, names), *_numbers(study, names)]
    return StudyPage(
        study,
        without_amounts(study.citation),
        tuple(_arm(arm, names) for arm in study.arms),
        tuple(line for line, verified in facts if verified),
        tuple(line for line, verified in facts if not verified),
        uses,
    )


def arm_names(study: Study) -> dict[str, str]:
    """Return what each arm is called, with the class of a dose in place of its amount.

    Arms that would be called alike get a number.
    """
    bare = {arm.name: without_amounts(arm.name).replace(DOSE, f"[{_dose(arm)}]")
            for arm in study.arms}  # fmt: skip
    alike = [name for name in bare if list(bare.values()).count(bare[name]) > 1]
    return bare | {name: f"{bare[name]}, group {k}" for k, name in enumerate(alike, start=1)}


def _dose(arm: StudyArm) -> str:
    return DOSES[arm.dose.dose_class] if arm.dose else "not given"


def _arm(arm: StudyArm, names: Mapping[str, str]) -> ArmLine:
    substance = without_amounts(arm.substance or "")
    return ArmLine(names[arm.name], arm.kind.replace("-", " "), substance, _dose(arm), arm.n)


def _uses(told: Told) -> Iterator[tuple[str, Use]]:
    from equipoise.synthesis.review.risk_of_bias import assessed, study_of  # noqa: PLC0415

    made = told.synthesis
    bias: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in assessed(made.folder):
        study = study_of(made.folder, one.label)
        bias[study] = (*bias.get(study, ()), *_levels(one, one.label.removeprefix(study)))
    for name, (analyses, why_out) in places_of(made).items():
        yield name, Use(told.name, told.review.title, analyses, why_out, bias.get(name, ()))


def _levels(one: Assessed, outcome: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{domain}{outcome}", one.level(domain)) for domain in one.judgements)


def _guesses(study: Study, names: Mapping[str, str]) -> Iterator[tuple[NumberLine, bool]]:
    for one in study.blinding.guesses:
        if one.right is not None and one.wrong is not None:
            says = f"{one.right} right, {one.wrong} wrong"
            says += f", {one.unsure} did not know" if one.unsure is not None else ""
            says += "; guesses are repeated within people" if one.repeated else ""
        else:
            says = f"{number(100 * (one.share_right or 0), 0)} of 100 guesses right"
        line = _line("what people thought they took", one.visit or "", names[one.arm], says, one)
        yield line, one.verified


def _numbers(study: Study, names: Mapping[str, str]) -> Iterator[tuple[NumberLine, bool]]:
    for row in study.outcomes:
        outcome = row.outcome + (f" ({row.instrument})" if row.instrument else "")
        for fact in row.facts:
            line = _line(outcome, row.visit, _of(fact, names), _says(fact), fact)
            yield line, fact.verified


def _line(outcome: str, when: str, of: str, says: str, fact: Fact) -> NumberLine:
    texts = (outcome, when, of, says, fact.source or "nowhere", fact.origin,
             fact.checked_by or "nobody", fact.note or "")  # fmt: skip
    return NumberLine(*(without_amounts(text) for text in texts))


def _of(fact: Fact, names: Mapping[str, str]) -> str:
    if isinstance(fact, ArmNumbers):
        return names[fact.arm]
    if isinstance(fact, ReportedEffect | Statement):
        return " against ".join(names.get(arm, arm) for arm in fact.contrast)
    return ""


def _says(fact: Fact) -> str:
    """Write what a fact says, with the digits of its file."""
    if isinstance(fact, Statement):
        return fact.says
    if isinstance(fact, ReportedEffect):
        text = f"{fact.measure} {_plain(fact.estimate)}"
        if fact.low is not None and fact.high is not None:
            text += f" ({_plain(fact.low)} to {_plain(fact.high)})"
        text += f"; standard error {_plain(fact.se)}" if fact.se is not None else ""
        text += "; with the guess held equal" if fact.adjusted_for_guess else ""
        return text
    return "; ".join(_of_arm(fact)) if isinstance(fact, ArmNumbers) else ""


def _of_arm(fact: ArmNumbers) -> Iterator[str]:
    if fact.events is not None:
        yield f"{fact.events} of {fact.total} people"
    told = (("mean", fact.mean), ("SD", fact.sd), ("standard error", fact.se),
            ("median", fact.median), ("before: mean", fact.baseline_mean),
            ("before: SD", fact.baseline_sd))  # fmt: skip
    yield from (f"{name} {_plain(value)}" for name, value in told if value is not None)
    if fact.q1 is not None and fact.q3 is not None:
        yield f"quartiles {_plain(fact.q1)} and {_plain(fact.q3)}"
    if fact.is_change:
        yield "of the change from before"
    if fact.n is not None:
        yield f"{fact.n} people"


def _plain(value: float) -> str:
    return f"{value:.10g}".replace("-", "\N{MINUS SIGN}")
