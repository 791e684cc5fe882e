"""Last mean carried forward: the own arm's mean stays where it was before the event."""

from __future__ import annotations

from equipoise.analysis.imputation.strategies.strategy import (
    MeanWeights,
    Strategy,
    before,
    own_covariance,
)


def mean(m: int, t: int) -> MeanWeights:
    """From t on: the own mean at t - 1, which must exist."""
    own = before(m, t)
    own[t:, t - 1] = 1
    return MeanWeights(own, own * 0)


LMCF = Strategy(
    "LMCF",
    "last mean carried forward",
    "LMCF: from the event on, the mean of the own arm stays as it was at the last visit before it",
    mean,
    own_covariance,
    needs_earlier_visit=True,
)
