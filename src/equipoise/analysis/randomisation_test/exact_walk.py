"""The exact null distribution of whole-number sums when chances depend on the imbalance so far.

Efron's coin, Wei's urn and the maximal procedure are Markov chains of the imbalance, so that the
joint distribution of (people in arm 1, sum of their scores) grows person by person. Every term is
positive, as in the convolution of blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.randomisation_test.exact_null import (
    CELL_LIMIT,
    WORK_LIMIT,
    NullDistribution,
    shifted_sum,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.allocation import Walk


def walk_distribution(
    walks: Sequence[Walk], scores: NDArray[np.int64], *, work: int = WORK_LIMIT
) -> NullDistribution | None:
    """Return the distribution of sums of scores over arm 1, with its number of people.

    Parameters
    ----------
    walks
        The strata.
    scores : shape (people, d)
        Whole numbers >= 0; one column a sum.
    work
        Additions allowed.

    Returns
    -------
    NullDistribution or None
        Values (cells, d + 1), the number of people last. None where it would take too long, or
        where several strata may each end with different numbers.

    References
    ----------
    Mehta, Patel & Wei (1988), Biometrika 75:295-302.

    Examples
    --------
    >>> from equipoise.allocation import biased_coin
    >>> null = walk_distribution(biased_coin(2, probability=0.75).walks, np.array([[1], [2]]))
    >>> null.values.tolist(), null.probability.tolist()
    ([[0, 0], [1, 1], [2, 1], [3, 2]], [0.125, 0.375, 0.375, 0.125])
    """
    length = scores.sum(axis=0) + 1
    cells = float(np.prod(length.astype(np.float64)))
    wide = max(min(walk.chance.shape[1], len(walk.members)) for walk in walks)
    if cells * wide > CELL_LIMIT or cells * wide * len(scores) / 3 > work:
        return None
    strides = np.concatenate([[1], np.cumprod(length[:-1])]).astype(np.int64)
    ends = [_ends(walk, scores[walk.members] @ strides) for walk in walks]
    if len(ends) > 1 and any(len(rows) > 1 for _, rows in ends):
        return None
    if len(ends) > 1 and sum(np.count_nonzero(rows) for _, rows in ends[1:]) * cells > work:
        return None
    first, total = ends[0]
    for least, rows in ends[1:]:
        at = np.flatnonzero(rows[0])
        first, total = first + least, shifted_sum(total[0], at, rows[0, at])[None]
    count, flat = np.nonzero(total)
    values = np.column_stack([flat[:, None] // strides % length, count + first])
    return NullDistribution(values, total[count, flat])


def _ends(walk: Walk, offset: NDArray[np.int64]) -> tuple[int, NDArray[np.float64]]:
    """Return the least number in arm 1, and probabilities (number, flat sum) from it on."""
    centre = walk.chance.shape[1] // 2
    least, table = 0, np.ones((1, 1))
    for step, add in enumerate(offset.tolist()):
        imbalance = 2 * (least + np.arange(len(table))) - step
        up = walk.chance[step, centre + imbalance][:, None]
        rows, end = table.shape
        grown = np.zeros((rows + 1, end + add))
        grown[:-1, :end] = (1 - up) * table
        grown[1:, add:] += up * table
        reached = np.flatnonzero(grown.any(axis=1))
        least, table = least + int(reached[0]), grown[reached[0] : reached[-1] + 1]
    return least, table
