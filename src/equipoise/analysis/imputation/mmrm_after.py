"""Analyse: an MMRM of the completed scores, for many completed trials at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation.ancova import Analysed, contrast_matrix
from equipoise.analysis.mmrm.covariance_model import CovarianceModel
from equipoise.analysis.mmrm.newton import Optimum, maximise
from equipoise.analysis.mmrm.problem import Problem, problem_of
from equipoise.analysis.mmrm.satterthwaite import satterthwaite_df
from equipoise.analysis.mmrm.structures import structure_named
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.moments import Moments


@dataclass(frozen=True, eq=False)
class MmrmAfter:
    """The design of everybody at every visit, and had all been in each arm.

    Parameters
    ----------
    rows
        Shape (n, m, p).
    arm_rows
        Shape (arms, n, m, p).
    """

    rows: NDArray[np.float64]
    arm_rows: NDArray[np.float64]
    columns: tuple[str, ...]
    group: NDArray[np.intp]
    covariance: str = "us"
    reml: bool = True


def analyse(
    completed: NDArray[np.float64],
    after: MmrmAfter,
    weights: NDArray[np.float64] | None = None,
    *,
    spread: bool = False,
) -> Analysed:
    """Estimate means of each arm and contrasts with arm 0 by visit, as `ancova.analyse` does.

    Variances are those of the model; degrees of freedom are Satterthwaite's.
    """
    n, m, p = after.rows.shape
    person, visit = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    problem = problem_of(
        completed[0].reshape(-1),
        after.rows.reshape(-1, p),
        person,
        visit,
        people=n,
        visits=m,
        columns=after.columns,
        group=after.group,
    )
    groups = int(after.group.max()) + 1
    structure = CovarianceModel(structure_named(after.covariance), m, groups)
    counts = np.ones((len(completed), n)) if weights is None else weights
    moments = _moments(problem, completed, counts)
    start = np.repeat(structure.starts(problem.moments)[0], len(completed), axis=0)
    optimum = maximise(structure, moments, start, reml=after.reml)
    if not (optimum.converged & optimum.definite).all():
        failed = int((~(optimum.converged & optimum.definite)).sum())
        raise NotIdentifiedError(
            f"The MMRM of the completed scores has no maximum in {failed} of {len(completed)} "
            "completed trials: use the ANCOVA after imputation."
        )
    worlds = after.arm_rows.reshape(len(after.arm_rows), n, m * p)
    means = np.einsum("Ni,aij->Naj", counts, worlds) / counts.sum(axis=1)[:, None, None]
    means = means.reshape(len(completed) if weights is not None else len(counts), -1, m, p)
    L = np.einsum("ka,Navp->Nvkp", contrast_matrix(len(worlds)), means)
    L = L.reshape(len(completed), -1, p)
    return _linear(problem, optimum, L, spread=spread)


def _linear(
    problem: Problem, optimum: Optimum, L: NDArray[np.float64], *, spread: bool
) -> Analysed:
    working = optimum.value.coefficients
    coefficients = problem.coefficients + problem.scale * (working @ problem.basis.T)
    estimate = (L @ coefficients[:, :, None])[:, :, 0]
    if not spread:
        return Analysed(estimate)
    rows = problem.scale * (L @ problem.basis @ optimum.value.root)
    variance = np.square(rows).sum(axis=2)
    inverse = np.asarray(np.linalg.inv(optimum.information), dtype=np.float64)
    return Analysed(estimate, variance, satterthwaite_df(rows, optimum.derivatives.spread, inverse))


def _moments(
    problem: Problem, completed: NDArray[np.float64], weights: NDArray[np.float64]
) -> Moments:
    """Return the moments of each completed trial, its people weighted (N, n)."""
    N, _, m = completed.shape
    predicted = (problem.grid @ problem.coefficients)[None]
    residuals = (completed - predicted) / problem.scale
    base, r = problem.moments, problem.facts.shape[1]
    K = base.people.shape[1]
    people = np.empty((N, K))
    uu, yu, yy = np.empty((N, K, r, r)), np.empty((N, K, m, r)), np.empty((N, K, m, m))
    for k in range(K):
        who = np.flatnonzero(problem.slot == k)
        facts, own, count = problem.facts[who], residuals[:, who], weights[:, who]
        weighted = own * count[:, :, None]
        people[:, k] = count.sum(axis=1)
        uu[:, k] = (facts.T * count[:, None, :]) @ facts
        yu[:, k] = weighted.swapaxes(1, 2) @ facts
        yy[:, k] = weighted.swapaxes(1, 2) @ own
    return replace(base, people=people, uu=uu, yu=yu, yy=yy)
