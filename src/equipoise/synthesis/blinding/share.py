"""The ratio of two estimates, with the delta method's and Fieller's limits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


class Share(NamedTuple):
    """A ratio, its standard error by the delta method, and Fieller's limits."""

    estimate: float
    se: float
    low: float
    high: float


def share(
    numerator: float,
    denominator: float,
    cov: FloatArray,
    *,
    df: float | None = None,
    level: float = 0.95,
) -> Share:
    """Divide two estimates.

    Parameters
    ----------
    cov : shape (2, 2)
        Of (numerator, denominator).
    df
        Of t; normal if None.

    Raises
    ------
    NotIdentifiedError
        When the denominator's interval covers 0.

    References
    ----------
    Fieller (1954), J R Stat Soc B 16:175-185.

    Examples
    --------
    >>> share(1.0, 2.0, np.diag([0.01, 0.01])).estimate
    0.5
    """
    tail = (1 + level) / 2
    quantile = float(ndtri(tail) if df is None else stdtrit(df, tail))
    (vn, c), (_, vd) = np.asarray(cov, dtype=np.float64)
    half = quantile * math.sqrt(vd)
    if abs(denominator) <= half:
        raise NotIdentifiedError(
            f"the {level:.0%} interval of the active arms' change covers 0 "
            f"({denominator - half:.3g} to {denominator + half:.3g}): a share of a change that "
            "may be none means nothing. Read the contrast instead."
        )
    ratio = numerator / denominator
    se = math.sqrt(max(vn - 2 * ratio * c + ratio**2 * vd, 0.0)) / abs(denominator)
    t2 = quantile**2
    a = denominator**2 - t2 * vd
    b = numerator * denominator - t2 * c
    root = math.sqrt(max(b**2 - a * (numerator**2 - t2 * vn), 0.0))
    return Share(ratio, se, (b - root) / a, (b + root) / a)
