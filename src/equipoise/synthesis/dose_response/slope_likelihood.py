"""Likelihood of random slopes with an unstructured covariance, and its analytic score.

Written so that a complex covariance goes through it: its Hessian is taken by complex steps, exact
to machine precision (Squire & Trapp 1998, SIAM Rev 40:110-112).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.dose_response.cross_products import CrossProducts

    FloatArray = NDArray[np.float64]

STEP = 1e-100


@dataclass(frozen=True, slots=True, eq=False)
class AtPsi:
    """What the data say at one covariance of slopes.

    `beta` (q,), its `information` (q, q), the generalised residual sum of squares `rss`,
    `log_det` of all V_i, and the score in Psi, (r, r), of the (restricted) log-likelihood.
    """

    beta: Any
    information: Any
    rss: Any
    score: Any
    log_det: float | None


def at_psi(data: CrossProducts, psi: NDArray[Any], *, restricted: bool) -> AtPsi:
    """Evaluate the model at Psi of shape (r, r), real or complex."""
    r = len(psi)
    A = np.eye(r) + data.zz @ psi
    M = np.linalg.inv(A)  # (I + Z'WZ Psi)^-1: Z'V^-1 = M Z'W
    H = psi @ M
    zz, zx, zy = M @ data.zz, M @ data.zx, (M @ data.zy[..., None])[..., 0]
    xx = data.xx - np.einsum("kra,krs,ksb->ab", data.zx, H, data.zx)
    xy = data.xy - np.einsum("kra,krs,ks->a", data.zx, H, data.zy)
    yy = data.yy - np.einsum("kr,krs,ks->", data.zy, H, data.zy)
    beta = np.linalg.solve(xx, xy)
    left = zy - zx @ beta
    score = np.einsum("kr,ks->rs", left, left) - zz.sum(axis=0)
    if restricted:
        score = score + np.einsum("kra,ab,ksb->rs", zx, np.linalg.inv(xx), zx)
    log_det = None
    if not np.iscomplexobj(psi):
        log_det = data.log_det + float(np.linalg.slogdet(A)[1].sum())
    return AtPsi(beta, xx, yy - beta @ xy, score / 2, log_det)


def log_likelihood(data: CrossProducts, psi: FloatArray, *, restricted: bool) -> float:
    """Return the (restricted) log-likelihood with beta profiled out."""
    at = at_psi(data, psi, restricted=restricted)
    assert at.log_det is not None  # noqa: S101  (psi is real)
    q = len(at.beta) if restricted else 0
    value = -((data.rows - q) * math.log(2 * math.pi) + at.log_det + float(at.rss)) / 2
    if restricted:
        value -= float(np.linalg.slogdet(at.information)[1]) / 2
    return value


def factor_score(data: CrossProducts, factor: NDArray[Any], *, restricted: bool) -> NDArray[Any]:
    """Return the score in the lower triangle of L, Psi = L L', shape (r (r + 1) / 2,)."""
    score = at_psi(data, factor @ factor.T, restricted=restricted).score
    rows, columns = np.tril_indices(len(factor))
    return np.asarray((2 * score @ factor)[rows, columns])


def factor_hessian(data: CrossProducts, factor: FloatArray, *, restricted: bool) -> FloatArray:
    """Return the Hessian of the log-likelihood in the lower triangle of L."""
    where = list(zip(*np.tril_indices(len(factor)), strict=True))
    out = np.empty((len(where), len(where)))
    for k, (i, j) in enumerate(where):
        moved = factor.astype(np.complex128)
        moved[i, j] += 1j * STEP
        out[:, k] = factor_score(data, moved, restricted=restricted).imag / STEP
    return (out + out.T) / 2
