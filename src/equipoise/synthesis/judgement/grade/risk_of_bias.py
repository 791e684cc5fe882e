"""GRADE: risk of bias, by the weight of the studies at high risk and what they change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.decision_zones import Interval, written, zones
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement

HIGH_LEVELS = frozenset({"high", "serious", "critical"})
"""Levels of RoB 2 and ROBINS-I that count."""


def risk_of_bias(
    about: str,
    levels: Sequence[str],
    weights: ArrayLike,
    *,
    thresholds: Sequence[float] = (0.0,),
    interval: Interval | None = None,
    interval_without_high: Interval | None = None,
    by_unblinding: Sequence[bool] | None = None,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest 0, -1 or -2 for risk of bias.

    Parameters
    ----------
    levels : length k
        Overall level of each study: of RoB 2 or ROBINS-I.
    weights : shape (k,)
        Weights of the studies in the pooled effect, any scale.
    thresholds
        Of the decision, in the unit of the effect.
    interval, interval_without_high
        Of the pooled effect over all studies, and over those not at high risk; None where there
        is none.
    by_unblinding : length k
        Whether a study's high level comes from measurement by people who knew the arm (RoB 2,
        domain 4). Where such a study counts, the judgement is one on unblinding.
    """
    limits = settings or GradeSettings()
    share, high, unblinded = _shares(about, levels, weights, by_unblinding)
    changes = (
        interval is not None
        and interval_without_high is not None
        and zones(interval, thresholds) != zones(interval_without_high, thresholds)
    )
    suggestion = -2 if share > limits.high_risk_share_serious else 0
    if not suggestion and (share > limits.high_risk_share or changes):
        suggestion = -1
    why = f"{100 * share:.0f}% of the weight from studies at high risk of bias"
    if changes:
        why += (
            f"; without them the interval goes from {written(interval)} to "
            f"{written(interval_without_high)}, which changes the decision"
        )
    return Judgement(
        "risk-of-bias",
        about,
        {
            "high_risk_share": share,
            "studies_at_high_risk": high,
            "unblinded_share": unblinded,
            "interval": interval,
            "interval_without_high": interval_without_high,
            "thresholds": tuple(thresholds),
        },
        f"weight above {limits.high_risk_share:.0%}: -1, above "
        f"{limits.high_risk_share_serious:.0%}: -2; a changed decision: -1",
        suggestion,
        reason=why,
        counts_unblinding=bool(suggestion and unblinded > 0),
    )


def _shares(
    about: str,
    levels: Sequence[str],
    weights: ArrayLike,
    by_unblinding: Sequence[bool] | None,
) -> tuple[float, int, float]:
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(levels),) or not len(levels):
        raise DataError(f"{about}: {len(levels)} levels came with weights of {weight.shape}.")
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        raise DataError(f"{about}: weights are numbers from 0 up, not all 0. Got {weight}.")
    if by_unblinding is not None and len(by_unblinding) != len(levels):
        raise DataError(
            f"{about}: {len(by_unblinding)} marks of unblinding, {len(levels)} studies."
        )
    high = np.array([str(level).strip().casefold() in HIGH_LEVELS for level in levels])
    marked = np.zeros(len(levels), bool) if by_unblinding is None else np.array(by_unblinding, bool)
    whole = weight.sum()
    return (
        float(weight[high].sum() / whole),
        int(high.sum()),
        float(weight[high & marked].sum() / whole),
    )
