"""Cholesky factors of many matrices, of which some may not be positive definite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST = 1e-14
"""Smallest eigenvalue, relative to the largest, of a matrix that counts as positive definite."""


def cholesky(
    matrices: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return lower factors (N, d, d), and which matrices have one; the others have an identity.

    Examples
    --------
    >>> lower, definite = cholesky(np.array([[[4.0]], [[-1.0]]]))
    >>> lower.ravel().tolist(), definite.tolist()
    ([2.0, 1.0], [True, False])
    """
    try:
        lower = np.asarray(np.linalg.cholesky(matrices), dtype=np.float64)
        return lower, np.ones(len(matrices), dtype=np.bool_)
    except np.linalg.LinAlgError:
        identity = np.eye(matrices.shape[-1])
        finite = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
        usable = np.where(finite[:, None, None], matrices, identity)
        values = np.linalg.eigvalsh(usable)
        definite = np.asarray(finite & (values[:, 0] > SMALLEST * np.abs(values[:, -1])))
        lower = np.linalg.cholesky(np.where(definite[:, None, None], usable, identity))
        return np.asarray(lower, dtype=np.float64), definite


def well_conditioned(matrices: NDArray[np.float64], bound: float) -> NDArray[np.bool_]:
    """Return which matrices (N, d, d) of unit diagonal have no eigenvalue below `bound`.

    With a trace of d, the smallest eigenvalue is at least the determinant divided by
    (d / (d - 1))^(d - 1) < e; only where that does not settle it are eigenvalues computed.

    Examples
    --------
    >>> well_conditioned(np.array([[[1.0, 0.5], [0.5, 1.0]], [[1.0, 1.0], [1.0, 1.0]]]), 1e-6)
    array([ True, False])
    """
    lower, good = cholesky(matrices)
    pivots = np.diagonal(lower, axis1=1, axis2=2)
    doubtful = np.flatnonzero(good & (np.square(pivots).prod(axis=1) / np.e <= bound))
    if doubtful.size:
        good[doubtful] = np.linalg.eigvalsh(matrices[doubtful])[:, 0] >= bound
    return good
