"""y ~ N(X beta, S + tau2 D) with beta integrated out, at many tau at once.

One change of coordinates makes S the identity and D diagonal, so that each tau costs a weighted
regression: exact for correlated contrasts of multi-arm trials as for independent studies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What is known at each tau, leading axis (m,): beta is N(mean, cov) given tau.

    `mean` (m, p), `cov` (m, p, p), `log_likelihood` (m,) of tau up to a constant.
    """

    mean: FloatArray
    cov: FloatArray
    log_likelihood: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """The model in coordinates in which errors are independent with variance 1.

    Parameters
    ----------
    y : shape (n,)
    X : shape (n, p)
    spread : shape (n,)
        What tau2 is multiplied with: the variance of each coordinate is 1 + tau2 spread.
    prior_mean : shape (p,)
    prior_precision : shape (p,)
        0 where the prior is flat.
    """

    y: FloatArray
    X: FloatArray
    spread: FloatArray
    prior_mean: FloatArray
    prior_precision: FloatArray

    @property
    def free(self) -> int:
        """Coordinates less coefficients with a flat prior: how fast the likelihood falls."""
        return len(self.y) - int((self.prior_precision == 0).sum())

    def given(self, tau: FloatArray) -> Given:
        """Integrate beta out at each tau, shape (m,)."""
        variance = 1 + tau[:, None] ** 2 * self.spread
        w = 1 / variance
        XW = self.X.T * w[:, None, :]
        precision = XW @ self.X + np.diag(self.prior_precision)
        right = XW @ self.y + self.prior_precision * self.prior_mean
        cov = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        mean = np.einsum("mpq,mq->mp", cov, right)
        residual = self.y - mean @ self.X.T
        off = mean - self.prior_mean
        lack = (w * residual**2).sum(axis=1) + (self.prior_precision * off**2).sum(axis=1)
        log_det = np.linalg.slogdet(precision)[1]
        return Given(mean, cov, -0.5 * (np.log(variance).sum(axis=1) + log_det + lack))


def linear_model(
    y: ArrayLike,
    S: ArrayLike,
    X: ArrayLike | None = None,
    *,
    D: ArrayLike | None = None,
    prior_mean: ArrayLike = 0.0,
    prior_sd: ArrayLike = np.inf,
) -> LinearModel:
    """Bring a model into coordinates with independent errors.

    Parameters
    ----------
    y : shape (n,)
    S : shape (n,) or (n, n)
        Sampling variances, or their covariance.
    X : shape (n, p)
        Ones if None.
    D : shape (n, n)
        Correlation of the random effects; the identity if None.
    prior_mean, prior_sd : scalar or shape (p,)
        Normal prior of each coefficient; flat where the sd is infinite.
    """
    data, S = np.asarray(y, dtype=np.float64), np.asarray(S, dtype=np.float64)
    n = len(data)
    design = np.ones((n, 1)) if X is None else np.asarray(X, dtype=np.float64)
    if data.ndim != 1 or S.shape not in ((n,), (n, n)) or design.shape[:1] != (n,):
        raise DataError(f"{data.shape} effects came with S {S.shape} and X {design.shape}.")
    p = design.shape[1]
    mean = np.broadcast_to(np.asarray(prior_mean, dtype=np.float64), (p,))
    sd = np.broadcast_to(np.asarray(prior_sd, dtype=np.float64), (p,))
    if not (sd > 0).all() or not np.isfinite(mean).all():
        raise DataError("A prior of a mean is a number and a standard deviation above 0.")
    flat = design[:, np.isinf(sd)]
    if flat.shape[1] and (n < flat.shape[1] or np.linalg.matrix_rank(flat) < flat.shape[1]):
        raise NotIdentifiedError(
            f"{n} effects cannot tell {flat.shape[1]} coefficients apart: give some of "
            "them a prior."
        )
    transform, spread = _coordinates(S, D)
    precision = np.where(np.isinf(sd), 0.0, sd**-2.0)
    return LinearModel(transform @ data, transform @ design, spread, mean, precision)


def _coordinates(S: FloatArray, D: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Return A with A S A' = I and A D A' diagonal, and that diagonal."""
    if S.ndim == 1 and D is None:
        if not (S > 0).all():
            raise DataError("Sampling variances are above 0.")
        return np.diag(S**-0.5), 1 / S
    full = np.diag(S) if S.ndim == 1 else S
    between = np.eye(len(full)) if D is None else np.asarray(D, dtype=np.float64)
    if between.shape != full.shape:
        raise DataError(f"Random effects of shape {between.shape} for {len(full)} effects.")
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(full))
    except np.linalg.LinAlgError as error:
        raise DataError("The sampling covariance S is not positive definite.") from error
    values, vectors = np.linalg.eigh(inverse @ between @ inverse.T)
    if values[0] < -1e-8 * max(float(values[-1]), 1e-300):
        raise DataError("The correlation of the random effects is not a covariance.")
    return vectors.T @ inverse, np.maximum(values, 0.0)
