"""What a rating scale is: its range, its direction, its items and what may be done with it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Domain = Literal[
    "depression",
    "anxiety",
    "mood",
    "energy and fatigue",
    "mental clarity",
    "concentration and productivity",
    "creativity",
    "emotional regulation",
    "well-being",
    "cognition",
    "acute effects",
    "mindfulness",
    "paranoia",
    "personality",
    "stress",
    "other",
]
Higher = Literal["better", "worse", "neither"]


class Part(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class Option(Part):
    """One answer a participant may give."""

    value: float
    label: str | None = None
    loinc: str | None = Field(None, description="LOINC answer code")


class Item(Part):
    """One question. `text` is there only where the licence allows it to be handed on."""

    number: int = Field(ge=1, description="position on the form")
    text: str | None = None
    loinc: str | None = None
    options: tuple[Option, ...] = Field((), description="where they differ from the instrument's")
    reversed: bool = False
    scored: bool = True
    safety: Literal["suicidality"] | None = Field(None, description="an answer that needs action")


class Scoring(Part):
    """From answers to a total: ``multiplier`` times the sum, over groups, of the highest answer."""

    rule: str
    groups: tuple[tuple[int, ...], ...] = Field(
        (), description="item numbers of which only the highest answer counts; empty: plain sum"
    )
    multiplier: float = 1
    missing_allowed: int = Field(
        0, ge=0, description="with so many answers missing the total is prorated; 0: complete only"
    )
    missing_rule: str
    missing_source: str | None = None

    @model_validator(mode="after")
    def _prorates_plain_sums_only(self) -> Self:
        if self.missing_allowed and self.groups:
            raise ValueError("`missing_allowed` prorates a plain sum; it cannot go with `groups`")
        return self


class Band(Part):
    """A named range of totals, both ends included."""

    low: float
    high: float
    label: str


class Difference(Part):
    """A minimal important difference, as its source states it."""

    points: float
    statement: str
    source: str


class Loinc(Part):
    """LOINC codes of the whole form and of its total."""

    panel: str | None = None
    total: str | None = None


class Instrument(Part):
    """A rating scale, visual analogue scale or performance test.

    `low` and `high` bound the total and are None where the score is unbounded or its range could
    not be checked at a source. `higher` says what a higher score means for the person.
    """

    id: str
    name: str
    domain: Domain
    low: float | None = None
    high: float | None = None
    higher: Higher
    unit: str
    whole: bool = Field(False, description="totals are whole numbers")
    objective: bool = Field(False, description="a performance test, not a self-report")
    recall: str | None = None
    instruction: str | None = None
    items: tuple[Item, ...] = ()
    options: tuple[Option, ...] = Field((), description="answers of every item without its own")
    scoring: Scoring | None = None
    bands: tuple[Band, ...] = ()
    mid: tuple[Difference, ...] = Field((), description="minimal important differences")
    loinc: Loinc = Loinc()
    may_ship_item_text: bool = False
    licence: str = ""
    notice: str | None = Field(None, description="must be printed wherever the items are shown")
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        numbers = [item.number for item in self.items]
        if len(set(numbers)) != len(numbers):
            raise ValueError(f"item numbers repeat: {numbers}")
        if any(item.text for item in self.items) and not self.may_ship_item_text:
            raise ValueError("item text is given, but `may_ship_item_text` is not true")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"`low` {self.low:g} is not below `high` {self.high:g}")
        if self.scoring and self.scoring.groups:
            grouped = sorted(number for group in self.scoring.groups for number in group)
            if grouped != sorted(item.number for item in self.scored_items):
                raise ValueError("`scoring.groups` must name every scored item exactly once")
        if any(not self.options_of(item) for item in self.items):
            raise ValueError("every item needs `options`, its own or the instrument's")
        return self

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that enter the total, in the order of the form."""
        return tuple(item for item in self.items if item.scored)

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """Return the answers that `item` allows."""
        return item.options or self.options

    def contains(self, value: float) -> bool:
        """Whether `value` lies inside the declared range; an undeclared bound bounds nothing."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def band(self, total: float) -> str | None:
        """Return the label of the band that holds `total`, None where there is none."""
        return next((b.label for b in self.bands if b.low <= total <= b.high), None)
