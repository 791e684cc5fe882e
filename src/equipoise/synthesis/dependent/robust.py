"""Cluster-robust errors of a fit of effects: right even where its covariance model is not.

CR2 undoes the bias of few clusters under the working model, and Satterthwaite's degrees of freedom
say how much the variance estimate itself can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc

from equipoise.errors import DataError, NotIdentifiedError

FloatArray = NDArray[np.float64]
Kind = Literal["CR0", "CR1", "CR1S", "CR1p", "CR2"]
KINDS: tuple[Kind, ...] = ("CR0", "CR1", "CR1S", "CR1p", "CR2")


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """One cluster: design (m, p), residuals (m,), weights and working covariance (m, m)."""

    X: FloatArray
    residual: FloatArray
    W: FloatArray
    working: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """A sandwich of J clusters.

    `influence` lists A_j'W_j X_j B for each cluster, (m_j, p), B being the bread; `working` the
    covariances they are judged under.
    """

    kind: Kind
    coefficients: FloatArray
    covariance: FloatArray
    bread: FloatArray
    clusters: tuple[Cluster, ...]
    influence: tuple[FloatArray, ...]

    @property
    def se(self) -> FloatArray:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))

    def satterthwaite(self, weights: ArrayLike) -> float:
        """Return the degrees of freedom of one contrast under the working model."""
        S = self._products(np.asarray(weights, dtype=np.float64)[None])[0, 0]
        return float(np.trace(S) ** 2 / np.square(S).sum())

    def wald(self, C: ArrayLike) -> tuple[float, float, float, float]:
        """Test C b = 0 by approximating Hotelling's T2: F, numerator df, denominator df, p.

        References
        ----------
        Tipton & Pustejovsky (2015), J Educ Behav Stat 40:604-634 (their AHT with HTZ).
        """
        C = np.atleast_2d(np.asarray(C, dtype=np.float64))
        q = len(C)
        raw = self._products(C)
        expected = np.trace(raw, axis1=2, axis2=3)
        values, vectors = np.linalg.eigh(expected)
        if values[0] <= 0:
            raise NotIdentifiedError("The coefficients tested together are not all identified.")
        root = (vectors / np.sqrt(values)) @ vectors.T
        S = np.einsum("as,stjk,bt->abjk", root, raw, root)
        spread = np.einsum("aajk,bbjk->", S, S) + np.einsum("abjk,bajk->", S, S)
        eta = q * (q + 1) / float(spread)
        b, V = C @ self.coefficients, C @ self.covariance @ C.T
        Q = float(b @ np.linalg.solve(V, b))
        df = eta - q + 1
        if df <= 0:
            raise NotIdentifiedError(
                f"{len(self.clusters)} clusters are too few to test {q} coefficients at once: "
                f"{df:.2g} degrees of freedom are left."
            )
        F = df / (eta * q) * Q
        return F, float(q), df, float(fdtrc(q, df, F))

    def _products(self, C: FloatArray) -> FloatArray:
        """Return p_sj' Phi p_tk, shape (q, q, J, J): covariances of what clusters add."""
        B = self.bread
        a = [influence @ C.T for influence in self.influence]
        h = np.stack([c.X.T @ x for c, x in zip(self.clusters, a, strict=True)])
        w = np.stack([c.X.T @ c.W @ c.working @ x for c, x in zip(self.clusters, a, strict=True)])
        own = [x.T @ c.working @ x for c, x in zip(self.clusters, a, strict=True)]
        middle = sum(c.X.T @ c.W @ c.working @ c.W @ c.X for c in self.clusters)
        S = (
            np.einsum("jps,pq,kqt->stjk", h, B @ middle @ B, h)
            - np.einsum("jps,pq,kqt->stjk", h, B, w)
            - np.einsum("jps,pq,kqt->stjk", w, B, h)
        )
        j = np.arange(len(a))
        S[:, :, j, j] += np.moveaxis(np.stack(own), 0, -1)
        return np.asarray(S)


def cluster_robust(clusters: Sequence[Cluster], b: FloatArray, kind: Kind = "CR2") -> Robust:
    """Estimate the covariance of weighted least-squares coefficients from clusters.

    Parameters
    ----------
    clusters
        With residuals of the fit.
    b : shape (p,)
        Its coefficients.
    kind
        CR0 plain; CR1 times J/(J-1), CR1S times J(n-1)/((J-1)(n-p)), CR1p times J/(J-p); CR2
        unbiased under the working model.

    References
    ----------
    Hedges, Tipton & Johnson (2010), Res Synth Methods 1:39-65. Tipton (2015), Psychol Methods
    20:375-393. Pustejovsky & Tipton (2018), J Bus Econ Stat 36:672-683.
    """
    J, p = len(clusters), len(b)
    if p >= J:
        raise NotIdentifiedError(
            f"Cluster-robust errors of {p} coefficients need more than {p} clusters; got {J}."
        )
    n = sum(len(c.residual) for c in clusters)
    bread = np.asarray(np.linalg.inv(sum(c.X.T @ c.W @ c.X for c in clusters)), np.float64)
    middle = bread @ sum(c.X.T @ c.W @ c.working @ c.W @ c.X for c in clusters) @ bread
    factor = {
        "CR0": 1.0,
        "CR1": J / (J - 1),
        "CR1S": J * (n - 1) / ((J - 1) * (n - p)),
        "CR1p": J / (J - p),
        "CR2": 1.0,
    }[kind]
    influence = []
    for c in clusters:
        A = _adjustment(c, bread, middle) if kind == "CR2" else np.eye(len(c.residual))
        influence.append(A.T @ c.W @ c.X @ bread * np.sqrt(factor))
    scores = np.stack([x.T @ c.residual for c, x in zip(clusters, influence, strict=True)])
    return Robust(kind, b, scores.T @ scores, bread, tuple(clusters), tuple(influence))


def _adjustment(c: Cluster, bread: FloatArray, middle: FloatArray) -> FloatArray:
    """Return A with A Cov(residuals) A' = working covariance; what the fit absorbs stays out."""
    D = np.linalg.cholesky(c.working).T
    hat = c.X @ bread @ c.X.T @ c.W
    residual = c.working - hat @ c.working - c.working @ hat.T + c.X @ middle @ c.X.T
    values, vectors = np.linalg.eigh(D @ residual @ D.T)
    keep = values > 1e-10 * max(float(values[-1]), 1e-300)
    root = np.where(keep, np.where(keep, values, 1.0) ** -0.5, 0.0)
    return np.asarray(D.T @ (vectors * root) @ vectors.T @ D)


def clusters_of_rows(
    cluster: Sequence[object], groups: Sequence[object], what: str = "study"
) -> list[NDArray[np.intp]]:
    """Return the places of each cluster's rows; refuse a cluster that splits a study."""
    if len(cluster) != len(groups):
        raise DataError(f"{len(cluster)} cluster names came for {len(groups)} effects.")
    home: dict[object, object] = {}
    places: dict[object, list[int]] = {}
    for i, (name, group) in enumerate(zip(cluster, groups, strict=True)):
        if home.setdefault(group, name) != name:
            raise DataError(
                f"{what} {group} lies in the clusters {home[group]} and {name}: a cluster must "
                f"hold the whole {what}, whose rows the model correlates."
            )
        places.setdefault(name, []).append(i)
    return [np.array(rows, dtype=np.intp) for rows in places.values()]
