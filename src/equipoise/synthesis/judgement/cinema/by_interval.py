"""CINeMA: imprecision, heterogeneity and incoherence, by where intervals lie.

Around no effect lies the range of equivalence, -d to d on the scale of analysis (log for ratios):
effects too small to matter. It parts the scale into three areas: effects that matter on one side,
equivalence, effects that matter on the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Limits = tuple[ArrayLike, ArrayLike]
"""Lower and upper limits, shape (c,) each."""


def imprecision_levels(estimate: ArrayLike, interval: Limits, margin: float) -> IntArray:
    """Return 0, 1 or 2: no, some or major concerns for imprecision, of each comparison.

    Major where the confidence interval holds effects that matter on the side opposite to the
    estimate; some where it passes no effect but stays within equivalence there; else none.

    Parameters
    ----------
    estimate : shape (c,)
        Network estimates on the scale of analysis.
    interval
        Their confidence limits.
    margin
        d, above 0: the smallest effect that matters.

    Examples
    --------
    >>> imprecision_levels([-0.5, -0.3, -0.2], ([-0.8, -0.7, -0.7], [-0.2, 0.1, 0.3]), 0.2)
    array([0, 1, 2])
    """
    lower, upper = _limits(interval, margin)
    centre = np.asarray(estimate, dtype=np.float64)
    if centre.shape != lower.shape or not ((lower <= centre) & (centre <= upper)).all():
        raise DataError("Estimates are one a comparison, and lie inside their intervals.")
    opposite = np.where(centre >= 0, -lower, upper)  # how far it reaches beyond no effect
    return (opposite > 0).astype(np.intp) + (opposite > margin)


def heterogeneity_levels(interval: Limits, prediction: Limits, margin: float) -> IntArray:
    """Return 0, 1 or 2 by how many areas the prediction interval reaches and the confidence not.

    >>> heterogeneity_levels(([-0.8], [-0.3]), ([-1.2], [0.1]), 0.2)
    array([1])
    """
    beyond = areas(prediction, margin) & ~areas(interval, margin)
    added: IntArray = np.minimum(beyond.sum(axis=-1), 2).astype(np.intp)
    return added


def incoherence_of_mixed(
    p: ArrayLike, direct: Limits, indirect: Limits, margin: float, *, limit: float = 0.10
) -> IntArray:
    """Return 0, 1 or 2 for comparisons with both direct and indirect evidence.

    None where the test that both agree (side splitting) has p above `limit`; else by the number of
    areas that one of the two intervals reaches and the other does not: 0, 1, 2 or more.

    >>> incoherence_of_mixed([0.2, 0.01], ([-0.8] * 2, [-0.3] * 2), ([0.3] * 2, [0.9] * 2), 0.2)
    array([0, 2])
    """
    test = np.asarray(p, dtype=np.float64)
    if not ((test >= 0) & (test <= 1)).all():
        raise DataError(f"p values lie between 0 and 1; got {test}.")
    apart = areas(direct, margin) ^ areas(indirect, margin)
    differ = np.minimum(apart.sum(axis=-1), 2)
    return np.where(test > limit, 0, differ).astype(np.intp)


def incoherence_of_one_kind(global_p: float, *, limits: tuple[float, float] = (0.05, 0.10)) -> int:
    """Return 0, 1 or 2 for comparisons with direct or indirect evidence alone.

    They have no test of their own, so the design-by-treatment test of the whole network speaks:
    p above the upper limit none, between the limits some, at or below the lower one major.
    """
    lower, upper = limits
    if not 0 <= global_p <= 1 or not 0 < lower <= upper < 1:
        raise DataError(f"p and its limits lie between 0 and 1; got {global_p} and {limits}.")
    return int(global_p <= upper) + int(global_p <= lower)


def areas(interval: Limits, margin: float) -> NDArray[np.bool_]:
    """Return which areas an interval reaches, shape (c, 3): below -d, within, above d.

    >>> areas(([-0.5], [0.1]), 0.2)
    array([[ True,  True, False]])
    """
    lower, upper = _limits(interval, margin)
    within = (upper > -margin) & (lower < margin)
    return np.stack([lower < -margin, within, upper > margin], axis=-1)


def _limits(interval: Limits, margin: float) -> tuple[FloatArray, FloatArray]:
    if not (np.isfinite(margin) and margin > 0):
        raise DataError(
            f"The smallest effect that matters is above 0 on the scale of analysis, not {margin}. "
            "Give it as a log for ratios, and fix it before the data are seen."
        )
    lower, upper = (np.asarray(limit, dtype=np.float64) for limit in interval)
    if lower.shape != upper.shape or not (lower <= upper).all():
        raise DataError(
            f"Limits are one a comparison, and low lies below high; got {lower} and {upper}."
        )
    return lower, upper
