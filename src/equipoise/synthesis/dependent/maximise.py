"""The maximum of a likelihood by Newton's method with a trust region, from several starts.

A model names its parameters theta and maps them to the components phi with the derivatives of
that map; standard deviations and Cholesky factors keep variances allowed, and a maximum on the
border (a variance of 0) is a stationary point like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.dependent.likelihood import Criterion, Evaluation, Problem, evaluate
from equipoise.synthesis.dependent.newton import Point, climb

FloatArray = NDArray[np.float64]
Map = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]
"""theta (q,) to phi (K,), Jacobian (K, q), second derivatives (K, q, q)."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the likelihood is highest.

    `gradient` is the largest slope in theta that is left; `converged` if it is below 1e-8 times
    the size of the problem's curvature.
    """

    theta: FloatArray
    phi: FloatArray
    at: Evaluation
    gradient: float
    converged: bool


def maximise(
    problem: Problem, to_phi: Map, starts: Sequence[FloatArray], criterion: Criterion
) -> Maximum | None:
    """Return the highest maximum that any start leads to; None where none can be evaluated."""
    best: Maximum | None = None
    for start in starts:
        found = _climb(problem, to_phi, np.asarray(start, dtype=np.float64), criterion)
        if found is None:
            continue
        better = best is None or found.at.log_likelihood > best.at.log_likelihood + 1e-12
        if better or (best is not None and found.converged and not best.converged):
            best = found
    return best


def _climb(
    problem: Problem, to_phi: Map, theta: FloatArray, criterion: Criterion
) -> Maximum | None:
    def at(theta: FloatArray) -> Point[Evaluation] | None:
        phi, J, bend = to_phi(theta)
        found = evaluate(problem, phi, criterion)
        if found is None:
            return None
        curve = J.T @ found.hessian @ J + np.tensordot(found.score, bend, axes=1)
        return Point(found.log_likelihood, J.T @ found.score, curve, found)

    top = climb(at, theta)
    if top is None:
        return None
    return Maximum(top.theta, to_phi(top.theta)[0], top.point.kept, top.gradient, top.converged)
