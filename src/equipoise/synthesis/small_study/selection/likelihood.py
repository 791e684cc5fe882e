"""The log-likelihood of studies under selection, with exact gradient and Hessian.

log f(y) = log w(y) + log phi(y; eta, v + tau2) - log A, where A = integral of w phi is the chance
of being seen. Parameters are beta, tau2, delta, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from equipoise.synthesis.effects import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What a selection function says at given parameters, one row a study.

    Parameters
    ----------
    log_w : shape (k,)
    log_w_delta : shape (k, m)
    log_w_delta2 : shape (k, m, m)
        Of the observed studies.
    seen : shape (5, k)
        Hermite moments of w: the integrals of w He_n phi.
    seen_delta : shape (3, k, m)
        The first three of dw/d delta.
    seen_delta2 : shape (k, m, m)
        The first of the second derivatives.
    """

    log_w: FloatArray
    log_w_delta: FloatArray
    log_w_delta2: FloatArray
    seen: FloatArray
    seen_delta: FloatArray
    seen_delta2: FloatArray


class SelectionFunction(Protocol):
    """A selection function bound to the observed studies."""

    def at(self, eta: FloatArray, s: FloatArray, delta: FloatArray) -> Selection:
        """Evaluate with means eta and standard deviations s, shape (k,) each."""


def log_likelihood(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    function: SelectionFunction,
    theta: FloatArray,
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log-likelihood, its gradient and its Hessian.

    Parameters
    ----------
    y, v : shape (k,)
    x : shape (k, p)
    theta : shape (p + 1 + m,)
    """
    p = x.shape[1]
    beta, tau2, delta = theta[:p], float(theta[p]), theta[p + 1 :]
    s2 = v + tau2
    eta, s = x @ beta, np.sqrt(s2)
    here = function.at(eta, s, delta)
    chance = here.seen[0]
    if not (np.isfinite(chance).all() and (chance > 0).all()):
        size = len(theta)
        return -np.inf, np.full(size, np.nan), np.full((size, size), np.nan)
    value = float(
        (here.log_w - 0.5 * (np.log(2 * np.pi * s2) + (y - eta) ** 2 / s2) - np.log(chance)).sum()
    )
    gradient, hessian = _by_study(y - eta, s, s2, here)
    # from (eta, tau2, delta) of each study to (beta, tau2, delta)
    m = len(delta)
    design = np.zeros((len(y), m + 2, p + 1 + m))
    design[:, 0, :p] = x
    design[:, np.arange(1, m + 2), np.arange(p, p + 1 + m)] = 1.0
    return (
        value,
        np.einsum("ka,kat->t", gradient, design),
        np.einsum("kat,kab,kbu->tu", design, hessian, design, optimize=True),
    )


def _by_study(
    r: FloatArray, s: FloatArray, s2: FloatArray, here: Selection
) -> tuple[FloatArray, FloatArray]:
    """Gradient (k, m + 2) and Hessian (k, m + 2, m + 2) in eta, tau2, delta."""
    k, m = here.log_w_delta.shape
    chance = here.seen[0]
    eta, eta2, eta3, eta4 = (here.seen[n] / (chance * s**n) for n in range(1, 5))
    delta = here.seen_delta / chance[:, None]
    first = np.concatenate([np.stack([eta, eta2 / 2], 1), delta[0]], axis=1)  # of log A
    second = np.empty((k, m + 2, m + 2))  # of A, over A
    second[:, 0, 0] = eta2
    second[:, 0, 1] = second[:, 1, 0] = eta3 / 2
    second[:, 1, 1] = eta4 / 4
    second[:, 0, 2:] = second[:, 2:, 0] = delta[1] / s[:, None]
    second[:, 1, 2:] = second[:, 2:, 1] = delta[2] / (2 * s2[:, None])
    second[:, 2:, 2:] = here.seen_delta2 / chance[:, None, None]
    gradient = -first
    hessian = first[:, :, None] * first[:, None, :] - second
    gradient[:, 0] += r / s2
    gradient[:, 1] += 0.5 * (r**2 / s2 - 1) / s2
    gradient[:, 2:] += here.log_w_delta
    hessian[:, 0, 0] -= 1 / s2
    cross = r / s2**2
    hessian[:, 0, 1] -= cross
    hessian[:, 1, 0] -= cross
    hessian[:, 1, 1] += 0.5 / s2**2 - r**2 / s2**3
    hessian[:, 2:, 2:] += here.log_w_delta2
    return gradient, hessian
