"""Confidence limits of a constant additive effect, by inverting the test on the same redraws.

Under an effect d the scores y - d T (T the allocation that happened) obey the sharp null. A
statistic that is linear in the scores is then D_y - d D_T in every redraw: it is at least as
large as observed on one side of a single root, so that limits are order statistics of the roots,
and no redraw is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.randomisation_test.tail import TIE

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_SUM = 1e-12
"""Rounding of a sum of probabilities that equals the tail area."""


class Inverted(NamedTuple):
    """The effect where both one-sided p values are one half, and limits, perhaps infinite."""

    effect: float
    low: float
    high: float


class Roots(NamedTuple):
    """Redraw k is at least as large as observed at effect d where gap_k <= d * slope_k.

    `gap` and `slope` are the observed statistic less that of the redraw, for the scores and for
    the allocation that happened. `weight` holds probabilities, None for equally weighted draws,
    to which the observed allocation is added.
    """

    gap: NDArray[np.float64]
    slope: NDArray[np.float64]
    weight: NDArray[np.float64] | None

    def lowest(self, area: float) -> float:
        """Return the least effect at which the upper-tail p exceeds `area`."""
        flat = np.abs(self.slope) <= TIE * np.abs(self.slope).max(initial=0.0)
        tied = flat & (self.gap <= TIE * np.abs(self.gap).max(initial=0.0))
        if self.weight is None and not (self.slope[~flat] < 0).any():
            return self._order_statistic(area, ~flat, int(tied.sum()))
        each = 1 / (len(self.gap) + 1)
        weight = np.full(len(self.gap), each) if self.weight is None else self.weight
        start = float(weight[tied].sum()) + (each if self.weight is None else 0.0)
        falling = ~flat & (self.slope < 0)  # these count up to their root
        start += float(weight[falling].sum())
        if start > area + EXACT_SUM:
            return -np.inf
        kept = np.flatnonzero(~flat)
        root = self.gap[kept] / self.slope[kept]
        order = np.lexsort((falling[kept], root))
        change = np.where(falling[kept], -weight[kept], weight[kept])[order]
        above = np.flatnonzero(start + np.cumsum(change) > area + EXACT_SUM)
        return float(root[order[above[0]]]) if len(above) else np.inf

    def _order_statistic(self, area: float, kept: NDArray[np.bool_], always: int) -> float:
        """Return `lowest` where every draw counts from its root on, with equal weight."""
        needed = int(np.floor(area * (len(self.gap) + 1) + 1e-9)) - always  # observed counts, too
        root = self.gap[kept] / self.slope[kept]
        if needed <= 0:
            return -np.inf
        if needed > len(root):
            return np.inf
        return float(np.partition(root, needed - 1)[needed - 1])

    def highest(self, area: float) -> float:
        """Return the greatest effect at which the lower-tail p exceeds `area`."""
        return -Roots(-self.gap, self.slope, self.weight).lowest(area)


def invert(
    lowest: Callable[[float], float], highest: Callable[[float], float], area: float
) -> Inverted:
    """Return the point between both one-sided medians and the limits with `area` in each tail."""
    middle = (lowest(0.5) + highest(0.5)) / 2
    return Inverted(middle, lowest(area), highest(area))


def bisected(tails: Callable[[float], tuple[float, float]], scale: float, area: float) -> Inverted:
    """Invert a test whose statistic need not be linear in the scores.

    Parameters
    ----------
    tails
        Upper- and lower-tail p at an effect, always from the same redraws: a step function that
        rises and falls with the effect.
    scale
        Of the scores: the search starts within it and ends at a millionth of it.
    area
        In each tail.
    """

    def lowest(part: float) -> float:
        return _crossing(lambda effect: tails(effect)[0] > part, scale)

    def highest(part: float) -> float:
        return -_crossing(lambda effect: tails(-effect)[1] > part, scale)

    return invert(lowest, highest, area)


def _crossing(inside: Callable[[float], bool], scale: float) -> float:
    """Return where `inside` turns true from left to right; -infinite where it is always true."""
    low, high = -scale, scale
    for _ in range(40):
        if not inside(low):
            break
        low, high = 2 * low, low
    else:
        return -np.inf
    for _ in range(40):
        if inside(high):
            break
        low, high = high, 2 * abs(high)
    else:
        return np.inf
    while high - low > 1e-6 * scale:
        middle = (low + high) / 2
        low, high = (low, middle) if inside(middle) else (middle, high)
    return high
