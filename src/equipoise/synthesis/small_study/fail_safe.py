"""Fail-safe N: how many null studies in drawers would undo the result.

Not an estimate of how many there are. Given for reviews that ask for it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from equipoise.errors import DataError
from equipoise.synthesis.effects import checked_effects


def rosenthal(y: ArrayLike, v: ArrayLike, *, alpha: float = 0.05) -> int:
    """Return how many null studies lift Stouffer's combined one-sided p value to alpha.

    References
    ----------
    Rosenthal (1979), Psychol Bull 86:638-641.
    """
    effects = checked_effects(y, v)
    z = float((effects.y / effects.se).sum()) / float(ndtri(alpha))
    return _at_least(z**2 - len(effects))


def orwin(y: ArrayLike, v: ArrayLike | None = None, *, target: float | None = None) -> int:
    """Return how many null studies bring the mean effect down to `target`.

    The mean is weighted by inverse variances, or plain without `v`. A target of None is half the
    mean, whose answer is always k: name the smallest effect that matters instead.

    References
    ----------
    Orwin (1983), J Educ Stat 8:157-159.
    """
    values = np.asarray(y, dtype=np.float64)
    effects = checked_effects(values, np.ones_like(values) if v is None else v)
    w = 1 / effects.v
    mean = abs(float((w * effects.y).sum() / w.sum()))
    goal = mean / 2 if target is None else abs(target)
    if goal == 0:
        raise DataError("No number of null studies brings a mean to exactly 0: name a target.")
    return _at_least(len(effects) * (mean / goal - 1))


def rosenberg(y: ArrayLike, v: ArrayLike, *, alpha: float = 0.05) -> int:
    """Return how many null studies of mean weight lift the common effect's p value to alpha.

    References
    ----------
    Rosenberg (2005), Evolution 59:464-468, here with the normal distribution.
    """
    effects = checked_effects(y, v)
    w = 1 / effects.v
    z = float((w * effects.y).sum()) / math.sqrt(float(w.sum())) / float(ndtri(alpha / 2))
    return _at_least(len(effects) * (z**2 - 1))


def _at_least(n: float) -> int:
    return max(0, math.ceil(n - 1e-9))  # a whole number is itself, also after rounding
