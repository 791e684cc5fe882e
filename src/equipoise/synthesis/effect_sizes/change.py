"""How one group changed: raw or standardised, with the correlation of its two measurements.

Every function takes mean1 - mean2, and where one standard deviation standardises it is `sd1`. For
change since baseline by the baseline's standard deviation, give mean1 = later, mean2 = baseline
and sd1 = the baseline's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_correlation,
    need_people,
    need_positive,
    refuse,
)
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor


def mean_change(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return mean1 - mean2 of the same n people (MC).

    Parameters
    ----------
    mean1, sd1, mean2, sd2, n : shape (k,)
        Means and standard deviations at two times, and people.
    r : shape (k,)
        Correlation of the two measurements.
    """
    mean1, sd1, mean2, sd2, n, r = _paired(mean1, sd1, mean2, sd2, n, r, study)
    return EffectSize(mean1 - mean2, _change_variance(sd1, sd2, r) / n)


def standardised_change_of_change(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the change over the standard deviation of changes (SMCC), times J(n - 1).

    References
    ----------
    Gibbons, Hedeker & Davis (1993), J Educ Stat 18:271-279.
    """
    mean1, sd1, mean2, sd2, n, r = _paired(mean1, sd1, mean2, sd2, n, r, study)
    g = small_sample_factor(n - 1) * (mean1 - mean2) / np.sqrt(_change_variance(sd1, sd2, r))
    return EffectSize(g, 1 / n + g**2 / (2 * n))


def standardised_change(
    mean1: ArrayLike,
    mean2: ArrayLike,
    sd1: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the change over the standard deviation at one time (SMCR), times J(n - 1).

    Parameters
    ----------
    mean1, mean2, n : shape (k,)
    sd1 : shape (k,)
        The standard deviation that standardises, as a rule the baseline's.
    r : shape (k,)
        Correlation of the two measurements; it enters the variance 2(1 - r)/n + g²/2n only.

    Examples
    --------
    >>> c, v = standardised_change(8.5, 22.9, 3.6, 13, 0.5)
    >>> print(c.round(4), v.round(4))
    [-3.7438] [0.616]

    References
    ----------
    Becker (1988), Br J Math Stat Psychol 41:257-278. doi:10.1111/j.2044-8317.1988.tb00901.x
    """
    mean1, mean2, sd1, n, r = aligned(study, mean1=mean1, mean2=mean2, sd1=sd1, n=n, r=r)
    _check(sd1, sd1, n, r, study)
    g = small_sample_factor(n - 1) * (mean1 - mean2) / sd1
    return EffectSize(g, 2 * (1 - r) / n + g**2 / (2 * n))


def standardised_change_heteroscedastic(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the change over `sd1` where the two times' variances differ (SMCRH).

    References
    ----------
    Bonett (2008), Psychol Methods 13:99-109. doi:10.1037/1082-989X.13.2.99
    """
    mean1, sd1, mean2, sd2, n, r = _paired(mean1, sd1, mean2, sd2, n, r, study)
    g = small_sample_factor(n - 1) * (mean1 - mean2) / sd1
    v = _change_variance(sd1, sd2, r) / (sd1**2 * (n - 1)) + g**2 / (2 * (n - 1))
    return EffectSize(g, v)


def standardised_change_pooled(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the change over the root of both times' average variance (SMCRPH).

    Bonett's (2008) variance, which lets the two variances differ.
    """
    mean1, sd1, mean2, sd2, n, r = _paired(mean1, sd1, mean2, sd2, n, r, study)
    s2 = (sd1**2 + sd2**2) / 2
    g = small_sample_factor(2 * (n - 1) / (1 + r**2)) * (mean1 - mean2) / np.sqrt(s2)
    fourth = sd1**4 + sd2**4 + 2 * r**2 * sd1**2 * sd2**2
    v = _change_variance(sd1, sd2, r) / (s2 * (n - 1)) + g**2 * fourth / (8 * s2**2 * (n - 1))
    return EffectSize(g, v)


def log_ratio_of_means_of_change(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return log(mean1 / mean2) of the same people (ROMC), corrected as `log_ratio_of_means` is.

    References
    ----------
    Lajeunesse (2011), Ecology 92:2049-2055. doi:10.1890/11-0423.1
    """
    mean1, sd1, mean2, sd2, n, r = _paired(mean1, sd1, mean2, sd2, n, r, study)
    refuse(mean1 * mean2 <= 0, study, "{m1} / {m2} has no logarithm.", m1=mean1, m2=mean2)
    cv1, cv2 = sd1 / mean1, sd2 / mean2
    y = np.log(mean1 / mean2) + (cv1**2 - cv2**2) / (2 * n)
    return EffectSize(y, (cv1**2 + cv2**2 - 2 * r * cv1 * cv2) / n)


def _change_variance(sd1: FloatArray, sd2: FloatArray, r: FloatArray) -> FloatArray:
    return sd1**2 + sd2**2 - 2 * r * sd1 * sd2


def _paired(
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    study: Sequence[str] | None,
) -> tuple[FloatArray, ...]:
    columns = aligned(study, mean1=mean1, sd1=sd1, mean2=mean2, sd2=sd2, n=n, r=r)
    _check(columns[1], columns[3], columns[4], columns[5], study)
    return columns


def _check(
    sd1: FloatArray, sd2: FloatArray, n: FloatArray, r: FloatArray, study: Sequence[str] | None
) -> None:
    need_positive(study, "a standard deviation", sd1=sd1, sd2=sd2)
    need_people(study, 3, n=n)
    need_correlation(study, r)
