"""A mixture of normals: what a mean is once tau has been integrated out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Normals with weights that sum to 1; all of shape (m,)."""

    weight: FloatArray
    centre: FloatArray
    spread: FloatArray

    @property
    def mean(self) -> float:
        """Mean."""
        return float(self.weight @ self.centre)

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(self.weight @ (self.spread**2 + (self.centre - self.mean) ** 2)))

    def cdf(self, at: float) -> float:
        """Return the probability of lying below."""
        return float(self.weight @ ndtr((at - self.centre) / self.spread))

    def density(self, at: float) -> float:
        """Return the density."""
        z = (at - self.centre) / self.spread
        return float(self.weight @ (np.exp(-(z**2) / 2) / self.spread) / np.sqrt(2 * np.pi))

    def quantile(self, p: float) -> float:
        """Return the value below which p lies."""
        from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

        ends = self.centre + ndtri(p) * self.spread
        used = self.weight > 0
        low, high = float(ends[used].min()), float(ends[used].max())
        if not low < high or self.cdf(low) >= p:
            return low
        if self.cdf(high) <= p:
            return high
        return float(brentq(lambda t: self.cdf(t) - p, low, high, xtol=1e-15, rtol=1e-14))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the equal-tailed interval."""
        tail = (1 - level) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def shortest(self, level: float) -> tuple[float, float]:
        """Return the shortest interval."""
        return shortest(self.quantile, self.density, level)


def shortest(
    quantile: Callable[[float], float], density: Callable[[float], float], level: float
) -> tuple[float, float]:
    """Return the shortest interval of a distribution with one top: equal density at both ends.

    Where the density only falls, the interval starts at the lower end.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    def gap(tail: float) -> float:
        return density(quantile(tail)) - density(quantile(tail + level))

    edge = 1e-9 * (1 - level)
    low, high = edge, 1 - level - edge
    if gap(low) >= 0:
        return quantile(0.0), quantile(level)
    if gap(high) <= 0:
        return quantile(1 - level), quantile(1.0)
    tail = float(brentq(gap, low, high, xtol=1e-15, rtol=1e-13))
    return quantile(tail), quantile(tail + level)
