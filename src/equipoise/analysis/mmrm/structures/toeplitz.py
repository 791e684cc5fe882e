"""Toeplitz: visits the same distance apart are correlated alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.correlation import Correlation, Heterogeneous
from equipoise.analysis.mmrm.structures.linear import Linear, lag_basis
from equipoise.analysis.mmrm.structures.structure import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Toeplitz(Linear):
    """One variance and a covariance for each lag."""

    slug, name = "toep", "Toeplitz"
    always_definite = False

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return the variance, then the covariance at lags 1 ... m - 1."""
        lags = range(1, len(visits))
        rest = (Parameter(f"covariance at lag {lag}", "covariance") for lag in lags)
        return (Parameter("variance", "covariance"), *rest)

    def basis(self, m: int) -> NDArray[np.float64]:
        """Return the bands."""
        return lag_basis(m)

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the mean of each band, and closer to independence."""
        bands = _band_means(moments)
        weaker = bands * np.concatenate(([1.0], np.full(bands.shape[-1] - 1, 0.3)))
        return [_definite(bands), weaker]


class ToeplitzCorrelation(Correlation):
    """C_ab = rho_|a - b|."""

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return a label for each lag."""
        return tuple(f"correlation at lag {lag}" for lag in range(1, len(visits)))

    def matrix(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the bands."""
        flat = rho @ lag_basis(m)[1:].reshape(m - 1, m * m)
        return np.asarray(np.eye(m) + flat.reshape(*rho.shape[:-1], m, m))

    def slopes(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the bands' indicators."""
        return np.broadcast_to(lag_basis(m)[1:], (*rho.shape, m, m))

    def curvatures(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return 0."""
        return np.zeros((*rho.shape, rho.shape[-1], m, m))

    def start(self, C: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean correlation of each lag."""
        return np.asarray(np.clip(_definite(_band_means(C))[..., 1:], -0.95, 0.95))


class HeterogeneousToeplitz(Heterogeneous):
    """A variance for each visit, a correlation for each lag."""

    slug, name = "toeph", "heterogeneous Toeplitz"
    always_definite = False
    correlation = ToeplitzCorrelation()


def _band_means(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    m = matrix.shape[-1]
    bands = [np.diagonal(matrix, lag, -2, -1).mean(axis=-1) for lag in range(m)]
    return np.stack(bands, axis=-1)


def _definite(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shrink the bands towards independence until their matrix is positive definite."""
    m = bands.shape[-1]
    shrunk = bands.copy()
    for _ in range(40):
        matrix = (shrunk @ lag_basis(m).reshape(m, m * m)).reshape(*bands.shape[:-1], m, m)
        bad = np.linalg.eigvalsh(matrix)[..., 0] < 0.02 * bands[..., 0]
        if not bad.any():
            break
        shrunk[..., 1:] *= np.where(bad, 0.8, 1.0)[..., None]
    return shrunk
