"""What a figure of two outcomes needs: a frame of the studies that have both, and the regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.multivariate.multivariate_fit import MultivariateFit
from equipoise.synthesis.multivariate.rows import prediction_region

if TYPE_CHECKING:
    import pandas as pd


def region_frame(
    found: MultivariateFit, effects: Effects, level: float = 0.95, axes: tuple[int, int] = (0, 1)
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the frame and the further arguments of `plots.outcome_region`.

    Parameters
    ----------
    axes
        Which outcome goes across and which up; for arms the control goes across: (1, 0).

    Raises
    ------
    DataError
        When there are not two outcomes.
    """
    import pandas as pd  # noqa: PLC0415

    if len(found.outcomes) != 2:
        raise DataError(f"The figure shows two outcomes; there are {len(found.outcomes)}.")
    order = list(axes)
    names = tuple(found.outcomes[j] for j in order)
    first, second = (
        {s: (y, se) for s, o, y, se in _rows(found, effects) if o == name} for name in names
    )
    both = [study for study in first if study in second]
    frame = pd.DataFrame(
        {
            "study": both,
            "x": [first[s][0] for s in both],
            "y": [second[s][0] for s in both],
            "x_se": [first[s][1] for s in both],
            "y_se": [second[s][1] for s in both],
        }
    )
    centre, prediction, radius2 = prediction_region(found, level)
    return frame, {
        "outcomes": tuple(f"{name} ({effects.scale})" if effects.scale else name for name in names),
        "centre": centre[order],
        "confidence": found.fit.covariance[np.ix_(order, order)],
        "prediction": prediction[np.ix_(order, order)],
        "radius2": radius2,
    }


def _rows(found: MultivariateFit, effects: Effects) -> list[tuple[str, str, float, float]]:
    se = np.sqrt(effects.v)
    return list(zip(effects.study, found.outcome, effects.y, se, strict=True))
