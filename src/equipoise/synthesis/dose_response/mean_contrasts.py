"""Differences in means of each dose against the referent, with their covariance.

Crippa & Orsini (2016), BMC Med Res Methodol 16:91: one SD, pooled over all arms of the study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

MeanMeasure = Literal["md", "smd", "cohen-d", "glass-delta"]
MEAN_MEASURES: tuple[MeanMeasure, ...] = ("md", "smd", "cohen-d", "glass-delta")


def mean_contrasts(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    measure: MeanMeasure = "md",
    *,
    shared: Literal["referent", "pooled"] = "referent",
) -> tuple[FloatArray, FloatArray]:
    """Return differences to the first arm and their covariance.

    Parameters
    ----------
    mean, sd, n : shape (m + 1,)
        Of each arm, the referent first; SDs above 0, n at least 2.
    measure
        ``md`` in units of the outcome; ``cohen-d`` in pooled SDs; ``smd`` the same with Hedges'
        small-sample correction; ``glass-delta`` in SDs of the referent.
    shared
        The covariance of two ``md`` is the variance of the referent's mean: with the
        ``referent``'s own SD as in the paper, or the ``pooled`` one, as their variances have it.

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
    if measure not in MEAN_MEASURES:
        raise DataError(f"No difference is named {measure!r}: {', '.join(MEAN_MEASURES)}.")
    pooled = float((n - 1) @ s**2 / (n.sum() - len(n)))
    frame = np.diag(1 / n[1:]) + 1 / n[0]  # of means in units of the SD
    if measure == "md":
        S = pooled * frame
        if shared == "referent":
            S = np.where(np.eye(len(S), dtype=bool), S, s[0] ** 2 / n[0])
        return x[1:] - x[0], S
    d = (x[1:] - x[0]) / (s[0] if measure == "glass-delta" else np.sqrt(pooled))
    total = float(n.sum())
    if measure == "smd":
        d = d * (1 - 3 / (4 * total - 9))
    people = {"smd": total - 3.94, "cohen-d": total, "glass-delta": float(n[0]) - 1}[measure]
    return d, frame + np.outer(d, d) / (2 * people)
