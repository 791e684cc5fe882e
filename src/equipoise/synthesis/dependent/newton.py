"""Newton's method with a trust region: to the last digit, whatever the start.

The value is followed while it can tell steps apart; the last steps are taken on the exact slope
alone, since a likelihood's own rounding hides what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Kept = TypeVar("Kept")
STEPS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Point(Generic[Kept]):
    """A value with slope (q,) and curvature (q, q), and what the caller wants kept."""

    value: float
    slope: FloatArray
    curve: FloatArray
    kept: Kept


@dataclass(frozen=True, slots=True, eq=False)
class Top(Generic[Kept]):
    """Where a function is highest; `gradient` is the largest slope that is left."""

    theta: FloatArray
    point: Point[Kept]
    gradient: float
    converged: bool


def climb(at: Callable[[FloatArray], Point[Kept] | None], theta: FloatArray) -> Top[Kept] | None:
    """Climb from theta (q,) to a stationary point; None where the start has no value.

    `converged` if the slope that is left would move no parameter by more than about 1e-8 of its
    scale.
    """
    point = at(theta)
    if point is None:
        return None
    radius = max(float(np.linalg.norm(theta)), 1e-3)
    settled = 0
    for _ in range(STEPS):
        if settled >= 2 or not len(theta):
            break
        step, expected = trust_step(point.slope, point.curve, radius)
        new = at(theta + step)
        gain = -np.inf if new is None else new.value - point.value
        near = float(np.abs(step).max()) <= 1e-7 * (1e-4 + float(np.abs(theta).max()))
        noise = 1e-11 * (1 + abs(point.value))
        unseen = expected < noise and gain > -noise  # the value cannot tell: trust the slope
        if new is not None and (gain > 0.1 * expected or unseen):
            theta, point = theta + step, new
            if unseen or gain > 0.75 * expected:
                radius = max(radius, 2.5 * float(np.linalg.norm(step)))
            settled += near  # two polishing steps beyond what the value can tell
        else:
            radius = 0.25 * float(np.linalg.norm(step))
            settled += radius < 1e-15
    left = float(np.abs(point.slope).max()) if len(theta) else 0.0
    scale = 1 + (float(np.abs(np.diag(point.curve)).max()) if len(theta) else 0.0)
    return Top(theta, point, left, left <= 1e-8 * scale)


def trust_step(slope: FloatArray, curve: FloatArray, radius: float) -> tuple[FloatArray, float]:
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
