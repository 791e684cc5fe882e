"""Standardised (marginal) risks by g-computation: the risk had everybody been in one arm.

The logistic model is a working model: under random allocation the risks are consistent even
where it is wrong, and the variance here does not believe it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.outcomes.logistic import LogisticFit

    FloatArray = NDArray[np.float64]

VarianceKind = Literal["ye", "HC0", "HC1", "HC2", "HC3"]


@dataclass(frozen=True, slots=True, eq=False)
class StandardisedRisks:
    """Risk of each arm (k,), the control first, and their covariance (k, k)."""

    risk: FloatArray
    covariance: FloatArray

    def of_arm(self, arm: int) -> Contrast:
        """Return the risk of one arm."""
        return self._contrast(arm, self.risk[arm], np.eye(len(self.risk))[arm])

    def difference(self, arm: int) -> Contrast:
        """Return the risk of one arm less that of control."""
        return self._against_control(arm, self.risk[arm] - self.risk[0], 1.0, 1.0)

    def log_ratio(self, arm: int) -> Contrast:
        """Return the log risk ratio to control."""
        p, p0 = self.risk[arm], self.risk[0]
        return self._against_control(arm, np.log(p / p0), 1 / p, 1 / p0)

    def log_odds_ratio(self, arm: int) -> Contrast:
        """Return the log of the marginal odds ratio to control."""
        p, p0 = self.risk[arm], self.risk[0]
        value = np.log(p * (1 - p0) / (p0 * (1 - p)))
        return self._against_control(arm, value, 1 / (p * (1 - p)), 1 / (p0 * (1 - p0)))

    def _against_control(self, arm: int, value: float, own: float, control: float) -> Contrast:
        gradient = np.zeros(len(self.risk))
        gradient[arm], gradient[0] = own, -control
        return self._contrast(arm, value, gradient)

    def _contrast(self, arm: int, value: float, gradient: FloatArray) -> Contrast:
        variance = float(gradient @ self.covariance @ gradient)
        if not variance > 0:
            raise NotIdentifiedError(f"The variance of arm {arm} is {variance:g}: too few people.")
        return Contrast(float(value), float(np.sqrt(variance)), float("inf"))


def standardised_risks(
    fit: LogisticFit,
    arm: ArrayLike,
    counterfactual: Sequence[FloatArray],
    *,
    variance: VarianceKind = "ye",
) -> StandardisedRisks:
    """Average each arm's predicted risk over everybody.

    Parameters
    ----------
    fit
        Logistic working model with an intercept and an indicator of every arm but one.
    arm : shape (n,)
        Number of the arm received, 0 is control.
    counterfactual : k designs, each shape (n, p)
        What the design had been with everybody in arm 0, 1, …
    variance
        ``ye``: of the influence function of any working model (Ye et al. 2023). ``HC0``: sandwich
        of model and average together, with residuals as in MacKinnon & White for ``HC1``, ``HC2``,
        ``HC3`` (logistic leverages).

    Returns
    -------
    StandardisedRisks
        Shares in 0 to 1.

    Raises
    ------
    NotIdentifiedError
        When an arm has fewer than two people.

    References
    ----------
    Ye, Bannick, Yi & Shao (2023), Stat Theory Relat Fields 7:159-163.
    Steingrimsson, Hanley & Rosenblum (2017), Contemp Clin Trials 54:18-24.
    MacKinnon & White (1985), J Econometrics 29:305-325.
    """
    received = np.asarray(arm)
    sizes = np.bincount(received, minlength=len(counterfactual))
    if sizes.min() < 2:
        raise NotIdentifiedError(
            f"An arm has {sizes.min()} people; a variance needs at least 2 an arm."
        )
    mu = np.column_stack([1 / (1 + np.exp(-(X @ fit.coefficients))) for X in counterfactual])
    if variance == "ye":
        covariance = _ye(fit.outcome, received, mu)
    else:
        covariance = _sandwich(fit, counterfactual, mu, variance)
    return StandardisedRisks(mu.mean(axis=0), covariance)


def _ye(y: FloatArray, arm: NDArray[np.intp], mu: FloatArray) -> FloatArray:
    """Return the covariance of Ye et al. (2023), whose terms are sample covariances by arm.

    V_aa = var(Y_a - mu_a) / pi_a + 2 cov(Y_a, mu_a) - var(mu_a), and
    V_ab = cov(Y_a, mu_b) + cov(Y_b, mu_a) - cov(mu_a, mu_b).
    """
    n, k = mu.shape
    own = np.empty((k, k))  # cov(Y, mu_b) among those in arm a
    residual = np.empty(k)
    for a in range(k):
        here = arm == a
        own[a] = np.cov(y[here], mu[here], rowvar=False)[0, 1:]
        residual[a] = np.var(y[here] - mu[here, a], ddof=1) / here.mean()
    covariance = own + own.T - np.atleast_2d(np.cov(mu, rowvar=False))
    covariance[np.diag_indices(k)] += residual
    return np.asarray(covariance / n)


def _sandwich(
    fit: LogisticFit, counterfactual: Sequence[FloatArray], mu: FloatArray, kind: VarianceKind
) -> FloatArray:
    """Return the mean square of each person's influence on the averages."""
    n, p = fit.matrix.shape
    kept = 1 - fit.leverage
    if kind in ("HC2", "HC3") and kept.min() < 1e-8:
        raise NotIdentifiedError(
            f"{kind} needs every person to leave some residual; one has a coefficient of their own."
        )
    divide = {"HC0": 1.0, "HC1": np.sqrt((n - p) / n), "HC2": np.sqrt(kept), "HC3": kept}[kind]
    residual = (fit.outcome - fit.probability) / divide
    slope = np.column_stack(
        [X.T @ (m * (1 - m)) / n for X, m in zip(counterfactual, mu.T, strict=True)]
    )
    through_model = n * residual[:, None] * (fit.matrix @ (fit.covariance @ slope))
    influence = mu - mu.mean(axis=0) + through_model
    return np.asarray(influence.T @ influence / n**2)
