"""Compound symmetry: every two visits are correlated alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.correlation import Correlation, Heterogeneous
from equipoise.analysis.mmrm.structures.linear import Linear
from equipoise.analysis.mmrm.structures.structure import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class CompoundSymmetry(Linear):
    """Sigma = c J + v I: the covariance c may be negative."""

    slug, name = "cs", "compound symmetry"
    always_definite = False

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return the covariance and the residual variance, as SAS does."""
        return (Parameter("covariance", "covariance"), Parameter("residual", "covariance"))

    def basis(self, m: int) -> NDArray[np.float64]:
        """Return J and I."""
        return np.stack((np.ones((m, m)), np.eye(m)))

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the mean variance and covariance."""
        m = moments.shape[-1]
        total = np.trace(moments, axis1=-2, axis2=-1) / m
        common = (moments.sum(axis=(-2, -1)) / m - total) / max(m - 1, 1)
        common = np.clip(common, -0.9 * total / max(m - 1, 1), 0.95 * total)
        return [np.stack((c, total - c), axis=-1) for c in (common, 0.1 * total)]


class Exchangeable(Correlation):
    """C_ab = rho for a != b."""

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return the one label."""
        return ("correlation",)

    def matrix(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return 1 on the diagonal, rho off it."""
        return np.eye(m) + rho[..., None] * (1 - np.eye(m))

    def slopes(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return 1 off the diagonal."""
        return np.broadcast_to(1 - np.eye(m), (*rho.shape, m, m))

    def curvatures(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return 0."""
        return np.zeros((*rho.shape, 1, m, m))

    def start(self, C: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean correlation."""
        m = C.shape[-1]
        mean = (C.sum(axis=(-2, -1)) - m) / max(m * (m - 1), 1)
        return np.asarray(np.clip(mean, -0.9 / max(m - 1, 1), 0.95)[..., None])


class HeterogeneousCompoundSymmetry(Heterogeneous):
    """A variance for each visit, one correlation."""

    slug, name = "csh", "heterogeneous compound symmetry"
    always_definite = False
    correlation = Exchangeable()
