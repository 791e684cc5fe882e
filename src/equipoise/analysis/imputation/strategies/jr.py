"""Jump to reference: from the event on, the mean of the reference arm."""

from __future__ import annotations

import numpy as np

from equipoise.analysis.imputation.strategies.strategy import (
    MeanWeights,
    Strategy,
    before,
    joined_covariance,
)


def mean(m: int, t: int) -> MeanWeights:
    """Own mean before t, the reference's from t on."""
    kept = before(m, t)
    return MeanWeights(kept, np.eye(m) - kept)


JR = Strategy(
    "JR",
    "jump to reference",
    "JR: from the event on, the mean is at once that of the reference arm; whatever the treatment "
    "had gained is lost",
    mean,
    joined_covariance,
)
