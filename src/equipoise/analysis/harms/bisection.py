"""Limits of score intervals: where a falling score crosses z, for many tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


def crossing(
    score: Callable[[FloatArray], FloatArray], target: float, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return where a falling function of each element passes `target`, between `low` and `high`.

    An element whose function is below the target everywhere gets `low`; above everywhere, `high`.
    Bisected until the bracket is as narrow as its numbers allow.
    """
    low, high = low.copy(), high.copy()
    for _ in range(90):
        middle = (low + high) / 2
        above = score(middle) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2
