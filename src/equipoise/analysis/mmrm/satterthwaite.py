"""Degrees of freedom from the variability of a variance: Satterthwaite, and Fai and Cornelius.

Satterthwaite (1946), Biometrics Bull 2:110-114. For several rows at once: Fai & Cornelius (1996),
J Stat Comput Simul 54:363-378.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import FTest

if TYPE_CHECKING:
    from collections.abc import Callable

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
    across = rows.swapaxes(-1, -2)[..., None, :, :]
    slope = ((spread @ across) * across).sum(axis=-2).swapaxes(-1, -2)  # (..., k, d)
    return np.asarray(2 * variance**2 / ((slope @ theta_covariance) * slope).sum(axis=-1))


def fai_cornelius(
    L: NDArray[np.float64],
    estimate: NDArray[np.float64],
    covariance: NDArray[np.float64],
    df_of: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> FTest:
    """Test that q contrasts are all 0, from the df of the uncorrelated ones that span them.

    Parameters
    ----------
    L, estimate, covariance : shapes (q, p), (q,), (p, p)
        The contrasts, what they were estimated as, and the covariance of the coefficients.
    df_of
        Gives the df of each row of contrasts.
    """
    values, vectors = np.linalg.eigh(L @ covariance @ L.T)
    kept = values > values[-1] * 1e-10
    turn = vectors[:, kept].T
    statistic = float((np.square(turn @ estimate) / values[kept]).mean())
    q = int(kept.sum())
    df = df_of(turn @ L)
    if q == 1:
        return FTest(statistic, 1, float(df[0]))
    if np.ptp(df) < 1e-8:
        return FTest(statistic, q, float(df.mean()))
    if (df <= 2).any():
        return FTest(statistic, q, 2.0)
    total = float((df / (df - 2)).sum())
    return FTest(statistic, q, 2 * total / (total - q))
