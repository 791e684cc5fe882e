"""The plan of a review: question, eligibility, outcomes with thresholds, planned analyses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from equipoise.protocol.consistency import Inconsistent, Problem, mismatch
from equipoise.protocol.part import Name, Part, Text
from equipoise.synthesis.review.facts import Slug
from equipoise.synthesis.review.numbers import Number, Positive
from equipoise.synthesis.review.study import ArmKind, DesignKind
from equipoise.synthesis.review.study_numbers import BASELINE, Higher, Measure

ComparatorKind = Literal[
    "inert-placebo", "active-placebo", "placebo-unclear", "low-dose", "waiting-list",
    "usual-care", "no-treatment", "medication", "psychotherapy", "mixed-control", "baseline",
]  # fmt: skip
Tau2 = Literal["EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM"]
DoseClass = Literal["micro", "low", "full", "unclear", "none"]
Moderator = Literal["substance", "dose", "year", "days", "comparator", "condition", "instrument"]


class Question(Part):
    """The question as PICO."""

    population: Text
    intervention: Text
    comparator: Text
    outcome: Text


class Intervention(Part):
    """Which arms count as the intervention; an empty list means any."""

    substances: tuple[Text, ...] = ()
    dose_classes: tuple[DoseClass, ...] = ()
    kinds: tuple[ArmKind, ...] = ("experimental",)


class ReviewEligibility(Part):
    """Which studies belong to the review."""

    randomised: bool = Field(True, description="randomised studies only")
    designs: tuple[DesignKind, ...] = ("parallel", "crossover", "cluster")
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()


class Thresholds(Part):
    """Sizes that matter, on the scale of the analysis, as absolute values."""

    small: Positive = Field(description="below it an effect is trivial")
    moderate: Positive
    large: Positive
    source: Text | None = Field(None, description="whose thresholds these are")

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.small < self.moderate < self.large:
            raise ValueError(
                f"small, moderate, large must rise; found {self.small:g}, {self.moderate:g}, "
                f"{self.large:g}"
            )
        return self


class PeopleOf100(Part):
    """How an effect is told in people out of 100: fixed before the data are seen."""

    control_response: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="share who get better (or have the event) without the treatment"
    )
    source: Text | None = Field(None, description="where that share was taken from")
    low: Annotated[float, Field(gt=0, lt=1)] | None = Field(None, description="if it is lower")
    high: Annotated[float, Field(gt=0, lt=1)] | None = Field(None, description="if it is higher")
    event: Text | None = Field(
        None, description="what the people counted do: by default get better, or have the outcome"
    )
    small: Positive = Field(5, description="people of 100; below it an effect is trivial")
    moderate: Positive = 10
    large: Positive = 20

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.control_response is not None and self.source is None:
            raise ValueError("says `control_response` without `source`: where was it taken from?")
        shares = (self.low, self.control_response, self.high)
        known = [share for share in shares if share is not None]
        if known != sorted(known) or (len(known) > 0 and self.control_response is None):
            raise ValueError("`low`, `control_response`, `high` must rise, and the middle is given")
        if not self.small < self.moderate < self.large:
            raise ValueError(
                f"small, moderate, large must rise; found {self.small:g}, {self.moderate:g}, "
                f"{self.large:g}"
            )
        return self


class PlainWords(Part):
    """What the sentences for people call things; by default the words of the question."""

    treatment: Text | None = Field(None, description="such as small doses of LSD")
    plural: bool = Field(False, description="whether those words are a plural")
    outcome: Text | None = Field(None, description="what goes up or down, such as low mood")
    control: Text | None = Field(None, description="such as a dummy pill")


class ReviewOutcome(Part):
    """An outcome with its direction. Instruments scored the other way are named, never guessed."""

    label: Text
    higher: Higher = Field(description="what a higher value means: better or worse")
    instruments: tuple[Text, ...] = Field(
        (), description="in order of preference where a study has several; empty: any one"
    )
    turned: tuple[Text, ...] = Field(
        (), description="instruments scored the other way round: their sign is turned"
    )
    thresholds: Thresholds | None = None
    people: PeopleOf100 = PeopleOf100()
    words: PlainWords = PlainWords()
    harm: bool = Field(False, description="counts what goes wrong: unwanted effects, dropping out")


class ReviewAnalysis(Part):
    """One planned analysis."""

    name: Slug
    outcome: Name
    measure: Measure = "SMD"
    method: Tau2 = "REML"
    test: Literal["z", "t", "hartung-knapp", "hartung-knapp-adhoc"] = "hartung-knapp"
    comparators: Annotated[tuple[ComparatorKind, ...], Field(min_length=1)]
    substances: tuple[Text, ...] = Field((), description="only these; empty: the review's")
    dose_classes: tuple[DoseClass, ...] = Field((), description="only these; empty: the review's")
    visit: Literal["only", "first", "last", "nearest"] = Field(
        "only", description="which visit of a study; `only` refuses a study with several"
    )
    days: Number | None = Field(None, description="with `nearest`: to this day")
    adjusted_for_guess: bool = Field(
        False, description="take effects from models that hold the treatment guess"
    )
    include_unverified: bool = Field(False, description="also unverified facts, marked as such")
    contrasts: dict[Slug, tuple[Name, Name]] = Field(
        {}, description="study: arm and comparator, where a study offers several"
    )
    leave_out: dict[Slug, Text] = Field({}, description="study: why this analysis is without it")
    subgroup: Moderator | None = None
    moderators: tuple[Moderator, ...] = ()
    leave_one_out: bool = Field(False, description="also without each study")
    cumulative: bool = Field(False, description="also as studies came in, by year")
    primary: bool = False
    sensitivity_of: Slug | None = None


class GradeSettings(Part):
    """Where the certainty of evidence starts, and what it is judged against."""

    start: Literal["high", "low"] = "high"
    important: Literal["small", "moderate", "large"] = Field(
        "small", description="the threshold that decides imprecision"
    )
    information_size: Positive | None = Field(None, description="optimal information size, people")
    conditions: tuple[Text, ...] = Field(
        (), description="conditions of people that the question is about; others are indirect"
    )
    unblinding_in: Literal["risk-of-bias", "unblinding"] = Field(
        "risk-of-bias", description="where a lost blind counts: once is enough"
    )
    limits: dict[str, float] = Field({}, description="limits of the rules, as in docs/judgement.md")


class Review(Part):
    """What a review asks and plans. Made by `read_review`, or in code."""

    identifier: Slug
    title: Text
    version: Text = "1"
    registration: Text | None = None
    question: Question
    intervention: Intervention = Intervention()
    eligibility: ReviewEligibility = ReviewEligibility()
    studies_folder: Text = Field("studies", description="relative to the review's folder")
    studies: tuple[Slug, ...] = Field((), description="ids of studies; empty: all in the folder")
    excluded: dict[Slug, Text] = Field({}, description="study: why it is not in the review")
    outcomes: Annotated[dict[Name, ReviewOutcome], Field(min_length=1)]
    analyses: Annotated[tuple[ReviewAnalysis, ...], Field(min_length=1)]
    level: Annotated[float, Field(gt=0.5, lt=1)] = Field(0.95, description="of all intervals")
    grade: GradeSettings = GradeSettings()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        problems = list(review_contradictions(self.model_dump(mode="json", by_alias=True)))
        if problems:
            raise Inconsistent(problems)
        return self

    def analysis(self, name: str) -> ReviewAnalysis:
        """Return the analysis of this name."""
        return next(one for one in self.analyses if one.name == name)


def review_contradictions(data: dict[str, Any]) -> Iterator[Problem]:
    """Return every contradiction between the parts of a review given as plain data."""
    names = [one["name"] for one in data["analyses"]]
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(("analyses",), f'"{name}" names {times} analyses; give each its own name')
    for i, one in enumerate(data["analyses"]):
        path = ("analyses", i)
        if one["outcome"] not in data["outcomes"]:
            found = mismatch(one["outcome"], list(data["outcomes"]), "outcomes of this review")
            yield Problem((*path, "outcome"), found)
        if one["sensitivity_of"] is not None and one["sensitivity_of"] not in names:
            found = mismatch(one["sensitivity_of"], names, "analyses")
            yield Problem((*path, "sensitivity_of"), found)
        if BASELINE in one["comparators"] and len(one["comparators"]) > 1:
            yield Problem(
                (*path, "comparators"),
                "changes from baseline are never pooled with comparisons of arms; plan an "
                "analysis of their own",
            )
        if (one["visit"] == "nearest") != (one["days"] is not None):
            yield Problem((*path, "days"), "`visit: nearest` and `days` go together")
    for name in set(data["studies"]) & set(data["excluded"]):
        yield Problem(("excluded", name), "is also among `studies`; keep one")
    for name, outcome in data["outcomes"].items():
        for both in set(outcome["instruments"]) & set(outcome["turned"]):
            message = f'"{both}" is also among `instruments`; a scale has one direction'
            yield Problem(("outcomes", name, "turned"), message)


def review_schema() -> dict[str, Any]:
    """Return the JSON schema of review.yaml, for editors that check while one types."""
    schema = Review.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "equipoise review",
    }
