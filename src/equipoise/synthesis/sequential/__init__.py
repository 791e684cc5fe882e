"""Sequential analysis of pooled trials: is there enough information to conclude?"""

from equipoise.synthesis.sequential.boundaries import (
    SequentialBoundaries,
    efficacy_bounds,
    repeated_p,
    with_futility,
)
from equipoise.synthesis.sequential.cumulative_looks import CumulativeLooks, cumulative_looks
from equipoise.synthesis.sequential.required_information import (
    diversity,
    people_needed,
    people_needed_for_risks,
    precision_needed,
)
from equipoise.synthesis.sequential.sequential import (
    SequentialAnalysis,
    SequentialPlan,
    sequential_analysis,
)
from equipoise.synthesis.sequential.spending import SPENDINGS, spent

__all__ = [
    "SPENDINGS",
    "CumulativeLooks",
    "SequentialAnalysis",
    "SequentialBoundaries",
    "SequentialPlan",
    "cumulative_looks",
    "diversity",
    "efficacy_bounds",
    "people_needed",
    "people_needed_for_risks",
    "precision_needed",
    "repeated_p",
    "sequential_analysis",
    "spent",
    "with_futility",
]
