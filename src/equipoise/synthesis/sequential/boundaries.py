"""Boundaries of a two-sided, symmetric sequential analysis, by exact integration."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.errors import DataError
from equipoise.synthesis.sequential.brownian import (
    Interval,
    Paths,
    first_look,
    next_look,
    tail,
    within,
)
from equipoise.synthesis.sequential.spending import Spending, spent

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

NEVER = 1e-30
"""Less error than this to spend at a look gives no boundary there."""
HIGHEST = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class SequentialBoundaries:
    """At each look: share of information, |Z| that ends it, one-sided error spent so far.

    `bound` is infinite where there is too little information to stop. `futility` (k,), NaN where
    none: |Z| below it says that the minimally important difference is not there.
    """

    share: FloatArray
    bound: FloatArray
    spent: FloatArray
    futility: FloatArray
    drift: float | None = None


def efficacy_bounds(
    share: ArrayLike, alpha: float = 0.05, spending: Spending = "obrien-fleming"
) -> SequentialBoundaries:
    """Return the boundaries of a two-sided test of size alpha.

    Parameters
    ----------
    share : shape (k,)
        Of the required information at each look, rising, above 0 and at most 1.
    alpha
        Two-sided.

    Raises
    ------
    DataError
        When the shares do not rise, or leave (0, 1].

    References
    ----------
    Lan & DeMets (1983), Biometrika 70:659-663. Jennison & Turnbull (2000), Group Sequential
    Methods, ch. 7 and 19.

    Examples
    --------
    >>> print(efficacy_bounds([0.5, 1.0]).bound.round(4))
    [2.9626 1.9686]
    """
    t = _checked(share)
    error = spent(t, alpha / 2, spending)
    step = np.diff(error, prepend=0.0)
    bounds: list[float] = []
    paths: Paths | None = None
    for k, now in enumerate(t):
        bounds.append(_bound(paths, float(now), float(step[k])))
        paths = _onwards(paths, t, k, [(-bounds[k], bounds[k])], 0.0)
    return SequentialBoundaries(t, np.array(bounds), error, np.full(len(t), np.nan))


def with_futility(
    efficacy: SequentialBoundaries, beta: float = 0.2, spending: Spending = "obrien-fleming"
) -> SequentialBoundaries:
    """Add a non-binding inner wedge: |Z| below it, the effect planned for is unlikely.

    The drift is the one at which a last look at the full information, added if it is not there,
    ends with all of `beta` spent exactly where the efficacy boundary lies.

    Parameters
    ----------
    beta
        Probability of missing the effect planned for.
    """
    t, c = efficacy.share, efficacy.bound
    if t[-1] < 1:
        raise DataError("Futility needs the last look at the full information: add the share 1.")
    step = np.diff(spent(t, beta, spending), prepend=0.0)

    def missed(drift: float) -> float:
        return _wedge(t, c, step, drift)[1] - float(step[-1])

    drift = _root(missed, 0.01, HIGHEST)
    futility, _ = _wedge(t, c, step, drift)
    futility[-1] = c[-1]
    return SequentialBoundaries(t, c, efficacy.spent, futility, drift)


def repeated_p(share: ArrayLike, z: float, spending: Spending = "obrien-fleming") -> float:
    """Return the smallest two-sided alpha whose boundary at the last look |z| reaches.

    References
    ----------
    Jennison & Turnbull (1989), J R Stat Soc B 51:305-361.
    """
    t = _checked(share)

    def beyond(log_alpha: float) -> float:
        return float(efficacy_bounds(t, math.exp(log_alpha), spending).bound[-1]) - abs(z)

    low, high = math.log(1e-12), math.log(1 - 1e-9)
    if beyond(low) <= 0:
        return 1e-12
    if beyond(high) >= 0:
        return 1.0
    return math.exp(_root(beyond, low, high))


def _checked(share: ArrayLike) -> FloatArray:
    t = np.asarray(share, dtype=np.float64)
    if t.ndim != 1 or not len(t) or not (np.diff(t, prepend=0.0) > 0).all() or t[-1] > 1 + 1e-12:
        raise DataError(
            f"Shares of information rise from look to look, above 0 and up to 1. Got {t.tolist()}."
        )
    return np.minimum(t, 1.0)


def _bound(paths: Paths | None, share: float, step: float) -> float:
    """Return the |Z| whose one-sided tail among the paths is the error to spend."""
    if step < NEVER:
        return math.inf
    if paths is None:
        return float(-ndtri(step))
    if tail(paths, share, 0.0) <= step:  # more to spend than is left
        return 0.0
    if tail(paths, share, HIGHEST) >= step:
        return math.inf
    return _root(lambda c: math.log(max(tail(paths, share, c), 1e-300) / step), 0.0, HIGHEST)


def _onwards(
    paths: Paths | None, t: FloatArray, k: int, going_on: list[Interval], drift: float
) -> Paths:
    following = float(t[k + 1]) if k + 1 < len(t) else float(t[k])
    if paths is None:
        return first_look(float(t[k]), going_on, following, drift)
    return next_look(paths, float(t[k]), going_on, following)


def _wedge(
    t: FloatArray, c: FloatArray, step: FloatArray, drift: float
) -> tuple[FloatArray, float]:
    """Return the futility bounds before the last look, and the probability of missing there."""
    out = np.full(len(t), np.nan)
    paths: Paths | None = None
    for k, now in enumerate(t):
        share = float(now)

        def inside(f: float, paths: Paths | None = paths, share: float = share) -> float:
            if paths is None:
                mean = drift * math.sqrt(share)
                return float(ndtr(f - mean) - ndtr(-f - mean))
            return within(paths, share, -f, f)

        if k == len(t) - 1:
            return out, inside(float(c[k]))
        top = min(float(c[k]), HIGHEST)
        f = top
        if inside(top) > step[k]:
            f = _root(lambda x: inside(x) - float(step[k]), 0.0, top)  # noqa: B023
        out[k] = f
        paths = _onwards(paths, t, k, [(-float(c[k]), -f), (f, float(c[k]))], drift)
    return out, 0.0


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    return float(brentq(f, low, high, xtol=1e-13, rtol=1e-14))
