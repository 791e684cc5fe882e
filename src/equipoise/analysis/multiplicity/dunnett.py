"""Dunnett: several arms against one control, with the correlation that the control brings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.multiplicity.dunnett_probability import Sides, within_bounds
from equipoise.analysis.multiplicity.p_values import Alternative
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

DUNNETT = "Many-to-one comparisons with their exact correlation (Dunnett 1955, JASA 50:1096-1121)"
STEP_DOWN_DUNNETT = (
    "Step-down many-to-one comparisons with their exact correlation (Dunnett & Tamhane 1991, Stat "
    "Med 10:939-947)"
)
NORMAL_ALIKE = "Scores are normal with one variance in every arm (or the samples are large)"


class ManyToOne(NamedTuple):
    """Contrasts with one control: estimates and standard errors (k,), loadings (k,), shared df.

    `loading` is sqrt(n_i / (n_i + n_0)): contrasts i and j correlate by loading_i loading_j.
    """

    estimate: FloatArray
    se: FloatArray
    loading: FloatArray
    df: float

    @property
    def ratio(self) -> FloatArray:
        """The t ratios."""
        return self.estimate / self.se


def many_to_one(
    estimate: ArrayLike, se: ArrayLike, sizes: ArrayLike, control_size: float, df: float
) -> ManyToOne:
    """Check contrasts with a control and find how they correlate.

    Parameters
    ----------
    estimate, se : shape (k,)
        Arm minus control, se > 0, from one model with one variance.
    sizes : shape (k,)
        People in each arm; with covariates in the model an approximation.
    control_size
        People in the control arm.
    df
        Of the shared variance; infinite for a normal reference.
    """
    e, s = np.asarray(estimate, dtype=np.float64), np.asarray(se, dtype=np.float64)
    n = np.asarray(sizes, dtype=np.float64)
    if not (e.ndim == 1 and e.shape == s.shape == n.shape and e.size):
        raise DataError(
            f"Dunnett needs an estimate, a standard error and a size for each arm. Got {e.size}, "
            f"{s.size} and {n.size}."
        )
    if not (np.isfinite(e).all() and (s > 0).all() and np.isfinite(s).all()):
        raise DataError("Estimates must be finite numbers, and standard errors above 0.")
    if not ((n > 0).all() and control_size > 0 and df > 0):
        raise DataError(
            f"Sizes and degrees of freedom must be above 0. Got sizes {n.tolist()}, control "
            f"{control_size:g}, df {df:g}."
        )
    return ManyToOne(e, s, np.sqrt(n / (n + control_size)), float(df))


def contrasts_with_control(control: ArrayLike, *arms: ArrayLike) -> ManyToOne:
    """Compare the mean of each arm with the control's, with one pooled variance.

    Parameters
    ----------
    control, *arms : shape (n_i,)
        One score a person, none missing.
    """
    groups = [np.asarray(group, dtype=np.float64) for group in (control, *arms)]
    if len(groups) < 2 or not all(g.ndim == 1 and np.isfinite(g).all() for g in groups):
        raise DataError("Give the control and one or more arms, each a list of finite scores.")
    n = np.array([g.size for g in groups])
    df = int(n.sum() - n.size)
    if (n < 1).any() or df < 1:
        raise DataError(f"Each arm needs a score and one arm two. Got sizes {n.tolist()}.")
    variance = sum(float(np.square(g - g.mean()).sum()) for g in groups) / df
    if not variance > 0:
        raise DataError("All scores within each arm are equal: there is no standard error.")
    mean = np.array([g.mean() for g in groups])
    se = np.sqrt(variance * (1 / n[1:] + 1 / n[0]))
    return many_to_one(mean[1:] - mean[0], se, n[1:], float(n[0]), df)


def dunnett(family: ManyToOne, alternative: Alternative = "two-sided") -> FloatArray:
    """Adjust the p values of comparisons with a control in a single step, shape (k,).

    Examples
    --------
    >>> family = many_to_one([3.0, 1.0], [1.2, 1.2], [20, 20], 20, 57)
    >>> print(dunnett(family).round(4))
    [0.0287 0.6172]
    """
    return np.array(
        [_tail(t, family.loading, family, alternative) for t in _signed(family, alternative)]
    )


def step_down_dunnett(family: ManyToOne, alternative: Alternative = "two-sided") -> FloatArray:
    """Adjust them stepping down: each t ratio against the arms not yet rejected, shape (k,).

    References
    ----------
    Dunnett & Tamhane (1991), Stat Med 10:939-947.
    """
    t = _signed(family, alternative)
    order = np.argsort(-t, kind="stable")
    adjusted, so_far = np.empty_like(t), 0.0
    for place, i in enumerate(order):
        so_far = max(so_far, _tail(t[i], family.loading[order[place:]], family, alternative))
        adjusted[i] = so_far
    return adjusted


def critical_value(
    loading: ArrayLike, df: float, level: float, alternative: Alternative = "two-sided"
) -> float:
    """Return the bound that all t ratios stay within with probability `level`."""
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to import)

    sides: Sides = "two-sided" if alternative == "two-sided" else "one-sided"
    high = 2.0
    while within_bounds(high, loading, df, sides) < level:
        high *= 2
    low = 0.0 if sides == "two-sided" else -high

    def short(bound: float) -> float:
        return within_bounds(bound, loading, df, sides) - level

    return float(brentq(short, low, high, xtol=1e-10, rtol=1e-12))


def _signed(family: ManyToOne, alternative: Alternative) -> FloatArray:
    """Return t ratios that speak against the hypothesis the more the larger they are."""
    t = family.ratio
    return {"two-sided": np.abs(t), "greater": t, "less": -t}[alternative]


def _tail(t: float, loading: FloatArray, family: ManyToOne, alternative: Alternative) -> float:
    sides: Sides = "two-sided" if alternative == "two-sided" else "one-sided"
    if not math.isfinite(t):
        return 0.0 if t > 0 else 1.0
    return max(1 - within_bounds(float(t), loading, family.df, sides), 0.0)
