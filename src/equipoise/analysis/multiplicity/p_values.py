"""What every procedure asks of its p values, and one-sided p values of contrasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr, stdtr

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Alternative = Literal["two-sided", "greater", "less"]


def checked_p(p: ArrayLike) -> FloatArray:
    """Return p values as floats, shape (m,); each must be a number from 0 to 1.

    Raises
    ------
    DataError
        An empty list, a missing value or one outside 0 to 1. A p value that is missing is not
        the same as no test: leaving it out makes the family smaller, which the user must decide.
    """
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not values.size:
        raise DataError(f"A family of p values is a list of one or more. Got shape {values.shape}.")
    if not ((values >= 0) & (values <= 1)).all():
        bad = values[~((values >= 0) & (values <= 1))][0]
        raise DataError(
            f"Every p value must be a number from 0 to 1; got {bad:g}. Leave a hypothesis without "
            "a p value out before, if it was not part of the planned family; else put 1."
        )
    return values


def checked_weights(weights: ArrayLike | None, m: int) -> FloatArray:
    """Return m weights, each >= 0, together at most 1; equal ones for None."""
    if weights is None:
        return np.full(m, 1 / m)
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (m,):
        raise DataError(f"{m} hypotheses need {m} weights; got {w.size}.")
    if not (w >= 0).all():
        raise DataError(f"Weights are shares of alpha: each >= 0. Got {w.tolist()}.")
    if w.sum() > 1 + 1e-9:
        raise DataError(
            f"Weights are shares of alpha and sum to at most 1; these sum to {w.sum():g}. "
            "Divide each by their sum."
        )
    return w


def directed_p(ratio: ArrayLike, df: ArrayLike, alternative: Alternative) -> FloatArray:
    """Return p values of t ratios; infinite df means normal.

    Parameters
    ----------
    ratio, df : shape (m,)
    alternative
        "greater" asks whether an effect is above 0, "less" whether it is below.
    """
    t, df = np.asarray(ratio, dtype=np.float64), np.asarray(df, dtype=np.float64)
    tail = {"two-sided": -np.abs(t), "greater": -t, "less": t}[alternative]
    area = np.where(np.isfinite(df), stdtr(np.where(np.isfinite(df), df, 1.0), tail), ndtr(tail))
    return np.asarray(2 * area if alternative == "two-sided" else area)
