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

FloatArray = NDArray[np.float64]
STEPS = 300
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
    phi, J, bend = to_phi(theta)
    at = evaluate(problem, phi, criterion)
    if at is None:
        return None
    radius = 1.0 * max(float(np.linalg.norm(theta)), 1e-3)
    settled = 0
    for _ in range(STEPS):
        slope = J.T @ at.score
        curve = J.T @ at.hessian @ J + np.tensordot(at.score, bend, axes=1)
        step, expected = _trust_step(slope, curve, radius)
        if settled >= 2 or not len(theta):
            break
        tried = theta + step
        phi_tried, J_tried, bend_tried = to_phi(tried)
        new = evaluate(problem, phi_tried, criterion)
        noise = 1e-13 * (1 + abs(at.log_likelihood))
        gain = -np.inf if new is None else new.log_likelihood - at.log_likelihood
        near = float(np.abs(step).max()) <= 1e-7 * (1e-4 + float(np.abs(theta).max()))
        if new is not None and (gain > 0.1 * expected or (near and gain > -100 * noise)):
            theta, J, bend, at = tried, J_tried, bend_tried, new
            if gain > 0.75 * expected:
                radius = max(radius, 2.5 * float(np.linalg.norm(step)))
            settled += near  # two polishing steps beyond what the value can tell
        else:
            radius = 0.25 * float(np.linalg.norm(step))
            settled += radius < 1e-15
    slope = J.T @ at.score
    left = float(np.abs(slope).max()) if len(slope) else 0.0
    scale = 1 + float(np.abs(np.diag(J.T @ at.hessian @ J)).max()) if len(slope) else 1.0
    return Maximum(theta, to_phi(theta)[0], at, left, left <= 1e-8 * scale)


def _trust_step(slope: FloatArray, curve: FloatArray, radius: float) -> tuple[FloatArray, float]:
    """Return the step within the radius that gains most on the quadratic, and that gain."""
    if not len(slope):
        return slope, 0.0
    values, vectors = np.linalg.eigh(-curve)
    g = vectors.T @ slope
    low = max(0.0, -float(values[0]))
    floor = 1e-12 * max(1.0, float(np.abs(values).max()))

    def length(shift: float) -> FloatArray:
        return np.asarray(g / np.maximum(values + shift, floor))

    step = length(low if values[0] <= floor else 0.0)
    if np.linalg.norm(step) > radius or values[0] <= floor:
        lo, hi = low, low + float(np.linalg.norm(g)) / radius + floor
        for _ in range(80):
            middle = (lo + hi) / 2
            if np.linalg.norm(length(middle)) > radius:
                lo = middle
            else:
                hi = middle
        step = length(hi)
    gain = float(g @ step - step @ (values * step) / 2)
    return vectors @ step, gain
