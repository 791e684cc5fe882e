"""Proportional odds: one odds ratio for every cut of an ordered outcome, and a check of that.

logit P(Y <= j | x) = alpha_j - x'beta: exp(beta) is the odds of a higher category.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, chdtri, expit

from equipoise.analysis.outcomes.logistic import logistic
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

NO_MAXIMUM = (
    "The covariates or an arm separate the categories: no finite odds ratio exists. Join sparse "
    "categories, leave out the covariate that predicts everything, or use the win odds."
)


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalOdds:
    """Cuts (J - 1,), coefficients (p,), covariance (J - 1 + p, J - 1 + p), log-likelihood."""

    cuts: FloatArray
    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    category: NDArray[np.intp]
    matrix: FloatArray

    def standard_error(self, column: int) -> float:
        """Return the standard error of one coefficient, from the observed information."""
        at = len(self.cuts) + column
        return float(np.sqrt(self.covariance[at, at]))

    def profile(self, column: int, *, level: float = 0.95) -> tuple[float, float]:
        """Return the profile-likelihood interval of one coefficient.

        Raises
        ------
        NotIdentifiedError
            When the likelihood does not fall far enough on a side: no finite limit.
        """
        allowed = float(chdtri(1, 1 - level))
        others = np.delete(self.matrix, column, axis=1)
        own = self.matrix[:, column]

        def excess(value: float) -> float:
            fit = proportional_odds(self.category, others, offset=value * own)
            return 2 * (self.log_likelihood - fit.log_likelihood) - allowed

        centre, se = float(self.coefficients[column]), self.standard_error(column)
        return _crossing(excess, centre, -se), _crossing(excess, centre, se)


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom."""

    statistic: float
    df: int

    @property
    def p(self) -> float:
        """Upper tail area."""
        return float(chdtrc(self.df, self.statistic))


def proportional_odds(
    category: ArrayLike, matrix: ArrayLike, *, offset: ArrayLike | None = None
) -> ProportionalOdds:
    """Fit the cumulative logit model by Newton's method.

    Parameters
    ----------
    category : shape (n,)
        0 .. J - 1, each present.
    matrix : shape (n, p)
        Design without a constant: the cuts are one.
    offset : shape (n,)
        Added to x'beta.

    Raises
    ------
    NotIdentifiedError
        When no finite maximum exists.

    References
    ----------
    McCullagh (1980), J R Stat Soc B 42:109-142.
    Pratt (1981), J Am Stat Assoc 76:103-106 (the likelihood is concave).
    """
    y, X = _ordered(category), np.asarray(matrix, dtype=np.float64)
    shift = np.zeros(len(y)) if offset is None else np.asarray(offset, dtype=np.float64)
    # centred and scaled, so that the Newton steps do not suffer from the units of covariates
    centre, spread = X.mean(axis=0), X.std(axis=0)
    if X.size and not (spread > 0).all():
        raise NotIdentifiedError("A covariate is constant: leave it out.")
    scaled = (X - centre) / spread
    J, middle = int(y.max()) + 1, float(shift.mean())
    upper, lower = _designs(y, scaled, J)
    below = np.cumsum(np.bincount(y, minlength=J))[:-1] / len(y)
    theta = np.concatenate([np.log(below / (1 - below)) + middle, np.zeros(X.shape[1])])
    theta, value, information = _newton(theta, y, upper, lower, shift)
    back = np.zeros((len(theta), len(theta)))  # theta of the raw columns
    back[: J - 1, : J - 1] = np.eye(J - 1)
    back[: J - 1, J - 1 :] = centre / spread
    back[J - 1 :, J - 1 :] = np.diag(1 / spread)
    covariance = back @ np.linalg.inv(information) @ back.T
    raw = back @ theta
    return ProportionalOdds(raw[: J - 1], raw[J - 1 :], covariance, value, y, X)


def brant_test(
    category: ArrayLike, matrix: ArrayLike, columns: list[int] | None = None
) -> ChiSquare:
    """Test that the coefficients are the same at every cut, from the separate binary logits.

    Parameters
    ----------
    category, matrix
        As in `proportional_odds`.
    columns
        Coefficients to test; all by default.

    Returns
    -------
    ChiSquare
        (J - 2) times the number of columns degrees of freedom.

    Raises
    ------
    NotIdentifiedError
        When there are two categories only, or a cut is separated.

    References
    ----------
    Brant (1990), Biometrics 46:1171-1178.
    """
    y, X = _ordered(category), np.asarray(matrix, dtype=np.float64)
    J, p = int(y.max()) + 1, X.shape[1]
    if J < 3:
        raise NotIdentifiedError("Two categories have one cut: the odds ratio cannot vary.")
    design = np.column_stack([np.ones(len(y)), X])
    try:
        fits = [logistic((y > j).astype(np.float64), design) for j in range(J - 1)]
    except NotIdentifiedError as error:
        raise NotIdentifiedError(
            "A cut of the outcome is separated by an arm or a covariate, so that its own odds "
            "ratio is not finite. Join sparse categories to check proportional odds."
        ) from error
    beta = np.array([fit.coefficients[1:] for fit in fits])
    covariance = np.empty((J - 1, p, J - 1, p))
    for j, first in enumerate(fits):
        for k, second in enumerate(fits):
            # P(Y > j and Y > k) is the smaller; the cross-products of the two scores
            low, high = (first, second) if j <= k else (second, first)
            weight = high.probability * (1 - low.probability)
            meat = (design * weight[:, None]).T @ design
            covariance[j, :, k] = (first.covariance @ meat @ second.covariance)[1:, 1:]
    chosen = list(range(p)) if columns is None else columns
    d = (beta[1:, chosen] - beta[0, chosen]).ravel()
    contrast = np.hstack([-np.ones((J - 2, 1)), np.eye(J - 2)])
    part = covariance[:, chosen][:, :, :, chosen]
    variance = np.einsum("ij,japb,kp->iakb", contrast, part, contrast).reshape(len(d), len(d))
    try:
        statistic = float(d @ np.linalg.solve(variance, d))
    except np.linalg.LinAlgError as error:
        raise NotIdentifiedError("The cuts are too sparse to compare their odds ratios.") from error
    if not statistic >= 0:
        raise NotIdentifiedError("The cuts are too sparse to compare their odds ratios.")
    return ChiSquare(statistic, len(d))


def _ordered(category: ArrayLike) -> NDArray[np.intp]:
    y = np.asarray(category)
    if y.dtype.kind not in "iu" or not len(y):
        raise DataError("Categories are whole numbers 0 .. J - 1.")
    if len(found := np.unique(y)) < 2 or not np.array_equal(found, np.arange(len(found))):
        raise DataError(f"Categories must be 0 .. J - 1, each present. Got {found.tolist()}.")
    return y.astype(np.intp)


def _designs(y: NDArray[np.intp], X: FloatArray, J: int) -> tuple[FloatArray, FloatArray]:
    """Return the designs of each person's upper and lower cut, shape (n, J - 1 + p)."""
    identity = np.vstack([np.zeros(J - 1), np.eye(J - 1), np.zeros(J - 1)])  # no cut, cuts, no cut
    return np.hstack([identity[y + 1], -X]), np.hstack([identity[y], -X])


def _newton(
    theta: FloatArray,
    y: NDArray[np.intp],
    upper: FloatArray,
    lower: FloatArray,
    offset: FloatArray,
) -> tuple[FloatArray, float, FloatArray]:
    top, bottom = y == y.max(), y == 0

    def cumulative(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        above = np.where(top, 1.0, expit(upper @ at - offset))
        return above, np.where(bottom, 0.0, expit(lower @ at - offset))

    def likelihood(at: FloatArray) -> float:
        above, below = cumulative(at)
        pi = above - below
        return float(np.log(pi).sum()) if (pi > 0).all() else -np.inf

    value = likelihood(theta)
    for _ in range(80):
        with np.errstate(all="ignore"):  # a category whose probability vanishes: judged below
            score, information = _derivatives(*cumulative(theta), upper, lower)
        finite = np.isfinite(information).all() and np.isfinite(score).all()
        if not finite or np.linalg.eigvalsh(information)[0] < 1e-9 * len(y):
            raise NotIdentifiedError(NO_MAXIMUM)
        step = np.linalg.solve(information, score)
        if np.abs(step).max() <= 1e-11 * (1 + np.abs(theta).max()):
            return theta + step, likelihood(theta + step), information
        scale = 1.0
        while (new := likelihood(theta + scale * step)) < value - 1e-10 * (1 + abs(value)):
            scale /= 2
            if scale < 1e-10:
                raise NotIdentifiedError(NO_MAXIMUM)
        theta, value = theta + scale * step, new
    raise NotIdentifiedError(NO_MAXIMUM)


def _derivatives(
    above: FloatArray, below: FloatArray, upper: FloatArray, lower: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return score and observed information in the cuts and coefficients."""
    pi = above - below
    a, b = above * (1 - above) / pi, below * (1 - below) / pi
    score = upper.T @ a - lower.T @ b
    cross = (upper * (a * b)[:, None]).T @ lower
    hessian = (upper * (a * (1 - 2 * above) - a**2)[:, None]).T @ upper
    hessian += (lower * (-b * (1 - 2 * below) - b**2)[:, None]).T @ lower + cross + cross.T
    return score, -hessian


def _crossing(excess: Callable[[float], float], centre: float, step: float) -> float:
    """Return where the deviance reaches what is allowed, going out from the maximum."""
    from scipy.optimize import brentq  # noqa: PLC0415  (a quarter of a second)

    near, far = centre, centre + 1.5 * step
    for _ in range(12):
        if excess(far) > 0:
            return float(brentq(excess, near, far, xtol=1e-11, rtol=1e-12))
        near, far = far, far + 1.5 * step
    raise NotIdentifiedError("The likelihood stays flat: the odds ratio has no finite limit.")
