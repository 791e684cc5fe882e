"""Means of the arm-by-guess strata: every effect given belief is a linear combination of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


class Contrast(NamedTuple):
    """A linear combination of stratum means with its t inference; shapes (...,)."""

    estimate: FloatArray
    se: FloatArray
    df: FloatArray

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Return the t interval."""
        half = stdtrit(self.df, (1 + level) / 2) * self.se
        return self.estimate - half, self.estimate + half

    @property
    def p(self) -> FloatArray:
        """Two-sided p value of 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value: FloatArray = 2 * stdtr(self.df, -np.abs(self.estimate / self.se))
        return value


@dataclass(frozen=True, slots=True, eq=False)
class StratumMeans:
    """Counts, means and variances by arm and guess; leading axes are trials or resamples.

    Parameters
    ----------
    n, mean, variance : shape (..., 2, C)
        First axis of the two: control 0, active 1. Second: guess category; guesses of the control
        arm are 0, of the active arm 1, further categories (other arms, "don't know") follow.
        Variances have divisor n - 1, NaN where n < 2; means are NaN where n is 0.
    """

    n: FloatArray
    mean: FloatArray
    variance: FloatArray

    @property
    def identified(self) -> NDArray[np.bool_]:
        """Whether every stratum that any effect needs holds at least two people, shape (...)."""
        used = self.n.sum(axis=-2, keepdims=True) > 0  # a category nobody chose is no category
        enough: NDArray[np.bool_] = ((self.n >= 2) | ~used).all(axis=(-2, -1))
        return enough

    @property
    def guess_share(self) -> FloatArray:
        """P(guess | arm), shape (..., 2, C)."""
        share: FloatArray = self.n / self.n.sum(axis=-1, keepdims=True)
        return share

    @property
    def pooled_share(self) -> FloatArray:
        """P(guess) over both arms, shape (..., C)."""
        share: FloatArray = self.n.sum(axis=-2) / self.n.sum(axis=(-2, -1))[..., None]
        return share

    def contrast(self, weights: FloatArray) -> Contrast:
        """Return sum of weights x means; SE unpooled, df Satterthwaite.

        Parameters
        ----------
        weights : shape (..., 2, C)
        """
        used = weights != 0
        mean = np.where(used, self.mean, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(used, weights**2 * self.variance / self.n, 0)
            variance = part.sum(axis=(-2, -1))
            spread = np.where(used, part**2 / (self.n - 1), 0).sum(axis=(-2, -1))
            df = variance**2 / spread
        return Contrast((weights * mean).sum(axis=(-2, -1)), np.sqrt(variance), df)


def stratum_means(
    y: ArrayLike, arm: ArrayLike, guess: ArrayLike, categories: int = 2
) -> StratumMeans:
    """Group outcomes by arm and guess.

    Parameters
    ----------
    y, arm, guess : shape (..., n)
        Outcome; arm 1 active, 0 control; guess 0 .. categories - 1, others are left out.
    """
    y, arm, guess = np.asarray(y, dtype=np.float64), np.asarray(arm), np.asarray(guess)
    shape = (*y.shape[:-1], 2, categories)
    n, total, square = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    centre = y.mean(axis=-1, keepdims=True)  # against cancellation in the sum of squares
    from_centre = y - centre
    for a in (0, 1):
        for g in range(categories):
            inside = (arm == a) & (guess == g)
            n[..., a, g] = inside.sum(axis=-1)
            kept = np.where(inside, from_centre, 0)
            total[..., a, g] = kept.sum(axis=-1)
            square[..., a, g] = (kept**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.where(n > 1, np.maximum(square - n * mean**2, 0) / (n - 1), np.nan)
    return StratumMeans(n, mean + centre[..., None], variance)
