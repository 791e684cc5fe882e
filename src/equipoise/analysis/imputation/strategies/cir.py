"""Copy increments in reference: what was gained is kept, then the change of the reference arm."""

from __future__ import annotations

import numpy as np

from equipoise.analysis.imputation.strategies.strategy import (
    MeanWeights,
    Strategy,
    before,
    joined_covariance,
)


def mean(m: int, t: int) -> MeanWeights:
    """From t on: the own mean at t - 1 plus the reference's change since t - 1.

    Before any visit nothing was gained: then it is the reference's mean.
    """
    own, reference = before(m, t), np.eye(m) - before(m, t)
    if t > 0:
        own[t:, t - 1] = 1
        reference[t:, t - 1] -= 1
    return MeanWeights(own, reference)


CIR = Strategy(
    "CIR",
    "copy increments in reference",
    "CIR: the gain up to the last visit before the event is kept, and from there the mean changes "
    "as that of the reference arm does",
    mean,
    joined_covariance,
)
