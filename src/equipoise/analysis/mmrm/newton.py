"""Newton's method on the covariance parameters of many trials at once, to machine precision.

Steps use the observed information; where it is not positive definite, the expected one, which
always is. A step that does not lower the deviance is halved. Trials that have converged leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.definite import cholesky
from equipoise.analysis.mmrm.likelihood import (
    Derivatives,
    Value,
    derivatives_at,
    expected_at,
    value_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.covariance_model import CovarianceModel
    from equipoise.analysis.mmrm.moments import Moments

MAX_ITERATIONS = 100
CONVERGED = 1e-20
"""Newton decrement below which no step would change a printed digit: the squared distance to the
optimum, in standard errors of the parameters, is its size."""
STALLED = 1e-13
"""Decrement that is accepted where rounding prevents a smaller one."""

Kernel = Callable[..., tuple[Value, Derivatives]]


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where N trials ended.

    Parameters
    ----------
    theta, deviance, score
        Shapes (N, d), (N,), (N, d): natural parameters, and the score in them.
    decrement, iterations, converged
        Shapes (N,). The decrement is score' information^-1 score of the log-likelihood.
    information
        Shape (N, d, d): observed information of the log-likelihood in theta.
    definite
        Shape (N,): whether it is positive definite, as at a maximum.
    value, derivatives
        All that was computed there.
    """

    theta: NDArray[np.float64]
    deviance: NDArray[np.float64]
    score: NDArray[np.float64]
    decrement: NDArray[np.float64]
    iterations: NDArray[np.intp]
    converged: NDArray[np.bool_]
    definite: NDArray[np.bool_]
    information: NDArray[np.float64]
    value: Value
    derivatives: Derivatives

    def put(self, where: NDArray[np.intp], other: Optimum, which: NDArray[np.bool_]) -> None:
        """Take over another search's trials `which` into the rows `where`."""
        for name in ("theta", "deviance", "score", "decrement", "converged", "definite"):
            getattr(self, name)[where] = getattr(other, name)[which]
        self.information[where] = other.information[which]
        self.iterations[where] += other.iterations[which]
        _put(self.value, other.value, where, which)
        _put(self.derivatives, other.derivatives, where, which)

    def one(self, which: int) -> Optimum:
        """Keep one trial."""

        def of(part: Any) -> Any:
            return part[[which]]

        value = Value(*(of(array) for array in self.value))
        derived = Derivatives(
            **{f.name: of(getattr(self.derivatives, f.name)) for f in fields(Derivatives)}
        )
        own = {
            f.name: of(getattr(self, f.name))
            for f in fields(self)
            if f.name not in ("value", "derivatives")
        }
        return Optimum(value=value, derivatives=derived, **own)


def plain_kernel(
    moments: Moments, sigma: NDArray[np.float64], slopes: NDArray[np.float64], *, reml: bool
) -> tuple[Value, Derivatives]:
    """Evaluate with NumPy."""
    value = value_at(moments, sigma, reml=reml)
    return value, derivatives_at(moments, value, slopes, reml=reml)


class _Point:
    """Everything known at a theta, and the step from it."""

    __slots__ = ("decrement", "definite", "derivatives", "information", "step", "theta", "value")

    def __init__(
        self,
        model: CovarianceModel,
        moments: Moments,
        theta: NDArray[np.float64],
        kernel: Kernel,
        *,
        reml: bool,
    ) -> None:
        self.theta = theta
        sigma, slopes = model.sigma(theta, moments), model.slopes(theta, moments)
        self.value, self.derivatives = kernel(moments, sigma, slopes, reml=reml)
        found = self.derivatives
        curved = model.curvature(theta, moments, found.slope)
        self.information = found.observed + curved
        first, second = model.chart(theta)
        score = found.score * first
        scale = first[:, :, None] * first[:, None, :]
        observed = self.information * scale
        diagonal = np.arange(theta.shape[1])
        observed[:, diagonal, diagonal] += found.score * second
        usable = observed
        _, self.definite = cholesky(observed)
        if not self.definite.all():
            expected = expected_at(moments, self.value, slopes, found.spread, reml=reml) * scale
            usable = np.where(self.definite[:, None, None], observed, _positive(expected))
        self.step = -np.linalg.solve(usable, score[:, :, None])[:, :, 0]
        self.decrement = -(score * self.step).sum(axis=1) / 2

    def put(self, where: NDArray[np.intp], other: _Point, which: NDArray[np.bool_]) -> None:
        """Take over another point's trials `which` into the rows `where`."""
        for name in ("theta", "information", "definite", "step", "decrement"):
            getattr(self, name)[where] = getattr(other, name)[which]
        _put(self.value, other.value, where, which)
        _put(self.derivatives, other.derivatives, where, which)


def _put(
    mine: Value | Derivatives,
    theirs: Value | Derivatives,
    where: NDArray[np.intp],
    which: NDArray[np.bool_],
) -> None:
    names = mine._fields if isinstance(mine, Value) else mine.__dataclass_fields__
    for name in names:
        getattr(mine, name)[where] = getattr(theirs, name)[which]


def maximise(
    model: CovarianceModel,
    moments: Moments,
    start: NDArray[np.float64],
    *,
    reml: bool = True,
    kernel: Kernel = plain_kernel,
    usable: NDArray[np.bool_] | None = None,
) -> Optimum:
    """Maximise the (restricted) likelihood of N trials from a start, shape (N, d).

    Trials that are not `usable` (N,) stay where they start.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # such steps are halved
        return _maximised(model, moments, start, kernel, usable, reml=reml)


def _maximised(
    model: CovarianceModel,
    moments: Moments,
    start: NDArray[np.float64],
    kernel: Kernel,
    usable: NDArray[np.bool_] | None,
    *,
    reml: bool,
) -> Optimum:
    at = _Point(model, moments, start.copy(), kernel, reml=reml)
    N = len(start)
    scale = np.ones(N)
    iterations = np.zeros(N, dtype=np.intp)
    done = (at.decrement < CONVERGED) | ~np.isfinite(at.value.deviance)
    if usable is not None:
        done |= ~usable
    stalled = np.zeros(N, dtype=np.intp)
    here = moments
    active = np.arange(N)
    for _ in range(MAX_ITERATIONS):
        if (remaining := np.flatnonzero(~done)).size == 0:
            break
        if len(remaining) != len(active):
            active = remaining
            here = moments.take(active)
        iterations[active] += 1
        moved = model.move(at.theta[active], at.step[active] * scale[active, None])
        then = _Point(model, here, moved, kernel, reml=reml)
        before, last = at.value.deviance[active], at.decrement[active]
        after = then.value.deviance
        better = after <= before + 1e-11 * (1 + np.abs(before))  # NaN is not better
        near = better & (then.decrement >= 0.25 * last) & (then.decrement < 1e-8)
        if better.all() and len(active) == N:
            at = then
        else:
            at.put(active[better], then, better)
        scale[active] = np.where(better, 1.0, scale[active] / 2)
        stalled[active] += near | (~better & (at.decrement[active] < 1e-8))
        done[active] = (
            (at.decrement[active] < CONVERGED)
            | ((stalled[active] >= 2) & (at.decrement[active] < STALLED))
            | (scale[active] < 1e-9)
        )
    converged = at.decrement < STALLED
    return Optimum(
        theta=at.theta,
        deviance=at.value.deviance,
        score=-at.derivatives.score / 2,
        decrement=at.decrement,
        iterations=iterations,
        converged=converged & np.isfinite(at.value.deviance),
        definite=at.definite,
        information=at.information / 2,
        value=at.value,
        derivatives=at.derivatives,
    )


def _positive(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrices (N, d, d) with eigenvalues raised to be positive; identities for NaN."""
    finite = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))[:, None, None]
    values, vectors = np.linalg.eigh(np.where(finite, matrices, np.eye(matrices.shape[1])))
    values = np.maximum(values, 1e-8 * np.maximum(values[:, -1:], 1e-300))
    return np.asarray((vectors * values[:, None, :]) @ vectors.swapaxes(1, 2))
