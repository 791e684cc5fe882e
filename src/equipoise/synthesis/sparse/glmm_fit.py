"""Maximum likelihood of a model of events with random effects, by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.dependent.newton import Point, Top, climb
from equipoise.synthesis.sparse.mixed_likelihood import Integrated, MixedModel, integrated

FloatArray = NDArray[np.float64]
NODES = (33, 65, 129, 257, 513)
NODES_TWO = (25, 49, 97)


@dataclass(frozen=True, slots=True, eq=False)
class EventsFit:
    """A maximum of the integrated likelihood.

    `coefficients` (m,) are the fixed parameters, `covariance` (m, m) theirs, with the uncertainty
    of the random effects' spread; `L` holds the free entries of the Cholesky factor. `quadrature`
    is how much doubling the nodes moved the log-likelihood.
    """

    coefficients: FloatArray
    covariance: FloatArray
    L: FloatArray
    log_likelihood: float
    gradient: float
    quadrature: float
    converged: bool


def fit_events(model: MixedModel, start: FloatArray | None = None) -> EventsFit:
    """Fit by maximum likelihood, with ever more nodes until they no longer matter.

    Parameters
    ----------
    start : shape (m,)
        Fixed parameters to start from; those without random effects by default.
    """
    free = len(model.entries)
    q = model.Z.shape[2]
    if start is None:
        start = np.zeros(model.fixed)
    if not free:
        return _finish(model, _top(model, start, 1), 1)
    ladder = NODES if q == 1 else NODES_TWO
    diagonal = np.array([float(i == j) for i, j in model.entries])
    tops = [_top(model, np.append(start, size * diagonal), ladder[0]) for size in (0.3, 1.0)]
    best = max(tops, key=lambda top: top.point.value)
    theta = best.theta
    for nodes in ladder:
        top = _top(model, theta, nodes)
        fine = integrated(model, top.theta, 2 * nodes - 1)
        moved = abs(fine.value - top.point.value)
        if moved < 1e-11 * (1 + abs(fine.value)) and np.abs(fine.score).max() < 1e-6:
            break
        theta = top.theta
    return _finish(model, top, nodes, moved)


def _top(model: MixedModel, theta: FloatArray, nodes: int) -> Top[Integrated]:
    def at(theta: FloatArray) -> Point[Integrated] | None:
        if np.abs(theta).max(initial=0.0) > 1e3:
            return None
        found = integrated(model, theta, nodes)
        if not np.isfinite(found.value):
            return None
        return Point(found.value, found.score, found.hessian, found)

    top = climb(at, theta)
    if top is None:
        raise NotIdentifiedError("The likelihood of the events cannot be evaluated at the start.")
    return top


def _finish(model: MixedModel, top: Top[Integrated], nodes: int, moved: float = 0.0) -> EventsFit:
    m = model.fixed
    L = top.theta[m:].copy()
    if len(L) == 1 and abs(L[0]) < 1e-4:  # a top on the border: Newton only halves towards it
        at_zero = integrated(model, np.append(top.theta[:m], 0.0), nodes)
        if at_zero.value >= top.point.value - 1e-9:
            L[0] = 0.0
            refit = fit_events(_without_random(model), top.theta[:m])
            return EventsFit(
                refit.coefficients, refit.covariance, L, refit.log_likelihood,
                refit.gradient, 0.0, refit.converged,
            )  # fmt: skip
    information = -top.point.curve
    values = np.linalg.eigvalsh(information)
    if values[0] <= 1e-10 * max(float(values[-1]), 1.0):
        covariance = np.asarray(np.linalg.pinv(information, hermitian=True), np.float64)[:m, :m]
    else:
        covariance = np.asarray(np.linalg.inv(information), np.float64)[:m, :m]
    return EventsFit(
        top.theta[:m], covariance, L, top.point.value, top.gradient, moved, top.converged
    )


def _without_random(model: MixedModel) -> MixedModel:
    return MixedModel(model.kernel, model.offset, model.D, model.index, model.Z[:, :, :0], ())
