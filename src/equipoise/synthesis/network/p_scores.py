"""P-scores: how sure each treatment is to be better than a rival, on average over rivals."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]
SmallValues = Literal["good", "bad"]


def p_scores(
    differences: ArrayLike, se: ArrayLike, *, small_values: SmallValues = "bad"
) -> FloatArray:
    """Return each treatment's P-score, in [0, 1].

    Parameters
    ----------
    differences, se : shape (T, T)
        Effect of the row's treatment less that of the column's, and its standard error.
    small_values
        Whether small effects are good or bad for a person.

    Examples
    --------
    >>> d = np.array([[0.0, 1.96], [-1.96, 0.0]])
    >>> p_scores(d, np.ones((2, 2))).round(3)
    array([0.975, 0.025])

    References
    ----------
    Rücker & Schwarzer (2015), BMC Med Res Methodol 15:58.
    """
    d, s = np.asarray(differences, dtype=np.float64), np.asarray(se, dtype=np.float64)
    apart = ~np.eye(len(d), dtype=bool)
    better = np.zeros_like(d)
    better[apart] = ndtr(d[apart] / s[apart])
    score: FloatArray = better.sum(axis=1) / (len(d) - 1)
    return score if small_values == "bad" else 1 - score
