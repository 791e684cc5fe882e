"""Missing at random: after the event a person goes on as those of the own arm who were seen."""

from __future__ import annotations

import numpy as np

from equipoise.analysis.imputation.strategies.strategy import (
    MeanWeights,
    Strategy,
    own_covariance,
)


def mean(m: int, t: int) -> MeanWeights:  # noqa: ARG001  (every strategy is called alike)
    """Keep the mean of the own arm at every visit."""
    return MeanWeights(np.eye(m), np.zeros((m, m)))


MAR = Strategy(
    "MAR",
    "missing at random",
    "MAR: scores that are missing are like those of people of the same arm with the same "
    "covariates and the same scores so far",
    mean,
    own_covariance,
    keeps_later_scores=True,
)
