"""Unstructured: every variance and covariance is a parameter of its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.linear import Linear
from equipoise.analysis.mmrm.structures.structure import Kind, Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Unstructured(Linear):
    """m (m + 1) / 2 parameters, the lower triangle row by row."""

    slug, name = "us", "unstructured"

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return variances and covariances."""
        return tuple(
            Parameter(f"variance {visits[a]}", "covariance")
            if a == b
            else Parameter(f"covariance {visits[b]}, {visits[a]}", "covariance")
            for a in range(len(visits))
            for b in range(a + 1)
        )

    def basis(self, m: int) -> NDArray[np.float64]:
        """Return the symmetric unit matrices."""
        return _basis(m)

    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the matrix that has theta as lower triangle."""
        return np.asarray(theta[..., _places(m)])

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the empirical matrix, then at one shrunk halfway to its diagonal."""
        m = moments.shape[-1]
        rows, columns = np.tril_indices(m)
        halfway = moments * (0.5 + 0.5 * np.eye(m))
        diagonal = moments * np.eye(m)
        return [matrix[..., rows, columns] for matrix in (moments, halfway, diagonal)]

    def move(
        self, theta: NDArray[np.float64], step: NDArray[np.float64], kinds: Sequence[Kind]
    ) -> NDArray[np.float64]:
        """Step along a geodesic of positive definite matrices, to third order.

        Sigma = L L' goes to L exp(S) L' with S = L^-1 step L^-T; exp(S) is replaced by
        (I + S/2 + S^2/8)^2, which is positive definite for every S.
        """
        m = round((np.sqrt(8 * theta.shape[-1] + 1) - 1) / 2)
        L = np.linalg.cholesky(self.sigma(theta, m))
        inverse = np.linalg.inv(L)
        half = inverse @ self.sigma(step, m) @ np.swapaxes(inverse, -1, -2) / 2
        root = L @ (np.eye(m) + half + half @ half / 2)
        rows, columns = np.tril_indices(m)
        return np.asarray((root @ np.swapaxes(root, -1, -2))[..., rows, columns])


@cache
def _places(m: int) -> NDArray[np.intp]:
    """Return where in the lower triangle each cell of the matrix is found, shape (m, m)."""
    places = np.empty((m, m), dtype=np.intp)
    rows, columns = np.tril_indices(m)
    places[rows, columns] = places[columns, rows] = np.arange(len(rows))
    return places


@cache
def _basis(m: int) -> NDArray[np.float64]:
    places = _places(m)
    return np.asarray(places == np.arange(m * (m + 1) // 2)[:, None, None], dtype=np.float64)
