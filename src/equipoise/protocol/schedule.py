"""When what is measured: the trial's own names for its instruments, its covariates, its visits."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from equipoise.errors import DataError
from equipoise.instruments import Instrument, instrument
from equipoise.protocol.part import Name, Part, Text, Whole


class Measure(Part):
    """An instrument as this trial uses it: one of the library, or one described here."""

    instrument: Name | None = Field(None, description="identifier in the library of equipoise")
    define: Instrument | None = Field(None, description="a scale that the library does not hold")
    role: Literal[
        "primary",
        "secondary",
        "exploratory",
        "safety",
        "guess proxy",
        "side effect",
        "early response",
    ] = "secondary"
    negative_control: bool = Field(
        False, description="an outcome that belief is not expected to move"
    )

    @field_validator("instrument")
    @classmethod
    def _is_in_the_library(cls, name: str | None) -> str | None:
        try:
            return name and instrument(name).id
        except DataError as unknown:
            raise ValueError(str(unknown)) from None

    @model_validator(mode="after")
    def _names_one_scale(self) -> Self:
        if (self.instrument is None) == (self.define is None):
            raise ValueError("give either `instrument` (from the library) or `define`")
        return self

    @property
    def scale(self) -> Instrument:
        """The instrument itself."""
        return self.define or instrument(self.instrument or "")


class Covariate(Part):
    """A fact about a participant, recorded before treatment."""

    name: Name
    title: Text | None = None
    kind: Literal["number", "category"] = "number"
    unit: Text | None = None


class Visit(Part):
    """One time of measurement, on a day of its own or some days after another visit."""

    name: Name
    title: Text | None = None
    day: Whole | None = Field(None, description="day of the trial; 0 is the first dosing day")
    after: Name | None = Field(None, description="the visit that this one follows")
    days: Whole | None = Field(None, description="how many days after it")
    window_days: Annotated[Whole, Field(ge=0)] | None = None
    period: Annotated[Whole, Field(ge=1)] | None = Field(
        None, description="treatment period or week; visits of one period share their arm"
    )
    instruments: tuple[Name, ...] = ()
    guess: bool = Field(False, description="the treatment guess is asked")
    baseline: bool = Field(False, description="before the first treatment")

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if self.day is not None and self.after is not None:
            raise ValueError("give either `day` or `after` with `days`, not both")
        if (self.after is None) != (self.days is None):
            raise ValueError("`after` and `days` go together")
        return self
