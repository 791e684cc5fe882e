"""Does treatment change the spread? Log ratios of standard deviations, raw or per mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    aligned,
    need_people,
    need_positive,
)
from equipoise.synthesis.effect_sizes.mean_difference import two_groups
from equipoise.synthesis.effect_sizes.ratio_of_means import log_ratio_of_means


def log_variability_ratio(
    sd1: ArrayLike,
    n1: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the log ratio of standard deviations (VR), corrected for its small-sample bias.

    References
    ----------
    Nakagawa et al. (2015), Methods Ecol Evol 6:143-152. doi:10.1111/2041-210x.12309
    """
    sd1, n1, sd2, n2 = aligned(study, sd1=sd1, n1=n1, sd2=sd2, n2=n2)
    need_positive(study, "a standard deviation", sd1=sd1, sd2=sd2)
    need_people(study, n1=n1, n2=n2)
    half1, half2 = 1 / (2 * (n1 - 1)), 1 / (2 * (n2 - 1))
    return EffectSize(np.log(sd1 / sd2) + half1 - half2, half1 + half2)


def log_coefficient_of_variation_ratio(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the log ratio of coefficients of variation (CVR); means are above 0.

    The correlation of mean and standard deviation is taken as 0, as in normal data.

    References
    ----------
    Senior, Viechtbauer & Nakagawa (2020), Res Synth Methods 11:553-567. doi:10.1002/jrsm.1423
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    need_positive(study, "the mean of a coefficient of variation", mean1=mean1, mean2=mean2)
    spread = log_variability_ratio(sd1, n1, sd2, n2, study=study)
    of_means = log_ratio_of_means(mean1, sd1, n1, mean2, sd2, n2, study=study)
    return EffectSize(spread.y - of_means.y, spread.v + of_means.v)
