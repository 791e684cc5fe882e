"""The belief-standardised effect: drug against control, had both arms believed alike.

    E2 = sum over g of q(g) [ mu(1, g) - mu(0, g) ],   q common to both arms

Four estimators of the same number, each with its own way of using baseline covariates X. All
assume that nothing unmeasured moves both guess and outcome, that benefit did not cause the
guess, and that people of either arm hold every belief g (positivity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.multinomial_logit import multinomial_logit
from equipoise.belief.stratum_means import Contrast, StratumMeans
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

MIN_STRATUM = 10  # people; below it a guess model with covariates is a guess itself


def common_share_weights(q: FloatArray) -> FloatArray:
    """Return the stratum weights (..., 2, C) of the plug-in with common guess shares q (..., C)."""
    q = np.asarray(q, dtype=np.float64)
    return np.stack([-q, q], axis=-2)


def plug_in(strata: StratumMeans, q: FloatArray | None = None) -> Contrast:
    """Estimate E2 from stratum means alone; SE unpooled, df Satterthwaite; q held fixed.

    Parameters
    ----------
    q : shape (..., C), optional
        Common guess shares; the pooled observed shares by default.
    """
    return strata.contrast(common_share_weights(strata.pooled_share if q is None else q))


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Rows of one comparison: outcome, arm (0/1), guess (0..C-1), covariates, person.

    Parameters
    ----------
    y, arm, guess, person : shape (n,)
    x : shape (n, p)
        Baseline covariates, without a constant; p may be 0.
    categories
        C, the number of guess categories.
    """

    y: FloatArray
    arm: IntArray
    guess: IntArray
    x: FloatArray
    person: IntArray
    categories: int = 2

    @property
    def cell(self) -> IntArray:
        """Index of the arm-by-guess stratum, 0 .. 2C - 1."""
        return self.arm * self.categories + self.guess

    @property
    def people(self) -> IntArray:
        """How many different people stand in each stratum, shape (2, categories)."""
        pairs = np.unique(np.stack([self.cell, self.person]), axis=1)
        count = np.bincount(pairs[0], minlength=2 * self.categories)
        return count.reshape(2, self.categories)

    @property
    def repeated(self) -> bool:
        """Whether some person has several rows."""
        return bool(np.bincount(self.person).max() > 1)


def clustered_plug_in(data: Observed, q: FloatArray) -> Contrast:
    """Estimate E2 from stratum means of rows that repeat people."""
    return influence_contrast(data, common_share_weights(q))


def influence_contrast(data: Observed, weights: FloatArray) -> Contrast:
    """Return a linear combination of stratum means with variances summed over people.

    Parameters
    ----------
    weights : shape (2, C)
        As in `StratumMeans.contrast`, which it equals where nobody repeats.
    """
    psi = np.zeros_like(data.y)
    estimate = 0.0
    flat = np.asarray(weights, dtype=np.float64).ravel()
    for cell in np.flatnonzero(flat):
        inside = data.cell == cell
        mean = data.y[inside].mean()
        estimate += flat[cell] * mean
        psi[inside] = flat[cell] * (data.y[inside] - mean) / inside.sum()
    return _by_influence(estimate, psi, data)


def g_formula(data: Observed, q: FloatArray) -> Contrast:
    """Estimate E2 by outcome regression: stratum constants plus common covariate slopes.

    The slopes are common, so standardising over the observed X cancels in every contrast.
    Sandwich SE (HC2 in each row, summed over people); without covariates this is the plug-in.
    """
    cells = np.flatnonzero(common_share_weights(q).ravel())
    dummies = (data.cell[:, None] == cells).astype(np.float64)
    design = np.hstack([dummies, data.x - data.x.mean(axis=0)])
    kept = dummies.any(axis=1)
    design, y = design[kept], data.y[kept]
    bread = _inverse(design.T @ design)
    beta = bread @ design.T @ y
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    residual = (y - design @ beta) / np.sqrt(np.maximum(1 - leverage, 1e-12))
    target = np.zeros(design.shape[1])
    target[: len(cells)] = common_share_weights(q).ravel()[cells]
    psi = np.zeros_like(data.y)
    psi[kept] = (design @ bread @ target) * residual
    return _by_influence(float(target @ beta), psi, data, unbiased=True)


def ipw(data: Observed, q: FloatArray) -> Contrast:
    """Estimate E2 by weighting each stratum to the whole sample's X (Hajek weights).

    P(guess | arm, X) is a multinomial logit in each arm; the arm itself is randomised. The
    influence function is made orthogonal to the logit's scores: estimating the weights only
    narrows the interval (Lunceford & Davidian 2004, Stat Med 23:2937-2960). Residuals are
    inflated as in a jackknife, without which few large weights make the interval too narrow.
    """
    if not data.x.shape[1]:  # the weights are constants: this is the plug-in
        return influence_contrast(data, common_share_weights(q))
    _require_strata(data)
    weights = common_share_weights(q).ravel()
    psi = np.zeros_like(data.y)
    estimate = 0.0
    for a in (0, 1):
        rows = np.flatnonzero(data.arm == a)
        model = multinomial_logit(data.x[rows], data.guess[rows], data.categories)
        part = np.zeros(len(rows))
        for g in range(data.categories):
            weight = weights[a * data.categories + g]
            inside = data.guess[rows] == g
            if not weight or not inside.any():
                continue
            w = inside / np.where(inside, model.probability[:, g], 1.0)
            mean = (w * data.y[rows]).sum() / w.sum()
            estimate += weight * mean
            # divided by 1 - the row's share of the weight, it is what leaving the row out does
            part += weight * w * (data.y[rows] - mean) / np.maximum(w.sum() - w, 1e-9)
        psi[rows] = _less_scores(part, model.scores)
    return _by_influence(estimate, psi, data, unbiased=True)


def _less_scores(part: FloatArray, scores: FloatArray) -> FloatArray:
    """Take off what the estimated weights explain; each residual over 1 - its leverage (HC3)."""
    left, size, _ = np.linalg.svd(scores, full_matrices=False)
    basis = left[:, size > 1e-9 * size.max(initial=0.0)]  # a constant covariate spans nothing
    leverage = (basis**2).sum(axis=1)
    rest: FloatArray = (part - basis @ (basis.T @ part)) / np.maximum(1 - leverage, 1e-9)
    return rest


def aipw(data: Observed, q: FloatArray, rng: np.random.Generator, folds: int = 5) -> Contrast:
    """Estimate E2 doubly robust: right when the outcome or the guess model is right.

    Cross-fitted over `folds` random parts of the people (Chernozhukov et al. 2018, Econom J
    21:C1-C68), averaged over 5 splits so that the split hardly matters.
    """
    if not data.x.shape[1]:  # nothing to model: this is the plug-in
        return influence_contrast(data, common_share_weights(q))
    _require_strata(data)
    splits = [_aipw_once(data, q, rng, folds) for _ in range(5)]
    estimate = float(np.mean([estimate for estimate, _ in splits]))
    psi: FloatArray = np.array([psi for _, psi in splits]).mean(axis=0)
    return _by_influence(estimate, psi, data)


def _aipw_once(
    data: Observed, q: FloatArray, rng: np.random.Generator, folds: int
) -> tuple[float, FloatArray]:
    fold = _folds(data, rng, folds)
    weights = common_share_weights(q)
    value = np.zeros_like(data.y)
    inverse = np.zeros((len(data.y), *weights.shape))  # 1 / P(guess | arm, x) of those inside
    error = np.zeros_like(inverse)
    for k in range(folds):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        outcome = _outcome_model(data, train)
        for a in (0, 1):
            part = train[data.arm[train] == a]
            model = multinomial_logit(data.x[part], data.guess[part], data.categories)
            probability = np.maximum(model.predict(data.x[test]), 0.01)  # one weight < 100
            for g in np.flatnonzero(weights[a]):
                predicted = outcome(a, int(g), data.x[test])
                inside = (data.arm[test] == a) & (data.guess[test] == g)
                inverse[test, a, g] = inside / probability[:, g]
                error[test, a, g] = data.y[test] - predicted
                value[test] += weights[a, g] * predicted
    inverse /= np.maximum(inverse.sum(axis=0), 1e-300)  # sums to 1 (Hajek): far less noisy
    mean = (inverse * error).sum(axis=0)
    moved = inverse * (error - mean) / np.maximum(1 - inverse, 1e-9)  # by leaving the row out
    psi = (value - value.mean()) / len(value) + (weights * moved).sum(axis=(1, 2))
    return float(value.mean() + (weights * mean).sum()), psi


def _folds(data: Observed, rng: np.random.Generator, folds: int) -> IntArray:
    """Deal people out by the stratum of one of their rows: chance splits move the estimate."""
    people = int(data.person.max()) + 1
    stratum = np.zeros(people, dtype=np.intp)
    stratum[data.person] = data.cell
    fold = np.empty(people, dtype=np.intp)
    fold[np.lexsort((rng.random(people), stratum))] = np.arange(people) % folds
    return fold[data.person]


def _outcome_model(data: Observed, train: IntArray) -> Callable[[int, int, FloatArray], FloatArray]:
    """Return mu(a, g, x) by least squares on stratum constants and common slopes."""
    cells = np.arange(2 * data.categories)
    dummies = (data.cell[train][:, None] == cells).astype(np.float64)
    design = np.hstack([dummies, data.x[train]])
    beta = np.linalg.lstsq(design, data.y[train], rcond=None)[0]

    def predict(a: int, g: int, x: FloatArray) -> FloatArray:
        fitted: FloatArray = beta[a * data.categories + g] + x @ beta[len(cells) :]
        return fitted

    return predict


def _by_influence(
    estimate: float, psi: FloatArray, data: Observed, *, unbiased: bool = False
) -> Contrast:
    """Turn influence values (sum to the error of the estimate) into t inference.

    One row a person: variance by stratum with divisor n - 1, df Satterthwaite over the strata.
    Rows that repeat people: summed within person, factor G / (G - 1), df G - 1 with G the people
    (Liang & Zeger 1986, Biometrika 73:13-22).
    """
    if data.repeated:
        sums = np.bincount(data.person, weights=psi)
        people = np.count_nonzero(np.bincount(data.person))
        variance = (sums**2).sum() * people / (people - 1)
        return Contrast(np.asarray(estimate), np.sqrt(variance), np.asarray(people - 1.0))
    size = 2 * data.categories
    n = np.bincount(data.cell, minlength=size)
    part = np.bincount(data.cell, weights=psi**2, minlength=size)
    used = part > 0
    if not unbiased:
        part = np.where(n > 1, part * n / np.maximum(n - 1, 1), part)
    spread = (part[used] ** 2 / (n[used] - 1)).sum()
    variance = part.sum()
    df = variance**2 / spread if spread > 0 else np.nan
    return Contrast(np.asarray(estimate), np.sqrt(variance), np.asarray(df))


def _require_strata(data: Observed) -> None:
    n = data.people
    smallest = int(n[n > 0].min())
    if smallest < MIN_STRATUM:
        raise NotIdentifiedError(
            f"not identified: the guess cannot be modelled on covariates with {smallest} people "
            f"in the smallest arm-by-guess stratum; {MIN_STRATUM} are needed. The plug-in and "
            "g-formula rows need no such model."
        )


def _inverse(matrix: FloatArray) -> FloatArray:
    if np.linalg.matrix_rank(matrix, hermitian=True) < len(matrix):
        raise NotIdentifiedError(
            "not identified: a covariate is constant or repeats another in these rows; drop it."
        )
    inverse: FloatArray = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    return inverse
