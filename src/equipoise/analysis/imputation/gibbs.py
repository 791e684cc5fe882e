"""Draws from the posterior of an MMRM with unstructured covariance, by Gibbs sampling.

Blocks: the coefficients given Sigma and the seen scores alone, then the missing scores, then Sigma
given the completed residuals (data augmentation: Tanner & Wong 1987, JASA 82:528-540; Schafer 1997,
Analysis of Incomplete Multivariate Data). Drawing coefficients without the missing scores makes
the chain forget fast. Each draw has a chain of its own, all moved at once, from the REML maximum:
draws are independent of one another and none is thinned away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation.draws import Draws
from equipoise.analysis.mmrm.likelihood import value_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.imputation_model import ImputationModel
    from equipoise.analysis.mmrm.moments import Moments
    from equipoise.analysis.mmrm.problem import Problem


def posterior_draws(
    model: ImputationModel,
    draws: int,
    rng: np.random.Generator,
    *,
    prior: str = "inverse-wishart",
    burn_in: int = 100,
) -> Draws:
    """Draw coefficients and covariance matrices.

    Parameters
    ----------
    prior
        Of each Sigma, with a flat prior of the coefficients: "inverse-wishart" with m + 2 degrees
        of freedom and mean at the REML estimate; or "jeffreys", |Sigma|^-(m + 1)/2.
    burn_in
        Steps of each chain.
    """
    problem, fit = model.fit.problem, model.fit
    m = problem.observed.shape[1]
    centre = fit.sigma / problem.scale**2  # (G, m, m), working units
    extra, scale = (m + 2, centre) if prior == "inverse-wishart" else (0, np.zeros_like(centre))
    groups = problem.moments.group[problem.slot]
    sigma = np.repeat(centre[None], draws, axis=0)
    moments = problem.moments.take(np.zeros(draws, dtype=np.intp))
    coefficients = np.zeros((draws, len(fit.columns)))
    for _ in range(burn_in):
        coefficients = _coefficients(moments, sigma, rng)
        residuals = _completed_residuals(problem, coefficients, sigma, groups, rng)
        for g in range(len(centre)):
            own = residuals[:, groups == g]
            total = scale[g] + own.swapaxes(1, 2) @ own
            sigma[:, g] = inverse_wishart(total, extra + own.shape[1], rng)
    # coefficients and Sigma of one step: the next step's coefficients given this Sigma
    coefficients = _coefficients(moments, sigma, rng)
    return Draws(
        problem.coefficients + problem.scale * (coefficients @ problem.basis.T),
        sigma * problem.scale**2,
        np.ones((draws, len(model.own))),
    )


def inverse_wishart(
    scale: NDArray[np.float64], df: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw from the inverse Wishart distribution of each scale matrix, shape (N, m, m).

    Its inverse is Wishart with scale^-1 and df: Bartlett's (1933) decomposition.
    """
    N, m, _ = scale.shape
    lower = np.zeros((N, m, m))
    diagonal = np.arange(m)
    lower[:, diagonal, diagonal] = np.sqrt(rng.chisquare(df - diagonal, size=(N, m)))
    rows, columns = np.tril_indices(m, -1)
    lower[:, rows, columns] = rng.standard_normal((N, len(rows)))
    # scale = C C'; W = C^-T A A' C^-1, so that its inverse is (C A^-T)(C A^-T)'
    root = np.linalg.cholesky(scale) @ np.linalg.inv(lower).swapaxes(1, 2)
    return np.asarray(root @ root.swapaxes(1, 2))


def _coefficients(
    moments: Moments, sigma: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw working coefficients given Sigma and the seen scores, shape (N, p)."""
    value = value_at(moments, sigma[:, moments.group], reml=True)
    noise = rng.standard_normal(value.coefficients.shape)
    return value.coefficients + (value.root @ noise[:, :, None])[:, :, 0]


def _completed_residuals(
    problem: Problem,
    coefficients: NDArray[np.float64],
    sigma: NDArray[np.float64],
    groups: NDArray[np.intp],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return working residuals (N, n, m), those of missing scores drawn."""
    n, m = problem.observed.shape
    p = coefficients.shape[1]
    design = (problem.grid @ problem.basis).reshape(n * m, p)
    predicted = (coefficients @ design.T).reshape(-1, n, m)
    residuals = np.where(problem.observed, problem.residuals - predicted, 0.0)
    noise = rng.standard_normal(residuals.shape)
    for slot in range(int(problem.slot.max()) + 1):
        who = np.flatnonzero(problem.slot == slot)
        seen = problem.observed[who[0]]
        if seen.all():
            continue
        own = sigma[:, groups[who[0]]]
        across = own[:, seen][:, :, ~seen]
        slope = np.linalg.solve(own[:, seen][:, :, seen], across)
        rest = own[:, ~seen][:, :, ~seen] - across.swapaxes(1, 2) @ slope
        root = np.linalg.cholesky((rest + rest.swapaxes(1, 2)) / 2)
        mine = residuals[:, who]
        drawn = mine[:, :, seen] @ slope + noise[:, who][:, :, ~seen] @ root.swapaxes(1, 2)
        mine[:, :, ~seen] = drawn
        residuals[:, who] = mine
    return residuals
