"""Structures that are linear in their parameters: Sigma = sum of theta_s B_s."""

from __future__ import annotations

from abc import abstractmethod
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.structure import Structure

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Linear(Structure):
    """A sum of fixed matrices, each times a parameter."""

    linear = True

    @abstractmethod
    def basis(self, m: int) -> NDArray[np.float64]:
        """Return the matrices B, shape (d, m, m)."""

    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the sum."""
        basis = self.basis(m)
        flat = theta @ basis.reshape(len(basis), m * m)
        return np.asarray(flat.reshape(*theta.shape[:-1], m, m))

    def slopes(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the basis at every point."""
        return np.broadcast_to(self.basis(m), (*theta.shape[:-1], *self.basis(m).shape))


@cache
def lag_basis(m: int) -> NDArray[np.float64]:
    """Return, for each lag 0 ... m - 1, the matrix (m, m) that is 1 at that lag."""
    visit = np.arange(m)
    lag = np.abs(visit[:, None] - visit)
    return np.asarray(lag == visit[:, None, None], dtype=np.float64)
