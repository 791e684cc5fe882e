"""What is to be estimated (ICH E9(R1)) and by which analysis.

Fields that came after the first release are left out of the canonical form while they are unset:
the hash of a protocol that was locked before them stays what it was.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from equipoise.protocol.part import Name, Part, Text

Strategy = Literal[
    "treatment-policy", "hypothetical", "composite", "while-on-treatment", "principal-stratum"
]
Method = Literal[
    "difference-in-means",
    "ancova",
    "mixed-model",
    "mmrm",
    "reference-based",
    "response",
    "time-to-response",
    "belief",
    "negative-control",
]
COURSE_METHODS: tuple[Method, ...] = ("mmrm", "reference-based")
"""One model of the whole course of people who keep their arm; the last visit is the headline."""
EFFECT_METHODS: tuple[Method, ...] = (
    "difference-in-means",
    "ancova",
    "mixed-model",
    *COURSE_METHODS,
)
RESPONSE_METHODS: tuple[Method, ...] = ("response", "time-to-response")
ImputationStrategy = Literal["MAR", "JR", "CR", "CIR", "LMCF"]
Measure = Literal["difference-in-means", "difference-in-trimmed-means", "risk-difference"]
Covariance = Literal["us", "ar1", "arh1", "cs", "csh", "toep", "toeph", "ad", "adh"]
_COVARIANCE_SCHEMA = {"type": "string", "enum": list(get_args(Covariance))}
Covariances = Annotated[
    tuple[Covariance, ...],
    Field(min_length=1),
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
    WithJsonSchema({"anyOf": [_COVARIANCE_SCHEMA, {"type": "array", "items": _COVARIANCE_SCHEMA}]}),
]
DfMethod = Literal[
    "kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual"
]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Grown(Part):
    """A part that later releases gave further fields; unset ones are not written."""

    @model_serializer(mode="wrap")
    def _without_unset(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = plain(self)
        return {k: v for k, v in written.items() if v is not None or k not in self._later()}

    @classmethod
    def _later(cls) -> frozenset[str]:
        return frozenset()


class IntercurrentEvent(_Grown):
    """An event after treatment start that changes what an outcome means, and how it is handled."""

    event: Text = Field(description="as the table intercurrent_events of the records names it")
    strategy: Strategy
    handling: Text | None = None
    failure_value: float | None = Field(
        None, description="composite: the score that stands for the event, from then on"
    )
    value: Literal["last", "mean"] | None = Field(
        None, description="while-on-treatment: the last score before the event, or their mean"
    )
    assumption: Literal["none", "monotonicity"] | None = Field(
        None,
        description="principal-stratum: under what its effect is bounded; refused unless given",
    )

    @classmethod
    def _later(cls) -> frozenset[str]:
        return frozenset(("failure_value", "value", "assumption"))

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        for option, strategy in (
            ("failure_value", "composite"),
            ("value", "while-on-treatment"),
            ("assumption", "principal-stratum"),
        ):
            if getattr(self, option) is not None and self.strategy != strategy:
                raise ValueError(f"`{option}` goes with the strategy {strategy}")
        return self


class Response(Part):
    """What counts as a response: a score on the good side of a value, or a relative improvement.

    Give one of `below`, `above` (not strict: a score of 7 is "below: 7") and `improvement`.
    """

    below: float | None = None
    above: float | None = None
    improvement: Share | None = Field(None, description="share of the baseline score, e.g. 0.5")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(v is not None for v in (self.below, self.above, self.improvement)) != 1:
            raise ValueError("give one of `below`, `above` and `improvement`")
        return self

    @property
    def in_words(self) -> str:
        """What counts, e.g. "a score of 7 or less"."""
        if self.improvement is not None:
            return f"at least {100 * self.improvement:.3g}% better than at baseline"
        if self.below is not None:
            return f"a score of {self.below:g} or less"
        return f"a score of {self.above:g} or more"


class Estimand(_Grown):
    """The five attributes of ICH E9(R1): treatment, population, variable, events, summary."""

    name: Name
    treatment: Text
    population: Text
    variable: Text
    intercurrent_events: tuple[IntercurrentEvent, ...]
    summary: Text = Field(description="population-level summary of the comparison")
    measure: Measure | None = Field(
        None, description="the summary as a program knows it; difference-in-means unless given"
    )
    trim: Share | None = Field(
        None, description="difference-in-trimmed-means: share of each arm cut at its worst end"
    )
    response: Response | None = Field(None, description="risk-difference: what a response is")

    @classmethod
    def _later(cls) -> frozenset[str]:
        return frozenset(("measure", "trim", "response"))

    @model_validator(mode="after")
    def _measure_fits(self) -> Self:
        if self.trim is not None and self.measure != "difference-in-trimmed-means":
            raise ValueError("`trim` goes with `measure: difference-in-trimmed-means`")
        if (self.response is None) == (self.measure == "risk-difference"):
            raise ValueError("`measure: risk-difference` and `response` go together")
        return self


_GOES_WITH: dict[str, tuple[Method, ...]] = {
    "covariance": ("mmrm",),
    "df": ("mmrm",),
    "common_baseline": ("mmrm",),
    "strategy": ("reference-based",),
    "delta": ("reference-based",),
    "tipping_map": COURSE_METHODS,
}
"""Methods that each of the later fields of an analysis goes with."""


class Analysis(_Grown):
    """One planned analysis of one or more outcomes."""

    name: Name
    method: Method
    outcomes: Annotated[tuple[Name, ...], Field(min_length=1)]
    visits: tuple[Name, ...] = Field((), description="empty: every visit after baseline")
    covariates: tuple[Name, ...] = ()
    baseline: bool = Field(False, description="adjusted for the outcome's baseline score")
    estimand: Name | None = None
    source: Text | None = Field(None, description="where the method or its choice is published")
    covariance: Covariances | None = Field(
        None, description="mmrm: covariance of the visits, or several to be tried in turn; us"
    )
    df: DfMethod | None = Field(None, description="mmrm: degrees of freedom; kenward-roger")
    common_baseline: bool | None = Field(
        None, description="mmrm: the baseline is an outcome with one mean for all arms (cLDA)"
    )
    strategy: ImputationStrategy | None = Field(
        None, description="reference-based: how scores after an event are imputed; JR"
    )
    delta: float | None = Field(
        None, description="reference-based: points added to imputed scores of all but control"
    )
    tipping_map: bool | None = Field(
        None, description="mmrm, reference-based: the tipping map of missing scores is planned too"
    )
    response: Response | None = Field(
        None, description="response, time-to-response: what a response (or remission) is"
    )

    @classmethod
    def _later(cls) -> frozenset[str]:
        return frozenset((*_GOES_WITH, "response"))

    @model_validator(mode="after")
    def _response_fits(self) -> Self:
        if self.method in RESPONSE_METHODS and self.response is None:
            raise ValueError(
                f"the method {self.method} needs `response`: say what counts, for example "
                "`response: {below: 7}` or `response: {improvement: 0.5}`"
            )
        if self.response is not None and self.method not in RESPONSE_METHODS:
            raise ValueError(
                f"`response` goes with the methods response and time-to-response, not {self.method}"
            )
        return self

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        for name in sorted(_GOES_WITH):
            methods = _GOES_WITH[name]
            if getattr(self, name) is not None and self.method not in methods:
                known = " or ".join(methods)
                raise ValueError(f"`{name}` goes with the method {known}, not {self.method}")
        if self.common_baseline and self.baseline:
            raise ValueError(
                "with `common_baseline` the baseline is an outcome: leave out `baseline: true`"
            )
        return self
