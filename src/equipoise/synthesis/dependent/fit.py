"""A fit of dependent effects: coefficients, components of variance, and what tests need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.dependent.likelihood import Criterion, Problem, evaluate
from equipoise.synthesis.dependent.maximise import Map, Maximum

FloatArray = NDArray[np.float64]
Test = Literal["z", "t"]


@dataclass(frozen=True, eq=False)
class MixedFit:
    """Random effects with a known block of errors.

    `names` (p) of the coefficients, `components` (K) of variance; `study` (n) names each row's
    study, `y` (n,) and `X` (n, p) are the table.
    """

    problem: Problem
    names: tuple[str, ...]
    components: tuple[str, ...]
    study: tuple[str, ...]
    y: FloatArray
    X: FloatArray
    criterion: Criterion
    to_phi: Map
    maximum: Maximum

    @property
    def coefficients(self) -> FloatArray:
        """Shape (p,)."""
        return self.maximum.at.coefficients

    @property
    def covariance(self) -> FloatArray:
        """Of the coefficients, taking the components of variance as known; shape (p, p)."""
        return self.maximum.at.covariance

    @property
    def se(self) -> FloatArray:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def phi(self) -> FloatArray:
        """Components of variance, shape (K,)."""
        return self.maximum.phi

    @property
    def log_likelihood(self) -> float:
        """Restricted or full, as `criterion` says, with all constants."""
        return self.maximum.at.log_likelihood

    @property
    def residual_df(self) -> int:
        """Rows less coefficients."""
        return int(self.X.shape[0] - self.X.shape[1])

    @cached_property
    def studies(self) -> int:
        """Number of studies."""
        return sum(len(stack.rows) for stack in self.problem.stacks)

    @property
    def constant(self) -> bool:
        """Whether the design is one column of ones: a plain pooled effect."""
        return self.X.shape[1] == 1 and bool((self.X == 1).all())

    def q_test(self) -> tuple[float, int, float]:
        """Return the test of no heterogeneity (residual, with moderators): Q, df, p."""
        return q_test(self.problem, self.residual_df)

    def moderator_test(self) -> tuple[float, int, float] | None:
        """Return the Wald test of every coefficient but the intercept: chi-squared, df, p."""
        tested = [j for j in range(self.X.shape[1]) if not (self.X[:, j] == 1).all()]
        if not tested or self.constant:
            return None
        b = self.coefficients[tested]
        statistic = float(b @ np.linalg.solve(self.covariance[np.ix_(tested, tested)], b))
        return statistic, len(tested), float(chdtrc(len(tested), statistic))


def q_test(problem: Problem, df: int) -> tuple[float, int, float]:
    """Return Cochran's Q generalised to correlated errors: weights V^-1, about the fixed fit."""
    total = 0.0
    at = evaluate(problem, np.zeros(problem.components), "ML")
    if at is None:
        raise DataError("A sampling covariance is not positive definite.")
    for stack in problem.stacks:
        residual = stack.y - stack.X @ at.coefficients
        total += float(
            np.einsum("bm,bm->", residual, np.linalg.solve(stack.V, residual[..., None])[..., 0])
        )
    return total, df, float(chdtrc(df, total)) if df > 0 else float("nan")


def typical_variance(problem: Problem) -> float:
    """Return (n - p) / trace(P) with P of the weights V^-1: Higgins and Thompson's, generalised.

    References
    ----------
    Higgins & Thompson (2002), Stat Med 21:1539-1558.
    """
    p = problem.columns
    trace, xwx, xwwx = 0.0, np.zeros((p, p)), np.zeros((p, p))
    for stack in problem.stacks:
        W = np.linalg.inv(stack.V)
        wx = W @ stack.X
        trace += float(np.einsum("bmm->", W))
        xwx += np.einsum("bmp,bmq->pq", stack.X, wx)
        xwwx += np.einsum("bmp,bmq->pq", wx, wx)
    rest = trace - float(np.trace(np.linalg.solve(xwx, xwwx)))
    return (problem.size - p) / rest


def checked_design(
    X: FloatArray | None, n: int, names: tuple[str, ...] | None
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return a design with an intercept for none given, and refuse one without full rank."""
    if X is None:
        return np.ones((n, 1)), ("pooled",)
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2 or len(X) != n or not np.isfinite(X).all():
        raise DataError(f"The design needs a row of numbers for each of the {n} effects.")
    names = names or tuple(f"x{j + 1}" for j in range(X.shape[1]))
    if n <= X.shape[1]:
        raise NotIdentifiedError(f"{X.shape[1]} coefficients need more than {n} effects.")
    scaled = X / np.maximum(np.abs(X).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < X.shape[1]:
        raise NotIdentifiedError(
            f"The coefficients {', '.join(names)} cannot be told apart: one column is a sum of "
            "others, or constant. Leave one out."
        )
    return X, names
