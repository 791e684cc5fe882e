"""Cluster-robust errors of a mixed fit: its own covariance is the working model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.dependent.fit import MixedFit
from equipoise.synthesis.dependent.robust import Cluster, Kind, Robust, clusters_of_rows
from equipoise.synthesis.dependent.robust import cluster_robust as from_clusters

FloatArray = NDArray[np.float64]


def robust(fit: MixedFit, cluster: Sequence[object] | None = None, kind: Kind = "CR2") -> Robust:
    """Return the sandwich of a fit; clusters are its studies, or coarser.

    Raises
    ------
    DataError
        When a cluster holds part of a study.
    NotIdentifiedError
        When there are no more clusters than coefficients.
    """
    names = fit.study if cluster is None else cluster
    rows_of = clusters_of_rows(names, fit.study)
    where = {}
    for stack in fit.problem.stacks:
        M = stack.V + np.tensordot(fit.phi, stack.patterns, axes=1)
        for rows, block in zip(stack.rows, M, strict=True):
            where[fit.study[rows[0]]] = (rows, block)
    residual = fit.y - fit.X @ fit.coefficients
    clusters = []
    for rows in rows_of:
        inside = [where[name] for name in dict.fromkeys(fit.study[i] for i in rows)]
        order = np.concatenate([own for own, _ in inside])
        M = np.zeros((len(order), len(order)))
        at = 0
        for own, block in inside:
            M[at : at + len(own), at : at + len(own)] = block
            at += len(own)
        clusters.append(
            Cluster(fit.X[order], residual[order], np.asarray(np.linalg.inv(M), np.float64), M)
        )
    return from_clusters(clusters, fit.coefficients, kind)


def independent_clusters(
    y: FloatArray, X: FloatArray, v: FloatArray, tau2: float, cluster: Sequence[object]
) -> tuple[list[Cluster], FloatArray]:
    """Return the clusters and coefficients of a plain random-effects fit, whose tau2 is given."""
    w = 1 / (v + tau2)
    b = np.asarray(np.linalg.solve((X.T * w) @ X, (X.T * w) @ y), np.float64)
    residual = y - X @ b
    rows_of = clusters_of_rows(cluster, list(range(len(y))), "row")
    return [Cluster(X[r], residual[r], np.diag(w[r]), np.diag(1 / w[r])) for r in rows_of], b
