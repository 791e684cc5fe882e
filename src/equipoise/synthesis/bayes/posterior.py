"""The posterior of tau by quadrature, and of everything that is normal given tau.

Given tau all means are normal, so their posterior is a mixture of normals over tau (Röver
2020). With tau at the prior's quantile of x = 1 / (1 + exp(-s)), the posterior density of s is
the likelihood times x (1 - x): smooth and falling exponentially at both ends. It is narrowed to
where it is not 0 and integrated by Gauss-Legendre panels. No sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit

from equipoise.synthesis.bayes.mixture import Mixture, shortest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.synthesis.bayes.linear_model import Given, LinearModel
    from equipoise.synthesis.bayes.tau_prior import TauPrior

    FloatArray = NDArray[np.float64]

PANELS, NODES = 40, 16
COARSE = 400
DEPTH = 40.0
"""Density below exp(-DEPTH) of its top counts as 0."""
END = 80.0
"""Beyond this s the prior has less mass than any sum could show."""
GAUSS, GAUSS_WEIGHT = np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Posterior of one model.

    Parameters
    ----------
    model, prior
    edges : shape (panels + 1,)
        Of the panels in s.
    tau, weight : shape (m,)
        Nodes and their posterior weights, which sum to 1.
    given
        Of the coefficients at each node.
    top, log_total
        Largest log density of s seen, and the log of its integral, less `top`.
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
        s = high
        if 0 < p < 1:
            s = float(brentq(lambda s: self._below(s) - p, low, high, xtol=1e-14, rtol=1e-14))
        return 0.0 if p <= 0 else float(_tau(self.prior, np.array([s]))[0])

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

    def _below(self, s: float) -> float:
        """Integrate the posterior up to s: whole panels, then a part of one."""
        panel = int(np.clip(np.searchsorted(self.edges, s) - 1, 0, len(self.edges) - 2))
        whole = float(self.weight[: panel * NODES].sum())
        half = (s - self.edges[panel]) / 2
        nodes = self.edges[panel] + half * (1 + GAUSS)
        given = self.model.given(_tau(self.prior, nodes))
        log = given.log_likelihood + _log_slope(nodes) - self.top - self.log_total
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
    s = (edges[:-1, None] + half[:, None] * (1 + GAUSS)).ravel()
    tau = _tau(prior, s)
    given = model.given(tau)
    log = given.log_likelihood + _log_slope(s)
    top = float(log.max())
    mass = (half[:, None] * GAUSS_WEIGHT).ravel() * np.exp(log - top)
    total = float(mass.sum())
    return Posterior(model, prior, edges, tau, mass / total, given, top, math.log(total))


def _tau(prior: TauPrior, s: FloatArray) -> FloatArray:
    return prior.at(expit(s), expit(-s))


def _log_slope(s: FloatArray) -> FloatArray:
    """Return log x (1 - x): the derivative of x by s."""
    slope: FloatArray = log_expit(s) + log_expit(-s)
    return slope


def _region(model: LinearModel, prior: TauPrior) -> tuple[float, float]:
    """Narrow the line to where the density of s is not 0."""
    low, high = -END, END
    for _ in range(12):
        edges = np.linspace(low, high, COARSE + 1)
        middle = (edges[:-1] + edges[1:]) / 2
        values = model.given(_tau(prior, middle)).log_likelihood + _log_slope(middle)
        there = np.flatnonzero(values > values.max() - DEPTH)
        new = edges[max(there[0] - 1, 0)], edges[min(there[-1] + 2, COARSE)]
        done = new[1] - new[0] > (high - low) / 4
        low, high = float(new[0]), float(new[1])
        if done:
            break
    return low, high
