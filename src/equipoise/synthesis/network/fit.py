"""Network estimates by weighted least squares on the graph, at a given heterogeneity.

theta = L+ X' W z with the Laplacian L = X' W X (Rücker 2012). Effects are centred: they sum to 0
over treatments, and only their differences are of interest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.network.network import Network

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFit:
    """Effects of T treatments at one `tau2`.

    `effects` (T,) are centred, `covariance` (T, T) is L+; `q` the weighted sum of squared
    residuals, with `df` degrees of freedom.
    """

    tau2: float
    effects: FloatArray
    covariance: FloatArray
    laplacian: FloatArray
    q: float
    df: int

    @property
    def differences(self) -> FloatArray:
        """Effect of each treatment (row) less that of each other (column), shape (T, T)."""
        return self.effects[:, None] - self.effects

    @property
    def variances(self) -> FloatArray:
        """Variances of the differences, shape (T, T)."""
        own = np.diag(self.covariance)
        return np.maximum(own[:, None] + own - 2 * self.covariance, 0.0)

    @property
    def se(self) -> FloatArray:
        """Standard errors of the differences, shape (T, T)."""
        return np.sqrt(self.variances)


def fit_at(network: Network, tau2: float = 0.0) -> NetworkFit:
    """Fit the consistency model at a known heterogeneity variance; 0 is the common-effect model.

    Parameters
    ----------
    tau2
        Variance of true effects of a comparison between studies, the same for all comparisons.

    References
    ----------
    Rücker (2012), Res Synth Methods 3:312-324.
    """
    w = 1 / (network.d + tau2 / 2)
    weighted = network.X * w[:, None]
    L = network.X.T @ weighted
    inverse = laplacian_inverse(L)
    z, lack = network.contrasts_at(tau2)
    effects = inverse @ (weighted.T @ z)
    residual = z - network.X @ effects
    q = float(w @ residual**2) + float(lack.sum())
    return NetworkFit(tau2, effects, inverse, L, q, len(z) - len(network.treatments) + 1)


def laplacian_inverse(L: FloatArray) -> FloatArray:
    """Return the pseudoinverse of the Laplacian of a connected graph, shape (T, T)."""
    shift = np.trace(L) / len(L) ** 2  # of the order of L's own eigenvalues
    inverse: FloatArray = np.linalg.inv(L + shift) - 1 / (shift * len(L) ** 2)
    return inverse
