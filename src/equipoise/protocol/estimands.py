"""What is to be estimated (ICH E9(R1)) and by which analysis."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.protocol.part import Name, Part, Text

Strategy = Literal[
    "treatment-policy", "hypothetical", "composite", "while-on-treatment", "principal-stratum"
]
Method = Literal["difference-in-means", "ancova", "mixed-model", "belief", "negative-control"]
EFFECT_METHODS: tuple[Method, ...] = ("difference-in-means", "ancova", "mixed-model")


class IntercurrentEvent(Part):
    """An event after treatment start that changes what an outcome means, and how it is handled."""

    event: Text
    strategy: Strategy
    handling: Text | None = None


class Estimand(Part):
    """The five attributes of ICH E9(R1): treatment, population, variable, events, summary."""

    name: Name
    treatment: Text
    population: Text
    variable: Text
    intercurrent_events: tuple[IntercurrentEvent, ...]
    summary: Text = Field(description="population-level summary of the comparison")


class Analysis(Part):
    """One planned analysis of one or more outcomes."""

    name: Name
    method: Method
    outcomes: Annotated[tuple[Name, ...], Field(min_length=1)]
    visits: tuple[Name, ...] = Field((), description="empty: every visit after baseline")
    covariates: tuple[Name, ...] = ()
    baseline: bool = Field(False, description="adjusted for the outcome's baseline score")
    estimand: Name | None = None
    source: Text | None = Field(None, description="where the method or its choice is published")
