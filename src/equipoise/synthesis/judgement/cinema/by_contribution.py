"""CINeMA: within-study bias and indirectness, by what each study contributes to a comparison."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

Rule = Literal["average", "majority", "highest"]


def level_by_contribution(
    contributions: ArrayLike, levels: ArrayLike, rule: Rule = "average"
) -> NDArray[np.intp]:
    """Return the level of each comparison: 1 low, 2 moderate, 3 high.

    Parameters
    ----------
    contributions : shape (c, s)
        What each of s studies (or direct comparisons) contributes to each of c comparisons; rows
        are shares or percentages and are scaled to sum to 1.
    levels : shape (s,)
        Level of each study, 1, 2 or 3.
    rule
        "average": the weighted mean of the levels, rounded (a half goes up); "majority": the level
        that contributes most (of equals the worse); "highest": the worst that contributes at all.

    References
    ----------
    Nikolakopoulou et al. (2020), PLoS Med 17:e1003082.

    Examples
    --------
    >>> level_by_contribution([[50, 30, 20]], [1, 3, 3], "average")
    array([2])
    >>> level_by_contribution([[50, 30, 20]], [1, 3, 3], "majority")
    array([3])
    """
    share, level = _checked(contributions, levels)
    by_level = np.stack([share[:, level == k].sum(axis=1) for k in (1, 2, 3)], axis=1)
    if rule == "average":
        mean = by_level @ np.array([1.0, 2.0, 3.0])
        rounded: NDArray[np.intp] = np.floor(mean + 0.5 + 1e-9).astype(np.intp)
        return rounded  # a half goes up, also where shares were rounded
    if rule == "majority":
        most = by_level >= by_level.max(axis=1, keepdims=True) - 1e-9
        return np.where(most[:, 2], 3, np.where(most[:, 1], 2, 1)).astype(np.intp)
    if rule == "highest":
        return np.where(by_level[:, 2] > 0, 3, np.where(by_level[:, 1] > 0, 2, 1)).astype(np.intp)
    raise DataError(f"CINeMA's rules are average, majority and highest; got {rule!r}.")


def _checked(
    contributions: ArrayLike, levels: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    share = np.atleast_2d(np.asarray(contributions, dtype=np.float64))
    level = np.asarray(levels)
    if level.ndim != 1 or share.shape[1] != len(level):
        raise DataError(
            f"A contribution matrix has a column a study: {share.shape[1]} columns, levels of "
            f"shape {level.shape}."
        )
    if not np.isfinite(share).all() or (share < 0).any() or not share.any(axis=1).all():
        raise DataError("Contributions are numbers from 0 up, and no row is all 0.")
    if not np.isin(level, (1, 2, 3)).all():
        raise DataError(
            f"Levels of studies are 1 (low), 2 (moderate) or 3 (high); got {level.tolist()}."
        )
    return share / share.sum(axis=1, keepdims=True), level.astype(np.intp)
