"""Participants as draws from a population of effects: y_i = mu + u_i + e_i.

u_i ~ N(0, tau2) is how people truly differ in response; e_i ~ N(0, v_i) is what a few cycles
leave uncertain about one person. tau2 by REML, the mean by Hartung and Knapp's interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri, ndtri, stdtrit

from equipoise.analysis.contrast import Contrast, FTest
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

HARTUNG_KNAPP = "Random effects by REML, Hartung-Knapp interval with k - 1 df (2001)"
Q_PROFILE = "Q profile of the REML random-effects model (Viechtbauer 2007)"
PREDICTION = "Mean and spread between people, t with k - 2 df (Higgins et al. 2009)"
STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """A fit to k participants.

    `mean` carries Hartung and Knapp's standard error, `plain_se` is the one that takes `tau2` as
    known; `q` is the weighted sum of squares about the mean at tau2 = 0. `shrunken` (k,) and
    `shrunken_se` (k,) take `tau2` as known too.
    """

    effects: NDArray[np.float64]
    variances: NDArray[np.float64]
    tau2: float
    mean: Contrast
    plain_se: float
    q: float
    shrunken: NDArray[np.float64]
    shrunken_se: NDArray[np.float64]

    def tau2_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the Q-profile interval of tau2."""
        df, tail = len(self.effects) - 1, (1 - level) / 2

        def at(quantile: float) -> float:
            return _crossing(lambda t: _spread(self.effects, self.variances, t) - quantile)

        return at(float(chdtri(df, tail))), at(float(chdtri(df, 1 - tail)))

    def prediction_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return where the true effect of a new participant is expected."""
        k = len(self.effects)
        if k < 3:
            raise NotIdentifiedError(f"A prediction interval needs 3 participants; got {k}.")
        half = float(stdtrit(k - 2, (1 + level) / 2)) * math.hypot(
            math.sqrt(self.tau2), self.mean.se
        )
        return self.mean.estimate - half, self.mean.estimate + half

    def shrunken_interval(self, level: float = 0.95) -> tuple[NDArray[np.float64], ...]:
        """Return the normal limits of each participant's shrunken effect."""
        half = float(ndtri((1 + level) / 2)) * self.shrunken_se
        return self.shrunken - half, self.shrunken + half

    def f_test(self, df: int) -> FTest:
        """Test tau2 = 0 where all variances rest on one variance with `df`: exact F."""
        k = len(self.effects) - 1
        return FTest(self.q / k, k, df)


def random_effects(
    effects: ArrayLike, variances: ArrayLike, tau2: float | None = None
) -> RandomEffects:
    """Fit a normal distribution of effects to estimates with known sampling variances.

    Parameters
    ----------
    effects, variances : shape (k,)
        Each participant's effect and the square of its standard error; k at least 2.
    tau2
        Variance between participants where another model gave it; by REML if None.

    Examples
    --------
    >>> fit = random_effects([1.0, 3.0, 8.0], [1.0, 1.0, 1.0])
    >>> round(fit.tau2, 6), round(fit.mean.estimate, 6), fit.mean.df
    (12.0, 4.0, 2)

    References
    ----------
    Hartung & Knapp (2001), Stat Med 20:3875-3889. Viechtbauer (2007), Stat Med 26:37-52.
    Higgins, Thompson & Spiegelhalter (2009), J R Stat Soc A 172:137-159.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape or not (np.isfinite(y).all() and np.isfinite(v).all()):
        raise DataError(f"Effects and variances are one a participant. Got {y.shape}, {v.shape}.")
    if not (v > 0).all():
        raise DataError("Variances of effects must be above 0: somebody's differences are equal.")
    if len(y) < 2:
        raise NotIdentifiedError("A mean over participants needs at least 2 of them; got 1.")
    tau2 = _reml(y, v) if tau2 is None else tau2
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    spread = float(w @ (y - mean) ** 2) / (len(y) - 1)
    plain_se = 1 / math.sqrt(float(w.sum()))
    kept = tau2 * w  # the share of a person's own estimate in the shrunken one
    shrunken_se = np.sqrt(kept * v + (1 - kept) ** 2 / w.sum())
    return RandomEffects(
        effects=y,
        variances=v,
        tau2=tau2,
        mean=Contrast(mean, math.sqrt(spread) * plain_se, len(y) - 1),
        plain_se=plain_se,
        q=_spread(y, v, 0.0),
        shrunken=mean + kept * (y - mean),
        shrunken_se=shrunken_se,
    )


def welch_test(effects: ArrayLike, variances: ArrayLike, df: ArrayLike) -> FTest:
    """Test that all effects are equal, each variance being estimated with its own df.

    Cochran's Q takes the variances as known; with three cycles each it errs more often than not.

    Parameters
    ----------
    effects, variances, df : shape (k,)

    References
    ----------
    Welch (1951), Biometrika 38:330-336.
    """
    y, v, nu = (np.asarray(x, dtype=np.float64) for x in (effects, variances, df))
    k, w = len(y), 1 / v
    lack = float(((1 - w / w.sum()) ** 2 / nu).sum())
    raw = _spread(y, v, 0.0) / (k - 1)
    statistic = raw / (1 + 2 * (k - 2) / (k**2 - 1) * lack)
    return FTest(statistic, k - 1, (k**2 - 1) / (3 * lack))


def _spread(y: NDArray[np.float64], v: NDArray[np.float64], tau2: float) -> float:
    """Return the generalised Q statistic at that tau2: it falls as tau2 grows."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(w @ (y - mean) ** 2)


def _reml(y: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """Find the tau2 of highest restricted likelihood, among all roots of its score and 0."""
    unit = float(v.mean() + y.var())

    def score(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return float((w**2) @ (y - mean) ** 2 - w.sum() + (w @ w) / w.sum())

    grid = unit * np.concatenate(([0.0], np.logspace(-8, 2, STEPS)))
    values = [score(t) for t in grid]
    tops = [0.0]
    for low, high, one, two in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True):
        if one > 0 >= two:
            tops.append(_between(score, float(low), float(high)))
    return max(tops, key=lambda t: _likelihood(y, v, t))


def _likelihood(y: NDArray[np.float64], v: NDArray[np.float64], tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(np.log(w).sum() - math.log(w.sum()) - _spread(y, v, tau2)) / 2


def _crossing(falls: Callable[[float], float]) -> float:
    """Return where a falling function of tau2 >= 0 crosses 0, or 0 if it starts below."""
    if falls(0.0) <= 0:
        return 0.0
    high = 1.0
    while falls(high) > 0:
        high *= 4
    return _between(falls, 0.0, high)


def _between(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    return float(brentq(f, low, high, xtol=1e-14 * max(high, 1e-300), rtol=1e-14))


def sd_interval(interval: tuple[float, float]) -> tuple[float, float]:
    """Return the limits of tau from those of tau2."""
    return math.sqrt(interval[0]), math.sqrt(interval[1])
