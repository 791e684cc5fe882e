"""The pool less a bias: y_i - m_i, m_i ~ N(mu_i, s^2), and the bias at which it tips.

Turner et al. (2009) take the bias of each trial as random with an elicited mean and spread: its
mean is subtracted, its variance is added. A mean that all trials share moves the pooled
interval without changing its width, so the bias at which its nearer end touches a target is
exact. Means by class are scaled together, and the scale at which it touches is found by
bisection.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.pairwise import RandomEffectsFit, Test, random_effects

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from equipoise.synthesis.effects import Effects

SCALES = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 241)])


def bias_adjusted(
    effects: Effects,
    mean: ArrayLike = 0.0,
    sd: ArrayLike = 0.0,
    *,
    method: str = "REML",
    test: Test = "hartung-knapp",
) -> RandomEffectsFit:
    """Pool effects less their expected bias, the uncertainty of the bias added to their variance.

    Parameters
    ----------
    effects
    mean, sd : scalar or shape (k,)
        Of each trial's bias, in the units and direction of the effects.

    References
    ----------
    Turner, Spiegelhalter, Smith & Thompson (2009), J R Stat Soc A 172:21-47.

    Examples
    --------
    >>> from equipoise.synthesis import checked_effects
    >>> fit = bias_adjusted(checked_effects([-1.0, -0.6, -0.8], [0.04, 0.04, 0.04]), mean=-0.3)
    >>> round(float(fit.beta[0]), 6)
    -0.5
    """
    bias, spread = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)
    if not (np.isfinite(bias).all() and np.isfinite(spread).all() and (spread >= 0).all()):
        raise DataError("A bias has a finite mean and a standard deviation of 0 or more.")
    moved = replace(effects, y=effects.y - bias, v=effects.v + spread**2)
    return random_effects(moved, method=method, test=test)


def limits(fit: RandomEffectsFit, level: float) -> tuple[float, float]:
    """Return the interval of a pooled effect."""
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415

    tail = (1 + level) / 2
    quantile = float(ndtri(tail)) if fit.df is None else float(stdtrit(fit.df, tail))
    half = quantile * float(fit.se[0])
    return float(fit.beta[0]) - half, float(fit.beta[0]) + half


def tipping_shift(low: float, high: float, target: float = 0.0) -> float:
    """Return the shared mean bias at which the interval's nearer end touches the target.

    Signed: it has the sign of the effect's distance from the target.

    Raises
    ------
    NotIdentifiedError
        When the interval covers the target already.

    Examples
    --------
    >>> tipping_shift(-1.256, -0.550)
    -0.55
    >>> round(tipping_shift(-1.256, -0.550, target=-0.24), 3)
    -0.31
    """
    if low <= target <= high:
        raise NotIdentifiedError(
            f"The pooled interval, {low:.3g} to {high:.3g}, covers {target:g} already: no bias "
            "is needed to tip it."
        )
    return high - target if high < target else low - target


def tipping_scale(
    effects: Effects,
    means: ArrayLike,
    sd: ArrayLike = 0.0,
    *,
    target: float = 0.0,
    level: float = 0.95,
    method: str = "REML",
    test: Test = "hartung-knapp",
) -> float:
    """Return the smallest factor on the trials' mean biases at which the interval touches.

    Parameters
    ----------
    means : shape (k,)
        The pattern of the bias: what each trial's class is expected to add. 0 for a class that
        cannot be unblinded.

    Raises
    ------
    NotIdentifiedError
        When the interval covers the target without any bias, or no factor up to 1000 moves it
        there.
    """
    pattern = np.asarray(means, dtype=np.float64)
    start = limits(bias_adjusted(effects, 0.0, sd, method=method, test=test), level)
    side = math.copysign(1.0, tipping_shift(*start, target))

    def gap(factor: float) -> float:
        fit = bias_adjusted(effects, factor * pattern, sd, method=method, test=test)
        low, high = limits(fit, level)
        return low - target if side > 0 else target - high

    before = 0.0
    for factor in SCALES[1:]:
        if gap(float(factor)) <= 0:
            return _root(gap, before, float(factor))
        before = float(factor)
    raise NotIdentifiedError(
        f"No multiple up to {SCALES[-1]:g} of the expected biases brings the interval to "
        f"{target:g}: look at their signs, which are those of the effect where "
        "unblinding flatters it."
    )


def _root(gap: Callable[[float], float], low: float, high: float) -> float:
    """Bisect until the two sides are neighbouring numbers."""
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return high
        low, high = (middle, high) if gap(middle) > 0 else (low, middle)
