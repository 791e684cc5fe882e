"""Logistic regression by Newton's method, to machine precision; separation is an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

SEPARATION = (
    "The covariates, or an arm with no events or only events, separate those who responded from "
    "those who did not: no finite coefficients exist. Leave out the covariate that predicts "
    "everything, join sparse categories, or use the unadjusted risks."
)
SEPARATED = 1e-8
"""A fitted probability this near 0 or 1 was still on its way there."""


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """Coefficients (p,), fitted probabilities (n,), inverse information (p, p), design (n, p)."""

    coefficients: FloatArray
    probability: FloatArray
    covariance: FloatArray
    matrix: FloatArray
    outcome: FloatArray

    @property
    def leverage(self) -> FloatArray:
        """Diagonal of the hat matrix of the last weighted least squares, shape (n,)."""
        weight = self.probability * (1 - self.probability)
        form = np.einsum("ij,jk,ik->i", self.matrix, self.covariance, self.matrix)
        return np.asarray(weight * form)


def logistic(outcome: ArrayLike, matrix: ArrayLike) -> LogisticFit:
    """Maximise the Bernoulli likelihood with the logit link.

    Parameters
    ----------
    outcome : shape (n,)
        0 or 1.
    matrix : shape (n, p)
        Design of full rank, the constant included.

    Raises
    ------
    DataError
        When the outcome holds anything but 0 and 1.
    NotIdentifiedError
        When no finite maximum exists (complete or quasi-complete separation).

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., chapter 4.
    Albert & Anderson (1984), Biometrika 71:1-10 (when a maximum exists).
    """
    y = np.asarray(outcome, dtype=np.float64)
    X = np.asarray(matrix, dtype=np.float64)
    if not np.isin(y, (0, 1)).all():
        raise DataError("A logistic regression needs an outcome of 0 and 1.")
    # orthonormal columns: the Newton steps do not suffer from the units of covariates
    q, r = np.linalg.qr(X)
    gamma, probability = _newton(y, q)
    information = (q * (probability * (1 - probability))[:, None]).T @ q
    inverse_r = np.linalg.inv(r)
    covariance = inverse_r @ np.linalg.inv(information) @ inverse_r.T
    return LogisticFit(inverse_r @ gamma, probability, covariance, X, y)


def _newton(y: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    gamma = np.zeros(q.shape[1])
    probability = np.full(len(y), 0.5)
    likelihood = -len(y) * np.log(2)
    for _ in range(60):
        score = q.T @ (y - probability)
        information = (q * (probability * (1 - probability))[:, None]).T @ q
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError as error:
            raise NotIdentifiedError(SEPARATION) from error
        gamma, likelihood = _halved(y, q, gamma, step, likelihood)
        probability = expit(q @ gamma)
        if min(probability.min(), (1 - probability).min()) < SEPARATED:
            raise NotIdentifiedError(SEPARATION)
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(gamma).max()):
            return gamma, probability
    raise NotIdentifiedError(SEPARATION)


def _halved(
    y: FloatArray, q: FloatArray, gamma: FloatArray, step: FloatArray, likelihood: float
) -> tuple[FloatArray, float]:
    """Take the Newton step, halved until the likelihood does not fall."""
    for halving in range(30):
        new = gamma + step / 2**halving
        eta = q @ new
        value = float(y @ eta - np.logaddexp(0, eta).sum())
        if value >= likelihood - 1e-10 * (1 + abs(likelihood)):
            return new, value
    return gamma, likelihood
