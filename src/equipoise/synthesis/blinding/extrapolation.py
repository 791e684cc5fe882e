"""How far chance guessing (index 0) lies from the trials that we have.

No interval tells whether a line may be drawn on beyond its points. Two numbers do: how near the
nearest trial comes to 0, and the leverage of index 0 against the largest among the trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the trials lie against index 0.

    `nearest` is the smallest |index|, of row `nearest_row`; `low` to `high` the range of indices;
    `leverage` that of a trial of average weight at 0, over the largest among the trials.
    """

    nearest: float
    nearest_row: int
    low: float
    high: float
    leverage: float

    @property
    def extrapolates(self) -> bool:
        """Whether 0 lies outside the range, or pulls harder than any trial does."""
        return not self.low <= 0 <= self.high or self.leverage > 1


def reach(
    index: ArrayLike, X: ArrayLike, weights: ArrayLike, at: ArrayLike, rows: ArrayLike | None = None
) -> Reach:
    """Measure how far index 0 is from the trials.

    Parameters
    ----------
    index : shape (k,)
    X : shape (k, p)
        Design of the regression, without the index.
    weights : shape (k,)
        Of the regression.
    at : shape (p,)
        The design's row of the class for which the effect at index 0 is asked.
    rows : shape (k,)
        Which trials are of that class; all if None.
    """
    m, w = np.asarray(index, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    design = np.column_stack([np.asarray(X, dtype=np.float64), m])
    inverse = np.linalg.inv(design.T @ (w[:, None] * design))
    point = np.append(np.asarray(at, dtype=np.float64), 0.0)
    own = w.mean() * float(point @ inverse @ point)
    largest = float((w * np.einsum("kp,pq,kq->k", design, inverse, design)).max())
    mask = np.ones(len(m), dtype=bool) if rows is None else np.asarray(rows, dtype=bool)
    there = np.flatnonzero(mask)
    nearest = int(there[np.abs(m[there]).argmin()])
    return Reach(
        abs(float(m[nearest])), nearest, float(m[there].min()), float(m[there].max()), own / largest
    )
