"""Assumptions about virtual patients: every parameter with its unit, default and ground."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

_MICRODOSE = (
    "computed from the public self-blinding microdose trial (Szigeti et al. 2021, eLife "
    "10:e62878), week-level acute: d' 0.65, set so that it comes out with the noise of belief in"
)
_ASSUMED = "assumption: no estimate at hand, vary it"


def given(default: object, unit: str, ground: str) -> Any:
    """Declare a parameter of a scenario together with its unit and what it rests on."""
    return field(default=default, metadata={"unit": unit, "ground": ground})


def grounds(scenario: Any) -> tuple[tuple[str, object, str, str], ...]:
    """List (parameter, value, unit, ground) of a scenario, in the order of its fields."""
    return tuple(
        (f.name, getattr(scenario, f.name), f.metadata["unit"], f.metadata["ground"])
        for f in fields(scenario)
        if f.metadata
    )


@dataclass(frozen=True, slots=True)
class PatientScenario:
    """A parallel two-arm trial in depression: what is assumed of patients, drug and belief.

    Scores are MADRS points, higher is worse; positive effects lower them. `grounds` lists every
    parameter with its unit and what it rests on.
    """

    participants: int = given(150, "people", "sanity run of the design notes")
    sites: int = given(5, "sites", _ASSUMED)
    weeks: tuple[float, ...] = given((2.0, 4.0, 6.0, 8.0), "weeks", "common visit schedule")
    scale_low: float = given(0.0, "MADRS points", "range of the MADRS")
    scale_high: float = given(60.0, "MADRS points", "range of the MADRS")

    severity_mean: float = given(24.0, "MADRS points", "moderate depression; " + _ASSUMED)
    severity_sd: float = given(5.0, "MADRS points", _ASSUMED)
    rating_sd: float = given(3.0, "MADRS points", "error of one rating; " + _ASSUMED)
    screening_low: float = given(20.0, "MADRS points", "common entry threshold")
    screening_inflation: float = given(
        0.0, "MADRS points", "what raters add just below the threshold (up to 3); none by default"
    )

    course_classes: tuple[tuple[float, float, float], ...] = given(
        ((1.0, 9.0, 6.5),),
        "(share, mean, SD) in MADRS points at the last visit",
        "natural and placebo course: response to placebo 27 to 45 % in 24 antidepressant trials; "
        "several classes make a mixture of responders",
    )
    course_tau_weeks: float = given(3.0, "weeks", "time constant of improvement; " + _ASSUMED)

    kappa: float = given(0.774, "SD of the felt signal", _MICRODOSE)
    criterion: float = given(0.155, "SD of the felt signal", "same trial, day level: c +0.13")
    prior_guess: float = given(0.5, "probability of active", "1:1 allocation")
    belief_noise: float = given(0.5, "logits", _ASSUMED)

    expectancy_mean: float = given(1.0, "scale free", "same trial: expectation 69 of 100, SD 18.5")
    expectancy_sd: float = given(0.7, "scale free", _ASSUMED)
    expectancy_course_corr: float = given(0.0, "correlation", _ASSUMED)
    belief_effect: float = given(
        3.0,
        "MADRS points per unit of expectancy, from even odds to certainty",
        "0.35 SD; same trial: 0 to 0.7 SD between guesses, not causal (grid 0 to 5)",
    )
    nocebo_ratio: float = given(1.0, "ratio", "slope below even odds over that above; 1: the same")

    drug_effect: float = given(0.0, "MADRS points at the last visit", "null; 3 is 0.36 SD")
    drug_by_expectancy: float = given(0.0, "MADRS points per unit of expectancy", _ASSUMED)

    site_sd: float = given(1.0, "MADRS points", _ASSUMED)
    visit_sd: float = given(3.5, "MADRS points", _ASSUMED)
    rater_unblinded: float = given(0.0, "probability per patient", _ASSUMED)
    rater_effect: float = given(0.0, "MADRS points from even odds to certainty", _ASSUMED)

    dropout_logit: float = given(-2.9, "logits per visit", "17 % dropout; typically 15 to 30 %")
    dropout_by_change: float = given(0.35, "logits per 10 points of last seen change", _ASSUMED)
    dropout_by_belief: float = given(-0.6, "logits from certain placebo to certain drug", _ASSUMED)
    dropout_by_unseen: float = given(0.0, "logits per 10 points of unseen change", "0: MAR")
    stop_inefficacy: float = given(1.0, "relative weight at no change", _ASSUMED)
    stop_harm: float = given(1.0, "relative weight", _ASSUMED)
    stop_other: float = given(1.0, "relative weight", _ASSUMED)

    @property
    def correct_guess_rate(self) -> tuple[float, float]:
        """Probability of a right guess on placebo and on active."""
        spread = math.hypot(self.kappa, self.belief_noise)
        shift = math.log(self.prior_guess / (1 - self.prior_guess)) - self.kappa * self.criterion
        placebo = _normal_cdf((self.kappa**2 / 2 - shift) / spread)
        return placebo, _normal_cdf((self.kappa**2 / 2 + shift) / spread)


def calibrate(
    d_prime: float, criterion: float = 0.0, *, belief_noise: float = 0.5
) -> tuple[float, float]:
    """Find the (kappa, criterion) that give an observed sensitivity and criterion.

    A guess compares kappa times the felt signal, plus the noise of belief, with a threshold; the
    noise makes the observed d' smaller than kappa. Solved in closed form.

    Parameters
    ----------
    d_prime
        z(hits) - z(false alarms).
    criterion
        -(z(hits) + z(false alarms)) / 2; above 0 people lean to "placebo".

    Examples
    --------
    >>> [round(value, 3) for value in calibrate(0.65, 0.13)]
    [0.774, 0.155]
    """
    squared = d_prime**2
    kappa = math.sqrt((squared + math.sqrt(squared**2 + 4 * squared * belief_noise**2)) / 2)
    return kappa, criterion * math.hypot(kappa, belief_noise) / kappa


def _normal_cdf(z: float) -> float:
    return (1 + math.erf(z / math.sqrt(2))) / 2
