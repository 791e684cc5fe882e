"""The protocol: what was planned, as one frozen value with a hash."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from equipoise.errors import ProtocolError
from equipoise.instruments import Instrument
from equipoise.protocol.arms import Allocation, Arm, Design
from equipoise.protocol.blinding import Blinding
from equipoise.protocol.conduct import (
    Administration,
    Care,
    DataHandling,
    Eligibility,
    Ethics,
    Introduction,
    Monitoring,
    OpenScience,
    Registration,
    SafetyRule,
    SampleSize,
)
from equipoise.protocol.consistency import Inconsistent, inconsistencies
from equipoise.protocol.estimands import Analysis, Estimand
from equipoise.protocol.part import Name, Part, Text
from equipoise.protocol.schedule import Covariate, Measure, Visit

_Named = TypeVar("_Named", Arm, Visit)
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Protocol(Part):
    """What was planned. Made by `read_protocol`, or in code; checked as a whole either way."""

    identifier: Identifier = Field(
        description="letters, digits, dots, dashes and underscores, no spaces"
    )
    title: Text
    version: Text = "1"
    summary: Text | None = None
    prospective: bool = Field(
        False, description="written before any unblinding; false for a published trial"
    )
    provenance: Text | None = Field(None, description="who wrote this file, when, from what")
    locked: date | None = Field(None, description="the day since which the plan has not changed")
    registration: Registration | None = None
    design: Design
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)]
    contrast: tuple[Name, Name] = Field(description="active arm, control arm")
    instruments: Annotated[dict[Name, Measure], Field(min_length=1)] = Field(
        description="the trial's own short name: its instrument"
    )
    covariates: tuple[Covariate, ...] = ()
    expectancy: Name | None = Field(None, description="the covariate that holds expectancy")
    visits: Annotated[tuple[Visit, ...], Field(min_length=1)]
    eligibility: Eligibility = Eligibility()
    allocation: Allocation | None = None
    blinding: Blinding = Blinding()
    estimands: tuple[Estimand, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    safety: tuple[SafetyRule, ...] = ()
    sample_size: SampleSize | None = None
    care: Care = Care()
    data: DataHandling = DataHandling()
    monitoring: Monitoring = Monitoring()
    ethics: Ethics = Ethics()
    introduction: Introduction = Introduction()
    administration: Administration = Administration()
    open_science: OpenScience = OpenScience()
    not_applicable: dict[Name, Text] = Field(
        {}, description="SPIRIT topic that does not apply: why (topics: `equipoise check`)"
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        problems = inconsistencies(self.model_dump(mode="json", by_alias=True))
        if problems:
            raise Inconsistent(problems)
        return self

    @property
    def arm_names(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the file."""
        return tuple(arm.name for arm in self.arms)

    @property
    def visit_names(self) -> tuple[str, ...]:
        """Names of the visits, in the order of the file."""
        return tuple(visit.name for visit in self.visits)

    def arm(self, name: str) -> Arm:
        """Return the arm of this name."""
        return _named(self.arms, name, "arm")

    def visit(self, name: str) -> Visit:
        """Return the visit of this name."""
        return _named(self.visits, name, "visit")

    def instrument(self, name: str) -> Instrument:
        """Return the instrument behind the trial's short name for it."""
        if name not in self.instruments:
            raise ProtocolError(_unknown(name, "instrument", tuple(self.instruments)))
        return self.instruments[name].scale

    def day_of(self, name: str) -> int | None:
        """Return the day of a visit, counted through the visits that it follows."""
        visit = self.visit(name)
        if visit.after is None:
            return visit.day
        start = self.day_of(visit.after)
        return None if start is None else start + (visit.days or 0)

    def status_of(self, method: str, outcome: str) -> Literal["planned", "exploratory"]:
        """Return "planned" only where a locked, prospective protocol names this analysis."""
        named = any(a.method == method and outcome in a.outcomes for a in self.analyses)
        return "planned" if self.prospective and self.locked and named else "exploratory"

    @property
    def canonical(self) -> str:
        """The protocol as JSON with defaults filled, keys sorted and no white space."""
        return json.dumps(
            self.model_dump(mode="json", by_alias=True),
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical form: comments and the order of keys do not change it."""
        return hashlib.sha256(self.canonical.encode("utf-8")).hexdigest()


def protocol_schema() -> dict[str, Any]:
    """Return the JSON schema of protocol files, for editors that check while one types."""
    schema = Protocol.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "equipoise protocol",
    }


def _named(parts: tuple[_Named, ...], name: str, kind: str) -> _Named:
    found = next((part for part in parts if part.name == name), None)
    if found is None:
        raise ProtocolError(_unknown(name, kind, tuple(part.name for part in parts)))
    return found


def _unknown(name: str, kind: str, known: tuple[str, ...]) -> str:
    return f"The protocol has no {kind} {name!r}. It has: {', '.join(known)}."
