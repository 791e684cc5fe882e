"""The effect had everybody guessed as chance would have it: regression on the blinding index.

y_i = b0 + b1 M_i + u_i + e_i with a b0 for each design class. Three answers side by side, since
none is the truth: the naive one takes the observed M_i as exact, the structural one and the
Bayesian one carry its sampling error. Where no trial is near M = 0, b0 is drawn from a line
beyond its points: the number stays, marked, and is refused as a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.convergence import ESS_BOUND, RHAT_BOUND, bulk_ess, split_rhat
from equipoise.synthesis.blinding.design_classes import classes_of, explained, indicators
from equipoise.synthesis.blinding.extrapolation import Reach, reach
from equipoise.synthesis.blinding.gibbs import Draws, Priors, gibbs
from equipoise.synthesis.blinding.rows import (
    ECOLOGICAL,
    HARTUNG_KNAPP,
    counted,
    fit_row,
    interval_row,
)
from equipoise.synthesis.blinding.structural import structural_fit
from equipoise.synthesis.effects import checked_effects
from equipoise.synthesis.pairwise import RandomEffectsFit, random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.blinding.indices import TrialIndex
    from equipoise.synthesis.effects import Effects

    FloatArray = NDArray[np.float64]

AT_CHANCE, SLOPE, TAU2 = "effect-at-chance-guessing", "blinding-slope", "tau2"
FINDING = "finding-at-chance-guessing"
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
LINEAR = "The effect is linear in the blinding index"


@dataclass(frozen=True, slots=True, eq=False)
class IndexedTrials:
    """Trials that report their blinding.

    Parameters
    ----------
    effects
    index, index_variance, covariance : shape (k,)
        Blinding index, its sampling variance, and its sampling covariance with the effect.
    design : length k
        Design class of each; all one class where none was given.
    classes
        The reference first.
    """

    effects: Effects
    index: FloatArray
    index_variance: FloatArray
    covariance: FloatArray
    design: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def X(self) -> FloatArray:  # noqa: N802
        """A column a class, shape (k, classes)."""
        return indicators(self.design, self.classes)

    def naive(self) -> RandomEffectsFit:
        """Regress the effects on the observed index: a coefficient a class, then the slope."""
        x = np.column_stack([self.X, self.index])
        return random_effects(self.effects, x, names=(*self.classes, "index"))

    def reach(self, of: int, weights: FloatArray) -> Reach:
        """Say how far index 0 is from the trials of a class."""
        X = self.X
        return reach(self.index, X, weights, np.eye(X.shape[1])[of], X[:, of] == 1)


def indexed(
    effects: Effects,
    index: TrialIndex,
    design: Sequence[str] | None = None,
    *,
    reference: str | None = None,
    correlation: float = 0.0,
) -> IndexedTrials:
    """Keep the trials with a blinding index.

    Parameters
    ----------
    correlation
        Of the sampling errors of effect and index, since the same people give both. Above 0
        where those who benefit guess right for that reason and benefit is positive.
    """
    if not -1 < correlation < 1:
        raise DataError(f"A correlation lies between -1 and 1. Got {correlation:g}.")
    if len(index.index) != len(effects):
        raise DataError(f"{len(effects)} effects came with {len(index.index)} blinding indices.")
    kept = index.known
    if not kept.any():
        raise NotIdentifiedError(
            "No trial reports what people guessed: without it nothing here can tell blind "
            "trials from unblinded ones. Ask authors for guesses by arm."
        )
    m, w = index.index[kept], index.variance[kept]
    if (np.abs(m) > 1).any() or (w < 0).any():
        raise DataError("A blinding index lies in [-1, 1], and its variance is not below 0.")
    few = effects.take(kept)
    classes = ("all",) if design is None else None
    labels = ("all",) * len(few) if design is None else tuple(np.asarray(design)[kept].tolist())
    return IndexedTrials(
        few, m, w, correlation * np.sqrt(few.v * w), labels, classes or classes_of(labels, reference)
    )


def chance_guessing(
    effects: Effects,
    index: TrialIndex,
    design: Sequence[str] | None = None,
    *,
    reference: str | None = None,
    correlation: float = 0.0,
    priors: Priors | None = None,
    draws: int = 4000,
    seed: int = 1,
    level: float = 0.95,
) -> Estimates:
    """Estimate the effect at chance guessing, three ways, and how far from the data it lies.

    Parameters
    ----------
    effects, index
        Of k trials; those without an index are counted and pooled apart.
    design : length k
        Design class of each trial; `reference` names the first of them.
    correlation
        See `indexed`.
    priors, draws, seed
        Of the Bayesian fit; draws of each of 4 chains.
    """
    trials = indexed(effects, index, design, reference=reference, correlation=correlation)
    found = _selection(effects, index, level)
    if len(trials.index) < len(trials.classes) + 3:
        reason = (
            f"{counted(len(trials.index))} with a blinding index cannot carry a slope with "
            f"{len(trials.classes)} design classes: it needs {len(trials.classes) + 3}."
        )
        return found + Estimates(refused=(Refusal(AT_CHANCE, reason),))
    naive = trials.naive()
    near = [trials.reach(i, naive.solution.w) for i in range(len(trials.classes))]
    found += _naive_rows(trials, naive, level)
    found += _reliability(trials)
    found += _or_refusal("structural", lambda: _structural_rows(trials, level))
    rng = np.random.default_rng(seed)
    chosen = priors or Priors()
    found += _or_refusal("Bayesian", lambda: _bayesian_rows(trials, chosen, draws, rng, level))
    return _marked(found, trials, near) + _distance(trials, near)


def _selection(effects: Effects, index: TrialIndex, level: float) -> Estimates:
    """Pool the trials with and without an index: those that ask may differ from the rest."""
    found = Estimates()
    for label, rows in (("with a blinding index", index.known), ("without one", ~index.known)):
        k = int(rows.sum())
        about = f"Mean effect in the {counted(k)} {label}"
        found += Estimates((Estimate("studies", label, estimate=k, unit="studies"),))
        if k < 2:
            refusal = Refusal("pooled-effect", f"{counted(k)}: nothing to pool.", label=label)
            found += Estimates(refused=(refusal,))
            continue
        fit = random_effects(effects.take(rows))
        row = fit_row("pooled-effect", fit, level, label=label, unit=effects.scale, estimand=about)
        found += Estimates((row,))
    return found


def _label(method: str, trials: IndexedTrials, of: str) -> str:
    return method if trials.classes == ("all",) else f"{method}, {of}"


def _naive_rows(trials: IndexedTrials, fit: RandomEffectsFit, level: float) -> Estimates:
    rows = []
    for i, name in enumerate((*trials.classes, SLOPE)):
        slope = name == SLOPE
        rows.append(
            fit_row(
                SLOPE if slope else AT_CHANCE, fit, level, term=i,
                label="naive" if slope else _label("naive", trials, name),
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


def _reliability(trials: IndexedTrials) -> Estimates:
    """Say how much of the spread of observed indices is not sampling error."""
    if not (trials.index_variance > 0).all():
        return Estimates()
    seen = checked_effects(trials.index, trials.index_variance, trials.effects.study)
    fit = random_effects(seen, trials.X, test="z")
    typical = float(trials.index_variance.mean())
    row = Estimate(
        "index-reliability", estimate=fit.tau2 / (fit.tau2 + typical), unit="share of variance",
        estimand="Share of the spread of observed indices, within design classes, that is no "
        "sampling error: about this share of the slope is left in the naive one",
        method="tau2 of the indices by REML / (tau2 + their mean sampling variance)",
    )  # fmt: skip
    return Estimates((row,))


def require_spread(trials: IndexedTrials, level: float) -> None:
    """Refuse the structural slope, a ratio, where the spread of indices may be 0."""
    known = trials.index_variance > 0
    if not known.all():
        return
    seen = checked_effects(trials.index, trials.index_variance, trials.effects.study)
    q = float(random_effects(seen, trials.X, method="EE", test="z").at_zero.ypy)
    df = len(trials.index) - len(trials.classes)
    p = float(chdtrc(df, q))
    if p > 1 - level:
        raise NotIdentifiedError(
            f"The trials' blinding indices differ no more than their sampling error may make them "
            f"(Q = {q:.1f}, {df} df, p = {p:.2f}): the slope is a ratio over a spread that may be 0."
        )


def _structural_rows(trials: IndexedTrials, level: float) -> Estimates:
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
                fit.df, level, label="structural" if slope else _label("structural", trials, name),
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


def _bayesian_rows(
    trials: IndexedTrials, priors: Priors, draws: int, rng: np.random.Generator, level: float
) -> Estimates:
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
    method = f"Gibbs sampler, 4 chains of {draws:,}; {priors}; equal-tailed limits"
    warnings = (*_unsettled(sample), *_little_learnt(sample, priors))
    rows = []
    for i, name in enumerate((*trials.classes, SLOPE)):
        slope = name == SLOPE
        part = sample.coefficients[..., i]
        label = "Bayesian" if slope else _label("Bayesian", trials, name)
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


def _or_refusal(label: str, rows: Callable[[], Estimates]) -> Estimates:
    try:
        return rows()
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(n, str(error), label) for n in (AT_CHANCE, SLOPE)))


def _beyond(trials: IndexedTrials, near: Reach, of: str) -> str:
    """Say in one sentence how far index 0 lies from the trials."""
    which = "" if trials.classes == ("all",) else f" of class {of}"
    return (
        f"Extrapolated: the indices{which} run from {near.low:.2f} to {near.high:.2f}, the "
        f"nearest to chance is {trials.effects.study[near.nearest_row]}, and index 0 has "
        f"{near.leverage:.1f} times the leverage of any trial."
    )


def _marked(found: Estimates, trials: IndexedTrials, near: Sequence[Reach]) -> Estimates:
    """Put the extrapolation on every row it concerns, and refuse the sentence as a finding."""
    rows, refused = list(found.rows), list(found.refused)
    for of, one in zip(trials.classes, near, strict=True):
        if not one.extrapolates:
            continue
        text = _beyond(trials, one, of)
        labels = {_label(method, trials, of) for method in ("naive", "structural", "Bayesian")}
        rows = [
            replace(row, warnings=(*row.warnings, text))
            if row.name == AT_CHANCE and row.label in labels
            else row
            for row in rows
        ]
        reason = f"{text} No sentence about blind trials can rest on these."
        refused.append(Refusal(FINDING, reason, None if of == "all" else of))
    return Estimates(tuple(rows), tuple(refused))


def _distance(trials: IndexedTrials, near: Sequence[Reach]) -> Estimates:
    rows = []
    for of, one in zip(trials.classes, near, strict=True):
        label = None if of == "all" else of
        study = trials.effects.study[one.nearest_row]
        rows += [
            Estimate(
                "distance-to-chance", label, estimate=one.nearest, unit="index",
                estimand=f"Smallest distance of a trial's index from 0: {study}",
            ),
            Estimate(
                "leverage-at-chance", label, estimate=one.leverage,
                unit="times the largest leverage among the trials",
                estimand="Above 1, or with 0 outside the range of indices, it is extrapolation",
            ),
        ]  # fmt: skip
    return Estimates(tuple(rows))
