"""Simultaneous intervals that agree with a procedure: no bound contradicts a decision.

After stepping, a rejected hypothesis has as its bound no more than "above 0", unless all are
rejected: that is what the step-down's extra power costs (Strassburger & Bretz 2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from equipoise.analysis.multiplicity.dunnett import ManyToOne, critical_value
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.multiplicity.p_values import Alternative

    FloatArray = NDArray[np.float64]

UNINFORMATIVE = (
    "The bound is 0 and no more: the effect is beyond 0, but after stepping the interval cannot "
    "say how far"
)
NO_SHARE = "No alpha is left for this hypothesis: its interval is the whole line"


def bonferroni_intervals(
    estimate: ArrayLike, se: ArrayLike, df: ArrayLike, shares: ArrayLike, alternative: Alternative
) -> tuple[FloatArray, FloatArray]:
    """Return limits that cover all effects together, each at its share of alpha.

    Parameters
    ----------
    estimate, se, df : shape (m,)
        Infinite df means normal.
    shares : shape (m,)
        Alpha of each: they sum to at most the familywise alpha. One of 0 gives the whole line.
    alternative
        "greater" gives lower bounds (high infinite), "less" upper bounds (low minus infinite).
    """
    e, s, df = (np.asarray(v, dtype=np.float64) for v in (estimate, se, df))
    tail = np.asarray(shares, dtype=np.float64) / (2 if alternative == "two-sided" else 1)
    known = np.isfinite(df)
    inside = np.clip(tail, 1e-300, 0.5)
    quantile = -np.where(known, stdtrit(np.where(known, df, 1.0), inside), ndtri(inside))
    half = np.where(tail > 0, quantile * s, np.inf)
    return _one_sided(e - half, e + half, alternative)


def dunnett_intervals(
    family: ManyToOne, level: float, alternative: Alternative
) -> tuple[FloatArray, FloatArray]:
    """Return limits that cover all effects against the control together."""
    half = critical_value(family.loading, family.df, level, alternative) * family.se
    return _one_sided(family.estimate - half, family.estimate + half, alternative)


def compatible_intervals(
    rejected: NDArray[np.bool_],
    retained: tuple[FloatArray, FloatArray],
    single_step: Callable[[], tuple[FloatArray, FloatArray]],
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray]:
    """Return one-sided bounds that agree with a stepwise procedure.

    Parameters
    ----------
    rejected : shape (m,)
        The procedure's decisions.
    retained : low and high, shape (m,)
        Bounds at the final shares of alpha, used where a hypothesis was retained.
    single_step
        Any simultaneous bounds, asked for if all are rejected.
    alternative
        "greater" or "less"; two-sided stepwise tests have no interval of this form.

    References
    ----------
    Strassburger & Bretz (2008), Stat Med 27:4914-4927. Guilbaud (2008), Biometrical J 50:678-692.
    """
    if alternative == "two-sided":
        raise DataError("Stepwise procedures have simultaneous intervals for one-sided tests only.")
    all_rejected = bool(rejected.all())
    low, high = single_step() if all_rejected else retained
    if alternative == "greater":
        beyond = np.maximum(low, 0.0) if all_rejected else np.zeros_like(low)
        return np.where(rejected, beyond, low), high
    beyond = np.minimum(high, 0.0) if all_rejected else np.zeros_like(high)
    return low, np.where(rejected, beyond, high)


def _one_sided(
    low: FloatArray, high: FloatArray, alternative: Alternative
) -> tuple[FloatArray, FloatArray]:
    if alternative == "greater":
        high = np.full_like(high, np.inf)
    if alternative == "less":
        low = np.full_like(low, -np.inf)
    return low, high
