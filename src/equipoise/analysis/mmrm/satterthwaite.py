"""Degrees of freedom from the variability of a variance: Satterthwaite, and Fai and Cornelius.

Satterthwaite (1946), Biometrics Bull 2:110-114. For several rows at once: Fai & Cornelius (1996),
J Stat Comput Simul 54:363-378.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import FTest

if TYPE_CHECKING:
    from numpy.typing import NDArray


def satterthwaite_df(
    rows: NDArray[np.float64],
    spread: NDArray[np.float64],
    theta_covariance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the degrees of freedom of contrasts, shape (..., k).

    Parameters
    ----------
    rows : shape (..., k, p)
        Contrasts w with variance w'w (the contrast times the root of the covariance).
    spread : shape (..., d, p, p)
        w' spread_s w is the derivative of that variance in covariance parameter s.
    theta_covariance : shape (..., d, d)
    """
    variance = np.square(rows).sum(axis=-1)
    k, p = rows.shape[-2:]
    d = spread.shape[-3]
    # all derivatives by one product: rows @ [spread_1 | ... | spread_d]
    side = np.moveaxis(spread, -3, -2).reshape(*spread.shape[:-3], p, d * p)
    pulled = (rows @ side).reshape(*rows.shape[:-2], k, d, p)
    slope = (pulled * rows[..., :, None, :]).sum(axis=-1)
    return np.asarray(2 * variance**2 / ((slope @ theta_covariance) * slope).sum(axis=-1))


def fai_cornelius(
    estimate: NDArray[np.float64],
    rows: NDArray[np.float64],
    spread: NDArray[np.float64],
    theta_covariance: NDArray[np.float64],
) -> FTest:
    """Test that q contrasts are all 0; `rows` (q, p) as above, `estimate` (q,)."""
    values, vectors = np.linalg.eigh(rows @ rows.T)
    kept = values > values[-1] * 1e-10
    turned = vectors[:, kept].T
    own = turned @ rows
    statistic = float((np.square(turned @ estimate) / values[kept]).mean())
    q = int(kept.sum())
    df = satterthwaite_df(own, spread, theta_covariance)
    if q == 1:
        return FTest(statistic, 1, float(df[0]))
    several = df[df > 2]
    total = float((several / (several - 2)).sum())
    return FTest(statistic, q, 2 * total / (total - q) if total > q else 2.0)
