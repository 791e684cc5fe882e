"""The correct-guess-rate curve in closed form: what the effect would be at another guess rate.

The curve is a path on the blinding surface: the effect as a function of how many people of each
arm believe they received the active treatment, pi1 = P(guess active | active) and
pi0 = P(guess active | control). Strictly it is a reweighting of four stratum means; read as an
effect it assumes that nothing unmeasured moves both guess and outcome, and that benefit did not
cause the guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.standardised_effect import influence_contrast
from equipoise.belief.stratum_means import Contrast

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.belief.resamples import Resamples
    from equipoise.belief.standardised_effect import Observed
    from equipoise.belief.stratum_means import StratumMeans

    FloatArray = NDArray[np.float64]

GRID = np.arange(13) / 12
SMALL_STRATUM = 30  # people; measured in docs/validation.md


def all_proportional_path(n: ArrayLike, rate: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return (pi1, pi0) of the original path, each of shape (..., len(rate)).

    The correct guessers keep their split between the arms, and the wrong guessers theirs
    (Szigeti et al. 2023, Sci Rep, s41598-023-34938-7). At rate 1/2 the two arms still differ in
    belief unless their guesses mirror each other.

    Parameters
    ----------
    n : shape (..., 2, 2)
        Stratum sizes [arm, guess], 0 control, 1 active.
    rate : shape (k,)
    """
    n, c = np.asarray(n, dtype=np.float64), np.asarray(rate, dtype=np.float64)
    right_control, right_active = n[..., 0, 0, None], n[..., 1, 1, None]
    wrong_control, wrong_active = n[..., 0, 1, None], n[..., 1, 0, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        a = right_control / (right_control + right_active)
        b = wrong_active / (wrong_active + wrong_control)
        pi1 = c * (1 - a) / (c * (1 - a) + (1 - c) * b)
        pi0 = (1 - c) * (1 - b) / (c * a + (1 - c) * (1 - b))
    return pi1, pi0


def symmetric_path(rate: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return (pi1, pi0) = (c, 1 - c): both arms right equally often; at 1/2 beliefs are equal."""
    c = np.asarray(rate, dtype=np.float64)
    return c, 1 - c


def surface_weights(pi1: ArrayLike, pi0: ArrayLike) -> FloatArray:
    """Return the weights of the stratum means at a point of the surface, shape (..., 2, 2)."""
    one, zero = np.asarray(pi1, dtype=np.float64), np.asarray(pi0, dtype=np.float64)
    return np.stack(
        [np.stack([-(1 - zero), -zero], axis=-1), np.stack([1 - one, one], axis=-1)], axis=-2
    )


def surface_effect(mean: FloatArray, pi1: FloatArray, pi0: FloatArray) -> FloatArray:
    """Return the effect at points of the surface.

    Parameters
    ----------
    mean : shape (..., 2, 2)
    pi1, pi0 : shape (..., k)
    """
    control_low, control_high = mean[..., 0, 0, None], mean[..., 0, 1, None]
    active_low, active_high = mean[..., 1, 0, None], mean[..., 1, 1, None]
    effect: FloatArray = (
        active_low
        + pi1 * (active_high - active_low)
        - control_low
        - pi0 * (control_high - control_low)
    )
    return effect


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The curve on a grid of k points with pointwise and simultaneous limits, shape (k,)."""

    rate: FloatArray
    pi1: FloatArray
    pi0: FloatArray
    effect: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    band_low: FloatArray
    band_high: FloatArray
    lost: float  # share of resamples with an empty stratum, left out of the limits
    small: bool  # a stratum is small: pointwise limits are closed-form t intervals


def curve_effect(
    strata: StratumMeans, rate: ArrayLike = GRID, *, symmetric: bool = False
) -> FloatArray:
    """Return the curve itself, shape (..., k): four means, one formula, no resampling."""
    pi1, pi0 = symmetric_path(rate) if symmetric else all_proportional_path(strata.n, rate)
    return surface_effect(strata.mean, pi1, pi0)


def curve(
    strata: StratumMeans,
    resamples: Resamples,
    rate: ArrayLike = GRID,
    *,
    symmetric: bool = False,
    level: float = 0.95,
    rows: Observed | None = None,
) -> Curve:
    """Compute the curve with bootstrap limits.

    Pointwise: percentile limits of the shared resamples. Where a stratum holds fewer than
    `SMALL_STRATUM` people these cover too little, and the closed-form t interval of the stratum
    contrast stands in their place. Simultaneous: estimate +- q se with q the quantile of the
    largest standardised deviation along the curve.

    Parameters
    ----------
    rows
        The rows themselves where people repeat, so that the closed form sums within people.
    """
    c = np.asarray(rate, dtype=np.float64)
    observed = symmetric_path(c) if symmetric else all_proportional_path(strata.n, c)
    drawn = symmetric_path(c) if symmetric else all_proportional_path(resamples.n, c)
    effect = surface_effect(strata.mean, *observed)
    draws = surface_effect(resamples.mean, *drawn)
    whole = np.isfinite(draws).all(axis=-1)
    draws = draws[whole]
    deviation = draws.std(axis=0, ddof=1)
    people = strata.n if rows is None else rows.people
    small = bool(people.min() < SMALL_STRATUM)
    if small:
        exact = closed_form(strata, surface_weights(*observed), rows)
        se, (low, high) = exact.se, exact.interval(level)
    else:
        se = deviation
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    scale = np.where(deviation > 0, deviation, 1)  # an outcome that does not vary deviates by 0
    q = np.quantile(np.abs((draws - effect) / scale).max(axis=-1), level)
    lost = 1 - float(whole.mean())
    return Curve(c, *observed, effect, se, low, high, effect - q * se, effect + q * se, lost, small)


def closed_form(strata: StratumMeans, weights: FloatArray, rows: Observed | None) -> Contrast:
    """Return the stratum contrasts of k points, weights of shape (k, 2, 2)."""
    if rows is None:
        return strata.contrast(weights)
    points = [influence_contrast(rows, point) for point in weights]
    return Contrast(*(np.array(values) for values in zip(*points, strict=True)))
