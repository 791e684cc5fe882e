"""Differences in means of each dose against the referent, with their covariance.

Crippa & Orsini (2016), BMC Med Res Methodol 16:91: one SD, pooled over all arms of the study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammaln

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

MeanMeasure = Literal["md", "smd", "cohen-d"]


def mean_contrasts(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, measure: MeanMeasure = "md"
) -> tuple[FloatArray, FloatArray]:
    """Return differences to the first arm and their covariance.

    Parameters
    ----------
    mean, sd, n : shape (m + 1,)
        Of each arm, the referent first; SDs above 0, n at least 2.
    measure
        ``md`` in units of the outcome; ``cohen-d`` in pooled SDs; ``smd`` the same with Hedges'
        exact small-sample correction.

    Returns
    -------
    y : shape (m,)
    covariance : shape (m, m)

    Examples
    --------
    >>> y, S = mean_contrasts([20, 15, 12], [5, 5, 5], [30, 30, 30])
    >>> print(y, S.round(4).tolist())
    [-5. -8.] [[1.6667, 0.8333], [0.8333, 1.6667]]
    """
    x, s, n = (np.asarray(value, dtype=np.float64) for value in (mean, sd, n))
    if not x.shape == s.shape == n.shape or x.ndim != 1 or len(x) < 2:
        raise DataError(f"Means, SDs and n are one an arm, two arms at least. Got {x.shape}.")
    if not (np.isfinite(x).all() and (s > 0).all() and (n >= 2).all()):
        raise DataError(
            f"Means {x.tolist()}, SDs {s.tolist()}, n {n.tolist()}: SDs are above 0, n from 2 up."
        )
    df = float(n.sum() - len(n))
    pooled = float((n - 1) @ s**2) / df
    shared = np.diag(1 / n[1:]) + 1 / n[0]
    if measure == "md":
        return x[1:] - x[0], pooled * shared
    d = (x[1:] - x[0]) / np.sqrt(pooled)
    if measure == "smd":
        d = d * hedges_factor(df)
    return d, shared + np.outer(d, d) / (2 * n.sum())


def hedges_factor(df: float) -> float:
    """Return the exact correction of a standardised difference, Hedges (1981)."""
    return float(np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2))
