"""Kenward and Roger's small-sample covariance of the fixed effects, and their scaled F test.

Kenward & Roger (1997), Biometrics 53:983-997. Their term R_st holds the second derivatives of
Sigma and so depends on the parameters that Sigma is written in: here the natural ones, as in SAS
(`kenward-roger`). Without it the covariance is that of a Sigma linear in its parameters
(`kenward-roger-linear`, Kenward & Roger 2009, Comput Stat Data Anal 53:2583-2595, before its
correction for non-linearity).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import FTest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.covariance_model import CovarianceModel
    from equipoise.analysis.mmrm.moments import Moments
    from equipoise.analysis.mmrm.newton import Optimum


def adjustment(
    model: CovarianceModel,
    moments: Moments,
    optimum: Optimum,
    theta_covariance: NDArray[np.float64],
    *,
    linear: bool,
) -> NDArray[np.float64]:
    """Return Lambda (N, p, p): the adjusted covariance is root (I + 2 Lambda) root'.

    Lambda is root' {sum_st w_st (Q_st - P_s Phi P_t - R_st / 4)} root.
    """
    N, K, m, r = moments.yu.shape
    A = moments.loading.reshape(-1, m * r, moments.loading.shape[-1])
    Av = A @ optimum.value.root
    W, spread = optimum.value.W, optimum.derivatives.spread
    d, p = spread.shape[1], spread.shape[2]
    mixed = (theta_covariance @ spread.reshape(N, d, p * p)).reshape(N, d, p, p)
    PP = (spread @ mixed).sum(axis=1)
    slopes = model.slopes(optimum.theta, moments)
    shared = slopes.shape[1]
    weighted = theta_covariance[:, None] @ slopes.reshape(len(slopes), shared, d, m * m)
    weighted = weighted.reshape(N, shared, d, m, m)
    inner = (slopes @ W[:, :, None] @ weighted).sum(axis=2)  # sum_st w_st E_s W E_t
    if not linear:
        second = model.second(optimum.theta, moments, theta_covariance)
        if second is not None:
            inner = inner - second / 4
    outer = W @ inner @ W
    total = outer.reshape(N, K, m * m).swapaxes(1, 2) @ moments.uu.reshape(N, K, r * r)
    total = total.reshape(N, m, m, r, r).swapaxes(2, 3).reshape(N, m * r, m * r)
    found = Av.swapaxes(1, 2) @ total @ Av - PP
    return np.asarray((found + found.swapaxes(1, 2)) / 2)


def scaled_f(
    estimate: NDArray[np.float64],
    rows: NDArray[np.float64],
    spread: NDArray[np.float64],
    theta_covariance: NDArray[np.float64],
    lam: NDArray[np.float64],
) -> FTest:
    """Test that q contrasts are all 0, by the F statistic scaled to match its first two moments.

    Parameters
    ----------
    estimate : shape (q,)
    rows : shape (q, p)
        Contrasts times the root of the unadjusted covariance.
    lam : shape (p, p)
        Lambda of `adjustment`.
    """
    p = rows.shape[1]
    adjusted = rows @ (np.eye(p) + 2 * lam) @ rows.T
    q = int(np.linalg.matrix_rank(rows))
    statistic = float(estimate @ np.linalg.pinv(adjusted, hermitian=True) @ estimate) / q
    theta = rows.T @ np.linalg.pinv(rows @ rows.T, hermitian=True) @ rows
    turned = theta @ spread
    traces = np.trace(turned, axis1=1, axis2=2)
    A1 = float(traces @ theta_covariance @ traces)
    A2 = float((np.einsum("sij,tji->st", turned, turned) * theta_covariance).sum())
    B = (A1 + 6 * A2) / (2 * q)
    g = ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2)
    under = 3 * q + 2 * (1 - g)
    c1, c2, c3 = g / under, (q - g) / under, (q + 2 - g) / under
    E = 1 / (1 - A2 / q)
    V = (2 / q) * (1 + c1 * B) / ((1 - c2 * B) ** 2 * (1 - c3 * B))
    rho = V / (2 * E**2)
    df = 4 + (q + 2) / (q * rho - 1)
    scale = df / (E * (df - 2))
    return FTest(scale * statistic, q, float(df))
