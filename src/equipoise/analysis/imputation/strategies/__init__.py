"""Strategies for scores after an intercurrent event, by slug: one file each."""

from __future__ import annotations

from equipoise.analysis.imputation.strategies.cir import CIR
from equipoise.analysis.imputation.strategies.cr import CR
from equipoise.analysis.imputation.strategies.jr import JR
from equipoise.analysis.imputation.strategies.lmcf import LMCF
from equipoise.analysis.imputation.strategies.mar import MAR
from equipoise.analysis.imputation.strategies.strategy import MeanWeights, Strategy
from equipoise.errors import DataError

STRATEGIES = {strategy.slug: strategy for strategy in (MAR, JR, CR, CIR, LMCF)}


def strategy_named(slug: str) -> Strategy:
    """Find a strategy by its slug, in any case.

    Raises
    ------
    DataError
        With the slugs there are.
    """
    found = STRATEGIES.get(str(slug).upper())
    if found is None:
        known = "; ".join(f"{s.slug} ({s.name})" for s in STRATEGIES.values())
        raise DataError(f"There is no imputation strategy {slug!r}. These are: {known}.")
    return found


__all__ = ["STRATEGIES", "MeanWeights", "Strategy", "strategy_named"]
