"""Two outcomes a study, measured with error: (a_i, b_i) ~ N(X_i B, T + S_i), T unstructured.

The bivariate random-effects model of van Houwelingen et al. (2002). T is written as L L', and
Newton's method on the exact score climbs to the maximum; T may end on its border, where one
outcome does not vary or both go together perfectly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError, NotIdentifiedError

FloatArray = NDArray[np.float64]
Likelihood = Literal["REML", "ML"]

DIRECTIONS = np.array(
    [[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]]
)
"""Derivatives of T by t11, t12 and t22."""
STARTS = ((0.0, 1.0), (0.9, 1.0), (-0.9, 1.0), (0.0, 0.05))
"""Correlation, and the share of the spread seen, from which the climb starts."""
STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class BivariateFit:
    """A fit of k studies with p columns in the design.

    `means` (p, 2) and `cov` (2p, 2p) of the means, those of the first outcome first; `T` (2, 2);
    `score` (3,) and `information` (3, 3), observed, of t11, t12 and t22; `loglik` at the top.
    """

    means: FloatArray
    cov: FloatArray
    T: FloatArray
    score: FloatArray
    information: FloatArray
    loglik: float

    @property
    def correlation(self) -> float:
        """Correlation of the true outcomes, NaN where one of them does not vary."""
        spread = self.T[0, 0] * self.T[1, 1]
        return float(self.T[0, 1] / math.sqrt(spread)) if spread > 0 else math.nan


def bivariate_fit(
    y: ArrayLike, S: ArrayLike, X: ArrayLike | None = None, *, likelihood: Likelihood = "REML"
) -> BivariateFit:
    """Fit the bivariate random-effects model.

    Parameters
    ----------
    y : shape (k, 2)
        Two outcomes of each study.
    S : shape (k, 2, 2)
        Their sampling covariance, positive semidefinite; a variance may be 0.
    X : shape (k, p)
        Design shared by both outcomes; a column of ones if None.

    Raises
    ------
    NotIdentifiedError
        With fewer than p + 2 studies.

    Examples
    --------
    >>> y = [[0.1, 1.0], [0.4, 2.1], [0.9, 2.7], [0.5, 2.0]]
    >>> fit = bivariate_fit(y, np.tile(0.01 * np.eye(2), (4, 1, 1)))
    >>> fit.means.round(3)
    array([[0.475, 1.95 ]])

    References
    ----------
    van Houwelingen, Arends & Stijnen (2002), Stat Med 21:589-624.
    """
    data, S = np.asarray(y, dtype=np.float64), np.asarray(S, dtype=np.float64)
    k = len(data)
    design = np.ones((k, 1)) if X is None else np.asarray(X, dtype=np.float64)
    if data.shape != (k, 2) or S.shape != (k, 2, 2) or design.shape[:1] != (k,):
        raise DataError(
            f"Two outcomes a study and their 2 x 2 covariances: got {data.shape}, {S.shape}."
        )
    if not (np.isfinite(data).all() and np.isfinite(S).all()):
        raise DataError("Outcomes and their covariances must be numbers: leave other studies out.")
    if k < design.shape[1] + 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotIdentifiedError(
            f"{k} studies cannot carry a bivariate model with {design.shape[1]} "
            f"column{'' if design.shape[1] == 1 else 's'}: it needs "
            f"{design.shape[1] + 2} at least, and every column to say something of its own."
        )
    scale = np.sqrt(np.maximum(np.var(data, axis=0, ddof=1), np.finfo(float).tiny))
    spread = _spread(data / scale, design)
    problem = _Problem(data / scale, S / np.outer(scale, scale), design, likelihood == "REML")
    tops = [_climb(problem, _start(spread, *start)) for start in STARTS]
    best = max(tops, key=lambda chol: problem.at(_t(chol)).loglik)
    return _unscaled(problem.at(_t(best)), scale, design.shape[1], k, problem.restricted)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    loglik: float
    score: FloatArray
    information: FloatArray
    means: FloatArray
    cov: FloatArray
    T: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    y: FloatArray
    S: FloatArray
    X: FloatArray
    restricted: bool

    def at(self, T: FloatArray) -> _State:
        """Return likelihood, score and observed information in t11, t12, t22.

        The blocks of V are 2 x 2, so nothing larger than (2p, 2p) is inverted.
        """
        p = self.X.shape[1]
        V = self.S + T
        W = np.asarray(np.linalg.inv(V), dtype=np.float64)
        WE = np.einsum("kab,jbc->jkac", W, DIRECTIONS)  # W_i E_j
        WEW = WE @ W
        cov = np.asarray(np.linalg.inv(_cross(self.X, W)), dtype=np.float64)
        right = np.einsum("kab,kp,kb->ap", W, self.X, self.y).reshape(2 * p)
        means = cov @ right
        residual = self.y - self.X @ means.reshape(2, p).T
        pulled = np.einsum("kab,kb->ka", W, residual)
        # y'P E_j P E_l P y: E_j P y is first freed of its means
        shaken = np.einsum("jab,kb->jka", DIRECTIONS, pulled)
        inner = np.einsum("jka,kab,lkb->jl", shaken, W, shaken)
        pushed = np.einsum("jka,kab,kp->jbp", shaken, W, self.X).reshape(3, 2 * p)
        quadratic = inner - pushed @ cov @ pushed.T
        trace = np.einsum("jkaa->j", WE)
        trace2 = np.einsum("jkab,lkba->jl", WE, WE)
        loglik = -0.5 * float(np.linalg.slogdet(V)[1].sum() + (residual * pulled).sum())
        if self.restricted:
            A = np.stack([_cross(self.X, each) for each in WEW])
            CA = cov @ A
            second = np.einsum("jkab,lkbc->jlkac", WE, WEW)
            AA = np.array(
                [[np.trace(cov @ _cross(self.X, second[j, m])) for m in range(3)] for j in range(3)]
            )
            trace = trace - np.einsum("jaa->j", CA)
            trace2 = trace2 - 2 * AA + np.einsum("jab,lba->jl", CA, CA)
            loglik += 0.5 * float(np.linalg.slogdet(cov)[1])
        score = 0.5 * (np.einsum("ka,jka->j", pulled, shaken) - trace)
        return _State(loglik, score, quadratic - 0.5 * trace2, means, cov, T)


def _cross(X: FloatArray, W: FloatArray) -> FloatArray:
    """Return the sum of Z_i' W_i Z_i with Z_i = I_2 (x) x_i, shape (2p, 2p)."""
    p = X.shape[1]
    crossed: FloatArray = np.einsum("kp,kab,kq->apbq", X, W, X).reshape(2 * p, 2 * p)
    return crossed


def _t(chol: FloatArray) -> FloatArray:
    a, b, c = chol
    return np.array([[a * a, a * b], [a * b, b * b + c * c]])


def _start(spread: FloatArray, correlation: float, share: float) -> FloatArray:
    one, two = np.sqrt(share * spread)
    return np.array([one, correlation * two, math.sqrt(1 - correlation**2) * two])


def _spread(y: FloatArray, X: FloatArray) -> FloatArray:
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    seen: FloatArray = (residual**2).sum(axis=0) / max(len(y) - X.shape[1], 1)
    return np.maximum(seen, 1e-3)


def _climb(problem: _Problem, chol: FloatArray) -> FloatArray:
    """Climb from a start by Newton's method in L; steps that would go down are turned and cut."""
    state = problem.at(_t(chol))
    for _ in range(STEPS):
        a, b, c = chol
        J = np.array([[2 * a, 0, 0], [b, a, 0], [0, 2 * b, 2 * c]])
        gradient = J.T @ state.score
        s1, s2, s3 = state.score
        bend = np.array([[2 * s1, s2, 0], [s2, 2 * s3, 0], [0, 0, 2 * s3]])
        values, vectors = np.linalg.eigh(J.T @ state.information @ J - bend)
        curved = np.maximum(np.abs(values), 1e-10 * max(1.0, np.abs(values).max()))
        step = vectors @ ((vectors.T @ gradient) / curved)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        size = 1.0
        while size > 1e-10:
            there = problem.at(_t(chol + size * step))
            if there.loglik >= state.loglik - 1e-13 * abs(state.loglik):
                break
            size /= 2
        else:
            return chol
        chol, state = chol + size * step, there
        if float(np.abs(size * step).max()) < 1e-13:
            break
    return chol


def _unscaled(state: _State, scale: FloatArray, p: int, k: int, restricted: bool) -> BivariateFit:
    """Bring a fit of outcomes divided by `scale` back to their own units."""
    each = np.repeat(scale, p)
    own = np.array([scale[0] ** 2, scale[0] * scale[1], scale[1] ** 2])
    free = k - p if restricted else k
    constant = free * math.log(2 * math.pi) + k * float(np.log(scale).sum())
    if restricted:
        constant -= p * float(np.log(scale).sum())
    return BivariateFit(
        means=(state.means * each).reshape(2, p).T,
        cov=state.cov * np.outer(each, each),
        T=state.T * np.outer(scale, scale),
        score=state.score / own,
        information=state.information / np.outer(own, own),
        loglik=state.loglik - constant,
    )
