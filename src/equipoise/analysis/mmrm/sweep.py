"""Invert the observed block of many covariance matrices at once.

Beaton's (1964) sweep operator, as in Little & Rubin, Statistical Analysis with Missing Data:
sweeping the observed rows of Sigma gives their inverse and their log determinant together, shows
by its pivots whether the block is positive definite, and never raises, which a batch needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Inverse(NamedTuple):
    """`matrix` (..., m, m) is 0 outside the observed block; `definite` (...) says if it exists."""

    matrix: NDArray[np.float64]
    log_determinant: NDArray[np.float64]
    definite: NDArray[np.bool_]


def observed_inverse(sigma: NDArray[np.float64], mask: NDArray[np.float64]) -> Inverse:
    """Invert sigma[..., o, o] where mask (..., m) is 1 on the observed visits o, 0 elsewhere.

    Parameters
    ----------
    sigma : shape (..., m, m), broadcast against `mask`
    mask : shape (..., m)

    Examples
    --------
    >>> inverse = observed_inverse(np.array([[4.0, 1.0], [1.0, 2.0]]), np.array([1.0, 0.0]))
    >>> (inverse.matrix + 0).tolist(), round(float(inverse.log_determinant), 4)
    ([[0.25, 0.0], [0.0, 0.0]], 1.3863)
    """
    m = mask.shape[-1]
    pairs = mask[..., :, None] * mask[..., None, :]
    shape = np.broadcast_shapes(sigma.shape, pairs.shape)
    # the visits first, people last: every step then runs along long rows
    A = np.ascontiguousarray(np.moveaxis(sigma * pairs, (-2, -1), (0, 1)).reshape(m, m, -1))
    seen = np.broadcast_to(mask, shape[:-1]).reshape(-1, m).T > 0
    log_determinant = np.zeros(A.shape[-1])
    definite = np.ones(A.shape[-1], dtype=bool)
    for a in range(m):
        pivot = np.where(seen[a], A[a, a], 1.0)
        definite &= pivot > 0
        pivot = np.where(pivot > 0, pivot, 1.0)
        log_determinant += np.log(pivot)
        row = A[a] / pivot
        A -= A[:, a, None] * row
        A[a] = A[:, a] = row
        A[a, a] = np.where(seen[a], -1 / pivot, 0.0)
    matrix = np.moveaxis(-A.reshape(m, m, *shape[:-2]), (0, 1), (-2, -1))
    return Inverse(
        np.ascontiguousarray(matrix),
        log_determinant.reshape(shape[:-2]),
        definite.reshape(shape[:-2]),
    )
