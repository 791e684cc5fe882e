"""Assumptions about a self-blinding microdose trial: three named scenarios and their truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from scipy.special import ndtr

from equipoise.errors import DataError
from equipoise.simulation.patient_scenario import calibrate, given

_TRIAL = "public self-blinding microdose trial (Szigeti et al. 2021, eLife 10:e62878)"
_ASSUMED = "assumption: no estimate at hand, vary it"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one outcome, in its own points.

    Scores that would lie outside the scale stop at its end, which shortens what can be seen of an
    effect: in the named scenarios by less than a tenth (at equal halves of belief).

    Parameters
    ----------
    direct
        Effect of the drug at equal belief.
    belief
        Difference between those who say "drug" and those who say "placebo", in one arm.
    total
        What a trial that ignores belief estimates: the drug and the belief that it gives away.
    """

    outcome: str
    direct: float
    belief: float
    total: float


@dataclass(frozen=True, slots=True)
class OutcomeScenario:
    """One outcome. Effects are in SD of a week's score; above 0 is better for the person."""

    name: str
    mean: float = given(50.0, "points, at baseline", _ASSUMED)
    sd: float = given(20.0, "points, within a week", _ASSUMED)
    higher_is_better: bool = given(True, "", "the instrument")
    drug_effect: float = given(0.0, "SD", "null")
    belief_effect: float = given(0.0, "SD from saying placebo to saying drug", _TRIAL)
    course: float = given(0.2, "SD of improvement by the last week", _ASSUMED)
    icc: float = given(0.5, "share of variance", "validation worlds: repeated weeks, ICC 0.5")
    self_report: bool = given(True, "", "a performance test shares no mood with the others")
    step: float = given(1.0, "points", "answers come in whole points")

    @property
    def points(self) -> float:
        """One SD of benefit in points of the scale."""
        return self.sd if self.higher_is_better else -self.sd


OUTCOMES = (
    # 0.35 SD is the belief effect of the virtual patients (3 MADRS points)
    OutcomeScenario("PHQ-9", 12, 4.0, higher_is_better=False, belief_effect=0.35, course=0.6),
    # anxiety between guesses in the trial's own data: STAI-T 0.21 SD
    OutcomeScenario("GAD-7", 9, 4.0, higher_is_better=False, belief_effect=0.21, course=0.5),
    # mood between guesses there: 0.66 SD, taken for the other visual analogue scales too; SD, and
    # baseline means from which placebo weeks come out at that trial's 59, 52, 51 and 55
    OutcomeScenario("mood", 52, 19, belief_effect=0.66),
    OutcomeScenario("energy", 45, 20, belief_effect=0.66),
    OutcomeScenario("creativity", 44, 20, belief_effect=0.66),
    OutcomeScenario("focus", 48, 19, belief_effect=0.66),
    # cognition did not follow the guess there; the milliseconds are an assumption
    OutcomeScenario("reaction", 290, 40, higher_is_better=False, self_report=False),
)


@dataclass(frozen=True, slots=True)
class SelfBlindingScenario:
    """What is assumed of the people of a self-blinding trial and of what they take.

    Belief acts through what people say: full for a guess of the drug, half of it for "unsure",
    nothing for a guess of placebo, more in those who expect more.
    """

    name: str
    sentence: str
    outcomes: tuple[OutcomeScenario, ...] = OUTCOMES
    participants: int = given(240, "people", _TRIAL + ": 240 people")
    d_prime: float = given(0.64, "SD", _TRIAL + ", acute, day level: d' 0.64")
    criterion: float = given(0.13, "SD", "same; above 0 people lean to placebo")
    belief_noise: float = given(0.5, "logits", _ASSUMED)
    # clustered and naive errors of Bang's index are close in that trial, so it is small
    lean: float = given(0.1, "share of the felt noise that stays with a person", _ASSUMED)
    unsure_within: float = given(0.15, "logits around the threshold", "about one answer in eight")
    guess_missing: float = given(0.04, "share of guesses asked", _ASSUMED)
    scores_missing: float = given(0.03, "share of weeks", _ASSUMED)
    expectancy_mean: float = given(69.0, "points of 100", _TRIAL)
    expectancy_sd: float = given(18.5, "points of 100", _TRIAL)
    expectancy_course_corr: float = given(0.3, "correlation", _ASSUMED)
    course_spread: float = given(0.72, "SD of the course over its mean", "virtual patients: 6.5/9")
    course_tau_weeks: float = given(3.0, "weeks", _ASSUMED)
    dropout_logit: float = given(-3.2, "logits per week", "15 % in four weeks; " + _ASSUMED)
    dropout_by_belief: float = given(-0.6, "logits", "virtual patients")
    event_logit: float = given(-2.6, "logits per week", _ASSUMED)
    event_by_felt: float = given(0.5, "logits per SD felt", _ASSUMED)

    @property
    def kappa(self) -> float:
        """SD by which the drug shifts what is felt, so that `d_prime` is observed."""
        return calibrate(self.d_prime, belief_noise=self.belief_noise)[0]

    @property
    def threshold(self) -> float:
        """Logits above which people say "drug"."""
        spread = math.hypot(self.kappa, self.belief_noise)
        return self.criterion * spread

    def said(self, active: bool) -> tuple[float, float, float]:
        """Return the chances of saying placebo, unsure, drug in one arm."""
        spread = math.hypot(self.kappa, self.belief_noise)
        mean = self.kappa**2 / 2 * (1 if active else -1)
        low = float(ndtr((self.threshold - self.unsure_within - mean) / spread))
        high = float(ndtr((self.threshold + self.unsure_within - mean) / spread))
        return low, high - low, 1 - high

    def outcome(self, name: str) -> OutcomeScenario:
        """Return the assumptions about one outcome."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        known = ", ".join(outcome.name for outcome in self.outcomes)
        raise DataError(f"Scenario {self.name!r} says nothing of {name!r}; it knows: {known}.")

    def truth(self, name: str) -> Truth:
        """Return the true effects on an outcome."""
        outcome = self.outcome(name)
        direct = outcome.points * outcome.drug_effect + 0.0  # no negative zero on a page
        belief = outcome.points * outcome.belief_effect + 0.0
        given_away = self._mean_belief(active=True) - self._mean_belief(active=False)
        return Truth(name, direct, belief, direct + belief * given_away)

    def _mean_belief(self, *, active: bool) -> float:
        _, unsure, drug = self.said(active)
        return drug + unsure / 2


_DRUG = 0.36  # SD: the drug effect of the virtual patients (3 MADRS points)


def _with(*, drug: float, believing: bool) -> tuple[OutcomeScenario, ...]:
    return tuple(
        replace(
            outcome,
            drug_effect=drug if outcome.self_report else 0.0,
            belief_effect=outcome.belief_effect if believing else 0.0,
        )
        for outcome in OUTCOMES
    )


BELIEF_ONLY = SelfBlindingScenario(
    "belief without drug", "The drug does nothing; believing in it helps."
)
SCENARIOS: Mapping[str, SelfBlindingScenario] = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            BELIEF_ONLY,
            SelfBlindingScenario(
                "drug and belief",
                "The drug helps, and believing in it helps too.",
                _with(drug=_DRUG, believing=True),
            ),
            SelfBlindingScenario(
                "drug only",
                "The drug helps, and believing in it does nothing.",
                _with(drug=_DRUG, believing=False),
            ),
        )
    }
)
"""The scenarios by name; the first is the default."""
