"""Negative binomial regression: counts whose variance is mean + alpha mean^2.

alpha is 0 for Poisson counts; where the likelihood is largest there, the fit is refused and the
Poisson row with its robust error is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from equipoise.analysis.outcomes.poisson import checked, poisson
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

UNDERDISPERSED = (
    "The counts vary no more than Poisson counts do: the negative binomial has no finite shape. "
    "The Poisson row with its robust error is the answer."
)


@dataclass(frozen=True, slots=True, eq=False)
class NegativeBinomialFit:
    """Coefficients (p,) of log rates and expected covariance (p, p); shape theta = 1 / alpha."""

    coefficients: FloatArray
    covariance: FloatArray
    theta: float
    theta_se: float
    log_likelihood: float


def negative_binomial(
    count: ArrayLike, matrix: ArrayLike, exposure: ArrayLike | None = None
) -> NegativeBinomialFit:
    """Maximise the likelihood over coefficients and shape together, by Newton's method.

    Parameters
    ----------
    count, matrix, exposure
        As in `poisson`.

    Raises
    ------
    NotIdentifiedError
        When the counts vary no more than Poisson's, or a log rate is not finite.

    References
    ----------
    Lawless (1987), Can J Stat 15:209-225.
    """
    y, X, offset = checked(count, matrix, exposure)
    start = poisson(count, matrix, exposure)
    # the derivative of the likelihood in alpha at 0: at or below 0 the best alpha is 0
    if ((y - start.mean) ** 2 - y).sum() <= 0:
        raise NotIdentifiedError(UNDERDISPERSED)
    q, r = np.linalg.qr(X)
    excess = ((y - start.mean) ** 2 - start.mean).sum() / (start.mean**2).sum()
    at = np.append(r @ start.coefficients, -np.log(max(excess, 0.01)))
    at, information = _newton(y, q, offset, at)
    p = X.shape[1]
    mean, theta = np.exp(q @ at[:p] + offset), float(np.exp(at[p]))
    weight = mean / (1 + mean / theta)  # expected: the coefficients and the shape are orthogonal
    inverse_r = np.linalg.inv(r)
    covariance = inverse_r @ np.linalg.inv((q * weight[:, None]).T @ q) @ inverse_r.T
    return NegativeBinomialFit(
        coefficients=inverse_r @ at[:p],
        covariance=covariance,
        theta=theta,
        theta_se=theta * float(np.sqrt(np.linalg.inv(information)[p, p])),
        log_likelihood=_likelihood(y, q, offset, at),
    )


def _newton(
    y: FloatArray, q: FloatArray, offset: FloatArray, at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Climb in the coefficients and the logarithm of the shape; return the observed information."""
    value = _likelihood(y, q, offset, at)
    for _ in range(200):
        score, information = _derivatives(y, q, offset, at)
        if at[-1] > 16:  # alpha below 1e-7
            raise NotIdentifiedError(UNDERDISPERSED)
        lowest = np.linalg.eigvalsh(information)[0]
        ridge = max(0.0, 1e-6 * float(np.abs(information).max()) - lowest) if lowest <= 0 else 0.0
        step = np.linalg.solve(information + ridge * np.eye(len(at)), score)
        step *= min(1.0, 3 / np.abs(step).max()) if step.any() else 1.0
        if np.abs(step).max() <= 1e-11 * (1 + np.abs(at).max()):
            return at + step, information
        scale = 1.0
        while (new := _likelihood(y, q, offset, at + scale * step)) < value - 1e-11 * abs(value):
            scale /= 2
            if scale < 1e-10:
                raise NotIdentifiedError("The negative binomial likelihood has no maximum found.")
        at, value = at + scale * step, new
    raise NotIdentifiedError(UNDERDISPERSED)


def _likelihood(y: FloatArray, q: FloatArray, offset: FloatArray, at: FloatArray) -> float:
    eta, theta = q @ at[:-1] + offset, np.exp(at[-1])
    if eta.max() > 300 or at[-1] > 40:
        return -np.inf
    mean = np.exp(eta)
    # log1p keeps the digits where the counts are nearly Poisson and theta is large
    each = gammaln(y + theta) - gammaln(theta) - gammaln(y + 1) + y * (eta - at[-1])
    return float((each - (y + theta) * np.log1p(mean / theta)).sum())


def _derivatives(
    y: FloatArray, q: FloatArray, offset: FloatArray, at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return score and observed information in the coefficients and log theta."""
    p = q.shape[1]
    mean, theta = np.exp(q @ at[:p] + offset), float(np.exp(at[p]))
    residual = (y - mean) / (theta + mean)
    d1 = digamma(y + theta) - digamma(theta) - np.log1p(mean / theta) - residual
    d2 = polygamma(1, y + theta) - polygamma(1, theta) + mean / (theta * (theta + mean))
    d2 = d2 + residual / (theta + mean)
    score = np.append(q.T @ (theta * residual), theta * d1.sum())
    information = np.empty((p + 1, p + 1))
    weight = theta * mean * (y + theta) / (theta + mean) ** 2
    information[:p, :p] = (q * weight[:, None]).T @ q
    information[:p, p] = information[p, :p] = -theta * (q.T @ (mean * residual / (theta + mean)))
    information[p, p] = -(theta * d1.sum() + theta**2 * d2.sum())
    return score, information
