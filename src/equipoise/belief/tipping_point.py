"""How much of the guess difference may be due to benefit before the drug effect stands.

E(lambda) = lambda E1 + (1 - lambda) E2. At lambda = 1 all of the difference in guesses was caused
by benefit and the total effect E1 is right; at 0 none of it and the belief-standardised effect E2
is. The tipping point is the smallest lambda whose interval excludes 0. It assumes that E1 and E2
bracket the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.belief.bracket import Bracket
    from equipoise.belief.stratum_means import Contrast

    FloatArray = NDArray[np.float64]

GRID = np.linspace(0, 1, 101)


class TippingCurve(NamedTuple):
    """E(lambda) with its interval on `GRID`, shape (101,)."""

    mix: FloatArray
    effect: Contrast
    low: FloatArray
    high: FloatArray


def tipping_curve(bracket: Bracket, level: float = 0.95) -> TippingCurve:
    """Return E(lambda) and its t interval for lambda from 0 to 1."""
    effect = bracket.at(GRID)
    return TippingCurve(GRID, effect, *effect.interval(level))


def tipping_point(bracket: Bracket, level: float = 0.95) -> float:
    """Return the smallest lambda whose interval excludes 0, to 1e-9.

    Raises
    ------
    NotIdentifiedError
        When no interval or every interval excludes 0: there is no point at which it tips.
    """
    curve = tipping_curve(bracket, level)
    excludes = (curve.low > 0) | (curve.high < 0)
    if not excludes.any():
        raise NotIdentifiedError(
            "no lambda between 0 and 1 makes the interval exclude 0: even if benefit caused every "
            "difference in guesses, these data do not show an effect."
        )
    if excludes.all():
        raise NotIdentifiedError(
            "the interval excludes 0 at every lambda: the effect stands even if benefit caused no "
            "difference in guesses, so there is nothing to tip."
        )
    first = int(np.argmax(excludes))
    if first == 0:
        return 0.0
    below, above = curve.mix[first - 1], curve.mix[first]
    while above - below > 1e-9:
        middle = (below + above) / 2
        low, high = bracket.at([middle]).interval(level)
        if low[0] > 0 or high[0] < 0:
            above = middle
        else:
            below = middle
    return float(above)
