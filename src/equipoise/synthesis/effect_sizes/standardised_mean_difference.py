"""The difference of two means in standard deviations: pooled, averaged, or the control group's.

Published standard errors of Hedges' g differ because there are several variances: `variance`
names them, and the data of the Metapsy project use one of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_people,
    need_positive,
)
from equipoise.synthesis.effect_sizes.mean_difference import pooled_variance, two_groups
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor

Variance = Literal["LS", "LS2", "UB", "AV", "H0", "Metapsy"]


def standardised_mean_difference(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Hedges' g (SMD), (mean1 - mean2) over the pooled standard deviation times J.

    Parameters
    ----------
    mean1, sd1, n1, mean2, sd2, n2 : shape (k,)
        As in `mean_difference`.
    variance
        See `hedges_g`.

    Examples
    --------
    >>> g, v = standardised_mean_difference(6.33, 6.72, 15, 19.07, 10.34, 15, variance="Metapsy")
    >>> round(float(g[0]), 6), round(float(v[0]) ** 0.5, 6)
    (-1.421536, 0.410986)
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    d = (mean1 - mean2) / np.sqrt(pooled_variance(sd1, n1, sd2, n2))
    return hedges_g(d, n1, n2, variance=variance, study=study)


def hedges_g(
    d: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Correct Cohen's d (pooled standard deviation) to Hedges' g, with its variance.

    Parameters
    ----------
    d, n1, n2 : shape (k,)
        Standardised differences without correction, and the people of both groups.
    variance
        With a = 1/n1 + 1/n2, N = n1 + n2 and m = N - 2:
        "LS" a + g² / 2N (Hedges 1982, eq. 8);
        "LS2" J² (a + d² / 2N) (Borenstein 2009, eq. 12.17);
        "UB" a + (1 - (m - 2) / (m J²)) g², unbiased (Hedges 1983, eq. 9);
        "AV" as LS with the mean of all g, weighted by N, in the place of each;
        "H0" J² a m / (m - 2), exact where there is no effect (NaN for m up to 2);
        "Metapsy" a + d² / 2N with the approximate J: the numbers stored in Metapsy data.

    References
    ----------
    Hedges (1982), Psychol Bull 92:490-499. doi:10.1037/0033-2909.92.2.490
    Hedges (1983), Psychol Bull 93:388-395. doi:10.1037/0033-2909.93.2.388
    """
    d, n1, n2 = aligned(study, d=d, n1=n1, n2=n2)
    need_people(study, n1=n1, n2=n2)
    N, m, a = n1 + n2, n1 + n2 - 2, 1 / n1 + 1 / n2
    J = small_sample_factor(m, exact=variance != "Metapsy")
    return EffectSize(J * d, _variance(variance, J, d, m, a, 2 * N, N))


def cohen_d(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Cohen's d, not corrected for small samples (SMDU): it overstates small trials."""
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    d = (mean1 - mean2) / np.sqrt(pooled_variance(sd1, n1, sd2, n2))
    return EffectSize(d, 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2)))


def glass_delta(
    mean1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Glass' delta (SMD1): over the standard deviation of group 2, times J(n2 - 1).

    The variance has 2 n2 in the place of 2N: only group 2 informs the standard deviation.
    """
    mean1, n1, mean2, sd2, n2 = aligned(study, mean1=mean1, n1=n1, mean2=mean2, sd2=sd2, n2=n2)
    need_positive(study, "a standard deviation", sd2=sd2)
    need_people(study, 1, n1=n1)
    need_people(study, 3, n2=n2)
    d, m = (mean1 - mean2) / sd2, n2 - 1
    J = small_sample_factor(m, exact=variance != "Metapsy")
    return EffectSize(J * d, _variance(variance, J, d, m, 1 / n1 + 1 / n2, 2 * n2, n1 + n2))


def _variance(
    variance: Variance,
    J: FloatArray,
    d: FloatArray,
    m: FloatArray,
    a: FloatArray,
    twice: FloatArray,
    weight: FloatArray,
) -> FloatArray:
    g = J * d
    if variance == "H0":
        with np.errstate(divide="ignore"):
            return np.where(m > 2, J**2 * a * m / (m - 2), np.nan)
    if variance == "LS2":
        return J**2 * (a + d**2 / twice)
    if variance == "UB":
        return a + (1 - (m - 2) / (m * J**2)) * g**2
    if variance == "AV":
        return a + np.average(g, weights=weight) ** 2 / twice
    return a + (d if variance == "Metapsy" else g) ** 2 / twice


def glass_delta_heteroscedastic(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Glass' delta where the groups' variances differ (SMD1H).

    References
    ----------
    Bonett (2009), Psychol Methods 14:225-238. doi:10.1037/a0016619
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    need_people(study, 3, n2=n2)
    g = small_sample_factor(n2 - 1) * (mean1 - mean2) / sd2
    v = (sd1 / sd2) ** 2 / (n1 - 1) + 1 / (n2 - 1) + g**2 / (2 * (n2 - 1))
    return EffectSize(g, v)


def smd_heteroscedastic(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the SMD over the root of the average variance, with unequal variances (SMDH).

    References
    ----------
    Bonett (2009), Psychol Methods 14:225-238. doi:10.1037/a0016619
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    s2 = (sd1**2 + sd2**2) / 2
    g = small_sample_factor(n1 + n2 - 2) * (mean1 - mean2) / np.sqrt(s2)
    fourth = sd1**4 / (n1 - 1) + sd2**4 / (n2 - 1)
    v = g**2 * fourth / (8 * s2**2) + (sd1**2 / (n1 - 1) + sd2**2 / (n2 - 1)) / s2
    return EffectSize(g, v)
