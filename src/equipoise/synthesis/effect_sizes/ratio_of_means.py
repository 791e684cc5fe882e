"""The log ratio of two means, for outcomes on a ratio scale: both means above 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import EffectSize, FloatArray, refuse
from equipoise.synthesis.effect_sizes.mean_difference import pooled_variance, two_groups


def log_ratio_of_means(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Literal["LS", "LS2", "HO", "AV", "AVHO"] = "LS",
    corrected: bool = True,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return log(mean1 / mean2) (ROM) with its variance by the delta method.

    Parameters
    ----------
    mean1, sd1, n1, mean2, sd2, n2 : shape (k,)
        Both means of a study are of one sign.
    variance
        "LS" each group its own coefficient of variation; "LS2" the same to the second order
        (Lajeunesse 2015, eq. 9); "HO" one standard deviation for both;
        "AV" each group's coefficient of variation averaged over studies, weighted by people;
        "AVHO" one coefficient averaged over studies and groups.
    corrected
        Take out the bias of small samples (Lajeunesse 2015, eq. 8), as metafor does since 4.

    References
    ----------
    Hedges, Gurevitch & Curtis (1999), Ecology 80:1150-1156.
    Lajeunesse (2011), Ecology 92:2049-2055. doi:10.1890/11-0423.1
    Lajeunesse (2015), Ecology 96:2056-2063. doi:10.1890/14-2402.1
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    refuse(
        mean1 * mean2 <= 0,
        study,
        "the means {m1} and {m2} have no ratio: both must be above 0 (or both below). "
        "Change scores and scales with an arbitrary 0 need MD or SMD.",
        m1=mean1,
        m2=mean2,
    )
    y = np.log(mean1 / mean2)
    cv1, cv2 = sd1 / mean1, sd2 / mean2
    if corrected:
        y = y + (cv1**2 / n1 - cv2**2 / n2) / 2
    if variance == "HO":
        within = pooled_variance(sd1, n1, sd2, n2)
        return EffectSize(y, within * (1 / (n1 * mean1**2) + 1 / (n2 * mean2**2)))
    if variance == "AV":
        cv1, cv2 = _average(cv1, n1), _average(cv2, n2)
    elif variance == "AVHO":
        cv1 = cv2 = _average((n1 * cv1 + n2 * cv2) / (n1 + n2), n1 + n2)
    v = cv1**2 / n1 + cv2**2 / n2
    if variance == "LS2":
        v = v + (cv1**4 / n1**2 + cv2**4 / n2**2) / 2
    return EffectSize(y, v)


def _average(values: FloatArray, weights: FloatArray) -> FloatArray:
    return np.full_like(values, np.average(values, weights=weights))
