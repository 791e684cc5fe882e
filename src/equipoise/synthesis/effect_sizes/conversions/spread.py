"""Standard deviations and standard errors from what stands in their place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import (
    FloatArray,
    aligned,
    need_correlation,
    need_people,
    need_positive,
    refuse,
)

ASYMMETRY = 0.15
"""How far, in half-widths, an estimate may lie from the middle of its interval by rounding."""


def sd_from_se(se: ArrayLike, n: ArrayLike, *, study: Sequence[str] | None = None) -> FloatArray:
    """Return the standard deviation of n people from the standard error of their mean."""
    se, n = aligned(study, se=se, n=n)
    need_positive(study, "a standard error", se=se)
    need_people(study, n=n)
    return se * np.sqrt(n)


def sd_from_interval(
    low: ArrayLike,
    high: ArrayLike,
    n: ArrayLike,
    *,
    level: float = 0.95,
    study: Sequence[str] | None = None,
) -> FloatArray:
    """Return the standard deviation from the confidence interval of a mean, t with n - 1 df."""
    low, high, n = aligned(study, low=low, high=high, n=n)
    need_people(study, n=n)
    return se_from_interval(low, high, level=level, df=n - 1, study=study) * np.sqrt(n)


def pooled_sd_from_se(
    se: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, study: Sequence[str] | None = None
) -> FloatArray:
    """Return the standard deviation within groups from the standard error of their difference."""
    se, n1, n2 = aligned(study, se=se, n1=n1, n2=n2)
    need_positive(study, "a standard error", se=se)
    need_people(study, n1=n1, n2=n2)
    return se / np.sqrt(1 / n1 + 1 / n2)


def sd_of_change(
    sd_baseline: ArrayLike, sd_end: ArrayLike, r: ArrayLike, *, study: Sequence[str] | None = None
) -> FloatArray:
    """Return the standard deviation of changes from those before and after, correlated by r.

    References
    ----------
    Cochrane Handbook for Systematic Reviews of Interventions, section 6.5.2.8.
    """
    before, after, r = aligned(study, sd_baseline=sd_baseline, sd_end=sd_end, r=r)
    need_positive(study, "a standard deviation", sd_baseline=before, sd_end=after)
    need_correlation(study, r)
    return np.sqrt(before**2 + after**2 - 2 * r * before * after)


def correlation_from_sds(
    sd_baseline: ArrayLike,
    sd_end: ArrayLike,
    sd_change: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> FloatArray:
    """Return the correlation of two measurements from the three standard deviations."""
    before, after, change = aligned(
        study, sd_baseline=sd_baseline, sd_end=sd_end, sd_change=sd_change
    )
    need_positive(study, "a standard deviation", sd_baseline=before, sd_end=after, sd_change=change)
    r = (before**2 + after**2 - change**2) / (2 * before * after)
    refuse(
        np.abs(r) > 1,
        study,
        "no correlation gives changes a standard deviation of {change} when it is {before} before "
        "and {after} after. Look whether one of them is a standard error.",
        change=change,
        before=before,
        after=after,
    )
    return r


def critical(level: float, df: FloatArray | None) -> FloatArray | float:
    """Return the quantile that makes an interval of that level, normal or t.

    Raises
    ------
    DataError
        When the level is not between 0 and 1 (95 per cent is 0.95).
    """
    if not 0 < level < 1:
        raise DataError(f"A level lies between 0 and 1: 95% is 0.95. Got {level:g}.")
    upper = (1 + level) / 2
    return float(ndtri(upper)) if df is None else np.asarray(stdtrit(df, upper))


def se_from_interval(
    low: ArrayLike,
    high: ArrayLike,
    *,
    estimate: ArrayLike | None = None,
    level: float = 0.95,
    df: ArrayLike | None = None,
    asymmetry: float = ASYMMETRY,
    study: Sequence[str] | None = None,
) -> FloatArray:
    """Return standard errors from intervals that are estimate ± quantile x se.

    Parameters
    ----------
    low, high : shape (k,)
    estimate : shape (k,), optional
        Then it must lie in the interval, and in its middle.
    df : shape (k,), optional
        Of the t distribution; normal by default.
    asymmetry
        Largest distance of the estimate from the middle, in half-widths.

    Raises
    ------
    DataError
        For an interval that is empty, does not hold its estimate, or is lopsided.

    Examples
    --------
    >>> se_from_interval(-5.1, -1.3, estimate=-3.2).round(4)
    array([0.9694])
    """
    low, high = aligned(study, low=low, high=high)
    refuse(low >= high, study, "the interval from {low} to {high} is empty.", low=low, high=high)
    if estimate is not None:
        (estimate,) = aligned(study, estimate=estimate)
        need_middle(estimate, low, high, asymmetry=asymmetry, study=study)
    freedom = None if df is None else np.asarray(df, dtype=np.float64)
    return np.asarray((high - low) / (2 * critical(level, freedom)))


def need_middle(
    estimate: FloatArray,
    low: FloatArray,
    high: FloatArray,
    *,
    asymmetry: float,
    study: Sequence[str] | None,
) -> None:
    """Refuse estimates outside their interval, or far from its middle."""
    shown = {"e": estimate, "low": low, "high": high}
    outside = (estimate < low) | (estimate > high)
    refuse(outside, study, "the interval {low} to {high} does not hold its estimate {e}.", **shown)
    away = np.abs(estimate - (low + high) / 2) / ((high - low) / 2)
    refuse(
        away > asymmetry,
        study,
        "{e} is not in the middle of {low} to {high}, as the interval of a difference is. Is it a "
        "ratio (then take its logarithm), or an interval by bootstrap or profile likelihood "
        "(then give its standard error, or in Python raise `asymmetry`, and say so)?",
        **shown,
    )


def se_from_p(
    estimate: ArrayLike,
    p: ArrayLike,
    *,
    df: ArrayLike | None = None,
    study: Sequence[str] | None = None,
) -> FloatArray:
    """Return the standard error from a two-sided p value of no effect, normal or t.

    The p value must be exact: "p < 0.05" is a bound, and gives a bound only.

    Raises
    ------
    DataError
        When p is not above 0 and below 1, or the estimate is 0.
    """
    estimate, p = aligned(study, estimate=estimate, p=p)
    need_p(p, study)
    refuse(estimate == 0, study, "an effect of 0 with a p value below 1 has no standard error.")
    tail = p / 2
    z = -ndtri(tail) if df is None else -stdtrit(np.asarray(df, dtype=np.float64), tail)
    return np.asarray(np.abs(estimate) / z)


def need_p(p: FloatArray, study: Sequence[str] | None) -> None:
    """Refuse p values that say nothing about a statistic."""
    refuse(
        (p <= 0) | (p >= 1),
        study,
        "p is {p}: an exact two-sided p value lies above 0 and below 1. A bound such as p < 0.001 "
        "does not give the statistic: look for an interval or a t value.",
        p=p,
    )
