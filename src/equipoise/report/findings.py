"""What a report is written from: plain values, so that a page needs no records and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from equipoise.estimates import Estimate, Estimates, Refusal, Source

if TYPE_CHECKING:
    from equipoise.analysis.participant_flow import ParticipantFlow
    from equipoise.analysis.planned_time_to_response import ResponseCurves
    from equipoise.records import AllocationAccount

Counts = Mapping[tuple[str, str], int]
"""Participants (or participant-visits) by arm and answer; answers are arms, unsure, missing."""

GRIDS = {
    "blinding-surface",
    "correct-guess-rate-curve",
    "correct-guess-rate-curve-band",
    "correct-guess-rate-curve-symmetric",
    "correct-guess-rate-curve-symmetric-band",
    "tipping-curve",
    "tipping-map",
}
"""Slugs whose rows are points of a drawn line or surface."""


@dataclass(frozen=True, kw_only=True)
class OutcomeFindings:
    """One outcome: what it is, who answered, and every estimate of it.

    Parameters
    ----------
    name
        Short name in the trial, e.g. ``PANAS``; `title` is the instrument's own.
    unit
        Of a score, e.g. "QIDS points".
    higher
        "better", "worse" or "neither": what a higher score means.
    sd
        Pooled within-arm standard deviation of the scores: one scale for all outcomes.
    people, observations
        Participants with a score, and scores.
    guesses
        Counts by arm and answer.
    negative_control, guess_proxy
        Whether belief should not be able to move it; whether it is the guess in another form.
    """

    name: str
    title: str
    unit: str
    higher: Literal["better", "worse", "neither"]
    sd: float | None
    people: int
    observations: int
    estimates: Estimates
    guesses: Counts = field(default_factory=dict)
    negative_control: bool = False
    guess_proxy: bool = False

    def first(self, name: str, **wanted: str | None) -> Estimate | None:
        """Return the first row of that slug that has a number, or None."""
        rows = self.estimates.select(name=name, outcome=self.name, **wanted).rows
        return next((row for row in rows if row.estimate is not None), None)

    def standardised(self) -> Estimate | None:
        """Return the effect with belief made equal, by the same kind of model as the headline."""
        name = "belief-standardised-effect"
        return self.first(name, label="mixed-model") or self.first(name)

    def blinding(self, name: str, arm: str | None = None) -> Estimate | None:
        """Return a blinding index; with the interval that knows of repeated guesses if it has."""
        clustered = self.first(name, arm=arm, label="person-clustered")
        return clustered or self.first(name, arm=arm, label=None)

    def decided(self, active: str, control: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Count who guessed (active, control) in the active and in the control arm.

        None unless either arm has somebody who guessed one of the two.
        """
        one, zero = (
            (self.guesses.get((arm, active), 0), self.guesses.get((arm, control), 0))
            for arm in (active, control)
        )
        return (one, zero) if sum(one) and sum(zero) else None

    def rows(self, name: str) -> tuple[Estimate, ...]:
        """Return every row of that slug."""
        return self.estimates.select(name=name, outcome=self.name).rows

    def refusal(self, name: str) -> Refusal | None:
        """Return why that number was not given, if it was refused."""
        refused = self.estimates.select(name=name).refused
        return next((r for r in refused if r.outcome in (self.name, None)), None)

    @property
    def sign(self) -> int:
        """1 if a higher score is better, -1 if it is worse, 0 if neither."""
        return {"better": 1, "worse": -1, "neither": 0}[self.higher]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A whole trial, ready to be written down.

    Parameters
    ----------
    active, control
        Arm names of the main comparison.
    guess_timing
        "before-outcomes", "after-outcomes", or None where no guess was asked.
    main
        Name of the outcome that the first sentences and the figures speak of.
    generated
        The date to print. Never read from the clock: same seed, same bytes.
    simulated_truth
        None for a real trial; else the true effects of each outcome, by what they are called.
    harms, harms_collected
        Adverse events by arm, and how the protocol has them asked for.
    flow
        How many were allocated, received, left, were analysed; None where it was not counted.
    days
        Planned day of each visit that has one.
    curves
        Kaplan-Meier curves of a planned time to response; None where none is planned.
    allocation
        How the allocation was generated and concealed; None where no account was given.
    """

    title: str
    design: str
    active: str
    control: str
    arms: tuple[str, ...]
    prospective: bool
    guess_timing: str | None
    dont_know: bool
    outcomes: tuple[OutcomeFindings, ...]
    main: str
    source: Source
    records_sha256: str
    protocol_sha256: str
    version: str
    seed: int
    draws: int
    interval: str
    generated: str
    warnings: tuple[str, ...] = ()
    simulated_truth: Mapping[str, Mapping[str, float]] | None = None
    harms: Estimates = field(default_factory=Estimates)
    harms_collected: str | None = None
    flow: ParticipantFlow | None = None
    days: Mapping[str, float] = field(default_factory=dict)
    curves: ResponseCurves | None = None
    allocation: AllocationAccount | None = None

    @cached_property
    def main_outcome(self) -> OutcomeFindings:
        """The outcome that the page is mainly about."""
        return next(outcome for outcome in self.outcomes if outcome.name == self.main)

    def total(self, outcome: OutcomeFindings) -> Estimate | None:
        """Return the total effect of the main comparison on that outcome."""
        name = "total-effect"
        return outcome.first(name, label=self.active) or outcome.first(name)

    @cached_property
    def estimates(self) -> Estimates:
        """All rows of all outcomes, each once."""
        every = sum((o.estimates for o in self.outcomes), start=Estimates())
        return Estimates(
            tuple(dict.fromkeys(every.rows)), tuple(dict.fromkeys(every.refused)), self.source
        )

    def by_visit(self, name: str) -> OutcomeFindings | None:
        """Return the outcome to draw over its visits: the main one if it has such rows."""
        others = (outcome for outcome in self.outcomes if outcome.name != self.main)
        having = (o for o in (self.main_outcome, *others) if o.rows(name))
        return next(having, None)

    @property
    def repeated(self) -> bool:
        """Whether a participant was observed more than once."""
        return any(outcome.observations > outcome.people for outcome in self.outcomes)
