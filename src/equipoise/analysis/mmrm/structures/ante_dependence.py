"""First-order ante-dependence: each two neighbouring visits have a correlation of their own.

Gabriel (1962), Ann Math Stat 33:201-212.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
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


class Antecorrelation(Correlation):
    """C_ab is the product of the correlations of all neighbours between a and b."""

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return a label for each pair of neighbours."""
        return tuple(f"correlation {one}, {after}" for one, after in pairwise(visits))

    def matrix(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the products."""
        return np.asarray(_factors(rho, m).prod(axis=-1))

    def slopes(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the products without the factor, 0 where it does not occur."""
        q = m - 1
        factors = np.repeat(_factors(rho, m)[..., None, :, :, :], q, axis=-4)
        for s in range(q):
            factors[..., s, :, :, s] = _between(m)[..., s]
        return np.asarray(factors.prod(axis=-1))

    def curvatures(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the products without two factors."""
        q = m - 1
        out = np.zeros((*rho.shape, q, m, m))
        for s in range(q):
            for t in range(s):
                factors = _factors(rho, m)
                factors[..., s], factors[..., t] = _between(m)[..., s], _between(m)[..., t]
                out[..., s, t, :, :] = out[..., t, s, :, :] = factors.prod(axis=-1)
        return out

    def start(self, C: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the correlations of neighbours."""
        return np.clip(np.diagonal(C, offset=1, axis1=-2, axis2=-1), -0.95, 0.95)


@cache
def _between(m: int) -> NDArray[np.bool_]:
    """Return whether the step from visit s to s + 1 lies between a and b, shape (m, m, m - 1)."""
    a, b, s = np.ogrid[:m, :m, : m - 1]
    return np.asarray((np.minimum(a, b) <= s) & (s < np.maximum(a, b)))


def _factors(rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
    """Return rho_s where it lies between a and b, else 1; shape (..., m, m, m - 1)."""
    return np.where(_between(m), rho[..., None, None, :], 1.0)


class AnteDependence(Homogeneous):
    """One variance, a correlation for each pair of neighbours."""

    slug, name = "ad", "ante-dependence"
    correlation = Antecorrelation()


class HeterogeneousAnteDependence(Heterogeneous):
    """A variance for each visit, a correlation for each pair of neighbours."""

    slug, name = "adh", "heterogeneous ante-dependence"
    correlation = Antecorrelation()
