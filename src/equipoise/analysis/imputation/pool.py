"""Pool: one estimate, standard error and degrees of freedom out of many completed trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pooled(NamedTuple):
    """k estimates with standard errors and df (infinite: normal), each shape (k,).

    `monte_carlo` is the standard error that the number of random imputations leaves; None if none.
    """

    estimate: NDArray[np.float64]
    se: NDArray[np.float64]
    df: NDArray[np.float64]
    monte_carlo: NDArray[np.float64] | None = None


def jackknife(estimate: NDArray[np.float64]) -> Pooled:
    """Pool the whole trial (row 0) and the trials without each of n people, shape (n + 1, k).

    References
    ----------
    Efron & Tibshirani (1994), An Introduction to the Bootstrap, chapter 10. With conditional means:
    Wolbers et al. (2022), Pharm Stat 21:1246-1257.
    """
    return _resampled(estimate, jackknife_covariance)


def bootstrap(estimate: NDArray[np.float64]) -> Pooled:
    """Pool the whole trial (row 0) and its resamples, shape (B + 1, k), with a normal interval."""
    return _resampled(estimate, bootstrap_covariance)


def jackknife_covariance(others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n - 1) / n times the sum of squares and products about the mean, shape (k, k)."""
    n = len(others)
    centred = others - others.mean(axis=0)
    return np.asarray(centred.T @ centred * (n - 1) / n)


def bootstrap_covariance(others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance over resamples, shape (k, k)."""
    centred = others - others.mean(axis=0)
    return np.asarray(centred.T @ centred / (len(others) - 1))


def _resampled(estimate: NDArray[np.float64], covariance: object) -> Pooled:
    spread = covariance(estimate[1:])  # type: ignore[operator]
    se = np.sqrt(np.diagonal(spread))
    return Pooled(estimate[0], se, np.full(len(se), np.inf))


def rubin(
    estimate: NDArray[np.float64], variance: NDArray[np.float64], df: NDArray[np.float64]
) -> Pooled:
    """Pool M completed trials by Rubin's rules.

    Parameters
    ----------
    estimate, variance, df : shape (M, k)
        Of the analysis of each; df may be infinite.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3. Degrees of freedom:
    Barnard & Rubin (1999), Biometrika 86:948-955.

    Examples
    --------
    >>> one = rubin(np.array([[1.0], [2.0], [3.0]]), np.full((3, 1), 2.0), np.full((3, 1), 20.0))
    >>> one.estimate.tolist(), one.se.round(4).tolist(), one.df.round(4).tolist()
    ([2.0], [1.8257], [5.8387])
    """
    M = len(estimate)
    if M < 2:
        raise DataError(f"Rubin's rules need at least 2 imputations. Got {M}.")
    within, between = variance.mean(axis=0), estimate.var(axis=0, ddof=1)
    total = within + (1 + 1 / M) * between
    freedom = barnard_rubin(M, within, between, df)
    return Pooled(estimate.mean(axis=0), np.sqrt(total), freedom, np.sqrt(between / M))


def barnard_rubin(
    M: int,
    within: NDArray[np.float64],
    between: NDArray[np.float64],
    df: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the degrees of freedom; those of the complete data are the mean of df (M, k)."""
    total = within + (1 + 1 / M) * between
    complete = df.mean(axis=0)
    share = np.where(total > 0, (1 + 1 / M) * between / np.where(total > 0, total, 1), 0)
    known = np.isfinite(complete)
    finite = np.where(known, complete, 1.0)
    seen = np.where(known, (finite + 1) / (finite + 3) * finite * (1 - share), np.inf)
    # 1 / df adds; nothing imputed (share 0) leaves those of the data
    inverse = share**2 / (M - 1) + np.where(np.isinf(seen), 0.0, 1 / np.maximum(seen, 1e-300))
    return np.where(inverse > 0, 1 / np.where(inverse > 0, inverse, 1), np.inf)
