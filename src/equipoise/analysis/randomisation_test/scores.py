"""Scores to test: residuals of a covariate model, ranks, log-rank scores.

Each is a function of what is fixed under the sharp null (outcome and covariates, never the arm),
so that any model, right or wrong, leaves the size of the test exact. A good one adds power.
Scores from elsewhere, such as each person's contribution in a mixed model for repeated measures
fitted without the arm, are used the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NEWTON_STEPS = 50


def residual_scores(outcome: ArrayLike, covariates: ArrayLike) -> NDArray[np.float64]:
    """Return residuals of least squares on the covariates and an intercept, without the arm.

    Parameters
    ----------
    outcome : shape (n,) or (n, k)
    covariates : shape (n, q)

    References
    ----------
    Rosenbaum (2002), Stat Sci 17:286-327.

    Examples
    --------
    >>> residual_scores([1.0, 2.0, 6.0], [[0.0], [1.0], [2.0]]).round(6).tolist()
    [0.5, -1.0, 0.5]
    """
    X = _with_intercept(covariates)
    y = np.asarray(outcome, dtype=np.float64)
    if X.shape[0] != y.shape[0] or not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise DataError(
            f"Outcome and covariates need a finite value of each person. Got shapes {y.shape} "
            f"and {X[:, 1:].shape}."
        )
    q, r = np.linalg.qr(X)
    diagonal = np.abs(np.diagonal(r))
    if X.shape[0] <= X.shape[1] or not (diagonal > 1e-9 * np.linalg.norm(X, axis=0)).all():
        raise NotIdentifiedError(
            f"{X.shape[1] - 1} covariates of {X.shape[0]} people: one is constant, a combination "
            "of others, or there are too many. Leave one out."
        )
    return np.asarray(y - q @ (q.T @ y))


def logistic_scores(outcome: ArrayLike, covariates: ArrayLike) -> NDArray[np.float64]:
    """Return outcome less its chance in a logistic regression without the arm.

    Parameters
    ----------
    outcome : shape (n,)
        0 or 1.
    covariates : shape (n, q)

    References
    ----------
    Gail, Tan & Piantadosi (1988), Biometrika 75:57-64.

    Examples
    --------
    >>> logistic_scores([0, 1, 1, 0], [[0.0], [0.0], [1.0], [1.0]]).round(6).tolist()
    [-0.5, 0.5, 0.5, -0.5]
    """
    y = np.asarray(outcome, dtype=np.float64)
    if y.ndim != 1 or not np.isin(y, (0, 1)).all():
        raise DataError("A logistic model needs an outcome of 0 and 1 for each person.")
    residual_scores(y, covariates)  # checks the covariates
    X = _with_intercept(covariates)
    beta = np.zeros(X.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(X @ beta, -30, 30)))
        information = (X * (chance * (1 - chance))[:, None]).T @ X
        step = np.linalg.lstsq(information, X.T @ (y - chance), rcond=None)[0]
        beta += step * min(1.0, 5 / max(float(np.abs(X @ step).max()), 1e-300))
        if np.abs(X @ step).max() < 1e-10:
            return np.asarray(y - 1 / (1 + np.exp(-X @ beta)))
    raise NotIdentifiedError(
        "The logistic model of the covariates does not converge: they tell the outcome apart "
        "completely. Use fewer covariates, or the outcome itself as score."
    )


def log_rank_scores(time: ArrayLike, event: ArrayLike) -> NDArray[np.float64]:
    """Return event less the cumulative hazard (Nelson-Aalen, all arms together) at one's time.

    Their sum over an arm is the log-rank statistic, observed less expected events.

    Parameters
    ----------
    time : shape (n,)
        Time to event or end of observation.
    event : shape (n,)
        1 (or True) where the event happened, 0 where observation ended before.

    References
    ----------
    Peto & Peto (1972), J R Stat Soc A 135:185-207.

    Examples
    --------
    >>> log_rank_scores([1, 2, 3], [1, 0, 1]).round(4).tolist()
    [0.6667, -0.3333, -0.3333]
    """
    t, d = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.float64)
    if t.shape != d.shape or t.ndim != 1 or not (np.isfinite(t).all() and np.isin(d, (0, 1)).all()):
        raise DataError("Log-rank scores need a finite time and an event of 0 or 1 a person.")
    at, code = np.unique(t, return_inverse=True)
    events = np.bincount(code, weights=d, minlength=len(at))
    at_risk = np.bincount(code, minlength=len(at))[::-1].cumsum()[::-1]
    return np.asarray(d - np.cumsum(events / at_risk)[code])


def rank_scores(outcome: ArrayLike) -> NDArray[np.float64]:
    """Return midranks, 1 for the lowest.

    Parameters
    ----------
    outcome : shape (n,)

    Examples
    --------
    >>> rank_scores([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    _, code, count = np.unique(np.asarray(outcome), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[code])


def _with_intercept(covariates: ArrayLike) -> NDArray[np.float64]:
    X = np.asarray(covariates, dtype=np.float64)
    if X.ndim != 2:
        raise DataError(f"`covariates` has shape (people, covariates). Got {X.shape}.")
    return np.column_stack([np.ones(len(X)), X])
