"""The statistics that need only sums over arms.

`difference` of mean scores; `sum`, the sum over the active arm of scores less their mean (the form
of linear rank statistics, linear in the assignment even where arm sizes vary); `f`, the sum of
squares between all arms, ordered as F is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Statistic = Literal["difference", "sum", "f"]


def evaluate(
    statistic: Statistic, sums: NDArray[np.float64], counts: NDArray[np.float64], mean: float
) -> NDArray[np.float64]:
    """Return the statistic of each allocation.

    Parameters
    ----------
    statistic
    sums, counts : shape (arms, ...)
        Of the observed scores by arm, the active arm first; a difference from an empty arm is 0.
    mean
        Of all observed scores.

    Examples
    --------
    >>> sums, counts = np.array([[9.0], [3.0]]), np.array([[2.0], [2.0]])
    >>> [evaluate(s, sums, counts, 3.0).item() for s in ("difference", "sum", "f")]
    [3.0, 3.0, 9.0]
    """
    if statistic == "difference":
        means = sums / np.maximum(counts, 1)
        difference = np.asarray(means[0] - means[1])
        empty = (counts == 0).any(axis=0)
        return np.where(empty, 0.0, difference) if empty.any() else difference
    centred = sums - counts * mean
    if statistic == "sum":  # with two arms the halves are equal and opposite
        return np.asarray((centred[0] - centred[1]) / 2)
    return np.asarray((centred**2 / np.maximum(counts, 1)).sum(axis=0))
