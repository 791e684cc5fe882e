"""Virtual patients: severity, course, what they feel and believe, and when they leave.

A parallel trial as a pure function of (scenario, random numbers), on arrays with the trials first.
Counterfactual trials share the numbers: the same people under another arm or another belief.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_ndtr, logit, ndtri_exp

from equipoise.simulation.streams import TrialStreams, open_interval, scenario_key, standard_normal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.simulation.patient_scenario import PatientScenario
    from equipoise.simulation.streams import Uniforms

    Floats = NDArray[np.float64]

STOPS = ("lack of efficacy", "adverse event", "other")
"""Types of the intercurrent event that ends a patient's participation; index into `stop`."""


@dataclass(frozen=True, slots=True, eq=False)
class PatientDraw:
    """Simulated trials; arrays of shape (trials, patients), `score` with the visits last.

    Parameters
    ----------
    arm
        int8, 1 active, 0 placebo.
    site
        Index of the site.
    baseline, score
        Scale points; `score` holds the values that would have been seen without dropout.
    expectancy
        Before randomisation, scale free.
    belief
        Probability that the patient gives to active.
    guess
        int8, 1 guesses active.
    left
        Index of the first visit that was missed; the number of visits for completers.
    stop
        Index into `STOPS`, -1 for completers.
    """

    arm: NDArray[np.int8]
    site: NDArray[np.int64]
    baseline: Floats
    expectancy: Floats
    belief: Floats
    guess: NDArray[np.int8]
    score: Floats
    left: NDArray[np.int64]
    stop: NDArray[np.int8]

    @property
    def seen(self) -> Floats:
        """The scores as observed: NaN from the first missed visit on."""
        visits = np.arange(self.score.shape[-1])
        return np.where(visits < self.left[..., None], self.score, np.nan)


@dataclass(frozen=True, slots=True)
class TrueEffects:
    """Effects of the drug at the last visit, scale points (below 0 favours the drug).

    Parameters
    ----------
    total
        Active minus placebo, whatever people come to believe.
    direct
        At even odds: everybody believes one half in either arm.
    still_blind
        Total effect in those who would guess the same in either arm.
    """

    total: float
    direct: float
    still_blind: float


def draw_patients(
    scenario: PatientScenario,
    trials: int,
    rng: Uniforms,
    *,
    arm: int | None = None,
    belief: float | None = None,
) -> PatientDraw:
    """Simulate trials.

    Parameters
    ----------
    arm, belief
        Put everybody into one arm, or give everybody one belief, using the same random numbers.
    """
    size = (trials, scenario.participants)
    site = np.broadcast_to(np.arange(size[1]) % scenario.sites, size)
    allocated = _allocate(site, rng)
    arms = allocated if arm is None else np.full(size, arm, dtype=np.int8)
    severity, baseline = _enrol(scenario, rng, size)
    course, expectancy = _course(scenario, rng, size)
    believed, guess = _believe(scenario, arms, rng)
    if belief is not None:
        believed = np.full(size, belief)
    sites = standard_normal(rng, (trials, scenario.sites))
    shared = severity + scenario.site_sd * np.take_along_axis(sites, site, axis=1)
    change = course + _effects(scenario, arms, expectancy, believed)
    score = _score(scenario, shared, change, believed, rng)
    left, stop = _leave(scenario, baseline, score, believed, rng)
    return PatientDraw(arms, site, baseline, expectancy, believed, guess, score, left, stop)


def true_effects(scenario: PatientScenario, *, seed: int = 0, trials: int = 500) -> TrueEffects:
    """Compute the drug's true effects from the same people under both arms, dropout aside."""
    key = scenario_key(scenario, seed=seed)

    def world(arm: int, belief: float | None = None) -> PatientDraw:
        return draw_patients(scenario, trials, TrialStreams(key, 0, trials), arm=arm, belief=belief)

    active, placebo = world(1), world(0)
    total = active.score[..., -1] - placebo.score[..., -1]
    direct = world(1, 0.5).score[..., -1] - world(0, 0.5).score[..., -1]
    blind = active.guess == placebo.guess
    return TrueEffects(float(total.mean()), float(direct.mean()), float(total[blind].mean()))


def _allocate(site: NDArray[np.int64], rng: Uniforms) -> NDArray[np.int8]:
    """Allocate 1:1 within each site by the random allocation rule; a coin decides odd places.

    Arms must not run in step with sites: a prototype that alternated both doubled type I error.
    """
    ticket = rng.random(site.shape)
    coin = rng.random((site.shape[0], int(site.max()) + 1)) < 0.5
    arm = np.zeros(site.shape, dtype=np.int8)
    for place in range(coin.shape[1]):
        here = np.flatnonzero(site[0] == place)
        rank = ticket[:, here].argsort(axis=1).argsort(axis=1)
        half = (here.size + coin[:, [place]]) // 2
        arm[:, here] = rank < half
    return arm


def _enrol(s: PatientScenario, rng: Uniforms, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Draw true severity and baseline of those whose screening score let them in."""
    spread = np.hypot(s.severity_sd, s.rating_sd)
    # inflated screening lets in those who miss the threshold by no more than the inflation
    threshold = s.screening_low - min(s.screening_inflation, 3.0)
    passed = log_ndtr((s.severity_mean - threshold) / spread)
    uniform = open_interval(rng.random(size))
    screening = s.severity_mean - spread * ndtri_exp(np.log(uniform) + passed)
    kept = (s.severity_sd / spread) ** 2  # reliability: how far the score speaks for severity
    severity = s.severity_mean + kept * (screening - s.severity_mean)
    severity += s.severity_sd * np.sqrt(1 - kept) * standard_normal(rng, size)
    baseline = severity + s.rating_sd * standard_normal(rng, size)
    return severity, np.clip(baseline, s.scale_low, s.scale_high)


def _course(s: PatientScenario, rng: Uniforms, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Draw improvement without the drug at the last visit, and expectancy tied to it."""
    share, mean, sd = (np.array(column) for column in zip(*s.course_classes, strict=True))
    edges = np.cumsum(share / share.sum())[:-1]
    kind = np.searchsorted(edges, rng.random(size), side="right")
    tendency = standard_normal(rng, size)
    corr = s.expectancy_course_corr
    hope = corr * tendency + np.sqrt(1 - corr**2) * standard_normal(rng, size)
    return mean[kind] + sd[kind] * tendency, s.expectancy_mean + s.expectancy_sd * hope


def _believe(
    s: PatientScenario, arm: NDArray[np.int8], rng: Uniforms
) -> tuple[Floats, NDArray[np.int8]]:
    """Turn what is felt into belief (probability of active) and a guess."""
    felt = s.kappa * arm + standard_normal(rng, arm.shape)
    odds = logit(s.prior_guess) + s.kappa * (felt - s.kappa / 2)
    odds += s.belief_noise * standard_normal(rng, arm.shape)
    return expit(odds), (odds > s.kappa * s.criterion).astype(np.int8)


def _effects(
    s: PatientScenario, arm: NDArray[np.int8], expectancy: Floats, belief: Floats
) -> Floats:
    """Add up improvement from drug and from belief at the last visit."""
    leaning = 2 * belief - 1
    leaning = np.where(leaning < 0, s.nocebo_ratio, 1.0) * leaning
    drug = (s.drug_effect + s.drug_by_expectancy * expectancy) * arm
    return drug + s.belief_effect * expectancy * leaning


def _score(
    s: PatientScenario, shared: Floats, change: Floats, belief: Floats, rng: Uniforms
) -> Floats:
    """Rate every visit: improvement approaches its last value exponentially."""
    weeks = np.array(s.weeks)
    course = np.expm1(-weeks / s.course_tau_weeks) / np.expm1(-weeks[-1] / s.course_tau_weeks)
    told = rng.random(belief.shape) < s.rater_unblinded
    leniency = s.rater_effect * told * (2 * belief - 1)
    noise = s.visit_sd * standard_normal(rng, (*belief.shape, weeks.size))
    score = (shared - leniency)[..., None] - change[..., None] * course + noise
    return np.asarray(np.clip(score, s.scale_low, s.scale_high), dtype=np.float64)


def _leave(
    s: PatientScenario, baseline: Floats, score: Floats, belief: Floats, rng: Uniforms
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Draw the first missed visit and the reason; a missed visit's own score is never seen."""
    visits = score.shape[-1]
    change = (score - baseline[..., None]) / 10
    last_seen = np.concatenate([np.zeros((*baseline.shape, 1)), change[..., :-1]], axis=-1)
    hazard = s.dropout_logit + s.dropout_by_change * last_seen + s.dropout_by_unseen * change
    hazard += s.dropout_by_belief * (belief - 0.5)[..., None]
    missed = rng.random(score.shape) < expit(hazard)
    left = np.where(missed.any(axis=-1), missed.argmax(axis=-1), visits)
    before = np.minimum(left, visits - 1)[..., None]
    worse = np.take_along_axis(last_seen, before, axis=-1)[..., 0]
    inefficacy = s.stop_inefficacy * np.exp(worse)
    wheel = rng.random(baseline.shape) * (inefficacy + s.stop_harm + s.stop_other)
    stop = (wheel >= inefficacy).astype(np.int8) + (wheel >= inefficacy + s.stop_harm)
    return left, np.where(left < visits, stop, -1).astype(np.int8)
