"""Limit meta-analysis: the effect that studies would tend to as their errors shrink to nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effects import FloatArray, checked_effects
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.pairwise.weighted import weighted
from equipoise.synthesis.small_study.regression import Coefficient, tell_flat


@dataclass(frozen=True, slots=True, eq=False)
class LimitEffect:
    """`effect` at infinite precision; `alpha` is the small-study effect, `tau2` the spread."""

    effect: Coefficient
    alpha: float
    tau2: float


def limit_effect(y: ArrayLike, v: ArrayLike, *, method: str = "REML") -> LimitEffect:
    """Extend random effects by a bias that grows with the standard error.

    y = beta + sqrt(v + tau2) (alpha + e): a regression of y / s on 1 / s gives beta and alpha,
    and beta + tau alpha is the expected effect of a study without sampling error.

    Parameters
    ----------
    y, v : shape (k,)
    method
        Of tau2, from the model without bias.

    References
    ----------
    Rücker, Schwarzer, Carpenter, Binder & Schumacher (2011), Biostatistics 12:122-142.
    """
    effects = checked_effects(y, v)
    tell_flat(effects.se)
    tau2 = random_effects(effects, method=method, test="z").tau2
    s: FloatArray = np.sqrt(effects.v + tau2)
    if np.ptp(s) <= 1e-7 * s.max():  # its square is what the regression's equations hold
        raise NotIdentifiedError(
            f"With tau2 = {tau2:.3g} all studies have nearly the same weight: no trend can be seen."
        )
    fit = weighted(effects.y, 1 / s**2, np.column_stack([np.ones(len(s)), s]))
    contrast = np.array([1.0, np.sqrt(tau2)])
    se = float(np.sqrt(contrast @ fit.inverse @ contrast))
    estimate = float(contrast @ fit.beta)
    return LimitEffect(Coefficient(estimate, se, None), float(fit.beta[1]), tau2)
