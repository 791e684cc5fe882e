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
        Of the observed scores by arm, the active arm first.
    mean
        Of all observed scores.

    Examples
    --------
    >>> sums, counts = np.array([[9.0], [3.0]]), np.array([[2.0], [2.0]])
    >>> [evaluate(s, sums, counts, 3.0).item() for s in ("difference", "sum", "f")]
    [3.0, 3.0, 9.0]
    """
    if statistic == "difference":  # 0 where an arm is empty
        means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        return np.asarray(np.where((counts > 0).all(axis=0), means[0] - means[1], 0.0))
    centred = sums - counts * mean
    if statistic == "sum":  # with two arms the halves are equal and opposite
        return np.asarray((centred[0] - centred[1]) / 2)
    squares = np.divide(centred**2, counts, out=np.zeros_like(centred), where=counts > 0)
    return np.asarray(squares.sum(axis=0))
