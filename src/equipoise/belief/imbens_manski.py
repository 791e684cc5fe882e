"""How far sampling error reaches beyond two estimated bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

FloatArray = NDArray[np.float64]


def imbens_manski_interval(
    low: ArrayLike, high: ArrayLike, se_low: ArrayLike, se_high: ArrayLike, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Widen bounds so that the quantity between them is covered with probability `level`.

    The quantity cannot be near both ends at once, so a wide pair of bounds needs only the
    one-sided quantile; the quantile grows to the two-sided one as the bounds meet.

    Parameters
    ----------
    low, high : shape (...)
        Estimated bounds, low <= high.
    se_low, se_high : shape (...)
        Their standard errors.

    References
    ----------
    Imbens & Manski (2004), Econometrica 72:1845-1857.

    Examples
    --------
    >>> low, high = imbens_manski_interval(0.0, 0.0, 1.0, 1.0)
    >>> round(float(high), 2)  # bounds that meet: the usual 95 % interval
    1.96
    >>> low, high = imbens_manski_interval(-100.0, 0.0, 1.0, 1.0)
    >>> round(float(high), 3)  # bounds far apart: one-sided
    1.645
    """
    lower, upper, s_low, s_high = (np.asarray(v, float) for v in (low, high, se_low, se_high))
    widest = np.maximum(s_low, s_high)
    width = np.divide(upper - lower, widest, out=np.zeros_like(widest + upper), where=widest > 0)
    least = np.full(width.shape, ndtri(level))
    most = np.full(width.shape, ndtri((1 + level) / 2))
    for _ in range(60):  # bisection: the coverage grows with the quantile
        middle = (least + most) / 2
        enough = ndtr(middle + width) - ndtr(-middle) >= level
        least, most = np.where(enough, least, middle), np.where(enough, middle, most)
    return lower - most * s_low, upper + most * s_high
