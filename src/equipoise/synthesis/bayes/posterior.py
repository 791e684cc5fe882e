"""The posterior of tau by quadrature, and of everything that is normal given tau.

Given tau all means are normal, so their posterior is a mixture of normals over tau (Röver
2020). With tau at the prior's quantile of x, the posterior density of x is the likelihood alone:
it is narrowed to where it is not 0 and integrated by Gauss-Legendre panels. No sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.synthesis.bayes.mixture import Mixture, shortest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.synthesis.bayes.linear_model import Given, LinearModel
    from equipoise.synthesis.bayes.tau_prior import TauPrior

    FloatArray = NDArray[np.float64]

PANELS, NODES = 40, 16
COARSE = 400
DEPTH = 40.0
"""Likelihood below exp(-DEPTH) of its top counts as 0."""
EDGE = 1e-15
GAUSS, GAUSS_WEIGHT = np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Posterior of one model.

    Parameters
    ----------
    model, prior
    edges : shape (panels + 1,)
        Of the panels in x.
    tau, weight : shape (m,)
        Nodes and their posterior weights, which sum to 1.
    given
        Of the coefficients at each node.
    top, log_total
        Largest log likelihood seen, and the log of the integral over x, less `top`.
    """

    model: LinearModel
    prior: TauPrior
    edges: FloatArray
    tau: FloatArray
    weight: FloatArray
    given: Given
    top: float
    log_total: float

    def effect(self, contrast: ArrayLike | int = 0) -> Mixture:
        """Return the posterior of a coefficient, or of a combination (p,) of them."""
        c = self._contrast(contrast)
        variance = np.einsum("p,mpq,q->m", c, self.given.cov, c)
        return Mixture(self.weight, self.given.mean @ c, np.sqrt(variance))

    def prediction(self, contrast: ArrayLike | int = 0) -> Mixture:
        """Return the posterior of the true effect of a new study."""
        mean = self.effect(contrast)
        return Mixture(self.weight, mean.centre, np.hypot(mean.spread, self.tau))

    @property
    def means_have_sd(self) -> bool:
        """Whether the coefficients have a finite standard deviation: a normal prior grants it."""
        return bool((self.model.prior_precision > 0).all()) or self.moment_exists(2)

    def moment_exists(self, order: int) -> bool:
        """Whether tau, and means with a flat prior, have a finite moment of that order."""
        return order < self.model.free + self.prior.tail - 1

    @property
    def tau_mean(self) -> float:
        """Posterior mean of tau, infinite where it has none."""
        return float(self.weight @ self.tau) if self.moment_exists(1) else math.inf

    @property
    def tau_sd(self) -> float:
        """Posterior standard deviation of tau, infinite where it has none."""
        if not self.moment_exists(2):
            return math.inf
        return float(np.sqrt(self.weight @ (self.tau - self.weight @ self.tau) ** 2))

    def tau_density(self, tau: float) -> float:
        """Return the posterior density of tau."""
        at = np.array([max(tau, 1e-300)])
        log = self.model.given(at).log_likelihood - self.top - self.log_total
        return float(np.exp(log + self.prior.log_density(at))[0])

    def tau_quantile(self, p: float) -> float:
        """Return the value of tau below which p lies."""
        from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

        low, high = float(self.edges[0]), float(self.edges[-1])
        x = low if p <= 0 else high
        if 0 < p < 1:
            x = float(brentq(lambda x: self._below(x) - p, low, high, xtol=1e-16, rtol=1e-14))
        return 0.0 if p <= 0 else float(self.prior.at(np.array([x]))[0])

    def tau_interval(self, level: float) -> tuple[float, float]:
        """Return the equal-tailed interval of tau."""
        tail = (1 - level) / 2
        return self.tau_quantile(tail), self.tau_quantile(1 - tail)

    def tau_shortest(self, level: float) -> tuple[float, float]:
        """Return the shortest interval of tau."""
        return shortest(self.tau_quantile, self.tau_density, level)

    def _contrast(self, contrast: ArrayLike | int) -> FloatArray:
        if isinstance(contrast, int):
            unit: FloatArray = np.eye(self.given.mean.shape[1])[contrast]
            return unit
        return np.asarray(contrast, dtype=np.float64)

    def _below(self, x: float) -> float:
        """Integrate the posterior of x from 0 to x: whole panels, then a part of one."""
        panel = int(np.clip(np.searchsorted(self.edges, x) - 1, 0, len(self.edges) - 2))
        whole = float(self.weight[: panel * NODES].sum())
        half = (x - self.edges[panel]) / 2
        nodes = self.edges[panel] + half * (1 + GAUSS)
        log = self.model.given(self.prior.at(nodes)).log_likelihood - self.top - self.log_total
        part: float = half * float(GAUSS_WEIGHT @ np.exp(log))
        return whole + part


def posterior(model: LinearModel, prior: TauPrior) -> Posterior:
    """Integrate tau out.

    References
    ----------
    Röver (2020), J Stat Softw 93(6):1-51.
    """
    edges = np.linspace(*_region(model, prior), PANELS + 1)
    half = np.diff(edges) / 2
    x = (edges[:-1, None] + half[:, None] * (1 + GAUSS)).ravel()
    tau = prior.at(x)
    given = model.given(tau)
    top = float(given.log_likelihood.max())
    mass = (half[:, None] * GAUSS_WEIGHT).ravel() * np.exp(given.log_likelihood - top)
    total = float(mass.sum())
    return Posterior(model, prior, edges, tau, mass / total, given, top, math.log(total))


def _region(model: LinearModel, prior: TauPrior) -> tuple[float, float]:
    """Narrow (0, 1) to where the likelihood is not 0."""
    low, high = EDGE, 1 - EDGE
    for _ in range(12):
        edges = np.linspace(low, high, COARSE + 1)
        values = model.given(prior.at((edges[:-1] + edges[1:]) / 2)).log_likelihood
        there = np.flatnonzero(values > values.max() - DEPTH)
        new = edges[max(there[0] - 1, 0)], edges[min(there[-1] + 2, COARSE)]
        done = new[1] - new[0] > (high - low) / 4
        low, high = float(new[0]), float(new[1])
        if done:
            break
    return low, high
