"""What the dose-response figure shows, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.synthesis.dose_response.dose_gaps import GAP, dose_gaps

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.dose_response.dose_response import DoseResponse

POINTS = 241


def curve_frame(found: DoseResponse, *, gap: float = GAP, level: float = 0.95) -> pd.DataFrame:
    """Return the curve over the observed doses, NaN inside gaps.

    Returns
    -------
    pandas.DataFrame
        Columns dose, estimate, low, high: the effect against the reference dose; and
        `shape_only`, true below the lowest dose that a study compares with a lower one.
    """
    import pandas as pd  # noqa: PLC0415  (heavy)

    doses = found.data.doses
    gaps = dose_gaps(doses, gap)
    grid = np.linspace(doses.min(), doses.max(), POINTS)
    dose = np.unique(np.concatenate([grid, np.unique(doses)]))
    value, se = found.curve.effect(dose, found.reference)
    empty = np.zeros(len(dose), dtype=bool)
    for low, high in gaps:
        empty |= (dose > low) & (dose < high)
    value, se = np.where(empty, np.nan, value), np.where(empty, np.nan, se)
    half = float(ndtri((1 + level) / 2)) * se
    below = (dose > found.reference) & (dose < found.data.lowest_compared)
    return pd.DataFrame(
        {"dose": dose, "estimate": value, "low": value - half, "high": value + half,
         "shape_only": below}
    )  # fmt: skip


def arm_points(found: DoseResponse) -> pd.DataFrame:
    """Return each arm's contrast, moved to the reference dose by the curve, and its precision.

    A study that was compared with another dose than the reference is put where the curve says
    that its referent lies: the distance of the point from the curve is then the study's own.

    Returns
    -------
    pandas.DataFrame
        Columns study, dose, estimate, weight (1 / variance).
    """
    import pandas as pd  # noqa: PLC0415  (heavy)

    rows = []
    for study in found.data.studies:
        moved = float(found.curve.effect(study.dose[:1], found.reference)[0][0])
        for d, y, v in zip(study.dose[1:], study.y, np.diag(study.covariance), strict=True):
            rows.append((study.name, float(d), float(y) + moved, 1 / float(v)))
    return pd.DataFrame(rows, columns=["study", "dose", "estimate", "weight"])


def region_frame(found: DoseResponse) -> pd.DataFrame:
    """Return regions with their shares: columns name, low, high, and one a share."""
    import pandas as pd  # noqa: PLC0415  (heavy)

    shares = {row.label: row.estimate for row in found.estimates.select(name="dose-region-share")}
    rows = [
        {"name": region.name, "low": region.low, "high": region.high}
        | {what: shares.get(f"{region.name}, {what}") for what in ("studies", "arms", "people")}
        for region in found.regions
    ]
    return pd.DataFrame(rows, columns=["name", "low", "high", "studies", "arms", "people"])
