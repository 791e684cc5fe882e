"""The structural model in the Bayesian way: a Gibbs sampler over many chains at once.

Two steps are conjugate: the true indices given all else, and the coefficients given the true
indices (the true effects are integrated out). The two spreads are drawn by slice sampling on
the scale where their prior is uniform: exact for any prior, no tuning. The spread of the
indices is drawn twice, with the indices and with their standard scores held: where it is small
one of the two moves while the other sticks (Yu & Meng 2011, J Comput Graph Stat 20:531-570).

The slope needs a proper prior. If the true indices hardly vary, any slope fits, and with a flat
prior the posterior would not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.bayes.tau_prior import TauPrior

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

TAU_PRIOR = TauPrior("half-normal", (0.5,))
INDEX_SD_PRIOR = TauPrior("uniform", (1.0,))  # an index lies in [-1, 1]
SLOPE_SD = 1.0
SHRINKS = 60
EDGE = 1e-9  # a spread of exactly 0 would freeze the indices


@dataclass(frozen=True, slots=True)
class Priors:
    """Of the structural model.

    The coefficients at true index 0 and the mean of the index are flat; the slope is
    N(0, slope_sd^2), in units of the effect per unit of index; spreads as given.
    """

    slope_sd: float = SLOPE_SD
    tau: TauPrior = TAU_PRIOR
    index_sd: TauPrior = INDEX_SD_PRIOR

    def __str__(self) -> str:
        return (
            f"slope N(0, {self.slope_sd:g}²), spread of effects {self.tau}, spread of true "
            f"indices {self.index_sd}, the rest flat"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws of every chain.

    `coefficients` (draws, chains, p + 1) has the slope last; `tau` and `index_sd` are
    (draws, chains).
    """

    coefficients: FloatArray
    tau: FloatArray
    index_sd: FloatArray


def gibbs(
    y: ArrayLike,
    v: ArrayLike,
    index: ArrayLike,
    index_variance: ArrayLike,
    X: ArrayLike | None = None,
    *,
    rng: np.random.Generator,
    covariance: ArrayLike = 0.0,
    priors: Priors | None = None,
    draws: int = 4000,
    burn_in: int = 1000,
    chains: int = 4,
) -> Draws:
    """Sample the structural model of `structural_fit`.

    Parameters
    ----------
    y, v, index, index_variance : shape (k,) or (chains, k)
        Per chain where many problems are sampled at once.
    X : shape (k, p)
        Intercept and design classes; ones if None.
    covariance : scalar, shape (k,) or (chains, k)
        Sampling covariance of index and effect.
    draws, burn_in
        Kept and thrown away, of every chain.
    """
    prior = priors or Priors()
    data = [np.atleast_2d(np.asarray(a, dtype=np.float64)) for a in (y, v, index, index_variance)]
    k = data[0].shape[1]
    shape = (max(chains, *(len(a) for a in data)), k)
    y, v, m, w = (np.broadcast_to(a, shape) for a in data)
    c = np.broadcast_to(np.asarray(covariance, dtype=np.float64), shape)
    if not (w > 0).all():
        raise DataError("The sampler needs indices with variances above 0: use `structural_fit`.")
    design = np.ones((k, 1)) if X is None else np.asarray(X, dtype=np.float64)
    model = _Model(y, v - c**2 / w, m, w, c / w, design, prior)
    state = _starts(model, rng)
    kept = []
    for step in range(burn_in + draws):
        state = model.step(state, rng)
        if step >= burn_in:
            kept.append((state.beta, state.tau, state.index_sd))
    beta, tau, index_sd = (np.stack(part) for part in zip(*kept, strict=True))
    return Draws(beta, tau, index_sd)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    beta: FloatArray  # (chains, p + 1), the slope last
    gamma: FloatArray  # (chains, p)
    x_tau: FloatArray  # (chains,), where the prior is uniform; likewise below
    x_index_sd: FloatArray
    tau: FloatArray
    index_sd: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    y: FloatArray
    v: FloatArray  # of the effect given the index's error
    m: FloatArray
    w: FloatArray
    pull: FloatArray  # regression of the effect's error on the index's
    X: FloatArray
    prior: Priors

    def step(self, now: _State, rng: np.random.Generator) -> _State:
        mu = self._indices(now, rng)
        gamma = _regression(self.X, mu, now.index_sd[:, None] ** -2.0 * np.ones_like(mu), 0.0, rng)
        centre = gamma @ self.X.T
        x_s, s = _spread(mu - centre, 0.0, now.x_index_sd, self.prior.index_sd.at, rng)
        x_s, s, mu = self._rescaled(now, centre, (mu - centre) / s[:, None], x_s, rng)
        design = np.concatenate(
            [np.broadcast_to(self.X, (*mu.shape, self.X.shape[1])), mu[..., None]], axis=-1
        )
        seen = self.y - self.pull * (self.m - mu)
        precision = np.zeros(design.shape[-1])
        precision[-1] = self.prior.slope_sd**-2.0
        weight = 1 / (self.v + now.tau[:, None] ** 2)
        beta = _regression(design, seen, weight, precision, rng)
        residual = seen - np.einsum("ckp,cp->ck", design, beta)
        x_t, tau = _spread(residual, self.v, now.x_tau, self.prior.tau.at, rng)
        return _State(beta, gamma, x_t, x_s, tau, s)

    def _indices(self, now: _State, rng: np.random.Generator) -> FloatArray:
        """Draw true indices: prior, observed index and effect each say where they lie."""
        slope = now.beta[:, -1:] + self.pull
        spread = self.v + now.tau[:, None] ** 2
        free = self.y - now.beta[:, :-1] @ self.X.T - self.pull * self.m
        s2 = now.index_sd[:, None] ** 2
        precision = 1 / s2 + 1 / self.w + slope**2 / spread
        centre = (now.gamma @ self.X.T) / s2 + self.m / self.w + slope * free / spread
        return centre / precision + rng.standard_normal(free.shape) / np.sqrt(precision)

    def _rescaled(
        self,
        now: _State,
        centre: FloatArray,
        scores: FloatArray,
        x: FloatArray,
        rng: np.random.Generator,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw the spread of the indices with their standard scores held, and move them along."""
        quantile = self.prior.index_sd.at
        slope = now.beta[:, -1:] + self.pull
        free = self.y - now.beta[:, :-1] @ self.X.T - self.pull * self.m
        spread = self.v + now.tau[:, None] ** 2

        def log_likelihood(at: FloatArray) -> FloatArray:
            mu = centre + quantile(at)[:, None] * scores
            lack = (self.m - mu) ** 2 / self.w + (free - slope * mu) ** 2 / spread
            value: FloatArray = -0.5 * lack.sum(axis=-1)
            return value

        new = _slice(log_likelihood, x, rng)
        s = quantile(new)
        return new, s, centre + s[:, None] * scores


def _regression(
    X: FloatArray, y: FloatArray, weight: FloatArray, ridge: ArrayLike, rng: np.random.Generator
) -> FloatArray:
    """Draw coefficients, shape (chains, p): X is (k, p) or (chains, k, p), the rest (chains, k)."""
    XW = np.swapaxes(np.broadcast_to(X, (*y.shape, X.shape[-1])) * weight[..., None], -1, -2)
    precision = XW @ X + np.diag(np.broadcast_to(ridge, X.shape[-1]))
    root = np.linalg.cholesky(precision)
    centre = np.linalg.solve(precision, XW @ y[..., None])
    noise = np.linalg.solve(np.swapaxes(root, -1, -2), rng.standard_normal(centre.shape))
    drawn: FloatArray = (centre + noise)[..., 0]
    return drawn


def _spread(
    residual: FloatArray,
    v: FloatArray | float,
    x: FloatArray,
    quantile: Callable[[FloatArray], FloatArray],
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Draw the spread behind residuals (chains, k) that have sampling variances v besides."""
    squares = residual**2

    def log_likelihood(at: FloatArray) -> FloatArray:
        total = v + quantile(at)[:, None] ** 2
        value: FloatArray = -0.5 * (np.log(total) + squares / total).sum(axis=-1)
        return value

    new = _slice(log_likelihood, x, rng)
    return new, quantile(new)


def _slice(
    log_likelihood: Callable[[FloatArray], FloatArray], x: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Draw x, uniform on (0, 1) beforehand: shrink (0, 1) towards where we are, shape (chains,).

    Neal (2003), Ann Stat 31:705-767.
    """
    floor = log_likelihood(x) - rng.standard_exponential(x.shape)
    low, high = np.full_like(x, EDGE), np.full_like(x, 1 - EDGE)
    new, open_ = x.copy(), np.ones(x.shape, dtype=bool)
    for _ in range(SHRINKS):
        drawn = np.where(open_, low + (high - low) * rng.random(x.shape), new)
        fits = log_likelihood(drawn) >= floor
        new = np.where(open_ & fits, drawn, new)
        open_ &= ~fits
        if not open_.any():
            break
        low = np.where(open_ & (drawn < x), drawn, low)
        high = np.where(open_ & (drawn >= x), drawn, high)
    return new


def _starts(model: _Model, rng: np.random.Generator) -> _State:
    """Start every chain somewhere else: spreads from their prior, means near the data."""
    chains, p = len(model.y), model.X.shape[1]
    x_t, x_s = 0.05 + 0.9 * rng.random((2, chains))
    projector = np.linalg.pinv(model.X)
    beta = np.zeros((chains, p + 1))
    beta[:, :p] = model.y @ projector.T + rng.standard_normal((chains, p))
    beta[:, p] = model.prior.slope_sd * rng.standard_normal(chains)
    gamma = model.m @ projector.T
    tau, index_sd = model.prior.tau.at(x_t), model.prior.index_sd.at(x_s)
    return _State(beta, gamma, x_t, x_s, tau, index_sd)
