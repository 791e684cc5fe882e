"""Copy reference: as if the person had been in the reference arm from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation.strategies.strategy import MeanWeights, Strategy

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mean(m: int, t: int) -> MeanWeights:  # noqa: ARG001  (every strategy is called alike)
    """Take the mean of the reference arm at every visit, those before t too."""
    return MeanWeights(np.zeros((m, m)), np.eye(m))


def covariance(
    own: NDArray[np.float64],  # noqa: ARG001
    reference: NDArray[np.float64],
    t: int,  # noqa: ARG001
) -> NDArray[np.float64]:
    """Take the covariance of the reference arm."""
    return reference


CR = Strategy(
    "CR",
    "copy reference",
    "CR: a person with the event is like one of the reference arm at all visits; what was gained "
    "before it counts as that person's own good luck, and fades as the correlation does",
    mean,
    covariance,
)
