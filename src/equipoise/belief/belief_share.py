"""The belief part (total minus belief-standardised effect) and its share of the total effect.

The share is not "percent caused by belief": it is a ratio of two uncertain numbers, unstable
unless the total is clearly not zero, and refused when the total's interval covers 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.belief.bracket import Bracket
    from equipoise.belief.resamples import Resamples

    FloatArray = NDArray[np.float64]


class Resampled(NamedTuple):
    """An estimate with its bootstrap standard error and percentile interval."""

    estimate: float
    se: float
    low: float
    high: float


def resampled_parts(resamples: Resamples) -> tuple[FloatArray, FloatArray]:
    """Return E1 and E2 of every resample, each of shape (draws,)."""
    total = resamples.arm_mean[:, 1] - resamples.arm_mean[:, 0]
    q = resamples.pooled_share
    mean = np.where(resamples.n > 0, resamples.mean, np.where(q[:, None] > 0, np.nan, 0))
    standardised = (q * (mean[:, 1] - mean[:, 0])).sum(axis=-1)
    return total, standardised


def belief_part(bracket: Bracket, resamples: Resamples, level: float = 0.95) -> Resampled:
    """Estimate E1 - E2 with a percentile interval of the shared resamples.

    For one row a person without covariates; `Bracket.part` is the closed form for any model.
    """
    one, zero = bracket.at([1.0, 0.0]).estimate
    total, standardised = resampled_parts(resamples)
    return _percentile(one - zero, total - standardised, level)


def belief_share(bracket: Bracket, resamples: Resamples, level: float = 0.95) -> Resampled:
    """Estimate 1 - E2 / E1 with a percentile interval of the shared resamples.

    Raises
    ------
    NotIdentifiedError
        When the interval of the total effect covers 0.
    """
    one, zero = bracket.at([1.0, 0.0]).estimate
    require_total(bracket, level)
    total, standardised = resampled_parts(resamples)
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample's total may be 0
        share = 1 - standardised / total
    return _percentile(1 - zero / one, share, level)


def fieller_interval(bracket: Bracket, level: float = 0.95) -> tuple[float, float]:
    """Return Fieller's interval of 1 - E2 / E1 (J R Stat Soc B 1954;16:175-185).

    The shares s for which (1 - s) E1 - E2 does not differ from 0.

    Raises
    ------
    NotIdentifiedError
        When the interval of the total effect covers 0: the set is then no interval.
    """
    require_total(bracket, level)
    both = bracket.at([1.0, 0.0])
    one, zero = both.estimate
    (v11, v12), (_, v22) = bracket.covariance()
    t2 = float(stdtrit(both.df[0], (1 + level) / 2)) ** 2
    a = one**2 - t2 * v11
    b = one * zero - t2 * v12
    c = zero**2 - t2 * v22
    root = np.sqrt(max(b**2 - a * c, 0.0))
    return float(1 - (b + root) / a), float(1 - (b - root) / a)


def require_total(bracket: Bracket, level: float) -> None:
    """Refuse a ratio whose denominator covers 0."""
    low, high = bracket.at([1.0]).interval(level)
    if not (bracket.total.se > 0 and bracket.standardised.se > 0):
        raise NotIdentifiedError(
            "the outcome does not vary where people were in the same arm and "
            "held the same belief: a share of its effect has no limits."
        )
    if low[0] <= 0 <= high[0]:
        raise NotIdentifiedError(
            f"the total effect's {level:.0%} interval covers 0 ({low[0]:.3g} to {high[0]:.3g}): a "
            "share of an effect that may be zero means nothing. Read the belief part, a "
            "difference, instead."
        )


def _percentile(estimate: float, draws: FloatArray, level: float) -> Resampled:
    kept = draws[np.isfinite(draws)]
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return Resampled(float(estimate), float(kept.std(ddof=1)), float(low), float(high))
