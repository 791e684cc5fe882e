"""Newton's method within bounds, on an exact gradient and Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.effects import FloatArray

Objective = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]
STEPS = 100
HALVINGS = 25
NEAR = 1e-10
"""Gain in log-likelihood, expected of a step, below which one more step is the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """A local maximum within bounds.

    Parameters
    ----------
    theta, gradient : shape (t,)
    hessian : shape (t, t)
    value
    free : shape (t,)
        Which parameters are not held at a bound.
    converged
        Whether the last step was expected to gain less than 1e-10: being Newton's, it then
        ends within rounding.
    """

    theta: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    free: NDArray[np.bool_]
    converged: bool


def maximise(objective: Objective, start: FloatArray, low: FloatArray, high: FloatArray) -> Maximum:
    """Climb from `start` to a maximum between `low` and `high`, shape (t,) each.

    Directions in which the objective is not concave are climbed by their curvature's size. A
    parameter stays at a bound while the gradient pushes it out.
    """
    theta = np.clip(start, low, high)
    value, gradient, hessian = objective(theta)
    gain, stuck = np.inf, 0
    free = np.ones(len(theta), dtype=bool)
    for _ in range(STEPS):
        if not (np.isfinite(value) and _finite(gradient, hessian)):
            break
        free = ~(((theta <= low) & (gradient <= 0)) | ((theta >= high) & (gradient >= 0)))
        step, gain = _step(gradient, hessian, free)
        found = _search(objective, theta, value, step, gradient=gradient, low=low, high=high)
        if found is None:
            break
        rise = found[1] - value
        theta, value, gradient, hessian = found
        # a crawl along a ridge that leads nowhere, or rounding
        stuck = stuck + 1 if rise < min(1e-3 * gain, 1e-6) else 0
        if gain < NEAR or stuck == 5:
            break
    return Maximum(theta, value, gradient, hessian, free, bool(gain < NEAR))


def _finite(*derivatives: FloatArray) -> bool:
    """Whether derivatives are numbers: where a weight underflows they are not."""
    return all(bool(np.isfinite(one).all()) for one in derivatives)


def _step(
    gradient: FloatArray, hessian: FloatArray, free: NDArray[np.bool_]
) -> tuple[FloatArray, float]:
    """Return the Newton step of the free parameters and what it should gain."""
    step = np.zeros(len(gradient))
    if not free.any():
        return step, 0.0
    values, vectors = np.linalg.eigh(-hessian[np.ix_(free, free)])
    size = np.maximum(np.abs(values), 1e-10 * np.abs(values).max() + 1e-300)
    along = vectors.T @ gradient[free]
    step[free] = vectors @ (along / size)
    return step, float((along**2 / size).sum())


def _search(
    objective: Objective,
    theta: FloatArray,
    value: float,
    step: FloatArray,
    *,
    gradient: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> tuple[FloatArray, float, FloatArray, FloatArray] | None:
    """Halve the step until the objective rises; None if rounding forbids any rise."""
    size = 1.0
    for _ in range(HALVINGS):
        tried = np.clip(theta + size * step, low, high)
        moved = tried - theta
        if not moved.any():
            return None
        expected = float(gradient @ moved)
        now, slope, curvature = objective(tried)
        slack = 1e-14 * (1 + abs(value))  # near the maximum, rounding hides the rise
        risen = np.isfinite(now) and now >= value + 1e-4 * expected - slack
        if risen and _finite(slope, curvature):
            return tried, now, slope, curvature
        size /= 2
    return None
