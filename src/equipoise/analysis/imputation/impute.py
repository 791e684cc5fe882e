"""Impute: the conditional distribution of missing scores given those seen, for many parameters.

People who share the visits seen, the event and its strategy share the regression of missing on
seen scores; each such cell is one batch of small products over all N parameter sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.imputation.strategies import STRATEGIES, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from equipoise.analysis.imputation.draws import Draws
    from equipoise.analysis.imputation.events import Events
    from equipoise.analysis.imputation.imputation_model import ImputationModel


def impute(
    scores: NDArray[np.float64],
    events: Events,
    model: ImputationModel,
    draws: Draws,
    rng: np.random.Generator | None = None,
) -> NDArray[np.float64]:
    """Complete a trial with each of N sets of parameters, shape (N, n, m).

    Parameters
    ----------
    scores : shape (n, m)
        NaN where missing; seen scores are never changed.
    rng
        Draws from the conditional distribution; None: its mean.

    References
    ----------
    Carpenter, Roger & Kenward (2013), J Biopharm Stat 23:1352-1371. Conditional means: von Hippel &
    Bartlett (2021), Stat Sci 36:400-420; Wolbers et al. (2022), Pharm Stat 21:1246-1257.
    """
    n, m = scores.shape
    N = len(draws.coefficients)
    completed = np.repeat(scores[None], N, axis=0)
    noise = None if rng is None else rng.standard_normal((N, n, m))
    for cell in _cells(scores, events, model):
        who, missing = cell.who, cell.missing
        filled, rest = _filled(scores, cell, model, draws)
        if noise is not None:
            root = np.linalg.cholesky(rest)
            filled += noise[:, who][:, :, missing] @ root.swapaxes(1, 2)
        completed[:, who[:, None], np.flatnonzero(missing)] = filled
    return completed


class _Cell(NamedTuple):
    """People who are imputed alike: who, which visits, by what strategy, from which visit."""

    who: NDArray[np.intp]
    missing: NDArray[np.bool_]
    strategy: Strategy
    first: int


def _cells(scores: NDArray[np.float64], events: Events, model: ImputationModel) -> Iterator[_Cell]:
    missing = np.isnan(scores)
    lacking = np.flatnonzero(missing.any(axis=1))
    if not len(lacking):
        return
    # without a reference strategy the visit of the event decides nothing
    first = np.where(events.strategy == "MAR", scores.shape[1], events.first)
    names, strategy = np.unique(events.strategy, return_inverse=True)
    key = np.column_stack((missing, strategy, first, model.own_group, model.reference_group))
    _, cell = np.unique(key[lacking], axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    for number in range(int(cell.max()) + 1):
        who = lacking[cell == number]
        one = who[0]
        slug = str(names[strategy[one]])
        yield _Cell(who, missing[one], STRATEGIES[slug], int(first[one]))


def _filled(
    scores: NDArray[np.float64], cell: _Cell, model: ImputationModel, draws: Draws
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return conditional means (N, who, missing) and covariance (N, missing, missing)."""
    who, missing, strategy, t = cell
    m, p = scores.shape[1], model.own.shape[2]
    own, reference = model.own_group[who[0]], model.reference_group[who[0]]
    sigma = draws.sigma[:, own]
    there = sigma if own == reference else draws.sigma[:, reference]
    covariance = strategy.covariance(sigma, there, t)
    weights = strategy.mean(m, t)
    design = weights.own @ model.own[who] + weights.reference @ model.reference[who]
    mean = (draws.coefficients @ design.reshape(-1, p).T).reshape(-1, len(who), m)
    seen = ~missing
    across = covariance[:, missing][:, :, seen]
    inside = covariance[:, seen][:, :, seen]
    slope = np.linalg.solve(inside, across.swapaxes(1, 2))
    filled = mean[:, :, missing] + (scores[who][:, seen] - mean[:, :, seen]) @ slope
    rest = covariance[:, missing][:, :, missing] - across @ slope
    return filled, (rest + rest.swapaxes(1, 2)) / 2
