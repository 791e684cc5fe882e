"""Everything that one imputation analysis shares between strategies: the grid, events, draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation.draws import Draws, bootstrap_draws, jackknife_draws
from equipoise.analysis.imputation.events import Events, StrategyChoice, first_events, resolved
from equipoise.analysis.imputation.gibbs import posterior_draws
from equipoise.analysis.imputation.imputation_model import (
    ImputationModel,
    fit_imputation_model,
    reference_arms,
)
from equipoise.analysis.imputation.impute import impute
from equipoise.analysis.imputation.method import Method
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.trial_grid import TrialGrid

CHUNK = 4_000_000
"""Scores that are completed at a time: 32 megabytes."""


@dataclass(frozen=True, eq=False)
class Setup:
    """A trial, its events and how to impute it.

    Draws are made once for each set of scores that the model may learn from, and so are the same
    for all strategies of one trial that share it. `seeds` start the draws of parameters and of
    scores: what one strategy gives does not depend on which others were asked for.
    """

    grid: TrialGrid
    first: NDArray[np.intp]
    own_strategy: NDArray[np.str_]
    reference: NDArray[np.intp]
    method: Method
    seeds: tuple[int, int]
    _made: dict[bytes, tuple[ImputationModel, Draws]] = field(default_factory=dict)

    def events(self, choice: StrategyChoice) -> Events:
        """Return the events with their strategies."""
        return resolved(self.grid, self.first, self.own_strategy, choice)

    def drawn(self, events: Events) -> tuple[ImputationModel, Draws]:
        """Return the imputation model and its draws for these events."""
        used = events.used(self.grid.seen)
        key = used.tobytes()
        if key not in self._made:
            model = fit_imputation_model(
                self.grid,
                used,
                self.reference,
                covariance=self.method.covariance,
                by_arm=self.method.by_arm,
                reml=self.method.reml,
            )
            self._made[key] = (model, self._draws(model))
        return self._made[key]

    def completed(
        self, events: Events
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64] | None]]:
        """Give completed trials in parts: scores (N, n, m); if resampled, weights (N, n)."""
        model, draws = self.drawn(events)
        rng = np.random.default_rng(self.seeds[1]) if self.method.random_imputation else None
        N = len(draws.coefficients)
        size = max(1, CHUNK // self.grid.scores.size)
        for start in range(0, N, size):
            part = slice(start, min(start + size, N))
            own = Draws(draws.coefficients[part], draws.sigma[part], draws.weights[part])
            scores = impute(self.grid.scores, events, model, own, rng)
            yield scores, None if self.method.random_imputation else own.weights

    def _draws(self, model: ImputationModel) -> Draws:
        method, rng = self.method, np.random.default_rng(self.seeds[0])
        if method.kind == "bayes":
            return posterior_draws(
                model, method.count, rng, prior=method.prior, burn_in=method.burn_in
            )
        if method.kind == "approximate-bayes":
            return bootstrap_draws(model, self.grid.arm, method.count, rng, with_whole=False)
        if method.resampling == "bootstrap":
            return bootstrap_draws(model, self.grid.arm, method.count, rng)
        return jackknife_draws(model)


def setup(
    grid: TrialGrid,
    *,
    reference: str | Mapping[str, str],
    method: Method,
    events: IntoDataFrame | None = None,
    rng: np.random.Generator | None = None,
) -> Setup:
    """Prepare a trial for imputation.

    Raises
    ------
    DataError
        When chance is needed and no generator is given, or nothing is known of the events.
    """
    if rng is None and method.uses_chance:
        raise DataError(
            "This method draws at random: give rng=numpy.random.default_rng(seed) so that the same "
            "seed gives the same numbers."
        )
    first, own = first_events(grid, events)
    draws = (0, 0) if rng is None else rng.integers(2**63 - 1, size=2)
    return Setup(
        grid=grid,
        first=first,
        own_strategy=own,
        reference=reference_arms(grid, reference),
        method=method,
        seeds=(int(draws[0]), int(draws[1])),
    )
