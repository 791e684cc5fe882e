"""Crossover trials: every participant is their own control."""

from equipoise.analysis.crossover.crossover import CrossoverAnalysis, crossover
from equipoise.analysis.crossover.crossover_table import CrossoverTable, crossover_table
from equipoise.analysis.crossover.period_model import (
    DegreesOfFreedom,
    PeriodModel,
    period_model,
)
from equipoise.analysis.crossover.two_by_two import TwoByTwo, two_by_two
from equipoise.analysis.crossover.two_by_two_binary import BinaryCrossover, two_by_two_binary

__all__ = [
    "BinaryCrossover",
    "CrossoverAnalysis",
    "CrossoverTable",
    "DegreesOfFreedom",
    "PeriodModel",
    "TwoByTwo",
    "crossover",
    "crossover_table",
    "period_model",
    "two_by_two",
    "two_by_two_binary",
]
