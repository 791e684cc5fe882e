"""Mann-Whitney probability and win odds: does a treated person tend to have the higher value?

No model of the distribution: only the order of the values counts, a tie is half a win.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def mann_whitney_probability(active: ArrayLike, control: ArrayLike) -> Contrast:
    """Estimate P(active > control) + P(active = control) / 2, with unequal variances allowed.

    Parameters
    ----------
    active : shape (n1,)
    control : shape (n0,)
        Ordered values, at least 2 an arm.

    Returns
    -------
    Contrast
        Unitless, 0.5 is no tendency; Satterthwaite degrees of freedom.

    Raises
    ------
    NotIdentifiedError
        When nothing varies: every value of one arm lies beyond every value of the other.

    References
    ----------
    Brunner & Munzel (2000), Biom J 42:17-25.

    Examples
    --------
    >>> estimate, se, df = mann_whitney_probability([2, 3, 3, 4], [1, 2, 2, 3])
    >>> round(estimate, 5), round(se, 4)
    (0.8125, 0.1531)
    """
    return _pooled([_one_stratum(_values(active), _values(control))], [1.0])


def stratified_probability(
    active: ArrayLike, control: ArrayLike, active_strata: ArrayLike, control_strata: ArrayLike
) -> Contrast:
    """Average the Mann-Whitney probability of strata, each weighted n1 n0 / (n1 + n0).

    Parameters
    ----------
    active, control : shape (n1,) and (n0,)
    active_strata, control_strata : shape (n1,) and (n0,)
        Which stratum each value belongs to.

    Raises
    ------
    NotIdentifiedError
        When a stratum has fewer than two people of an arm.

    References
    ----------
    Mantel & Haenszel (1959), J Natl Cancer Inst 22:719-748 (the weights).
    Gasparyan, Folkvaljon, Bengtsson, Buenconsejo & Koch (2021), Stat Methods Med Res 30:580-611.
    """
    y1, y0 = _values(active), _values(control)
    s1, s0 = np.asarray(active_strata).astype(str), np.asarray(control_strata).astype(str)
    if s1.shape != y1.shape or s0.shape != y0.shape:
        raise DataError("Each value needs one stratum.")
    parts, weights = [], []
    for stratum in np.unique(np.concatenate([s1, s0])):
        first, second = y1[s1 == stratum], y0[s0 == stratum]
        if min(len(first), len(second)) < 2:
            raise NotIdentifiedError(
                f"Stratum {stratum!r} has {len(first)} and {len(second)} people; each arm needs 2 "
                "in every stratum. Join strata."
            )
        parts.append(_one_stratum(first, second))
        weights.append(len(first) * len(second) / (len(first) + len(second)))
    return _pooled(parts, [w / sum(weights) for w in weights])


def log_win_odds(probability: Contrast) -> Contrast:
    """Return log(p / (1 - p)) with its error by the delta method, the same degrees of freedom.

    Raises
    ------
    NotIdentifiedError
        When p is 0 or 1.

    References
    ----------
    Brunner, Vandemeulebroecke & Mütze (2021), Stat Med 40:3367-3384.
    """
    p = probability.estimate
    if not 0 < p < 1:
        raise NotIdentifiedError("Every comparison was won by one arm: the win odds are infinite.")
    return Contrast(float(np.log(p / (1 - p))), probability.se / (p * (1 - p)), probability.df)


Stratum = tuple[float, tuple[tuple[float, int], tuple[float, int]]]


def _one_stratum(active: FloatArray, control: FloatArray) -> Stratum:
    """Return the probability and, for each arm, variance of its part and degrees of freedom."""
    first, second = _placements(active, control), _placements(control, active)
    parts = tuple((float(p.var(ddof=1)) / len(p), len(p) - 1) for p in (first, second))
    return float(first.mean()), (parts[0], parts[1])


def _placements(values: FloatArray, among: FloatArray) -> FloatArray:
    """Return the share of `among` below each value, ties half."""
    ordered = np.sort(among)
    ends = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.asarray((ends[0] + ends[1]) / (2 * len(among)))


def _pooled(strata: list[Stratum], weights: list[float]) -> Contrast:
    estimate = sum(w * p for w, (p, _) in zip(weights, strata, strict=True))
    parts = [(w**2 * v, df) for w, (_, arms) in zip(weights, strata, strict=True) for v, df in arms]
    variance = sum(v for v, _ in parts)
    if not variance > 0:
        raise NotIdentifiedError(
            "Every value of one arm lies beyond every value of the other, or all are equal: the "
            "probability has no standard error."
        )
    df = variance**2 / sum(v**2 / df for v, df in parts)
    return Contrast(float(estimate), float(np.sqrt(variance)), float(df))


def _values(values: ArrayLike) -> FloatArray:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 1 or not np.isfinite(y).all():
        raise DataError("Values must be finite numbers, one a person. Drop or impute missing ones.")
    if len(y) < 2:
        raise NotIdentifiedError(f"An arm has {len(y)} value(s); a variance needs at least 2.")
    return y
