"""One rule of the screen: whom it concerns, how strict it is, why, and where that was read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from equipoise.safety.levels import Level, handlings
from equipoise.safety.part import Part, Text

Answer = Literal["yes", "no", "not sure"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "not sure")


class Source(Part):
    """Where a rule was read, and when."""

    citation: Text
    doi: Text | None = None
    read_at: Annotated[tuple[Text, ...], Field(min_length=1)]
    read_on: date


class FollowUp(Part):
    """A condition that hangs on one more question, such as "is it under control?"."""

    question: Text
    more: Text = Field(alias="and", description="the follow-up question")
    answers: tuple[Answer, ...] = Field(alias="is", description="no answer counts as not sure")


class Rule(Part):
    """What is known of one mix or one condition. Unverified: only that it is not known."""

    id: Text
    facts: tuple[Text, ...] = Field((), description="rows of the facts that it rests on")
    substances: Annotated[tuple[Text, ...], Field(min_length=1)]
    medicines: tuple[Text, ...] = Field((), description="ingredients or classes, any of them")
    questions: tuple[Text, ...] = Field((), description="any answered yes or not sure")
    any_of: tuple[FollowUp, ...] = ()
    crisis: bool = False
    handling: Text | None = Field(None, description="of the fact; none: the level is our own")
    level: Level
    milder: bool = Field(False, description="the milder answer to the one more question")
    evidence: Text | None = None
    strength: Text | None = None
    criterion: Text = Field(description="as an eligibility criterion of a trial")
    reason: Text | None = None
    source: Text | None = None
    verified: bool
    checked_by: Text | None = Field(None, description="the person who checked it; none: nobody")

    @model_validator(mode="after")
    def _says_only_what_is_known(self) -> Self:
        if not (self.medicines or self.questions or self.any_of):
            raise ValueError("names no medicine and no question: it could never apply")
        known = (self.evidence, self.strength, self.reason, self.source)
        if self.verified and not all(known):
            raise ValueError("is verified, so it needs evidence, strength, reason and source")
        if not self.verified and any(known):
            raise ValueError("is not verified, so it must not give a reason or a source")
        if not self.verified and self.level != "talk first":
            raise ValueError("is not verified, so its level is talk first")
        if self.verified and self.handling and self.level != self._handled():
            raise ValueError(f"{self.handling!r} means {self._handled()}, not {self.level}")
        return self

    def _handled(self) -> Level | None:
        row = handlings().get(self.handling or "")
        if row is None:
            raise ValueError(f"has a handling without a level: {self.handling!r}")
        return row.if_not if self.milder else row.level

    @property
    def asks(self) -> tuple[str, ...]:
        """Questions that it needs, follow-ups too."""
        more = [q for part in self.any_of for q in (part.question, part.more)]
        return (*self.questions, *more)
