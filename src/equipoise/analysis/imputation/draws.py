"""Parameters to impute with: the maximum and its refits without each person, or random draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.refits import leave_one_out, refits
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.imputation_model import ImputationModel

FAILED_AT_MOST = 0.1
"""Share of bootstrap refits that may fail; a resample in which an arm is nearly empty at a visit
has no maximum, and many such resamples are a sample that the bootstrap does not suit."""


NUMBERS_AT_ONCE = 4_000_000
"""Derivatives that the refits of one batch hold: about 150 megabytes with their copies."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """N sets of parameters.

    Parameters
    ----------
    coefficients, sigma
        Shapes (N, p) and (N, G, m, m).
    weights
        Shape (N, n): how often each person counts when the imputed data are analysed.
    lost
        How many refits failed and are not among these.
    """

    coefficients: NDArray[np.float64]
    sigma: NDArray[np.float64]
    weights: NDArray[np.float64]
    lost: int = 0


def jackknife_draws(model: ImputationModel) -> Draws:
    """Return the maximum of the whole trial, then without each of the n people.

    Raises
    ------
    NotIdentifiedError
        When the model cannot be fitted without some person.
    """
    n = len(model.own)
    without = leave_one_out(n)
    _refuse_if_one_decides(model)
    found = _refitted(model, without)
    if found.lost:
        raise NotIdentifiedError(
            f"In {found.lost} of {n} trials without one person the imputation model has no "
            "maximum: the jackknife cannot be done. Use fewer covariates or visits, a simpler "
            "covariance (covariance='csh'), or resampling='bootstrap'."
        )
    return _with_whole(model, found)


def bootstrap_draws(
    model: ImputationModel,
    strata: NDArray[np.intp],
    draws: int,
    rng: np.random.Generator,
    *,
    with_whole: bool = True,
) -> Draws:
    """Return the maximum of the whole trial, then of resamples of people within strata (n,)."""
    found = _refitted(model, resampled(strata, draws, rng))
    if found.lost > FAILED_AT_MOST * draws:
        raise NotIdentifiedError(
            f"{found.lost} of {draws} bootstrap refits of the imputation model have no maximum. "
            "Use fewer covariates or visits, a simpler covariance (covariance='csh'), or the "
            "jackknife."
        )
    return _with_whole(model, found) if with_whole else found


def resampled(
    strata: NDArray[np.intp], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return how often each person is drawn, shape (draws, n), each stratum keeping its size."""
    weights = np.zeros((draws, len(strata)))
    for stratum in np.unique(strata):
        who = np.flatnonzero(strata == stratum)
        chosen = rng.integers(len(who), size=(draws, len(who)))
        for row, picks in enumerate(chosen):
            weights[row, who] = np.bincount(picks, minlength=len(who))
    return weights


def _refitted(model: ImputationModel, weights: NDArray[np.float64]) -> Draws:
    """Refit with each row of weights, shape (N, n), as many at once as memory allows."""
    moments, parameters = model.fit.problem.moments, model.fit.model.size
    one = moments.people.shape[1] * parameters * moments.visits**2
    size = max(1, NUMBERS_AT_ONCE // one)
    parts = [
        _refitted_together(model, weights[start : start + size])
        for start in range(0, len(weights), size)
    ]
    return Draws(
        np.concatenate([part.coefficients for part in parts]),
        np.concatenate([part.sigma for part in parts]),
        np.concatenate([part.weights for part in parts]),
        sum(part.lost for part in parts),
    )


def _refitted_together(model: ImputationModel, weights: NDArray[np.float64]) -> Draws:
    try:
        found = refits(model.fit, weights[:, model.fitted])
    except np.linalg.LinAlgError:  # of one of them: the others are not to be lost with it
        if len(weights) == 1:
            fit = model.fit
            return Draws(fit.coefficients[None][:0], fit.sigma[None][:0], weights[:0], 1)
        half = len(weights) // 2
        one, other = (_refitted_together(model, part) for part in (weights[:half], weights[half:]))
        return Draws(
            np.concatenate((one.coefficients, other.coefficients)),
            np.concatenate((one.sigma, other.sigma)),
            np.concatenate((one.weights, other.weights)),
            one.lost + other.lost,
        )
    reached = found.reached
    return Draws(
        found.coefficients[reached],
        found.sigma[reached],
        weights[reached],
        int((~reached).sum()),
    )


def _with_whole(model: ImputationModel, found: Draws) -> Draws:
    fit, n = model.fit, len(model.own)
    return Draws(
        np.concatenate((fit.coefficients[None], found.coefficients)),
        np.concatenate((fit.sigma[None], found.sigma)),
        np.concatenate((np.ones((1, n)), found.weights)),
        found.lost,
    )


def _refuse_if_one_decides(model: ImputationModel) -> None:
    """Refuse a design in which one person alone tells a coefficient: without it there is none."""
    problem = model.fit.problem
    counts = (problem.grid != 0).any(axis=1).sum(axis=0)
    if (counts < 2).any():
        name = model.fit.columns[int(np.argmin(counts))]
        raise NotIdentifiedError(
            f"Coefficient {name!r} of the imputation model rests on one person alone, so that the "
            "jackknife cannot leave that person out. Join this category with another."
        )
