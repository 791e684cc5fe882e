"""Sandwich covariances of least squares: heteroscedasticity (HC) and clusters (CR).

CR2 removes the bias of CR0 when the errors are independent with equal variance, and its
contrasts have Satterthwaite degrees of freedom under that working model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.clusters import clusters_of
from equipoise.analysis.contrast import Contrast
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.linear_model import LeastSquares

HcKind = Literal["HC0", "HC1", "HC2", "HC3"]
CrKind = Literal["CR0", "CR1", "CR2", "CR3"]


def robust_covariance(fit: LeastSquares, kind: HcKind = "HC3") -> NDArray[np.float64]:
    """Estimate the covariance of the coefficients with an error variance of its own a row.

    Parameters
    ----------
    fit
        One fit, not a batch.
    kind
        HC0 plain, HC1 times n / (n - p), HC2 and HC3 with residuals divided by (1 - leverage)
        to the power 1/2 and 1.

    References
    ----------
    MacKinnon & White (1985), J Econometrics 29:305-325.
    """
    n, p = fit.q.shape
    kept = 1 - np.square(fit.q).sum(axis=1)
    if kind in ("HC2", "HC3") and not (kept > 1e-10).all():
        raise NotIdentifiedError(
            f"{kind} needs every row to leave some residual; a row here has a coefficient of its "
            "own. Use HC1, or leave that covariate out."
        )
    weight = {
        "HC0": np.ones(n),
        "HC1": np.full(n, n / (n - p)),
        "HC2": 1 / np.maximum(kept, 1e-300),
        "HC3": 1 / np.maximum(kept, 1e-300) ** 2,
    }[kind]
    meat = (fit.q * (weight * fit.residuals**2)[:, None]).T @ fit.q
    return np.asarray(fit.inverse_r @ meat @ fit.inverse_r.T)


@dataclass(frozen=True, slots=True, eq=False)
class ClusterRobust:
    """Coefficients of a least-squares fit with a covariance that allows for clusters.

    `adjusted` (clusters, p, p) holds Q_c'A_c Q_c by cluster, `weighted` the same with A_c^2,
    for the degrees of freedom; A_c is the identity unless the kind is CR2 or CR3.
    """

    kind: CrKind
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    clusters: int
    inverse_r: NDArray[np.float64]
    adjusted: NDArray[np.float64]
    weighted: NDArray[np.float64]

    def contrast(self, weights: ArrayLike) -> Contrast:
        """Estimate `weights` times the coefficients; clusters - 1 df, Satterthwaite with CR2."""
        l = np.asarray(weights, dtype=np.float64)  # noqa: E741  (the l of the papers)
        se = float(np.sqrt(l @ self.covariance @ l))
        df = self.satterthwaite(l) if self.kind == "CR2" else self.clusters - 1
        return Contrast(float(l @ self.coefficients), se, df)

    def satterthwaite(self, weights: NDArray[np.float64]) -> float:
        """Return twice the squared mean of the variance estimate over its variance.

        Under the working model it is a quadratic form with matrix diag(d) - U U', where
        d_c = w_c'w_c, u_c = Q_c'w_c and w_c = A_c Q_c R^-T l: its eigenvalues need no n x n matrix.
        """
        m = self.inverse_r.T @ weights
        d = np.einsum("i,cij,j->c", m, self.weighted, m)
        u = self.adjusted @ m
        own = np.square(u).sum(axis=1)
        trace = (d - own).sum()
        squares = np.square(d).sum() - 2 * (d * own).sum() + np.square(u.T @ u).sum()
        return float(trace**2 / squares)


def cluster_robust(fit: LeastSquares, cluster: ArrayLike, kind: CrKind = "CR2") -> ClusterRobust:
    """Estimate the covariance of least-squares coefficients when rows come in clusters.

    Parameters
    ----------
    fit
        One fit, not a batch.
    cluster : shape (n,)
        Which participant each row belongs to.
    kind
        CR0 plain, CR1 times C / (C - 1) for C clusters, CR2 bias-reduced, CR3 jackknife.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181.
    Pustejovsky & Tipton (2018), J Bus Econ Stat 36:672-683.
    """
    order, starts, sizes = clusters_of(cluster)
    clusters, p = len(sizes), fit.q.shape[1]
    if len(order) != len(fit.residuals):
        raise DataError(f"{len(order)} cluster labels for {len(fit.residuals)} rows.")
    if clusters < 2:
        raise NotIdentifiedError("Cluster-robust errors need at least 2 participants; got 1.")
    score = np.empty((clusters, p))
    adjusted, weighted = np.empty((clusters, p, p)), np.empty((clusters, p, p))
    for size in np.unique(sizes):  # clusters of one size at a time: one stack of small matrices
        which = np.flatnonzero(sizes == size)
        rows = order[starts[which][:, None] + np.arange(size)]
        q, e = fit.q[rows], fit.residuals[rows]
        power = {"CR2": -0.5, "CR3": -1.0}.get(kind)
        aq = q if power is None else _kept_to_the(power, q) @ q
        score[which] = (e[:, None, :] @ aq)[:, 0]
        adjusted[which] = np.swapaxes(q, 1, 2) @ aq
        weighted[which] = np.swapaxes(aq, 1, 2) @ aq
    meat = score.T @ score * (clusters / (clusters - 1) if kind == "CR1" else 1.0)
    covariance = fit.inverse_r @ meat @ fit.inverse_r.T
    return ClusterRobust(
        kind, fit.coefficients, covariance, clusters, fit.inverse_r, adjusted, weighted
    )


def _kept_to_the(power: float, q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric (I - Q_c Q_c')^power; a direction the fit absorbs whole counts 0."""
    identity = np.eye(q.shape[1])
    values, vectors = np.linalg.eigh(identity - q @ np.swapaxes(q, 1, 2))
    scale = np.where(values > 1e-10, np.maximum(values, 1e-10) ** power, 0.0)
    return np.asarray((vectors * scale[:, None, :]) @ np.swapaxes(vectors, 1, 2))
