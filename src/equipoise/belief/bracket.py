"""The two ends between which the truth is assumed to lie: total and belief-standardised effect.

E(lambda) = lambda E1 + (1 - lambda) E2. E1 is the headline itself, with its own standard error and
degrees of freedom; E2 comes from the same kind of model, so that what lies between them is belief
and not a change of estimator. Their correlation comes from influence functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis import least_squares, random_intercept_fit
from equipoise.analysis.total_effect import planned_effect
from equipoise.belief.standardised_effect import Observed, g_formula, plug_in
from equipoise.belief.stratum_means import Contrast, StratumMeans
from equipoise.belief.total_and_standardised import EffectPath
from equipoise.errors import NotIdentifiedError
from equipoise.protocol.estimands import COURSE_METHODS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.belief.comparison import Comparison

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """E1, E2 and how they move together; leading axes are trials.

    Parameters
    ----------
    total, standardised
        Each with fields of shape (...).
    correlation : shape (...)
    part_se
        Standard error of E1 - E2 from the influence functions of two models, so that it need not
        believe either model's variance; None for stratum means, where it follows from the above.
    """

    total: Contrast
    standardised: Contrast
    correlation: FloatArray
    part_se: float | None = None

    @property
    def adjusted(self) -> bool:
        """Whether a model with covariates or random intercepts stands behind both."""
        return self.part_se is not None

    def at(self, mix: ArrayLike) -> Contrast:
        """Return E(mix), mix of shape (k,); fields of shape (..., k).

        At 1 this is the headline's own t inference and at 0 that of E2; between them the inverse
        df is mixed like the effects.
        """
        lam = np.asarray(mix, dtype=np.float64)
        one, two = (
            Contrast(*(np.asarray(value, dtype=np.float64)[..., None] for value in effect))
            for effect in (self.total, self.standardised)
        )
        a, b = lam * one.se, (1 - lam) * two.se
        correlation = np.asarray(self.correlation)[..., None]
        variance = a**2 + b**2 + 2 * correlation * a * b
        with np.errstate(divide="ignore", invalid="ignore"):
            df = 1 / (lam / one.df + (1 - lam) / two.df)
        estimate = lam * one.estimate + (1 - lam) * two.estimate
        return Contrast(estimate, np.sqrt(variance), df)

    def covariance(self) -> FloatArray:
        """Return the 2 x 2 covariance of (E1, E2), shape (..., 2, 2)."""
        one, two = np.asarray(self.total.se), np.asarray(self.standardised.se)
        cross = self.correlation * one * two
        return np.stack([np.stack([one**2, cross], -1), np.stack([cross, two**2], -1)], -2)

    @property
    def part(self) -> Contrast:
        """The belief part E1 - E2, with the smaller df of the two."""
        one, two = self.total, self.standardised
        variance = one.se**2 + two.se**2 - 2 * self.correlation * one.se * two.se
        se = np.sqrt(np.maximum(variance, 0)) if self.part_se is None else self.part_se
        difference = np.asarray(one.estimate - two.estimate)
        return Contrast(difference, np.asarray(se), np.minimum(one.df, two.df))


def bracket_of_strata(strata: StratumMeans, total: Contrast | None = None) -> Bracket:
    """Return the bracket of trials with one row a person and no covariates.

    E1 is the difference in means, pooled SE, n - 2 df, unless `total` gives the headline; E2 the
    plug-in at the pooled guess shares. The correlation is the closed form of `EffectPath`.
    """
    covariance = EffectPath(strata, strata.pooled_share).covariance()
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance[..., 0, 1] / np.sqrt(covariance[..., 0, 0] * covariance[..., 1, 1])
    found = pooled_difference(strata) if total is None else total
    return Bracket(found, plug_in(strata), np.clip(correlation, -1, 1))


def pooled_difference(strata: StratumMeans) -> Contrast:
    """Return the difference in arm means with pooled variance and n - 2 df."""
    n = strata.n.sum(axis=-1)
    mean = np.where(strata.n > 0, strata.mean, 0)
    arm = (strata.n * mean).sum(axis=-1) / n
    within = np.where(strata.n > 1, (strata.n - 1) * strata.variance, 0).sum(axis=-1)
    between = (strata.n * (mean - arm[..., None]) ** 2).sum(axis=-1)
    df = n.sum(axis=-1) - 2
    pooled = (within + between).sum(axis=-1) / df
    return Contrast(arm[..., 1] - arm[..., 0], np.sqrt(pooled * (1 / n).sum(axis=-1)), df)


def bracket(c: Comparison) -> Bracket:
    """Return the bracket of a comparison, E1 its headline.

    One row a person without covariates: E2 is the plug-in. Planned ANCOVA: the g-formula with the
    same covariates. Repeated rows: the mixed model with arm, guess and their product at the pooled
    guess shares. Planned MMRM: E1 is the ANCOVA of the last visit, for E2 knows only people with a
    guess and a score there, and what lies between the two must be belief alone.

    Raises
    ------
    NotIdentifiedError
        When there is no headline, or the models are not identified.
    """
    total = _headline(c)
    planned = planned_effect(c.records.protocol, c.outcome)
    if c.guesses.repeated:
        return _adjusted(c, total, mixed=True)
    if planned is not None and planned.method == "ancova":
        return _adjusted(c, total, mixed=False)
    if planned is not None and planned.method in COURSE_METHODS:
        return _adjusted(c, _ancova(c), mixed=False)
    return bracket_of_strata(c.strata, total)


def _headline(c: Comparison) -> Contrast:
    rows = c.headline.select(name="total-effect").rows
    row = next((r for r in rows if r.arm in (None, c.arms[0])), None)
    if row is None or row.estimate is None or row.se is None:
        why = "; ".join(refusal.reason for refusal in c.headline.refused)
        raise NotIdentifiedError(f"there is no total effect to compare with: {why}")
    df = np.inf if row.df is None else row.df  # normal intervals of the jackknife
    return Contrast(*(np.asarray(v, dtype=np.float64) for v in (row.estimate, row.se, df)))


def _ancova(c: Comparison) -> Contrast:
    """Return the effect at the last visit by least squares with the planned covariates."""
    x, complete = c.covariates(c.planned_covariates)
    g = c.guesses.take(complete)
    plain = np.hstack([np.ones((len(g.arm), 1)), g.arm.astype(np.float64)[:, None], x[complete]])
    found = least_squares(c.y[complete], plain).contrast(np.eye(plain.shape[1])[1])
    return Contrast(*(np.asarray(value, dtype=np.float64) for value in found))


def _adjusted(c: Comparison, total: Contrast, *, mixed: bool) -> Bracket:
    x, complete = c.covariates(c.planned_covariates)
    g = c.guesses.take(complete)
    y, x = c.y[complete], x[complete]
    plain, believing, at_equal = _designs(g.arm, g.guess, x, c.strata.pooled_share)
    arm = np.eye(plain.shape[1])[1]
    if mixed:
        one = _mixed_influence(y, plain, g.person, arm)
        fitted = random_intercept_fit(y, believing, g.person).contrast(at_equal)
        found = Contrast(*(np.asarray(value) for value in fitted))
        two = _mixed_influence(y, believing, g.person, at_equal)
    else:
        one = _line_influence(y, plain, g.person, arm)
        two = _line_influence(y, believing, g.person, at_equal)
        data = Observed(y, g.arm, g.guess, x, g.person, c.categories)
        found = g_formula(data, c.strata.pooled_share)
    correlation = (one * two).sum() / np.sqrt((one**2).sum() * (two**2).sum())
    people = np.count_nonzero(np.bincount(g.person))
    part_se = float(np.sqrt(((one - two) ** 2).sum() * people / (people - 1)))
    return Bracket(total, found, np.asarray(correlation), part_se)


def _designs(
    arm: IntArray, guess: IntArray, x: FloatArray, share: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the designs without and with the guess, and the weights of E2 in the latter."""
    used = [int(g) for g in np.flatnonzero(share) if (guess == g).any()]
    active = arm.astype(np.float64)[:, None]
    believes = (guess[:, None] == np.array(used[1:], dtype=int)).astype(np.float64)
    one = np.ones_like(active)
    plain = np.hstack([one, active, x])
    believing = np.hstack([one, active, believes, active * believes, x])
    weights = np.zeros(believing.shape[1])
    weights[1] = 1
    weights[2 + len(used) - 1 : 2 + 2 * (len(used) - 1)] = share[used[1:]]
    return plain, believing, weights


def _mixed_influence(
    y: FloatArray, design: FloatArray, person: IntArray, weights: FloatArray
) -> FloatArray:
    """Return each person's influence on a contrast of a random-intercept model."""
    fit = random_intercept_fit(y, design, person)
    residual = y - design @ fit.coefficients
    n = np.bincount(person)
    shrink = fit.s2b / (fit.s2 + n * fit.s2b)
    whitened = residual - shrink[person] * np.bincount(person, weights=residual)[person]
    per_row = (design @ fit.covariance @ weights) * whitened / fit.s2
    return np.bincount(person, weights=per_row).astype(np.float64)


def _line_influence(
    y: FloatArray, design: FloatArray, person: IntArray, weights: FloatArray
) -> FloatArray:
    """Return each person's influence on a contrast of least squares."""
    fit = least_squares(y, design)
    residual = y - design @ np.asarray(fit.coefficients)
    bread = np.linalg.inv(design.T @ design)
    return np.bincount(person, weights=(design @ bread @ weights) * residual).astype(np.float64)
