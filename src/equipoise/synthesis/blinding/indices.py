"""The blinding index of a whole trial: the mean of its arms' Bang indices.

M = 0 where people guess as chance would have it, 1 where everybody knows, -1 where everybody is
wrong. It is measured on few people, so its sampling variance goes with it everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.bang_index import bang_index
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TrialIndex:
    """Index of each trial and its sampling variance, shape (k,); NaN where it was not asked."""

    index: FloatArray
    variance: FloatArray

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which trials have one, shape (k,)."""
        return np.isfinite(self.index) & np.isfinite(self.variance)


def index_of_counts(counts: ArrayLike) -> TrialIndex:
    """Average Bang's index over the arms of each trial.

    Parameters
    ----------
    counts : shape (k, arms, 3)
        Right, wrong and unsure in each arm; NaN in all of a trial that did not ask.

    Notes
    -----
    Arms are independent multinomials: var M = sum of the arms' variances over arms squared. An
    arm in which all say the same has the variance 0, which is too small.

    References
    ----------
    Bang, Ni & Davis (2004), Control Clin Trials 25:143-156.

    Examples
    --------
    The trial of Bang et al. 2004, table 7:

    >>> found = index_of_counts([[[82, 25, 170], [29, 27, 83]]])
    >>> found.index.round(4), np.sqrt(found.variance).round(4)
    (array([0.1101]), array([0.0322]))
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 3 or table.shape[2] != 3:
        raise DataError(
            f"`counts` holds right, wrong, unsure of each arm of each trial. Got {table.shape}."
        )
    asked = np.isfinite(table)
    known = asked.all(axis=(1, 2))
    if (asked.any(axis=(1, 2)) & ~known).any():
        row = int((asked.any(axis=(1, 2)) & ~known).argmax())
        raise DataError(
            f"Trial {row + 1} has only some of its guess counts: give all of both arms, 0 where "
            "nobody was unsure, or none."
        )
    index, variance = np.full((2, len(table)), np.nan)
    if known.any():
        found = bang_index(table[known])
        arms = table.shape[1]
        index[known] = found.estimate.mean(axis=1)
        variance[known] = (found.se**2).sum(axis=1) / arms**2
    return TrialIndex(index, variance)
