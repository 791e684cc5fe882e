"""Effect against a blinding index that is itself measured with error: the structural model.

The true index mu_i varies between trials, mu_i = g'd_i + m_i with m_i ~ N(0, s2), and so does
the effect, theta_i = b0 + b1 mu_i + b2'd_i + u_i with u_i ~ N(0, tau2). We see both with sampling
error. (index, effect) is then a bivariate random-effects model with T = [[s2, b1 s2],
[b1 s2, b1^2 s2 + tau2]]: regression on the true index is T12 / T11, free of the attenuation
that the observed index brings (Arends et al. 2000 for baseline risk).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.blinding.bivariate import BivariateFit, Likelihood, bivariate_fit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

BORDER = 1e-9
"""A variance below this share of its outcome's spread is 0: the maximum lies on the border."""


@dataclass(frozen=True, slots=True, eq=False)
class StructuralFit:
    """Regression on the true index.

    `coefficients` are those of the design's columns at true index 0, then the slope, shape
    (p + 1,); `cov` their covariance; `df` = k - p - 1; `index_sd` and `tau2` describe how true
    indices and effects at equal index vary between trials.
    """

    coefficients: FloatArray
    cov: FloatArray
    df: int
    index_sd: float
    tau2: float
    bivariate: BivariateFit

    @property
    def se(self) -> FloatArray:
        """Standard errors, shape (p + 1,)."""
        return np.sqrt(np.diag(self.cov))


def structural_fit(
    y: ArrayLike,
    v: ArrayLike,
    index: ArrayLike,
    index_variance: ArrayLike,
    X: ArrayLike | None = None,
    *,
    covariance: ArrayLike = 0.0,
    likelihood: Likelihood = "REML",
) -> StructuralFit:
    """Fit effect = X b + slope x true index, the index having known sampling variance.

    Parameters
    ----------
    y, v : shape (k,)
        Effects and sampling variances.
    index, index_variance : shape (k,)
        Observed blinding index and its sampling variance, which may be 0.
    X : shape (k, p)
        Intercept and design classes; ones if None. It enters the mean of the index too.
    covariance : scalar or shape (k,)
        Sampling covariance of index and effect: the same people give both.

    Raises
    ------
    NotIdentifiedError
        When true indices do not vary: all that is seen may be sampling error.

    Notes
    -----
    Standard errors by the delta method: means and T are asymptotically independent. Intervals
    use t with k - p - 1 df.

    References
    ----------
    Arends, Hoes, Lubsen, Grobbee & Stijnen (2000), Stat Med 19:3497-3518.
    van Houwelingen, Arends & Stijnen (2002), Stat Med 21:589-624.
    """
    y, v, m, w = (np.asarray(x, dtype=np.float64) for x in (y, v, index, index_variance))
    S = np.empty((len(y), 2, 2))
    S[:, 0, 0], S[:, 1, 1] = w, v
    S[:, 0, 1] = S[:, 1, 0] = covariance
    fit = bivariate_fit(np.column_stack([m, y]), S, X, likelihood=likelihood)
    s2, both = float(fit.T[0, 0]), float(fit.T[0, 1])
    if s2 <= BORDER * max(float(np.var(m)), BORDER):
        raise NotIdentifiedError(
            "The blinding indices differ between trials no more than their sampling error makes "
            "them: there is no slope to estimate, and the effect at chance guessing is unknown."
        )
    slope = both / s2
    tau2 = max(float(fit.T[1, 1]) - slope * both, 0.0)
    slope_variance = _slope_variance(fit, s2, slope, tau2 > BORDER * float(fit.T[1, 1]))
    p = len(fit.means)
    jacobian = np.zeros((p + 1, 2 * p + 1))  # of the index's means, the effect's means, the slope
    jacobian[:p, :p] = -slope * np.eye(p)
    jacobian[:p, p : 2 * p] = np.eye(p)
    jacobian[:p, 2 * p] = -fit.means[:, 0]
    jacobian[p, 2 * p] = 1.0
    cov = np.zeros((2 * p + 1, 2 * p + 1))
    cov[: 2 * p, : 2 * p] = fit.cov
    cov[2 * p, 2 * p] = slope_variance
    return StructuralFit(
        coefficients=np.append(fit.means[:, 1] - slope * fit.means[:, 0], slope),
        cov=jacobian @ cov @ jacobian.T,
        df=len(y) - p - 1,
        index_sd=math.sqrt(s2),
        tau2=tau2,
        bivariate=fit,
    )


def _slope_variance(fit: BivariateFit, s2: float, slope: float, tau2_free: bool) -> float:
    """Invert the observed information of (s2, slope, tau2); without tau2 where it is 0."""
    J = np.array([[1.0, 0.0, 0.0], [slope, s2, 0.0], [slope**2, 2 * slope * s2, 1.0]])
    t12, t22 = fit.score[1], fit.score[2]
    bend = np.zeros((3, 3))  # second derivatives of t12 = slope s2 and t22 = slope^2 s2 + tau2
    bend[0, 1] = bend[1, 0] = t12 + 2 * slope * t22
    bend[1, 1] = 2 * s2 * t22
    information = J.T @ fit.information @ J - bend
    kept = [0, 1, 2] if tau2_free else [0, 1]
    variance = float(np.linalg.inv(information[np.ix_(kept, kept)])[1, 1])
    if variance <= 0:
        raise NotIdentifiedError(
            "The likelihood has no peak in the slope on the blinding index: too few trials, or "
            "indices too alike."
        )
    return variance
