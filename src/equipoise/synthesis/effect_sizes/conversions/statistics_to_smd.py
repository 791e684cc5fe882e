"""Hedges' g from t, F, p, a mean difference or a regression coefficient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    aligned,
    need_people,
    need_positive,
    refuse,
)
from equipoise.synthesis.effect_sizes.conversions.converted import Converted
from equipoise.synthesis.effect_sizes.conversions.spread import need_p
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor
from equipoise.synthesis.effect_sizes.standardised_mean_difference import Variance, hedges_g

STUDENT = "t is of Student's test of two independent groups with one standard deviation."
F_OF_TWO = "F has 1 numerator df: it is the square of Student's t of two independent groups."
P_OF_T = "p is exact, two-sided, and of Student's test of two independent groups."
SIGN = "The direction was declared, since the statistic does not hold it."
WITHIN = "The standard deviation is that within groups, not of changes and not adjusted."


def _converted(effect: EffectSize, *assumptions: str) -> Converted:
    return Converted(effect.y, np.sqrt(effect.v), assumptions)


def smd_from_t(
    t: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> Converted:
    """Return Hedges' g from Student's t of two independent groups, t sqrt(1/n1 + 1/n2) times J.

    Not for a paired t, nor the t of an adjusted analysis: these have smaller standard errors.
    """
    t, n1, n2 = aligned(study, t=t, n1=n1, n2=n2)
    need_people(study, n1=n1, n2=n2)
    d = t * np.sqrt(1 / n1 + 1 / n2)
    return _converted(hedges_g(d, n1, n2, variance=variance, study=study), STUDENT)


def smd_from_f(
    f: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    sign: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> Converted:
    """Return Hedges' g from F with 1 and n1 + n2 - 2 df; `sign` is 1 where group 1 is higher."""
    f, sign = aligned(study, f=f, sign=sign)
    refuse(f < 0, study, "F is {f}, but F is not below 0.", f=f)
    _need_sign(sign, study)
    g = smd_from_t(sign * np.sqrt(f), n1, n2, variance=variance, study=study)
    return Converted(g.value, g.se, (F_OF_TWO, SIGN))


def smd_from_p(
    p: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    sign: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> Converted:
    """Return Hedges' g from the exact two-sided p of Student's test; `sign` as in `smd_from_f`."""
    p, n1, n2, sign = aligned(study, p=p, n1=n1, n2=n2, sign=sign)
    need_p(p, study)
    need_people(study, n1=n1, n2=n2)
    _need_sign(sign, study)
    t = -sign * stdtrit(n1 + n2 - 2, p / 2)
    g = smd_from_t(t, n1, n2, variance=variance, study=study)
    return Converted(g.value, g.se, (P_OF_T, SIGN))


def _need_sign(sign: np.ndarray, study: Sequence[str] | None) -> None:
    refuse(
        np.abs(sign) != 1,
        study,
        "the sign is {sign}: declare 1 where group 1 is higher, -1 where it is lower.",
        sign=sign,
    )


def smd_from_mean_difference(
    difference: ArrayLike,
    sd: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Variance = "LS",
    study: Sequence[str] | None = None,
) -> Converted:
    """Return Hedges' g from a mean difference and the pooled standard deviation."""
    difference, sd, n1, n2 = aligned(study, difference=difference, sd=sd, n1=n1, n2=n2)
    need_positive(study, "a standard deviation", sd=sd)
    g = hedges_g(difference / sd, n1, n2, variance=variance, study=study)
    return _converted(g, WITHIN)


def smd_from_regression(
    b: ArrayLike,
    se: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> Converted:
    """Return Hedges' g from the coefficient of treatment in a linear model.

    Parameters
    ----------
    b, se : shape (k,)
        Coefficient of a 0/1 treatment, and its standard error.
    sd : shape (k,)
        Standard deviation of the outcome within groups, from the paper: never the residual one.
    n : shape (k,)
        All people.

    Notes
    -----
    Variance (se / sd)² + g² / 2n: without covariates that of `hedges_g`; with them it keeps the
    precision that adjustment for baseline gave.
    """
    b, se, sd, n = aligned(study, b=b, se=se, sd=sd, n=n)
    need_positive(study, "a standard deviation or standard error", se=se, sd=sd)
    need_people(study, 4, n=n)
    g = small_sample_factor(n - 2) * b / sd
    told = (
        "The coefficient contrasts treated 1 with untreated 0.",
        "The standard deviation is that of the outcome within groups, not the residual one.",
    )
    return Converted(g, np.sqrt((se / sd) ** 2 + g**2 / (2 * n)), told)
