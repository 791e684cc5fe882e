"""One study as a file: who, what against what, who guessed it, and the numbers as reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from equipoise.protocol.consistency import Inconsistent, Problem, mismatch
from equipoise.protocol.part import Name, Part, Text
from equipoise.synthesis.review.content_hash import canonical, digest
from equipoise.synthesis.review.facts import Doi, Fact, Slug
from equipoise.synthesis.review.numbers import Count, Number, People, Share
from equipoise.synthesis.review.study_numbers import BASELINE, StudyOutcome

ArmKind = Literal[
    "experimental", "inert-placebo", "active-placebo", "placebo-unclear", "low-dose",
    "waiting-list", "usual-care", "no-treatment", "medication", "psychotherapy", "mixed-control",
]  # fmt: skip
DesignKind = Literal[
    "parallel", "crossover", "cluster", "single-arm", "cohort", "cross-sectional",
    "meta-analysis", "review",
]  # fmt: skip
OF_STUDIES = ("meta-analysis", "review")
"""Designs whose numbers are those of other studies: shown as stated, never pooled again."""
COMPARATORS = (*ArmKind.__args__[1:], BASELINE)  # type: ignore[attr-defined]


class StudyDose(Part):
    """How much at once. `class` sets it beside the dose that is felt, or that works."""

    amount: Annotated[Number, Field(ge=0)] | None = None
    unit: Annotated[Text, Field(pattern="^[^0-9]")] | None = Field(
        None, description="of the amount, such as ug, mg/kg or minutes"
    )
    route: Text | None = None
    dose_class: Literal["none", "micro", "low", "full", "unclear"] = Field(alias="class")
    described: Text | None = Field(None, description="as reported, where it is not one number")

    @model_validator(mode="after")
    def _has_a_unit(self) -> Self:
        if self.amount is not None and self.unit is None:
            raise ValueError(f"an amount of {self.amount:g} without `unit`: of what?")
        return self


class StudyArm(Part):
    """One group, or one condition of a crossover."""

    name: Name
    label: Text | None = None
    kind: ArmKind
    substance: Text | None = None
    dose: StudyDose | None = None
    schedule: Text | None = None
    n: People | None = Field(None, description="people allocated")


class StudyDesign(Part):
    """How people came to what they got."""

    kind: DesignKind
    randomised: bool
    description: Text | None = None


class Guesses(Fact):
    """What the people of one arm believed they had got."""

    arm: Name
    right: Count | None = None
    wrong: Count | None = None
    unsure: Count | None = Field(None, description="answered that they do not know")
    share_right: Share | None = Field(None, description="of guesses, where only that is reported")
    visit: Name | None = None
    repeated: bool = Field(False, description="guesses are repeated within people")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        counts = self.right is not None and self.wrong is not None
        if not counts and self.share_right is None:
            raise ValueError(f"{self.arm}: give `right` and `wrong` (counts), or `share_right`")
        return self


class StudyBlinding(Part):
    """Who was kept from knowing, and whether that held."""

    described: Text | None = None
    blinded: tuple[Literal["participants", "carers", "outcome-assessors", "analysts"], ...] = ()
    guesses: tuple[Guesses, ...] = ()


class Population(Part):
    """Who took part."""

    described: Text
    condition: Text | None = Field(None, description="such as depression, or healthy")
    n: People | None = Field(None, description="people randomised, or enrolled")


class Study(Part):
    """One study. Made by `read_study`, or in code; checked as a whole either way."""

    id: Slug = Field(description="the file's name without .yaml, such as smith2020")
    citation: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    doi: Doi | None = Field(None, description="without https://doi.org/")
    pmid: Count | None = None
    registration: tuple[Text, ...] = Field((), description="such as NCT01234567")
    same_trial_as: tuple[Slug, ...] = Field(
        (), description="studies that report the same people: never counted as independent"
    )
    design: StudyDesign
    population: Population
    arms: Annotated[tuple[StudyArm, ...], Field(min_length=1)]
    blinding: StudyBlinding = StudyBlinding()
    outcomes: tuple[StudyOutcome, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        problems = list(study_contradictions(self.model_dump(mode="json", by_alias=True)))
        if problems:
            raise Inconsistent(problems)
        return self

    @cached_property
    def sha256(self) -> str:
        """Hash of all that the file says: a judgement names the version that it is of."""
        return digest(canonical(self.model_dump(mode="json", by_alias=True, exclude_defaults=True)))

    def arm(self, name: str) -> StudyArm:
        """Return the arm of this name, which the checks have shown to exist."""
        return next(arm for arm in self.arms if arm.name == name)

    def dose_amount(self, name: str) -> float | None:
        """Return the amount of an arm's dose; None where it is not one number."""
        dose = self.arm(name).dose
        return dose.amount if dose else None

    def kind_of(self, name: str) -> str:
        """Return what an arm is; `baseline` for a comparison with the same people before."""
        return BASELINE if name == BASELINE else self.arm(name).kind


def study_contradictions(data: dict[str, Any]) -> Iterator[Problem]:
    """Return every contradiction between the parts of a study given as plain data."""
    arms = [str(arm.get("name")) for arm in data.get("arms") or () if isinstance(arm, dict)]
    for name, times in Counter(arms).items():
        if times > 1:
            yield Problem(("arms",), f'"{name}" names {times} arms; give each its own name')
    if BASELINE in arms:
        yield Problem(("arms",), f'"{BASELINE}" is no name for an arm: it means people before')
    if str(data.get("id")) in (data.get("same_trial_as") or ()):
        yield Problem(("same_trial_as",), "names the study itself")
    yield from _unknown_arms(data, arms)
    yield from _too_many_guesses(data)


def _unknown_arms(data: dict[str, Any], arms: list[str]) -> Iterator[Problem]:
    guesses = (data.get("blinding") or {}).get("guesses") or ()
    for i, guess in enumerate(guesses):
        if guess.get("arm") not in arms:
            yield Problem(("blinding", "guesses", i, "arm"), _no_arm(guess.get("arm"), arms))
    for i, outcome in enumerate(data.get("outcomes") or ()):
        for j, numbers in enumerate(outcome.get("arms") or ()):
            if numbers.get("arm") not in arms:
                yield Problem(("outcomes", i, "arms", j, "arm"), _no_arm(numbers.get("arm"), arms))
        for part in ("effects", "statements"):
            for j, effect in enumerate(outcome.get(part) or ()):
                active, control = effect["contrast"]
                for name, known in ((active, arms), (control, [*arms, BASELINE])):
                    if name not in known:
                        yield Problem(("outcomes", i, part, j, "contrast"), _no_arm(name, known))


def _no_arm(found: object, arms: list[str]) -> str:
    return mismatch(found, arms, "arms of this study")


def _too_many_guesses(data: dict[str, Any]) -> Iterator[Problem]:
    sizes = {arm["name"]: arm.get("n") for arm in data.get("arms") or ()}
    for i, guess in enumerate((data.get("blinding") or {}).get("guesses") or ()):
        told = sum(guess.get(k) or 0 for k in ("right", "wrong", "unsure"))
        size = sizes.get(guess.get("arm"))
        if size and told > size and not guess.get("repeated"):
            yield Problem(
                ("blinding", "guesses", i),
                f"{told} guesses in {guess['arm']}, which has {size} people; if they are repeated "
                "within people, say `repeated: true`",
            )


def study_schema() -> dict[str, Any]:
    """Return the JSON schema of study files, for editors that check while one types."""
    schema = Study.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "equipoise study",
    }
