"""Rows of the regression on the blinding index: naive, structural, Bayesian."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.blinding.convergence import ESS_BOUND, RHAT_BOUND, bulk_ess, split_rhat
from equipoise.synthesis.blinding.design_classes import explained
from equipoise.synthesis.blinding.gibbs import Draws, Priors, gibbs
from equipoise.synthesis.blinding.indexed_trials import require_spread
from equipoise.synthesis.blinding.rows import ECOLOGICAL, HARTUNG_KNAPP, fit_row, interval_row
from equipoise.synthesis.blinding.structural import structural_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.blinding.indexed_trials import IndexedTrials
    from equipoise.synthesis.pairwise import RandomEffectsFit

    FloatArray = NDArray[np.float64]

AT_CHANCE, SLOPE, TAU2 = "effect-at-chance-guessing", "blinding-slope", "tau2"
NAIVE = f"Meta-regression on the observed index, taken as exact. {HARTUNG_KNAPP}"
STRUCTURAL = (
    "Structural errors-in-variables model, bivariate REML, delta-method standard errors, t "
    "(Arends et al. 2000; van Houwelingen et al. 2002)"
)
ATTENUATED = (
    "The observed index is noisy, which pulls the naive slope towards 0 and the naive effect at "
    "chance guessing towards the pooled effect."
)
NORMAL_INDEX = "True indices vary normally between trials; each is measured with known variance"
PRIOR_LEFT = 0.8
SLOPE_END = 3.0
LINEAR = "The effect is linear in the blinding index"


def label_of(method: str, trials: IndexedTrials, of: str) -> str:
    """Return the label of an effect at chance guessing: the method, then the class if several."""
    return method if trials.classes == ("all",) else f"{method}, {of}"


def naive_rows(trials: IndexedTrials, fit: RandomEffectsFit, level: float) -> Estimates:
    """Take the observed index as exact."""
    rows = []
    for i, name in enumerate((*trials.classes, SLOPE)):
        slope = name == SLOPE
        rows.append(
            fit_row(
                SLOPE if slope else AT_CHANCE, fit, level, term=i,
                label="naive" if slope else label_of("naive", trials, name),
                unit=_unit(trials, slope=slope), estimand=_estimand(slope=slope), method=NAIVE,
                assumptions=(LINEAR, ECOLOGICAL), warnings=(ATTENUATED,),
            )
        )  # fmt: skip
    share = explained(trials.effects, fit.tau2)
    rows += [
        Estimate(TAU2, "naive, given the index", estimate=fit.tau2, method="REML"),
        Estimate(
            "heterogeneity-explained", "blinding index, naive", estimate=share,
            unit="share of tau2",
            method="1 - tau2 with the index / tau2 without, not below 0 (Raudenbush 2009)",
        ),
    ]  # fmt: skip
    return Estimates(tuple(rows))


def structural_rows(trials: IndexedTrials, level: float) -> Estimates:
    """Carry the sampling error of the index by the bivariate likelihood."""
    require_spread(trials, level)
    e = trials.effects
    fit = structural_fit(
        e.y, e.v, trials.index, trials.index_variance, trials.X, covariance=trials.covariance
    )
    rows = []
    for i, name in enumerate((*trials.classes, SLOPE)):
        slope = name == SLOPE
        rows.append(
            interval_row(
                SLOPE if slope else AT_CHANCE, float(fit.coefficients[i]), float(fit.se[i]),
                fit.df, level,
                label="structural" if slope else label_of("structural", trials, name),
                unit=_unit(trials, slope=slope), estimand=_estimand(slope=slope),
                method=STRUCTURAL, assumptions=_assumed(trials),
            )
        )  # fmt: skip
    rows += [
        Estimate(TAU2, "structural, given the index", estimate=fit.tau2, method=STRUCTURAL),
        Estimate("index-sd", "structural", estimate=fit.index_sd, method=STRUCTURAL,
                 estimand="Standard deviation of true blinding indices between trials"),
    ]  # fmt: skip
    return Estimates(tuple(rows))


def bayesian_rows(
    trials: IndexedTrials, priors: Priors, draws: int, rng: np.random.Generator, level: float
) -> Estimates:
    """Carry it by sampling the posterior."""
    e = trials.effects
    if not (trials.index_variance > 0).all():
        name = e.study[int(trials.index_variance.argmin())]
        raise NotIdentifiedError(
            f"In {name} all guessed alike, so that its index seems free of error: the sampler "
            "needs a variance above 0."
        )
    sample = gibbs(
        e.y, e.v, trials.index, trials.index_variance, trials.X, rng=rng,
        covariance=trials.covariance, priors=priors, draws=draws, burn_in=max(draws // 4, 100),
    )  # fmt: skip
    method = (
        f"Posterior median, Gibbs sampler, 4 chains of {draws:,}; {priors}; equal-tailed limits"
    )
    warnings = (
        *_unsettled(sample),
        *_little_learnt(sample, priors),
        *_conflict(trials.naive(), priors),
    )
    rows = []
    for i, name in enumerate((*trials.classes, SLOPE)):
        slope = name == SLOPE
        part = sample.coefficients[..., i]
        label = "Bayesian" if slope else label_of("Bayesian", trials, name)
        rows.append(
            replace(
                _drawn(SLOPE if slope else AT_CHANCE, part, level),
                label=label, unit=_unit(trials, slope=slope), estimand=_estimand(slope=slope),
                method=method, assumptions=_assumed(trials), warnings=warnings,
            )
        )  # fmt: skip
    rows += [
        replace(_drawn(TAU2, sample.tau**2, level), label="Bayesian, given the index",
                method=method, warnings=warnings),
        replace(_drawn("index-sd", sample.index_sd, level), label="Bayesian", method=method,
                estimand="Standard deviation of true blinding indices between trials"),
    ]  # fmt: skip
    return Estimates(tuple(rows))


def _drawn(name: str, draws: FloatArray, level: float) -> Estimate:
    tail = (1 - level) / 2
    low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return Estimate(name, estimate=middle, se=draws.std(ddof=1), low=low, high=high, level=level)


def _unsettled(sample: Draws) -> tuple[str, ...]:
    """Warn where the chains do not agree, or are too short."""
    parts = [*np.moveaxis(sample.coefficients, -1, 0), sample.tau, sample.index_sd]
    worst, fewest = max(map(split_rhat, parts)), min(map(bulk_ess, parts))
    if worst <= RHAT_BOUND and fewest >= ESS_BOUND:
        return ()
    return (
        f"The chains have not settled: R-hat reaches {worst:.3f} (at most {RHAT_BOUND} wanted), "
        f"effective draws {fewest:.0f} (at least {ESS_BOUND}). Take more draws.",
    )


def _little_learnt(sample: Draws, priors: Priors) -> tuple[str, ...]:
    """Warn where the posterior of the slope is nearly its prior."""
    left = float(sample.coefficients[..., -1].std(ddof=1)) / priors.slope_sd
    if left < PRIOR_LEFT:
        return ()
    return (
        f"The slope's posterior spread is {left:.0%} of its prior's: the data say next to nothing "
        "about it, and the effect at chance guessing rests on the prior.",
    )


def _conflict(naive: RandomEffectsFit, priors: Priors) -> tuple[str, ...]:
    """Warn where what the data say plainly lies far out in the priors."""
    slope = float(naive.beta[-1])
    told = priors.tau.conflict(math.sqrt(naive.tau2))
    if abs(slope) > SLOPE_END * priors.slope_sd and abs(slope) > 2 * float(naive.se[-1]):
        told += (
            f"The naive slope, {slope:.3g}, is more than {SLOPE_END:g} prior standard deviations "
            f"({priors.slope_sd:g}) from 0: give --slope-sd in units of these effects.",
        )
    return told


def _unit(trials: IndexedTrials, *, slope: bool) -> str | None:
    if not slope:
        return trials.effects.scale
    return "effect per 1 of the index (from chance to all right)"


def _estimand(*, slope: bool) -> str:
    if slope:
        return "Difference in effect between a trial in which all know and one at chance"
    return "Mean effect of trials in which people guess as chance would have it (index 0)"


def _assumed(trials: IndexedTrials) -> tuple[str, ...]:
    errors = (
        "Sampling errors of effect and index correlate as given"
        if trials.covariance.any()
        else "Sampling errors of effect and index are uncorrelated, although the same people "
        "give both"
    )
    return (LINEAR, NORMAL_INDEX, errors, ECOLOGICAL)
