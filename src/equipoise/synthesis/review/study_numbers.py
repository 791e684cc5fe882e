"""The numbers of one outcome of a study, as its report gives them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from equipoise.protocol.part import Name, Part, Text
from equipoise.synthesis.review.facts import Fact
from equipoise.synthesis.review.numbers import Count, Number, People, Positive, Share

Measure = Literal["SMD", "MD", "ROM", "OR", "RR", "HR", "RD", "COR"]
Higher = Literal["better", "worse"]
BASELINE = "baseline"
"""What a change within one arm is compared with. Never pooled with comparisons of arms."""


class ArmNumbers(Fact):
    """What is reported of one arm at one visit."""

    arm: Name
    n: People | None = Field(None, description="people behind the mean, or the median")
    mean: Number | None = None
    sd: Positive | None = None
    se: Positive | None = Field(None, description="standard error of the mean")
    is_change: bool = Field(False, description="mean, sd and se are of the change from baseline")
    baseline_mean: Number | None = None
    baseline_sd: Positive | None = None
    median: Number | None = None
    q1: Number | None = Field(None, description="lower quartile")
    q3: Number | None = Field(None, description="upper quartile")
    events: Count | None = Field(None, description="people with the event")
    total: People | None = Field(None, description="people who could have had it")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.events is not None and self.total is None:
            raise ValueError(
                f"{self.arm} has {self.events} events without `total`: out of how many?"
            )
        if self.events is not None and self.total is not None and self.events > self.total:
            raise ValueError(
                f"{self.arm} has {self.events} people with the event of {self.total}: impossible; "
                "are these events, not people, or are the two exchanged?"
            )
        quartiles = [q for q in (self.q1, self.median, self.q3) if q is not None]
        if quartiles != sorted(quartiles):
            raise ValueError(f"{self.arm}: q1, median, q3 must rise; found {quartiles}")
        if self.sd is not None and self.se is not None and self.se >= self.sd:
            raise ValueError(
                f"{self.arm}: the standard error {self.se:g} is not below the SD {self.sd:g}: "
                "are they exchanged?"
            )
        return self


class ReportedEffect(Fact):
    """A comparison as the report gives it, with its own measure and direction."""

    measure: Measure = Field(description="ratios are entered as ratios, not as logarithms")
    contrast: tuple[Name, Name] = Field(
        description='arm, comparator arm; "baseline" as comparator for a change within one arm'
    )
    estimate: Number
    positive_favours: Name = Field(
        description="the arm that a larger estimate favours, or neither of them: write the arm"
    )
    se: Positive | None = Field(None, description="of the estimate; of its logarithm for ratios")
    low: Number | None = None
    high: Number | None = None
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    p: Share | None = None
    n: tuple[People, People] | None = Field(None, description="people, in the order of contrast")
    uncorrected: bool = Field(
        False, description="Cohen's d, or another SMD without the small-sample correction"
    )
    standardiser: Positive | None = Field(
        None, description="the SD that makes a standardised difference of a mean difference"
    )
    adjusted_for_guess: bool = Field(
        False, description="the model holds what participants believed they took"
    )
    model: Text | None = Field(None, description="how it was estimated, and adjusted for what")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.contrast[0] == self.contrast[1]:
            raise ValueError(f"contrast compares {self.contrast[0]} with itself")
        if self.positive_favours not in self.contrast:
            raise ValueError(
                f'positive_favours: found "{self.positive_favours}"; allowed: '
                + ", ".join(f'"{arm}"' for arm in self.contrast)
            )
        if (self.low is None) != (self.high is None):
            raise ValueError("gives one confidence limit: give `low` and `high`, or neither")
        if self.low is not None and self.high is not None:
            if not self.low < self.high:
                raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
            if not self.low <= self.estimate <= self.high:
                raise ValueError(
                    f"the estimate {self.estimate:g} lies outside its interval "
                    f"{self.low:g} to {self.high:g}: was a sign lost?"
                )
        if self.measure in ("OR", "RR", "HR", "ROM") and min(self.estimate, self.low or 1) <= 0:
            raise ValueError(f"a ratio ({self.measure}) is above 0; enter it as it is, not its log")
        if self.measure == "COR" and not -1 < self.estimate < 1:
            raise ValueError(f"a correlation lies between -1 and 1; found {self.estimate:g}")
        return self


class Statement(Fact):
    """What a report says without a number that could be pooled."""

    contrast: tuple[Name, Name]
    says: Text


class StudyOutcome(Part):
    """One outcome on one instrument at one visit, with all that is reported of it."""

    outcome: Name = Field(description="the name that reviews call it, such as depression")
    instrument: Text | None = None
    higher: Higher | None = Field(None, description="what a higher score, or the event, means")
    visit: Name = Field(description="as people say it: week 4, post")
    days: Number | None = Field(None, description="days since the first dose")
    design: Literal["independent", "paired"] | None = Field(
        None, description="paired where each person was under both arms; the study's if left out"
    )
    correlation: Annotated[float, Field(gt=-1, lt=1)] | None = Field(
        None, description="of the two conditions (paired), or of baseline and end"
    )
    repeated: bool = Field(False, description="observations are repeated within people")
    arms: tuple[ArmNumbers, ...] = ()
    effects: tuple[ReportedEffect, ...] = ()
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _has_direction(self) -> Self:
        if (self.arms or self.effects) and self.higher is None:
            raise ValueError(
                "has numbers without `higher`: better or worse? Directions are declared, "
                "never guessed"
            )
        return self

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every block of numbers and every statement."""
        return (*self.arms, *self.effects, *self.statements)
