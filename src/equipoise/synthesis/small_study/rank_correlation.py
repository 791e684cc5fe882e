"""Begg and Mazumdar's test: are standardised effects ranked like their variances?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effects import FloatArray, checked_effects

EXACT_UP_TO = 1000
"""Studies; above, the exact distribution costs seconds and equals the normal one."""


@dataclass(frozen=True, slots=True)
class RankTest:
    """Kendall's `tau` and its two-sided `p`; `z` is None where the p value is exact."""

    tau: float
    p: float
    z: float | None

    @property
    def exact(self) -> bool:
        """Whether the p value comes from the permutation distribution."""
        return self.z is None


def begg(y: ArrayLike, v: ArrayLike) -> RankTest:
    """Correlate standardised effects with their variances by ranks.

    Parameters
    ----------
    y, v : shape (k,)
        Effects and sampling variances; k at least 2.

    References
    ----------
    Begg & Mazumdar (1994), Biometrics 50:1088-1101.
    """
    effects = checked_effects(y, v)
    w = 1 / effects.v
    common = (w * effects.y).sum() / w.sum()
    return kendall((effects.y - common) / np.sqrt(effects.v - 1 / w.sum()), effects.v)


def kendall(x: ArrayLike, y: ArrayLike) -> RankTest:
    """Return Kendall's tau-b: exact without ties, else normal with the variance for ties.

    Parameters
    ----------
    x, y : shape (k,)

    References
    ----------
    Kendall & Gibbons (1990), Rank correlation methods, 5th ed., chapters 4 and 5.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    k = len(x)
    if k < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        raise NotIdentifiedError(
            f"A rank correlation needs two studies that differ in both columns; got {k} studies."
        )
    s = np.triu(np.sign(x[:, None] - x) * np.sign(y[:, None] - y), 1).sum()
    ties_x, ties_y = _ties(x), _ties(y)
    pairs = k * (k - 1) / 2
    tau = float(s / np.sqrt((pairs - _pairs(ties_x)) * (pairs - _pairs(ties_y))))
    if k <= EXACT_UP_TO and max(ties_x.max(), ties_y.max()) == 1:
        return RankTest(tau, _exact_p(k, round((float(s) + pairs) / 2)), None)
    z = float(s / np.sqrt(_variance(k, ties_x, ties_y)))
    return RankTest(tau, 2 * float(ndtr(-abs(z))), z)


def _ties(x: FloatArray) -> FloatArray:
    return np.unique(x, return_counts=True)[1].astype(np.float64)


def _pairs(t: FloatArray) -> float:
    return float((t * (t - 1)).sum() / 2)


def _variance(k: int, t: FloatArray, u: FloatArray) -> float:
    """Of concordant less discordant pairs, with groups of ties of sizes t and u."""
    plain = k * (k - 1) * (2 * k + 5)
    tied = sum(float((a * (a - 1) * (2 * a + 5)).sum()) for a in (t, u))
    both = 4 * _pairs(t) * _pairs(u) / (2 * k * (k - 1))
    triples = [float((a * (a - 1) * (a - 2)).sum()) for a in (t, u)]
    three = triples[0] * triples[1] / (9 * k * (k - 1) * (k - 2)) if k > 2 else 0.0
    return (plain - tied) / 18 + both + three


def _exact_p(k: int, concordant: int) -> float:
    """Twice the smaller tail of the number of concordant pairs among all orders of k."""
    chance = np.ones(1)
    for j in range(2, k + 1):  # the j-th study is concordant with 0 to j - 1 earlier ones, evenly
        padded = np.concatenate([chance, np.zeros(j - 1)])
        summed = np.cumsum(padded)
        summed[j:] -= summed[:-j].copy()
        chance = summed / j
    low, high = chance[: concordant + 1].sum(), chance[concordant:].sum()
    return float(min(1.0, 2 * min(low, high)))
