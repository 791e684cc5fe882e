"""Likelihood of events with normal random effects, integrated to machine precision.

eta = D b + Z L z with z standard normal: for a given z the predictor is linear in b and in the
entries of L, so that score and Hessian of the integrated likelihood are posterior means (Louis).
The integral over z runs by the trapezoidal rule on a window around each study's mode, which
converges faster than any power of the step for these log-concave, analytic integrands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.sparse.kernels import Kernel

FloatArray = NDArray[np.float64]
DEPTH = 40.0
"""The window ends where the integrand is below exp(-40) of its top."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedModel:
    """k studies with r rows each, q random effects.

    Parameters
    ----------
    kernel
        Log-likelihood of the rows given the predictor.
    offset : shape (k, r)
    D : shape (k, r, m)
        Fixed design, the columns that concern the study.
    index : shape (k, m)
        Which parameter each of those columns belongs to.
    Z : shape (k, r, q)
        Loadings of the random effects; q is 0, 1 or 2.
    entries
        The entries (a, b) of the lower triangular L that are free.
    """

    kernel: Kernel
    offset: FloatArray
    D: FloatArray
    index: NDArray[np.intp]
    Z: FloatArray
    entries: tuple[tuple[int, int], ...]

    @property
    def fixed(self) -> int:
        """Number of fixed parameters."""
        return int(self.index.max()) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Integrated:
    """Log-likelihood, score and Hessian in (b, entries of L)."""

    value: float
    score: FloatArray
    hessian: FloatArray


def integrated(model: MixedModel, theta: FloatArray, nodes: int) -> Integrated:
    """Integrate the random effects out, with that many nodes an axis."""
    b, free = theta[: model.fixed], theta[model.fixed :]
    q = model.Z.shape[2]
    L = np.zeros((q, q))
    for value, (i, j) in zip(free, model.entries, strict=True):
        L[i, j] = value
    base = model.offset + np.einsum("krm,km->kr", model.D, b[model.index])
    slopes = model.Z @ L  # (k, r, q)
    z, log_volume = _nodes(model.kernel, base, slopes, nodes)  # (k, Q, q), (k,)
    eta = base[:, :, None] + np.einsum("krq,kjq->krj", slopes, z)
    log_f, first, second = model.kernel(eta)
    log_g = log_f.sum(axis=1) - np.square(z).sum(axis=2) / 2 - q * math.log(2 * math.pi) / 2
    top = log_g.max(axis=1, keepdims=True)
    mass = np.exp(log_g - top)
    total = mass.sum(axis=1)
    value = float((np.log(total) + top[:, 0] + log_volume).sum())
    columns = np.concatenate(
        [
            np.broadcast_to(model.D[:, :, None, :], (*eta.shape, model.D.shape[2])),
            *(model.Z[:, :, None, [i]] * z[:, None, :, [j]] for i, j in model.entries),
        ],
        axis=3,
    )
    weight = mass / total[:, None]
    return Integrated(value, *_louis(model, weight, columns, (first, second)))


def _louis(
    model: MixedModel,
    weight: FloatArray,
    columns: FloatArray,
    derivatives: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Return score and Hessian as posterior means over the nodes.

    References
    ----------
    Louis (1982), J R Stat Soc B 44:226-233.
    """
    first, second = derivatives
    s = np.einsum("krj,krjm->kjm", first, columns)
    mean = np.einsum("kj,kjm->km", weight, s)
    bent = columns * (weight[:, None, :] * second)[..., None]
    k, r, Q, m = columns.shape
    flat = columns.reshape(k, r * Q, m)
    own = np.swapaxes(bent.reshape(k, r * Q, m), 1, 2) @ flat
    own += np.swapaxes(s * weight[..., None], 1, 2) @ s - mean[:, :, None] * mean[:, None, :]
    more = np.arange(len(model.entries)) + model.fixed
    index = np.hstack([model.index, np.tile(more, (k, 1))]).astype(np.intp)
    score = np.zeros(model.fixed + len(model.entries))
    hessian = np.zeros((len(score), len(score)))
    np.add.at(score, index, mean)
    np.add.at(hessian, (index[:, :, None], index[:, None, :]), own)
    return score, hessian


def _nodes(
    kernel: Kernel, base: FloatArray, slopes: FloatArray, nodes: int
) -> tuple[FloatArray, FloatArray]:
    """Return nodes (k, Q, q) and the logarithm of the volume each stands for, (k,)."""
    k, _, q = slopes.shape
    if q == 0:
        return np.zeros((k, 1, 0)), np.zeros(k)
    mode, precision = _modes(kernel, base, slopes)
    A = np.linalg.cholesky(np.linalg.inv(precision))
    axes, log_volume = [], np.log(np.diagonal(A, axis1=1, axis2=2)).sum(axis=1)
    for axis in range(q):
        ends = [sign * _reach(kernel, base, slopes, mode, sign * A[:, :, axis]) for sign in (-1, 1)]
        steps = (ends[1] - ends[0]) / (nodes - 1)
        axes.append(ends[0][:, None] + steps[:, None] * np.arange(nodes))
        log_volume = log_volume + np.log(steps)
    if q == 1:
        t = axes[0][:, :, None]
    else:
        shape = (k, nodes, nodes)
        grid = (
            np.broadcast_to(axes[0][:, :, None], shape),
            np.broadcast_to(axes[1][:, None], shape),
        )
        t = np.stack([x.reshape(k, -1) for x in grid], axis=2)
    return mode[:, None, :] + np.einsum("kab,kjb->kja", A, t), log_volume


def _log_g(kernel: Kernel, base: FloatArray, slopes: FloatArray, z: FloatArray) -> FloatArray:
    eta = base + np.einsum("krq,kq->kr", slopes, z)
    return np.asarray(kernel(eta[:, :, None])[0].sum(axis=(1, 2)) - np.square(z).sum(axis=1) / 2)


def _modes(kernel: Kernel, base: FloatArray, slopes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each study's most likely z (k, q) and the precision there (k, q, q)."""
    k, _, q = slopes.shape
    z = np.zeros((k, q))
    value = _log_g(kernel, base, slopes, z)
    for _ in range(100):
        gradient, precision = _bend(kernel, base, slopes, z)
        step = np.linalg.solve(precision, gradient[..., None])[..., 0]
        for _ in range(40):
            tried = _log_g(kernel, base, slopes, z + step)
            worse = tried < value - 1e-9 * (1 + np.abs(value))
            if not worse.any():
                break
            step = np.where(worse[:, None], step / 2, step)
        z, value = z + step, tried
        if np.abs(step).max() < 1e-8:
            break
    return z, _bend(kernel, base, slopes, z)[1]


def _bend(
    kernel: Kernel, base: FloatArray, slopes: FloatArray, z: FloatArray
) -> tuple[FloatArray, FloatArray]:
    eta = base + np.einsum("krq,kq->kr", slopes, z)
    _, first, second = (x[:, :, 0] for x in kernel(eta[:, :, None]))
    gradient = np.einsum("kr,krq->kq", first, slopes) - z
    precision = np.eye(z.shape[1]) - np.einsum("kr,krq,krp->kqp", second, slopes, slopes)
    return gradient, precision


def _reach(
    kernel: Kernel, base: FloatArray, slopes: FloatArray, mode: FloatArray, way: FloatArray
) -> FloatArray:
    """Return how far along a direction (k, q) the integrand stays above exp(-DEPTH) of its top.

    The prior alone ends it at sqrt(2 DEPTH); within that, halving on a logarithmic scale.
    """
    top = _log_g(kernel, base, slopes, mode)
    far = math.sqrt(2 * DEPTH) / np.sqrt(np.square(way).sum(axis=1))
    low, high = np.log(far) - math.log(1e5), np.log(far)
    for _ in range(12):
        middle = (low + high) / 2
        inside = _log_g(kernel, base, slopes, mode + np.exp(middle)[:, None] * way) > top - DEPTH
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray(np.exp(high))
