"""Robust variance estimation: no likelihood, simple weights, cluster-robust errors.

The weights come from a rough model of the dependence (correlated errors, or effects nested in
studies), whose variances are found by moments; the sandwich forgives what is wrong in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.dependent.fit import checked_design
from equipoise.synthesis.dependent.robust import Cluster, Kind, Robust, cluster_robust
from equipoise.synthesis.dependent.working_covariance import study_blocks
from equipoise.synthesis.effects import Effects

FloatArray = NDArray[np.float64]
Rows = list[NDArray[np.intp]]
Weights = Literal["correlated", "hierarchical"]


@dataclass(frozen=True, slots=True, eq=False)
class RobustVariance:
    """Coefficients (p,) with their sandwich; `tau2` between studies, `omega2` within.

    `omega2` belongs to hierarchical weights, `i2` in percent to those of correlated errors.
    """

    names: tuple[str, ...]
    robust: Robust
    tau2: float
    omega2: float | None
    i2: float | None


def robust_variance(
    effects: Effects,
    weights: Weights = "correlated",
    *,
    rho: float = 0.8,
    X: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    kind: Kind = "CR2",
) -> RobustVariance:
    """Pool dependent effects by robust variance estimation.

    Parameters
    ----------
    effects
        Rows; those of one study share its name.
    weights
        "correlated": effects of one study share people; "hierarchical": they are of different
        people, and studies share a laboratory.
    rho
        Correlation of errors (correlated weights only); it moves tau2 alone.
    X : shape (n, p)
        Design with its intercept; one pooled effect by default.

    References
    ----------
    Hedges, Tipton & Johnson (2010), Res Synth Methods 1:39-65. Tipton (2015), Psychol Methods
    20:375-393.
    """
    if not 0 <= rho <= 1:
        raise DataError(f"The correlation of errors is from 0 to 1; got {rho:g}.")
    blocks = study_blocks(effects.study)
    design, called = checked_design(
        None if X is None else np.asarray(X, dtype=np.float64),
        len(effects),
        tuple(names) if names else None,
    )
    if len(blocks) <= design.shape[1]:
        raise NotIdentifiedError(
            f"{design.shape[1]} coefficients need more studies than {len(blocks)}."
        )
    if weights == "correlated":
        tau2, i2, w = _correlated(effects, design, blocks, rho)
        omega2 = None
    else:
        tau2, omega2 = _hierarchical(effects, design, blocks)
        i2, w = None, 1 / (effects.v + tau2 + omega2)
    b = _weighted(design, effects.y, w)[1]
    residual = effects.y - design @ b
    clusters = [Cluster(design[r], residual[r], np.diag(w[r]), np.diag(1 / w[r])) for r in blocks]
    return RobustVariance(called, cluster_robust(clusters, b, kind), tau2, omega2, i2)


def _weighted(X: FloatArray, y: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (X'WX)^-1 and the weighted least-squares coefficients."""
    inverse = np.asarray(np.linalg.inv((X.T * w) @ X), dtype=np.float64)
    return inverse, inverse @ (X.T * w) @ y


def _correlated(
    effects: Effects, X: FloatArray, blocks: Rows, rho: float
) -> tuple[float, float, FloatArray]:
    """Return tau2 (their equation 15), I2 and the weights 1 / (k_j (mean v_j + tau2))."""
    y, v, p = effects.y, effects.v, X.shape[1]
    size, mean_v = np.empty(len(y)), np.empty(len(y))
    for r in blocks:
        size[r], mean_v[r] = len(r), v[r].mean()
    w = 1 / (size * mean_v)
    inverse, b = _weighted(X, y, w)
    own, cross, square = np.zeros((p, p)), np.zeros((p, p)), np.zeros((p, p))
    for r in blocks:
        within, total = X[r].T @ X[r], X[r].sum(axis=0)
        own += w[r[0]] / len(r) * within
        cross += w[r[0]] / len(r) * (np.outer(total, total) - within)
        square += w[r[0]] ** 2 * np.outer(total, total)
    q = float(w @ (y - X @ b) ** 2)
    expected = len(blocks) - np.trace(inverse @ own) - rho * np.trace(inverse @ cross)
    tau2 = max(float((q - expected) / (w.sum() - np.trace(inverse @ square))), 0.0)
    return tau2, 100 * max(1 - float(expected) / q, 0.0), 1 / (size * (mean_v + tau2))


def _hierarchical(effects: Effects, X: FloatArray, blocks: Rows) -> tuple[float, float]:
    """Return tau2 and omega2 that two quadratic forms of residuals have by expectation.

    The forms are e'We and the squared sums of residuals by study; with e = R y and
    Cov(y) = V + tau2 J + omega2 I their expectations are linear in both.
    """
    y, v = effects.y, effects.v
    w = 1 / v
    inverse, b = _weighted(X, y, w)
    residual = y - X @ b
    R = np.eye(len(y)) - X @ inverse @ (X.T * w)
    S = np.zeros((len(blocks), len(y)))  # sums by study
    for j, r in enumerate(blocks):
        S[j, r] = 1
    forms = (R.T * w) @ R, (S @ R).T @ (S @ R)
    seen = np.array([w @ residual**2, np.square(S @ residual).sum()])
    left = seen - [float((np.diag(K) * v).sum()) for K in forms]
    lines = np.array([[np.einsum("jm,mn,jn->", S, K, S), np.trace(K)] for K in forms])
    omega2 = max(float(np.linalg.solve(lines, left)[1]), 0.0)  # theirs first, then tau2 given it
    tau2 = max(float((left[0] - lines[0, 1] * omega2) / lines[0, 0]), 0.0)
    return tau2, omega2
