"""Normal likelihood of effects with a known block of errors and unknown components of variance.

y_i ~ N(X_i b, V_i + sum_j phi_j G_ij) for the rows of study i. The three-level and the
multivariate models are both of this form: they differ in the patterns G and in which phi are
allowed. Score and Hessian in phi are exact; b is profiled out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Criterion = Literal["REML", "ML"]


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The B studies that have m rows each.

    `rows` (B, m) are places in the table; `y` (B, m), `X` (B, m, p), `V` (B, m, m);
    `patterns` (K, B, m, m) are the derivatives of the covariance by each component.
    """

    rows: NDArray[np.intp]
    y: FloatArray
    X: FloatArray
    V: FloatArray
    patterns: FloatArray


@dataclass(frozen=True, eq=False)
class Problem:
    """All studies, stacked by their number of rows."""

    stacks: tuple[Stack, ...]

    @cached_property
    def size(self) -> int:
        """Rows of all studies."""
        return sum(stack.y.size for stack in self.stacks)

    @property
    def columns(self) -> int:
        """Coefficients."""
        return int(self.stacks[0].X.shape[2])

    @property
    def components(self) -> int:
        """Components of variance."""
        return len(self.stacks[0].patterns)

    @cached_property
    def log_det_design(self) -> float:
        """Log determinant of X'X: a constant of the restricted likelihood."""
        cross = sum(np.einsum("bmp,bmq->pq", s.X, s.X) for s in self.stacks)
        return float(np.linalg.slogdet(cross)[1])


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The likelihood at one phi: coefficients (p,), their covariance (p, p), score and Hessian."""

    log_likelihood: float
    coefficients: FloatArray
    covariance: FloatArray
    score: FloatArray
    hessian: FloatArray


Blocks = Callable[[NDArray[np.intp]], FloatArray]


def stacked(
    blocks: Sequence[NDArray[np.intp]], y: FloatArray, X: FloatArray, V: Blocks, G: Blocks
) -> Problem:
    """Stack the studies by size.

    Parameters
    ----------
    blocks
        For each study, the places of its rows.
    y, X
        Effects (n,) and design (n, p).
    V, G
        For rows (B, m) of B studies, their sampling covariances (B, m, m) and patterns
        (K, B, m, m).
    """
    stacks = []
    for size in sorted({len(block) for block in blocks}):
        rows = np.stack([block for block in blocks if len(block) == size])
        stacks.append(Stack(rows, y[rows], X[rows], V(rows), G(rows)))
    return Problem(tuple(stacks))


def evaluate(problem: Problem, phi: FloatArray, criterion: Criterion) -> Evaluation | None:
    """Evaluate likelihood, score and observed Hessian; None where a covariance is not definite."""
    parts = []
    log_det = 0.0
    p, K = problem.columns, problem.components
    xwx, xwy = np.zeros((p, p)), np.zeros(p)
    for stack in problem.stacks:
        M = stack.V + np.tensordot(phi, stack.patterns, axes=1)
        try:
            root = np.linalg.cholesky(M)
        except np.linalg.LinAlgError:
            return None
        log_det += 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
        W = np.asarray(np.linalg.inv(M), dtype=np.float64)
        wx = W @ stack.X
        xwx += np.einsum("bmp,bmq->pq", stack.X, wx)
        xwy += np.einsum("bmp,bm->p", wx, stack.y)
        parts.append((stack, W, wx))
    covariance = np.linalg.inv(xwx)
    covariance = (covariance + covariance.T) / 2
    b = covariance @ xwy
    fitted = _Pieces(np.zeros(K), np.zeros((K, K)), np.zeros((K, K)), np.zeros((K, p, p)),
                     np.zeros((K, K, p, p)), np.zeros((K, p)))  # fmt: skip
    quadratic = 0.0
    for stack, W, wx in parts:
        residual = stack.y - stack.X @ b
        q = np.einsum("bmn,bn->bm", W, residual)
        quadratic += float((residual * q).sum())
        fitted.add(stack, W, wx, q)
    n = problem.size
    value = -((n * math.log(2 * math.pi)) + log_det + quadratic) / 2
    if criterion == "REML":
        determinant = float(np.linalg.slogdet(xwx)[1])
        value += (p * math.log(2 * math.pi) - determinant + problem.log_det_design) / 2
    score, hessian = fitted.derivatives(covariance, restricted=criterion == "REML")
    return Evaluation(value, b, covariance, score, hessian)


@dataclass(slots=True, eq=False)
class _Pieces:
    """Sums over studies that score and Hessian are made of; W is a block of the inverse.

    trace tr(W G_k); traces tr(W G_k W G_l); squares q'G_k W G_l q + q'G_k q on no diagonal;
    C_k = X'W G_k W X; D_kl = X'W G_k W G_l W X; u_k = X'W G_k q.
    """

    trace: FloatArray
    traces: FloatArray
    squares: FloatArray
    C: FloatArray
    D: FloatArray
    u: FloatArray
    own: FloatArray | None = None

    def add(self, stack: Stack, W: FloatArray, wx: FloatArray, q: FloatArray) -> None:
        """Add the studies of one stack."""
        G = stack.patterns
        wg = W @ G
        gq = np.einsum("kbmn,bn->kbm", G, q)
        gx = G @ wx
        wgx = np.swapaxes(wx, 1, 2) @ gx
        own = np.einsum("kbm,bm->k", gq, q)
        self.own = own if self.own is None else self.own + own
        self.trace += np.einsum("kbmm->k", wg)
        self.traces += np.einsum("kbmn,lbnm->kl", wg, wg)
        self.squares += np.einsum("kbm,bmn,lbn->kl", gq, W, gq)
        self.C += wgx.sum(axis=1)
        self.D += np.einsum("kbmp,bmn,lbnq->klpq", gx, W, gx)
        self.u += np.einsum("bmp,kbm->kp", wx, gq)

    def derivatives(
        self, covariance: FloatArray, *, restricted: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Return score (K,) and observed Hessian (K, K) of the profiled log-likelihood."""
        own = np.zeros_like(self.trace) if self.own is None else self.own
        trace, traces = self.trace, self.traces
        if restricted:
            ac = covariance @ self.C
            trace = trace - np.einsum("kpp->k", ac)
            traces = (
                traces
                - 2 * np.einsum("pq,klqp->kl", covariance, self.D)
                + np.einsum("kpq,lqp->kl", ac, ac)
            )
        bent = self.squares - self.u @ covariance @ self.u.T
        return (own - trace) / 2, traces / 2 - bent
