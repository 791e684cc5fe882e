"""Design-based inference: tests and intervals from the trial's own allocation procedure."""

from equipoise.analysis.randomisation_test.randomisation_test import (
    RandomisationTest,
    randomisation_test,
)
from equipoise.analysis.randomisation_test.rerandomise import rerandomise
from equipoise.analysis.randomisation_test.scores import (
    log_rank_scores,
    logistic_scores,
    rank_scores,
    residual_scores,
)

__all__ = [
    "RandomisationTest",
    "log_rank_scores",
    "logistic_scores",
    "randomisation_test",
    "rank_scores",
    "rerandomise",
    "residual_scores",
]
