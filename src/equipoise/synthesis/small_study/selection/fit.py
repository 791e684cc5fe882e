"""Selection models fitted by maximum likelihood: the effect before selection took place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import Effects, FloatArray
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.small_study.selection.likelihood import (
    SelectionFunction,
    log_likelihood,
)
from equipoise.synthesis.small_study.selection.newton import Maximum, maximise
from equipoise.synthesis.small_study.selection.p_values import (
    ALTERNATIVES,
    Alternative,
    p_value,
)
from equipoise.synthesis.small_study.selection.result import Parameter, SelectionFit
from equipoise.synthesis.small_study.selection.smooth import smooth_function
from equipoise.synthesis.small_study.selection.step_function import step_function
from equipoise.synthesis.small_study.selection.weights import SMOOTH, STEPS, TYPES, Family

LARGEST = 100.0
"""Bound of delta: a likelihood that still rises there has no maximum worth having."""
SMALL_TAU2 = 1e-4
SMALL_DELTA = 1e-4


def selection_model(
    effects: Effects,
    kind: str = "stepfun",
    *,
    steps: Sequence[float] | None = None,
    alternative: Alternative = "greater",
    method: str = "ML",
    x: ArrayLike | None = None,
    weights: Sequence[float | None] | None = None,
    imprecision: ArrayLike | None = None,
) -> SelectionFit:
    """Fit a selection model by maximum likelihood.

    Parameters
    ----------
    effects
    kind
        "stepfun", "beta", "halfnorm", "negexp", "logistic" or "power".
    steps
        Cut points of p: of a step function, (0.025,) if None, which with "greater" is the
        three-parameter model; one for the others (weight 1 up to it); two for "beta", which
        censors p outside them.
    alternative
        Which results selection favours: positive ("greater"), negative ("less"), any
        significant ("two.sided"). p values are of that side.
    method
        "ML", or "EE" for one true effect (tau2 = 0).
    x : shape (k, p)
        Moderators; a mean if None.
    weights : length m
        Fixed values of delta; None where it is to be estimated (Vevea & Woods 2005).
    imprecision : shape (k,)
        Multiplies delta, scaled to a maximum of 1, such as standard errors (Preston et al.).

    Notes
    -----
    The likelihood may have several maxima: what is returned is the one that is reached from the
    model without selection. Where a search from other starts finds a higher one, often at
    tau2 = 0 with the beta function, `higher` says so.

    References
    ----------
    Hedges (1992), Stat Sci 7:246-255. Vevea & Hedges (1995), Psychometrika 60:419-435.
    Preston, Ashby & Smyth (2004), J Eval Clin Pract 10:313-322. Vevea & Woods (2005), Psychol
    Methods 10:428-443. Citkowicz & Vevea (2017), Psychol Methods 22:28-41.
    """
    _tell_wrong(kind, alternative, method)
    cuts = _cuts(kind, steps)
    family, function, counts = _bound(effects, kind, cuts, alternative, imprecision)
    fixed = _fixed(family, weights)
    base = random_effects(effects, x, method=method, test="z")
    problem = _Problem(effects, base.x, function, family, fixed, method)
    found = problem.maxima(base.beta, base.tau2)
    plain = problem.plain(base.beta, base.tau2)
    fit = _result(
        problem, found[0], plain, kind=kind, alternative=alternative, cuts=cuts, counts=counts
    )
    top = max(found, key=lambda maximum: (maximum.converged, maximum.value))
    gain = top.value - fit.log_likelihood
    return replace(fit, higher=(float(top.theta[0]), gain)) if gain > 1e-6 else fit


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """What is maximised over beta, tau2 and delta; `fixed` holds NaN where delta is free."""

    effects: Effects
    x: FloatArray
    function: SelectionFunction
    family: Family
    fixed: FloatArray
    method: str

    def maxima(self, beta: FloatArray, tau2: float) -> list[Maximum]:
        """Return maxima from several starts, the first from the model without selection."""
        p, m = len(beta), len(self.fixed)
        held = np.isfinite(self.fixed)
        low = np.concatenate([np.full(p, -np.inf), [0.0], np.full(m, self.family.lowest)])
        high = np.concatenate([np.full(p, np.inf), [np.inf], np.full(m, LARGEST)])
        low[p + 1 :][held] = high[p + 1 :][held] = self.fixed[held]
        if self.method == "EE":
            high[p] = 0.0
        spread = max(tau2, 0.1 * float(np.median(self.effects.v)))
        starts = [(tau2, self.family.none), (spread, 0.5), (spread, 2.0)]
        found = [
            maximise(self._objective, np.concatenate([beta, [t], np.full(m, d)]), low, high)
            for t, d in starts[: 3 if m and not held.all() else 2]
        ]
        if not found[0].converged:
            found.sort(key=lambda maximum: (not maximum.converged, -maximum.value))
        return found

    def plain(self, beta: FloatArray, tau2: float) -> float:
        """Return the largest log-likelihood without selection."""
        s2 = self.effects.v + tau2
        r = self.effects.y - self.x @ beta
        return float(-0.5 * (np.log(2 * np.pi * s2) + r**2 / s2).sum())

    def _objective(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        with np.errstate(all="ignore"):  # far from the maximum; the search steps back
            return log_likelihood(self.effects.y, self.effects.v, self.x, self.function, theta)


def _result(
    problem: _Problem,
    best: Maximum,
    plain: float,
    *,
    kind: str,
    alternative: Alternative,
    cuts: FloatArray,
    counts: tuple[int, ...],
) -> SelectionFit:
    p, family = problem.x.shape[1], problem.family
    se = _standard_errors(problem, best)
    free = ~np.isfinite(problem.fixed)
    delta = best.theta[p + 1 :]
    weights = tuple(
        Parameter(float(d), float(e), family.none, (family.lowest, LARGEST))
        for d, e in zip(delta, se[p + 1 :], strict=True)
    )
    names = ["tau2", *(f"delta {j + 1}" for j in range(len(delta)))]
    movable = np.concatenate([[problem.method != "EE"], free])
    bound = tuple(
        name
        for name, can, loose in zip(names, movable, best.free[p:], strict=True)
        if can and not loose
    )
    return SelectionFit(
        kind,
        alternative,
        tuple(float(c) for c in cuts),
        tuple(Parameter(float(b), float(e)) for b, e in zip(best.theta[:p], se[:p], strict=True)),
        Parameter(float(best.theta[p]), float(se[p]), 0.0, (0.0, np.inf)),
        weights,
        counts,
        best.value,
        plain,
        int(free.sum()),
        best.converged,
        bound,
    )


def _standard_errors(problem: _Problem, best: Maximum) -> FloatArray:
    """From the exact Hessian of the parameters that are not fixed or, in effect, 0."""
    p = problem.x.shape[1]
    used = np.ones(len(best.theta), dtype=bool)
    small = min(SMALL_TAU2, float(problem.effects.v.min()) / 10)
    used[p] = problem.method != "EE" and best.theta[p] >= small
    used[p + 1 :] = ~np.isfinite(problem.fixed)
    if problem.family.none == 1:
        used[p + 1 :] &= best.theta[p + 1 :] >= SMALL_DELTA
    se = np.full(len(used), np.nan)
    information = -best.hessian[np.ix_(used, used)]
    try:
        np.linalg.cholesky(information)  # else there is no maximum in the middle of these
    except np.linalg.LinAlgError:
        return se
    se[used] = np.sqrt(np.diagonal(np.linalg.inv(information)))
    return se


def _bound(
    effects: Effects,
    kind: str,
    cuts: FloatArray,
    alternative: Alternative,
    imprecision: ArrayLike | None,
) -> tuple[Family, SelectionFunction, tuple[int, ...]]:
    y, se = effects.y, effects.se
    if kind == "stepfun":
        if imprecision is not None:
            raise DataError("A step function has no measure of imprecision: leave it out.")
        bound = step_function(p_value(y / se, alternative), se, cuts, alternative)
        counts = np.bincount(bound.where, minlength=len(cuts))
        family = Family(STEPS.label, STEPS.source, len(cuts) - 1, STEPS.none)
        return family, bound, tuple(int(n) for n in counts)
    scale = None
    if imprecision is not None:
        scale = np.asarray(imprecision, dtype=np.float64)
        if scale.shape != y.shape or not np.isfinite(scale).all() or not (scale > 0).all():
            raise DataError(f"Imprecision is {len(y)} numbers above 0. Got {scale.tolist()}.")
        scale = scale / scale.max()
    threshold = float(cuts[0]) if len(cuts) == 1 else None
    censor = (float(cuts[0]), float(cuts[1])) if len(cuts) == 2 else None
    smooth = smooth_function(
        kind, y, se, alternative, threshold=threshold, censor=censor, imprecision=scale
    )
    return SMOOTH[kind], smooth, ()


def _cuts(kind: str, steps: Sequence[float] | None) -> FloatArray:
    given = [0.025] if steps is None and kind == "stepfun" else list(steps or ())
    cuts = np.unique(np.asarray(given, dtype=np.float64))
    if len(cuts) != len(given) or not ((cuts > 0) & (cuts <= 1)).all():
        raise DataError(f"Steps are p values above 0, each once. Got {given}.")
    if kind == "stepfun":
        cuts = cuts if cuts[-1] == 1 else np.append(cuts, 1.0)
        if len(cuts) < 2:
            raise DataError("A step function needs a step below 1, such as 0.025.")
        return cuts
    allowed = (0, 2) if kind == "beta" else (0, 1)
    if len(cuts) not in allowed or (cuts == 1).any():
        raise DataError(
            f"The selection function {kind!r} takes {' or '.join(map(str, allowed))} steps below "
            f"1. Got {given}."
        )
    return cuts


def _fixed(family: Family, weights: Sequence[float | None] | None) -> FloatArray:
    m = family.parameters
    if weights is None:
        return np.full(m, np.nan)
    fixed = np.array([np.nan if w is None else w for w in weights], dtype=np.float64)
    known = fixed[np.isfinite(fixed)]
    if len(fixed) != m or not ((known >= family.lowest) & (known <= LARGEST)).all():
        raise DataError(
            f"This selection function has {m} parameters from {family.lowest:g} to {LARGEST:g} "
            f"(None: estimated). Got {list(weights)}."
        )
    return fixed


def _tell_wrong(kind: str, alternative: str, method: str) -> None:
    if kind not in TYPES:
        raise DataError(f"The selection function {kind!r} is not known. Known: {', '.join(TYPES)}.")
    if alternative not in ALTERNATIVES:
        raise DataError(
            f"The alternative {alternative!r} is not known. Known: {', '.join(ALTERNATIVES)}."
        )
    if method not in ("ML", "EE"):
        raise NotIdentifiedError(
            f"Selection models are fitted by ML, or EE for tau2 = 0. Got {method!r}."
        )
