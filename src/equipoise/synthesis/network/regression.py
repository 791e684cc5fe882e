"""Network meta-regression: effects that change with facts of a study, several at once.

theta_A - theta_R of study s is d_A + sum over covariates k of b_kA (x_ks - mean x_k), R the
reference. The b_kA are one number for all treatments against R (common), one each (independent),
or draws from N(b_k, s_k^2) (exchangeable). Between two other treatments it is the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.network.heterogeneity import Method, least_squares, tau2_of
from equipoise.synthesis.network.network import Network
from equipoise.synthesis.network.variance_components import restricted_components

FloatArray = NDArray[np.float64]
Coefficients = Literal["common", "independent", "exchangeable"]


@dataclass(frozen=True, slots=True, eq=False)
class RegressionFit:
    """A fit of p parameters: T effects of treatments, then coefficients.

    `names` are of the coefficients, `identified` (p, p) projects on what the studies identify,
    `spread` (k,) the variances of exchangeable coefficients; `q` and `df` are of the residuals.
    """

    network: Network
    reference: int
    names: tuple[str, ...]
    tau2: float
    spread: FloatArray
    beta: FloatArray
    covariance: FloatArray
    identified: FloatArray
    q: float
    df: int

    def combination(self, weights: FloatArray) -> tuple[float, float]:
        """Return a sum of parameters (p,) and its standard error, NaN if not identified."""
        if np.abs(weights @ self.identified - weights).max() > 1e-8:
            return np.nan, np.nan
        variance = float(weights @ self.covariance @ weights)
        return float(weights @ self.beta), float(np.sqrt(max(variance, 0.0)))

    def coefficient(self, k: int) -> tuple[float, float]:
        """Return coefficient k and its standard error."""
        weights = np.zeros(len(self.beta))
        weights[len(self.network.treatments) + k] = 1
        return self.combination(weights)

    def difference(self, i: int, j: int) -> tuple[float, float]:
        """Return the effect of treatment i less j at the covariates' means, and its error."""
        weights = np.zeros(len(self.beta))
        weights[i], weights[j] = 1, -1
        return self.combination(weights)

    def joint_test(self) -> tuple[float, int]:
        """Return Wald's chi-squared of all identified coefficients, and its df."""
        T = len(self.network.treatments)
        sure = self.identified[T:]
        kept = [k for k in range(len(sure)) if abs(sure[k, T + k] - 1) < 1e-8]
        b = self.beta[T:][kept]
        V = self.covariance[T:, T:][np.ix_(kept, kept)]
        rank = int(np.linalg.matrix_rank(V))
        return float(b @ np.linalg.pinv(V, hermitian=True) @ b), rank


def centred_covariates(
    network: Network, covariates: Mapping[str, Mapping[str, float]]
) -> tuple[tuple[str, ...], FloatArray]:
    """Return covariates of every study, less their mean over studies, shape (k, studies).

    Parameters
    ----------
    covariates
        Of each covariate, its value by study.
    """
    rows = []
    for name, values in covariates.items():
        lacking = [b.name for b in network.blocks if not np.isfinite(values.get(b.name, np.nan))]
        if lacking:
            raise DataError(
                f"{name} is not known of {', '.join(lacking)}: leave these studies out, or fill "
                "it in."
            )
        x = np.array([values[block.name] for block in network.blocks])
        if np.ptp(x) == 0:
            raise DataError(f"{name} is {x[0]:g} in every study: it can explain nothing.")
        rows.append(x - x.mean())
    return tuple(covariates), np.array(rows)


def fit_regression(
    network: Network,
    covariates: Mapping[str, Mapping[str, float]],
    *,
    reference: str,
    coefficients: Coefficients = "common",
    method: Method = "REML",
    tau2: float | None = None,
) -> RegressionFit:
    """Fit a network meta-regression.

    Parameters
    ----------
    covariates
        Of each covariate, its value by study: {"severity": {"Alpha 2020": 22.5, ...}}.
    reference
        Whose comparisons the coefficients modify.
    coefficients
        Exchangeable ones are fitted by REML, whatever the method.

    References
    ----------
    Cooper, Sutton, Morris, Ades & Welton (2009), Stat Med 28:1861-1881. Jackson, White & Riley
    (2012), Stat Med 31:3805-3820, for tau2 by DL.
    """
    names, x = centred_covariates(network, covariates)
    at, T = network.index(reference), len(network.treatments)
    own = network.X.copy()
    own[:, at] = 0  # the reference has no coefficient
    products = [own * values[network.row_study][:, None] for values in x]
    spread = np.zeros(len(names))
    if coefficients == "independent":
        others = [t for t in range(T) if t != at]
        label = tuple(
            f"{name}: {network.treatments[t]} vs {network.treatments[at]}"
            for name in names
            for t in others
        )
        columns = [product[:, others] for product in products]
    else:
        label, columns = names, [product.sum(axis=1)[:, None] for product in products]
    X = np.hstack([network.X, *columns])
    if coefficients == "exchangeable":
        tau2, spread, V = _exchangeable(network, X, products)
        left = np.linalg.inv(np.linalg.cholesky(V))
        fit = least_squares(left @ network.z, left @ X, np.ones(len(X)))
    else:
        tau2 = tau2_of(network.z, network.d, X, method) if tau2 is None else tau2
        fit = least_squares(network.z, X, 1 / (network.d + tau2 / 2))
    identified = np.linalg.pinv(X, rcond=1e-10) @ X
    q = least_squares(network.z, X, 1 / network.d).q
    df = len(X) - int(np.linalg.matrix_rank(X, tol=1e-9))
    return RegressionFit(network, at, label, tau2, spread, fit.beta, fit.inverse, identified, q, df)


def _exchangeable(
    network: Network, X: FloatArray, products: Sequence[FloatArray]
) -> tuple[float, FloatArray, FloatArray]:
    """Return tau2, the coefficients' variances and the rows' covariance, by REML."""
    shapes = [np.eye(len(X)) / 2, *(product @ product.T for product in products)]
    found = restricted_components(network.z, X, np.diag(network.d), shapes)
    V = np.diag(network.d) + sum(f * shape for f, shape in zip(found, shapes, strict=True))
    return float(found[0]), found[1:], V
