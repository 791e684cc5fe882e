"""First-order autoregression: correlation rho to the power of the number of visits between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.correlation import (
    Correlation,
    Heterogeneous,
    Homogeneous,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Autoregression(Correlation):
    """C_ab = rho^|a - b|."""

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return the one label."""
        return ("correlation",)

    def matrix(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return rho^lag."""
        return np.asarray(rho[..., None] ** _lag(m))

    def slopes(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return lag rho^(lag - 1)."""
        lag = _lag(m)
        return np.asarray(lag * rho[..., None, None] ** np.maximum(lag - 1, 0))

    def curvatures(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return lag (lag - 1) rho^(lag - 2)."""
        lag = _lag(m)
        power = rho[..., None, None, None] ** np.maximum(lag - 2, 0)
        return np.asarray(lag * (lag - 1) * power)

    def start(self, C: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean correlation of neighbours."""
        near = np.diagonal(C, offset=1, axis1=-2, axis2=-1).mean(axis=-1)
        return np.asarray(np.clip(near, -0.95, 0.95)[..., None])


def _lag(m: int) -> NDArray[np.float64]:
    visit = np.arange(m, dtype=np.float64)
    return np.abs(visit[:, None] - visit)


class AR1(Homogeneous):
    """One variance, correlation rho^lag."""

    slug, name = "ar1", "first-order autoregressive"
    correlation = Autoregression()


class ARH1(Heterogeneous):
    """A variance for each visit, correlation rho^lag."""

    slug, name = "arh1", "heterogeneous first-order autoregressive"
    correlation = Autoregression()
