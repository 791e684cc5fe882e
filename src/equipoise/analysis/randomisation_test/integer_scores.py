"""Scores as whole numbers of a common step, where they are that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 100, 1000)
"""Denominators tried: whole numbers, midranks, thirds, quarters, decimals."""


class IntegerScores(NamedTuple):
    """score = origin + step * whole."""

    whole: NDArray[np.int64]
    step: float
    origin: float


def integer_scores(scores: NDArray[np.float64]) -> IntegerScores | None:
    """Write finite scores as origin + step times a whole number >= 0; None where they are not.

    Examples
    --------
    >>> integer_scores(np.array([2.5, 4.0, 10.0]))
    IntegerScores(whole=array([0, 1, 5]), step=1.5, origin=2.5)
    """
    if not len(scores):
        return None
    origin = float(scores.min())
    size = float(np.abs(scores).max())
    for denominator in STEPS:
        scaled = (scores - origin) * denominator
        whole = np.rint(scaled)
        if (np.abs(scaled - whole) <= 1e-9 * max(1.0, size * denominator)).all():
            number = whole.astype(np.int64)
            common = max(int(np.gcd.reduce(number)), 1)
            return IntegerScores(number // common, common / denominator, origin)
    return None
