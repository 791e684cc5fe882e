"""The three-level model: effects within studies, with errors that may correlate.

y_ij = x_ij'b + u_i + w_ij + e_ij, with u_i ~ N(0, sigma2 between studies), w_ij ~ N(0, sigma2
within studies) and Cov(e_i) = V_i known or assumed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.dependent.fit import MixedFit, checked_design
from equipoise.synthesis.dependent.likelihood import (
    Criterion,
    Problem,
    evaluate,
    stacked,
)
from equipoise.synthesis.dependent.maximise import Maximum, maximise
from equipoise.synthesis.dependent.working_covariance import (
    correlated_errors,
    given_errors,
    study_blocks,
)
from equipoise.synthesis.effects import Effects

FloatArray = NDArray[np.float64]
LEVELS = ("between studies", "within studies")


def three_level_fit(
    effects: Effects,
    *,
    rho: float = 0.6,
    V: ArrayLike | None = None,
    X: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    criterion: Criterion = "REML",
) -> MixedFit:
    """Fit a three-level model with correlated sampling errors.

    Parameters
    ----------
    effects
        Rows; those of one study share its name.
    rho
        Correlation of errors within a study, unless `V` is given.
    V : shape (n, n)
        Sampling covariance, zero between studies.
    X : shape (n, p)
        Design with its intercept; one pooled effect by default.

    Raises
    ------
    NotIdentifiedError
        When no study has two rows, or there is one study only.

    Examples
    --------
    >>> from equipoise.synthesis.effects import checked_effects
    >>> rows = checked_effects([1.0, 2.0, 4.0, 5.0], [0.1] * 4, ["A", "A", "B", "B"])
    >>> fit = three_level_fit(rows, rho=0)
    >>> [round(float(x), 4) for x in (*fit.coefficients, *fit.phi)]
    [3.0, 4.25, 0.4]

    References
    ----------
    Konstantopoulos (2011), Res Synth Methods 2:61-76. Van den Noortgate et al. (2013), Behav Res
    Methods 45:576-594.
    """
    blocks = study_blocks(effects.study)
    if len(blocks) < 2:
        raise NotIdentifiedError("A model of studies needs at least 2 of them; got 1.")
    if max(map(len, blocks)) < 2:
        raise NotIdentifiedError(
            "Every study has one row: between and within studies cannot be told apart. Use the "
            "two-level model (equipoise pool)."
        )
    n = len(effects)
    design, called = checked_design(
        None if X is None else np.asarray(X, dtype=np.float64), n, tuple(names) if names else None
    )
    errors = correlated_errors(effects.v, rho) if V is None else given_errors(V, blocks, n)
    problem = stacked(blocks, effects.y, design, errors, _levels)
    residual = effects.y - design @ np.linalg.lstsq(design, effects.y, rcond=None)[0]
    spread = float(np.sqrt(max(residual.var(), 1e-300)))
    shares = ((0.7, 0.7), (1.0, 0.05), (0.05, 1.0), (0.05, 0.05))
    starts = [spread * np.array(share) for share in shares]
    found = maximise(problem, squares, starts, criterion)
    if found is None:
        raise NotIdentifiedError("The likelihood of the three-level model cannot be evaluated.")
    found = on_the_border(problem, found, criterion)
    return MixedFit(
        problem, called, LEVELS, effects.study, effects.y, design, criterion, squares, found
    )


def _levels(rows: NDArray[np.intp]) -> FloatArray:
    B, m = rows.shape
    return np.stack([np.ones((B, m, m)), np.broadcast_to(np.eye(m), (B, m, m))])


def squares(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Map standard deviations to variances."""
    q = len(theta)
    bend = np.zeros((q, q, q))
    bend[np.arange(q), np.arange(q), np.arange(q)] = 2
    return theta**2, np.diag(2 * theta), bend


def on_the_border(problem: Problem, found: Maximum, criterion: Criterion) -> Maximum:
    """Set to 0 the variances that Newton's steps only come ever nearer to 0."""
    theta = np.where(found.phi < 1e-9 * max(float(found.phi.max()), 1e-9), 0.0, found.theta)
    if (theta == found.theta).all():
        return found
    at = evaluate(problem, theta**2, criterion)
    if at is None or at.log_likelihood < found.at.log_likelihood - 1e-9:
        return found
    return Maximum(np.abs(theta), theta**2, at, found.gradient, found.converged)
