"""The covariance of sampling errors within a study, where papers do not report it.

Effects of one study on the same people share errors. With one correlation rho for all pairs,
Cov(e_i, e_j) = rho se_i se_j: a working model whose errors cluster-robust tests forgive.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError
from equipoise.synthesis.dependent.likelihood import Blocks

FloatArray = NDArray[np.float64]


def study_blocks(study: Sequence[object]) -> list[NDArray[np.intp]]:
    """Return the places of each study's rows, studies in order of appearance."""
    places: dict[object, list[int]] = {}
    for i, name in enumerate(study):
        places.setdefault(name, []).append(i)
    return [np.array(rows, dtype=np.intp) for rows in places.values()]


def correlated_errors(v: FloatArray, rho: float) -> Blocks:
    """Return sampling covariances of rows (B, m) with one correlation within studies.

    Parameters
    ----------
    v : shape (n,)
        Sampling variances.
    rho
        In [0, 1); a negative one is rarely meant and not always a covariance.

    References
    ----------
    Hedges, Tipton & Johnson (2010), Res Synth Methods 1:39-65.
    """
    if not 0 <= rho < 1:
        raise DataError(
            f"The correlation of errors within a study was given as {rho:g}: it is from 0 to "
            "below 1. Try several, such as 0.3, 0.6 and 0.9, and see whether it matters."
        )
    se = np.sqrt(v)

    def blocks(rows: NDArray[np.intp]) -> FloatArray:
        pairs = rho * se[rows][:, :, None] * se[rows][:, None, :]
        m = np.arange(rows.shape[1])
        pairs[:, m, m] = v[rows]
        return np.asarray(pairs)

    return blocks


def given_errors(V: ArrayLike, blocks: Sequence[NDArray[np.intp]], n: int) -> Blocks:
    """Check a whole sampling covariance (n, n): symmetric, definite, nothing between studies."""
    whole = np.asarray(V, dtype=np.float64)
    if whole.shape != (n, n) or not np.isfinite(whole).all():
        raise DataError(f"The sampling covariance must be {n} by {n} numbers; got {whole.shape}.")
    if not np.allclose(whole, whole.T, rtol=1e-8, atol=1e-12):
        raise DataError("The sampling covariance is not symmetric.")
    inside = np.zeros((n, n), dtype=bool)
    for block in blocks:
        inside[np.ix_(block, block)] = True
        if np.linalg.eigvalsh(whole[np.ix_(block, block)])[0] <= 0:
            raise DataError(
                f"The sampling covariance of rows {(block + 1).tolist()} is not positive definite: "
                "look for a correlation of 1 or above, or a variance that is not the square."
            )
    if np.any(whole[~inside] != 0):
        raise DataError("The sampling covariance has entries between studies: these are for rows "
                        "of one study. Give such rows one study name.")  # fmt: skip
    return lambda rows: whole[rows[:, :, None], rows[:, None, :]]
