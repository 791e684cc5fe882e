"""Difference in risk between two arms: score intervals that hold in small trials and rare harms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from equipoise.analysis.harms.bisection import crossing
from equipoise.analysis.harms.shares import checked_counts, wilson
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

MIETTINEN_NURMINEN = (
    "Risk difference with score interval (Miettinen & Nurminen 1985, Stat Med 4:213-226)"
)
NEWCOMBE = "Risk difference with hybrid score interval (Newcombe 1998, Stat Med 17:873-890)"
STRATIFIED = (
    "Risk difference over strata with Mantel-Haenszel weights and score interval (Miettinen & "
    "Nurminen 1985, Stat Med 4:213-226)"
)


class WithLimits(NamedTuple):
    """An estimate with the limits of its interval, any shape."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def restricted_shares(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, delta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the most likely shares of two arms that differ by `delta`.

    The root of the cubic of Miettinen & Nurminen 1985, appendix I, in trigonometric form.
    """
    N, X = n1 + n0, x1 + x0
    l3 = N
    l2 = (n1 + 2 * n0) * delta - N - X
    l1 = (n0 * delta - N - 2 * x0) * delta + X
    l0 = x0 * delta * (1 - delta)
    q = (l2 / (3 * l3)) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    root = np.sqrt(np.maximum((l2 / (3 * l3)) ** 2 - l1 / (3 * l3), 0.0))
    p = np.where(q >= 0, root, -root)
    cube = np.where(p == 0, 1.0, p**3)
    angle = (np.pi + np.arccos(np.clip(np.where(p == 0, 0.0, q / cube), -1.0, 1.0))) / 3
    share0 = 2 * p * np.cos(angle) - l2 / (3 * l3)
    share0 = np.clip(share0, np.maximum(0.0, -delta), np.minimum(1.0, 1.0 - delta))
    return share0 + delta, share0


def _parts(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, delta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the score's numerator and its variance under a difference of `delta`."""
    p1, p0 = restricted_shares(x1, n1, x0, n0, delta)
    N = n1 + n0
    variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * N / (N - 1)
    return x1 / n1 - x0 / n0 - delta, variance


def miettinen_nurminen(
    events1: ArrayLike, people1: ArrayLike, events0: ArrayLike, people0: ArrayLike,
    *, level: float = 0.95,
) -> WithLimits:  # fmt: skip
    """Estimate the risk difference, arm 1 minus arm 0, of many tables at once.

    Parameters
    ----------
    events1, people1, events0, people0 : same shape
        People with the event and people at risk, by arm.

    Examples
    --------
    >>> d = miettinen_nurminen(56, 70, 48, 80)  # Newcombe 1998, table II (a), method 6
    >>> print(d.estimate.round(4), d.low.round(4), d.high.round(4))
    0.2 0.0528 0.3382

    References
    ----------
    Miettinen & Nurminen (1985), Stat Med 4:213-226.
    """
    x1, n1 = checked_counts(events1, people1)
    x0, n0 = checked_counts(events0, people0)
    z = float(ndtri((1 + level) / 2))
    difference = x1 / n1 - x0 / n0

    def score(delta: FloatArray) -> FloatArray:
        numerator, variance = _parts(x1, n1, x0, n0, delta)
        return ratio_of(numerator, variance)

    ends = np.full_like(difference, -1.0), np.full_like(difference, 1.0)
    low, high = crossing(score, z, *ends), crossing(score, -z, *ends)
    return WithLimits(difference, np.minimum(low, difference), np.maximum(high, difference))


def stratified_miettinen_nurminen(
    events1: ArrayLike, people1: ArrayLike, events0: ArrayLike, people0: ArrayLike,
    *, level: float = 0.95,
) -> WithLimits:  # fmt: skip
    """Estimate one risk difference over strata, such as sites; inputs have shape (strata,).

    Each stratum weighs n1 n0 / (n1 + n0) (Mantel & Haenszel); one without both arms weighs 0.
    """
    counts = [
        np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (events1, people1, events0, people0)
    ]
    both = (counts[1] > 0) & (counts[3] > 0)
    if not both.any():
        raise NotIdentifiedError("No stratum has people of both arms: leave the strata out.")
    x1, n1 = checked_counts(counts[0][both], counts[1][both])
    x0, n0 = checked_counts(counts[2][both], counts[3][both])
    w = n1 * n0 / (n1 + n0)
    w = w / w.sum()
    z = float(ndtri((1 + level) / 2))
    difference = np.asarray(w @ (x1 / n1 - x0 / n0))

    def score(delta: FloatArray) -> FloatArray:
        numerator, variance = _parts(x1, n1, x0, n0, np.full_like(w, delta))
        return ratio_of(np.asarray(w @ numerator), np.asarray(w**2 @ variance))

    ends = np.asarray(-1.0), np.asarray(1.0)
    low, high = crossing(score, z, *ends), crossing(score, -z, *ends)
    return WithLimits(difference, np.minimum(low, difference), np.maximum(high, difference))


def newcombe(
    events1: ArrayLike, people1: ArrayLike, events0: ArrayLike, people0: ArrayLike,
    *, level: float = 0.95,
) -> WithLimits:  # fmt: skip
    """Estimate the risk difference with the square-and-add interval of two Wilson intervals.

    Examples
    --------
    >>> d = newcombe(56, 70, 48, 80)  # Newcombe 1998, table II (a), method 10
    >>> print(d.low.round(4), d.high.round(4))
    0.0524 0.3339

    References
    ----------
    Newcombe (1998), Stat Med 17:873-890.
    """
    x1, n1 = checked_counts(events1, people1)
    x0, n0 = checked_counts(events0, people0)
    p1, p0 = x1 / n1, x0 / n0
    (low1, high1), (low0, high0) = wilson(x1, n1, level), wilson(x0, n0, level)
    below = np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    above = np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return WithLimits(p1 - p0, p1 - p0 - below, p1 - p0 + above)


def ratio_of(numerator: FloatArray, variance: FloatArray) -> FloatArray:
    """Return a score over its standard deviation; infinite, signed, where that is 0."""
    known = variance > 0
    beyond = np.where(numerator == 0, 0.0, np.copysign(np.inf, numerator))
    return np.where(known, numerator / np.sqrt(np.where(known, variance, 1.0)), beyond)
