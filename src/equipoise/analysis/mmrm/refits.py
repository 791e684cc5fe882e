"""Refit one trial many times with other weights of its people: bootstrap, jackknife.

Every refit shares the rows; only the cross products of each slot are weighted anew, one matrix
product for all refits, and each search starts at the optimum of the whole trial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.moments import parts_of
from equipoise.analysis.mmrm.newton import Optimum, maximise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.fit import MmrmFit
    from equipoise.analysis.mmrm.moments import Moments
    from equipoise.analysis.mmrm.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Refits:
    """N refits: `coefficients` (N, p), `sigma` (N, G, m, m), `theta` (N, d), `reached` (N,).

    `reached` tells whether the search found an interior maximum; numbers of others are NaN.
    """

    coefficients: NDArray[np.float64]
    sigma: NDArray[np.float64]
    theta: NDArray[np.float64]
    reached: NDArray[np.bool_]
    optimum: Optimum


def refits(fit: MmrmFit, weights: NDArray[np.float64]) -> Refits:
    """Refit with each row of weights, shape (N, people): 0 leaves a person out, 2 takes it twice.

    People are in the order of `fit.problem`. Not for spatial structures.
    """
    problem, model = fit.problem, fit.model
    moments = weighted_moments(problem, weights)
    start = np.repeat(fit.optimum.theta, len(weights), axis=0)
    found = maximise(model, moments, start, reml=fit.reml)
    reached = found.converged & found.definite
    b = found.value.coefficients
    coefficients = problem.coefficients + problem.scale * (b @ problem.basis.T)
    theta = model.scaled(found.theta, np.full(len(weights), problem.scale**2))
    nothing = ~reached
    coefficients[nothing], theta[nothing] = np.nan, np.nan
    return Refits(coefficients, model.sigmas(theta), theta, reached, found)


def leave_one_out(people: int) -> NDArray[np.float64]:
    """Return the weights of the jackknife, shape (people, people)."""
    return 1.0 - np.eye(people)


def weighted_moments(problem: Problem, weights: NDArray[np.float64]) -> Moments:
    """Return the moments of N weighted copies of a trial; `weights` (N, people)."""
    base = problem.moments
    N, K = len(weights), base.people.shape[1]
    r, m = problem.facts.shape[1], base.visits
    table = np.concatenate((problem.facts, problem.residuals), axis=1)
    width = r + m
    products = np.empty((N, K, width, width))
    people = np.empty((N, K))
    for k in range(K):
        who = np.flatnonzero(problem.slot == k)
        rows = table[who]
        outer = (rows[:, :, None] * rows[:, None, :]).reshape(len(who), width * width)
        own = weights[:, who]
        products[:, k] = (own @ outer).reshape(N, width, width)
        people[:, k] = own.sum(axis=1)
    uu, yu, yy = parts_of(products, r)
    return replace(base, people=people, uu=uu, yu=yu, yy=yy)
