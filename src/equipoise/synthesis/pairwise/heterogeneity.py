"""How far studies differ: Cochran's Q, two kinds of I2, H2, and intervals of tau2.

Two quantities are called I2. One compares tau2 with a typical sampling variance (Higgins &
Thompson 2002, equation 9), the other is (Q - df) / Q. They agree only for DerSimonian-Laird.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.i2 import i2_interval, i2_of_q
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.tau2.generalised_q import variance_of_moments, where_q_equals
from equipoise.synthesis.pairwise.tau2.likelihood import log_likelihood
from equipoise.synthesis.pairwise.weighted import Weighted, at_tau2, weighted

SMALL = 1000
"""Up to so many studies a k by k matrix is no burden."""


class QTest(NamedTuple):
    """Cochran's Q of what moderators leave over: chi-square with df."""

    q: float
    df: int
    p: float


def cochran_q(fit: RandomEffectsFit) -> QTest:
    """Test that studies differ by chance alone (and by moderators)."""
    from scipy.special import chdtrc  # noqa: PLC0415

    q, df = float(fit.at_zero.ypy), fit.k - fit.p
    return QTest(q, df, float(chdtrc(df, q)))


def typical_variance(fit: RandomEffectsFit) -> float:
    """Return the typical sampling variance (k - p) / tr P, at weights 1 / v."""
    return (fit.k - fit.p) / float(fit.at_zero.trace_p)


def i2_tau2(fit: RandomEffectsFit, tau2: float | None = None) -> float:
    """Return I2 in percent as tau2 over tau2 plus the typical sampling variance.

    References
    ----------
    Higgins & Thompson (2002), Stat Med 21:1539-1558.
    """
    tau2 = fit.tau2 if tau2 is None else tau2
    return 100 * tau2 / (tau2 + typical_variance(fit))


def i2_q(fit: RandomEffectsFit) -> float:
    """Return I2 in percent as (Q - df) / Q, not below 0."""
    q = cochran_q(fit)
    return i2_of_q(q.q, q.df)


def i2_q_interval(fit: RandomEffectsFit, level: float = 0.95) -> tuple[float, float] | None:
    """Return the test-based interval of that I2 in percent; None with 2 studies and a small Q."""
    q = cochran_q(fit)
    return i2_interval(q.q, q.df, level)


def q_profile(fit: RandomEffectsFit, level: float = 0.95) -> tuple[float, float]:
    """Return limits of tau2 where Q reaches the tails of its distribution.

    Exact if effects and random effects are normal; (0, 0) where studies lie closer together
    than chance lets them.

    References
    ----------
    Viechtbauer (2007), Stat Med 26:37-52.
    """
    from scipy.special import chdtri  # noqa: PLC0415

    y, v, df = fit.effects.y, fit.effects.v, fit.k - fit.p
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (float(where_q_equals(y, v, fit.x, float(chdtri(df, t)))) for t in tails)
    return low, high


def profile_likelihood(fit: RandomEffectsFit, level: float = 0.95) -> tuple[float, float]:
    """Return limits of tau2 by the (restricted) likelihood ratio, chi-square with 1 df.

    Raises
    ------
    DataError
        When tau2 was not estimated by ML or REML.

    References
    ----------
    Hardy & Thompson (1996), Stat Med 15:619-629. Viechtbauer (2007), Stat Med 26:37-52.
    """
    from scipy.special import chdtri  # noqa: PLC0415

    if fit.method not in ("ML", "REML"):
        raise DataError(
            f"A profile-likelihood interval needs tau2 by ML or REML; it was {fit.method}. "
            "Take the Q profile, or another method."
        )
    y, v, restricted = fit.effects.y, fit.effects.v, fit.method == "REML"

    def value(tau2: float) -> float:
        return float(log_likelihood(y, v, fit.x, tau2, restricted=restricted))

    floor = value(fit.tau2) - float(chdtri(1, 1 - level)) / 2
    high = 2 * fit.tau2 + typical_variance(fit)
    while value(high) > floor:
        high *= 2
    upper = _edge(lambda t: value(t) > floor, fit.tau2, high)
    if fit.tau2 == 0 or value(0.0) >= floor:
        return 0.0, upper
    return _edge(lambda t: value(t) > floor, fit.tau2, 0.0), upper


def _edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """Halve the way from inside to outside until no number lies between."""
    middle = (inside + outside) / 2
    while middle not in (inside, outside):
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
        middle = (inside + outside) / 2
    return middle


def _trace_pp(at: Weighted) -> float:
    """Return the trace of PP from P itself: one heavy study costs the short way its digits."""
    wx = at.w[:, None] * at.x
    p = np.diag(at.w) - wx @ at.inverse @ wx.T
    return float((p * p).sum())


def tau2_se(fit: RandomEffectsFit) -> float | None:
    """Return the standard error of tau2: by information, or of the moment estimate; else None.

    It says little where tau2 is small: read the interval.
    """
    y, v, x = fit.effects.y, fit.effects.v, fit.x
    at = at_tau2(y, v, x, fit.tau2)  # by information, whatever weights the mean has
    if fit.method == "REML":
        return math.sqrt(2 / (_trace_pp(at) if fit.k <= SMALL else float(at.trace_pp)))
    if fit.method == "ML":
        return math.sqrt(2 / float((at.w**2).sum()))
    weights = {"DL": 1 / v, "HE": np.ones_like(v), "GENQ": fit.user_weights}.get(fit.method)
    if weights is None:
        return None
    return math.sqrt(variance_of_moments(weighted(y, weights, x), v, fit.tau2))
