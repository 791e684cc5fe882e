"""Simulate a self-blinding trial: people who switch arm by the week and guess which they are in.

`draw_trial` makes one trial as arrays; `self_blinding_tables` turns it into records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from equipoise.errors import DataError
from equipoise.simulation.streams import standard_normal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from equipoise.protocol import Protocol, Visit
    from equipoise.simulation.self_blinding_scenario import OutcomeScenario, SelfBlindingScenario

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SAYS_PLACEBO, SAYS_UNSURE, SAYS_DRUG = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class SelfBlindingDraw:
    """One simulated trial; arrays of shape (people, visits after baseline) unless stated.

    Parameters
    ----------
    arm
        int8, 1 active, 0 control.
    felt
        Strength of what is felt, in SD; the drug shifts it.
    said
        `SAYS_PLACEBO`, `SAYS_UNSURE` or `SAYS_DRUG`, whether or not the answer was recorded.
    certainty
        0 a pure guess, 1 certain.
    expectancy : shape (people,)
        0 to 100, before the trial.
    baseline, scores
        Per outcome; baseline of shape (people,). As they would be without dropout.
    left : shape (people,)
        Index of the first visit after leaving; the number of visits for those who stay.
    attended, answered
        Whether the visit took place, and whether its guess was recorded.
    unwell
        Whether an unwanted event happened in the time before the visit.
    """

    arm: NDArray[np.int8]
    felt: Floats
    said: NDArray[np.int8]
    certainty: Floats
    expectancy: Floats
    baseline: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    left: NDArray[np.int64]
    attended: Flags
    answered: Flags
    unwell: Flags


def treated_visits(protocol: Protocol) -> tuple[Visit, ...]:
    """Return the visits after baseline."""
    return tuple(visit for visit in protocol.visits if not visit.baseline)


def draw_trial(
    protocol: Protocol,
    scenario: SelfBlindingScenario,
    rng: np.random.Generator,
    *,
    arm: int | None = None,
    said: int | None = None,
) -> SelfBlindingDraw:
    """Draw one trial as arrays.

    Parameters
    ----------
    arm, said
        Give everybody one arm, or make everybody say one thing, with the same random numbers.
    """
    visits = treated_visits(protocol)
    size = (scenario.participants, len(visits))
    allocated = _allocate(protocol, visits, rng, scenario.participants)
    arms = allocated if arm is None else np.full(size, arm, dtype=np.int8)
    felt, odds = _feel(scenario, arms, rng)
    past = odds - scenario.threshold
    answer = _answer(protocol, scenario, past)
    spoken = answer if said is None else np.full(size, said, dtype=np.int8)
    hope, response = _expectancy(scenario, rng)
    expectancy = np.clip(scenario.expectancy_mean + scenario.expectancy_sd * hope, 0, 100)
    weight = expectancy / scenario.expectancy_mean  # who expects more gains more from belief
    benefit = _Benefit(arms, spoken / 2 * weight[:, None], response, _approach(scenario, protocol))
    baseline, scores = _scores(protocol, scenario, benefit, rng)
    left = _leave(scenario, odds, rng)
    attended = np.arange(size[1]) < left[:, None]
    attended &= rng.random(size) >= scenario.scores_missing
    unwell = rng.random(size) < expit(scenario.event_logit + scenario.event_by_felt * felt)
    return SelfBlindingDraw(
        arm=arms,
        felt=felt,
        said=spoken,
        certainty=np.abs(np.tanh(past / 2)),
        expectancy=expectancy,
        baseline=baseline,
        scores=scores,
        left=left,
        attended=attended,
        answered=rng.random(size) >= scenario.guess_missing,
        unwell=unwell,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Benefit:
    """What moves the scores of every outcome; shapes (people, visits) unless stated."""

    arm: NDArray[np.int8]
    belief: Floats  # 1 where somebody of average expectancy says "drug"
    response: Floats  # (people,): tendency to improve without the drug, in SD
    approach: Floats  # (visits,): share of the improvement reached


def _allocate(
    protocol: Protocol, visits: tuple[Visit, ...], rng: np.random.Generator, people: int
) -> NDArray[np.int8]:
    active, control = protocol.contrast
    plan = protocol.allocation
    ratio = dict(plan.ratio) if plan and plan.ratio else {active: 1, control: 1}
    others = [name for name, share in ratio.items() if share and name not in (active, control)]
    if others or len(protocol.arms) != 2:
        raise DataError(
            f"Protocol {protocol.identifier!r} has the arms {', '.join(protocol.arm_names)}; "
            f"a self-blinding trial is simulated with two. Keep {active} and {control}."
        )
    period = [visit.period or place for place, visit in enumerate(visits, start=1)]
    if plan and plan.unit == "participant":
        period = [0] * len(visits)
    names, of_visit = np.unique(period, return_inverse=True)
    share = ratio.get(active, 0) / sum(ratio.values())
    drawn = rng.random((people, names.size)) < share
    return drawn.astype(np.int8)[:, of_visit]


def _feel(
    s: SelfBlindingScenario, arm: NDArray[np.int8], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw what is felt and the odds of "drug" that it gives, as virtual patients do."""
    person = standard_normal(rng, (arm.shape[0], 1))
    noise = np.sqrt(s.lean) * person + np.sqrt(1 - s.lean) * standard_normal(rng, arm.shape)
    felt = s.kappa * arm + noise
    doubt = s.belief_noise * standard_normal(rng, arm.shape)
    return felt, s.kappa * (felt - s.kappa / 2) + doubt


def _answer(protocol: Protocol, s: SelfBlindingScenario, past: Floats) -> NDArray[np.int8]:
    """Say drug or placebo, or "unsure" near the threshold where the protocol lets people."""
    plan = protocol.blinding.guess
    unsure = s.unsure_within if plan is None or plan.dont_know else 0.0
    said = np.full(past.shape, SAYS_UNSURE, dtype=np.int8)
    said[past >= unsure] = SAYS_DRUG
    said[past < -unsure] = SAYS_PLACEBO
    return said


def _expectancy(s: SelfBlindingScenario, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw expectancy and the tendency to improve, both standard normal."""
    hope, other = standard_normal(rng, (2, s.participants))
    corr = s.expectancy_course_corr
    return hope, corr * hope + np.sqrt(1 - corr**2) * other


def _approach(s: SelfBlindingScenario, protocol: Protocol) -> Floats:
    visits = treated_visits(protocol)
    days = [protocol.day_of(visit.name) for visit in visits]
    weeks = [place if day is None else max(day, 1) / 7 for place, day in enumerate(days, start=1)]
    reached = -np.expm1(-np.array(weeks) / s.course_tau_weeks)
    return np.asarray(reached / reached[-1])


def _scores(
    protocol: Protocol, s: SelfBlindingScenario, benefit: _Benefit, rng: np.random.Generator
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Score every outcome that the visits ask for; traits and moods are shared by self-reports."""
    people, visits = benefit.arm.shape
    trait = standard_normal(rng, (people, 1))
    mood = standard_normal(rng, (people, visits + 1))
    baseline, scores = {}, {}
    for name in protocol.instruments:
        outcome = s.outcome(name)
        shared = 0.5 if outcome.self_report else 0.0
        steady = _mixed(shared, trait, standard_normal(rng, (people, 1)))
        weekly = _mixed(shared, mood, standard_normal(rng, (people, visits + 1)))
        state = _mixed(outcome.icc, steady, weekly)
        state[:, 1:] += _gain(s, outcome, benefit)
        points = _on_scale(protocol, outcome, outcome.mean + outcome.points * state)
        baseline[name], scores[name] = points[:, 0], points[:, 1:]
    return baseline, scores


def _mixed(share: float, one: Floats, other: Floats) -> Floats:
    """Add two standard normals so that `one` has `share` of the variance."""
    return np.asarray(np.sqrt(share) * one + np.sqrt(1 - share) * other)


def _gain(s: SelfBlindingScenario, outcome: OutcomeScenario, benefit: _Benefit) -> Floats:
    course = outcome.course * (1 + s.course_spread * benefit.response)
    improvement = course[:, None] * benefit.approach
    caused = outcome.drug_effect * benefit.arm + outcome.belief_effect * benefit.belief
    return np.asarray(improvement + caused)


def _on_scale(protocol: Protocol, outcome: OutcomeScenario, values: Floats) -> Floats:
    scale = protocol.instrument(outcome.name)
    rounded = np.round(values / outcome.step) * outcome.step
    return np.asarray(np.clip(rounded, scale.low, scale.high), dtype=np.float64)


def _leave(s: SelfBlindingScenario, odds: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the first visit that a person no longer attends."""
    visits = odds.shape[1]
    last_belief = np.concatenate([np.full((len(odds), 1), 0.5), expit(odds[:, :-1])], axis=1)
    hazard = expit(s.dropout_logit + s.dropout_by_belief * (last_belief - 0.5))
    gone = rng.random(odds.shape) < hazard
    return np.asarray(np.where(gone.any(axis=1), gone.argmax(axis=1), visits), dtype=np.int64)
