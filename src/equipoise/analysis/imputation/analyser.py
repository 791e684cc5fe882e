"""Analyse and pool: what the completed trials of one set of events say together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation import ancova, mmrm_after, pool
from equipoise.analysis.imputation.ancova import Analysed, AncovaDesign, ancova_designs
from equipoise.analysis.imputation.worlds import LsWeights, worlds
from equipoise.analysis.mmrm.formulas import parsed
from equipoise.analysis.mmrm.structures import structure_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.analysis.imputation.events import Events
    from equipoise.analysis.imputation.method import Method
    from equipoise.analysis.imputation.setup import Setup


@dataclass(frozen=True, eq=False)
class Analyser:
    """The analysis of completed trials; what it needs is made once for all strategies.

    Parameters
    ----------
    formula
        Of the ANCOVA.
    """

    setup: Setup
    formula: str
    ls_weights: LsWeights = "proportional"

    @cached_property
    def designs(self) -> list[AncovaDesign]:
        """Of the ANCOVA at each visit."""
        return ancova_designs(self.setup.grid, self.formula, self.ls_weights)

    @property
    def in_words(self) -> str:
        """What was done, in one line."""
        method = self.setup.method
        shown = self.formula if method.analysis == "ancova" else self.setup.grid.formula
        return method.in_words(structure_named(method.covariance).name, shown)

    def pooled(self, events: Events, added: NDArray[np.float64] | float = 0.0) -> pool.Pooled:
        """Estimate means and contrasts at each visit, in the order of `ancova.analyse`.

        Parameters
        ----------
        added : shape (n, m)
            Added to the completed scores.
        """
        spread = self.setup.method.random_imputation
        after = self._after(events) if self.setup.method.analysis == "mmrm" else None
        parts = []
        for scores, weights in self.setup.completed(events):
            whole = scores + added
            if after is None:
                parts.append(ancova.analyse(whole, self.designs, weights, spread=spread))
            else:
                parts.append(mmrm_after.analyse(whole, after, weights, spread=spread))
        return pooled_for(self.setup.method, parts)

    def _after(self, events: Events) -> mmrm_after.MmrmAfter:
        grid, method = self.setup.grid, self.setup.method
        model, _ = self.setup.drawn(events)
        used = parsed(grid.formula, grid.frame)[2]
        facts = [n for n in used if n not in (grid.outcome, grid.arm_column, grid.visit)]
        rows = worlds(grid.frame, grid.arm_column, facts, model.encode, self.ls_weights)
        return mmrm_after.MmrmAfter(
            rows=model.own,
            arm_rows=rows.reshape(len(grid.arms), *model.own.shape),
            columns=model.fit.columns,
            group=model.own_group,
            covariance=method.covariance,
            reml=method.reml,
        )


def pooled_for(method: Method, parts: Sequence[Analysed]) -> pool.Pooled:
    """Pool what the completed trials said, by the method's rule."""
    estimate = np.concatenate([part.estimate for part in parts])
    if method.random_imputation:
        variance = np.concatenate([part.variance for part in parts if part.variance is not None])
        df = np.concatenate([part.df for part in parts if part.df is not None])
        return pool.rubin(estimate, variance, df)
    return (pool.jackknife if method.resampling == "jackknife" else pool.bootstrap)(estimate)
