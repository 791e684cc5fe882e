"""Where no curve is drawn: stretches of dose in which no study has an arm.

A gap between two neighbouring observed doses is empty space when it is wider than a share of the
range of all observed doses (a third by default). Nothing is predicted inside it, below the lowest
or above the highest observed dose. At an observed dose a prediction is always given.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

GAP = 1 / 3
"""Our rule, not a published one: a third of the range."""


def dose_gaps(doses: ArrayLike, gap: float = GAP) -> list[tuple[float, float]]:
    """Return the open stretches (low, high) without an arm, wider than `gap` of the range.

    Parameters
    ----------
    doses : any shape
        Of every arm, the referents among them.

    Examples
    --------
    >>> dose_gaps([0, 0, 10, 20, 60])
    [(20.0, 60.0)]
    """
    seen = np.unique(np.asarray(doses, dtype=np.float64))
    widest = gap * (seen[-1] - seen[0])
    return [
        (float(low), float(high))
        for low, high in pairwise(seen)
        if high - low > widest * (1 + 1e-12)
    ]


def why_no_prediction(dose: float, doses: ArrayLike, gap: float = GAP) -> str | None:
    """Return why nothing is predicted at a dose, or None where something is."""
    seen = np.unique(np.asarray(doses, dtype=np.float64))
    if dose > seen[-1]:
        return f"{dose:g} is above {seen[-1]:g}, the highest dose that a study gave."
    if dose < seen[0]:
        return f"{dose:g} is below {seen[0]:g}, the lowest dose that a study gave."
    for low, high in dose_gaps(seen, gap):
        if low < dose < high:
            return (
                f"{dose:g} lies between {low:g} and {high:g}: no study has an arm there, and the "
                f"gap is more than {100 * gap:.3g}% of the range of doses. A curve through empty "
                "space would show the shape that was assumed."
            )
    return None
