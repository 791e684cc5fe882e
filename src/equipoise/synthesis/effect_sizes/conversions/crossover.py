"""Crossover trials analysed as what they are: each person under both treatments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    aligned,
    need_correlation,
    need_people,
    need_positive,
)
from equipoise.synthesis.effect_sizes.conversions.converted import Converted
from equipoise.synthesis.effect_sizes.conversions.spread import sd_of_change
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor

PAIRED = "No carry-over and no period effect: the periods of one person are a pair."


def crossover_mean_difference(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> Converted:
    """Return the mean difference of two treatments in the same n people.

    Parameters
    ----------
    r
        Correlation of a person's outcomes under both. If the paper gives t, p, or the standard
        deviation of differences, it follows from these (`correlation_from_sds`).

    References
    ----------
    Elbourne et al. (2002), Int J Epidemiol 31:140-149. doi:10.1093/ije/31.1.140
    """
    mean1, sd1, mean2, sd2, n, r = aligned(
        study, mean1=mean1, sd1=sd1, mean2=mean2, sd2=sd2, n=n, r=r
    )
    need_people(study, n=n)
    se = sd_of_change(sd1, sd2, r, study=study) / np.sqrt(n)
    return Converted(mean1 - mean2, se, (PAIRED, _correlation(r)))


def crossover_smd(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> Converted:
    """Return the SMD of a crossover trial in the units of a parallel one.

    The difference over the average standard deviation (not that of differences), times J(n - 1);
    standard error sqrt(1/n + g²/2n) sqrt(2(1 - r)), after the Cochrane Handbook, section 23.2.7.
    """
    mean1, sd1, mean2, sd2, n, r = aligned(
        study, mean1=mean1, sd1=sd1, mean2=mean2, sd2=sd2, n=n, r=r
    )
    need_positive(study, "a standard deviation", sd1=sd1, sd2=sd2)
    need_people(study, 3, n=n)
    need_correlation(study, r)
    g = small_sample_factor(n - 1) * (mean1 - mean2) / np.sqrt((sd1**2 + sd2**2) / 2)
    se = np.sqrt((1 / n + g**2 / (2 * n)) * 2 * (1 - r))
    return Converted(g, se, (PAIRED, _correlation(r)))


def _correlation(r: np.ndarray) -> str:
    shown = f"{r.min():g}" if np.ptp(r) == 0 else f"{r.min():g} to {r.max():g}"
    return f"The outcomes of one person under both treatments correlate by {shown}."
