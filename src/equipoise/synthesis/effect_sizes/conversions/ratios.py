"""Log ratios from published ratios and their intervals; odds ratios and SMDs into each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    aligned,
    need_correlation,
    need_people,
    need_positive,
    refuse,
)
from equipoise.synthesis.effect_sizes.conversions.converted import Converted
from equipoise.synthesis.effect_sizes.conversions.spread import (
    ASYMMETRY,
    critical,
    need_p,
    se_from_p,
)

LOGISTIC = np.pi / np.sqrt(3)
"""The standard deviation of the logistic distribution."""

CUT = (
    "The event is a cut through scores that are logistic with one spread in both groups, so that "
    "log odds ratio = SMD x pi / sqrt(3)."
)


def log_ratio_from_interval(
    ratio: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    level: float = 0.95,
    asymmetry: float = ASYMMETRY,
    study: Sequence[str] | None = None,
) -> Converted:
    """Return the log of a ratio (odds, risk, rate, hazard) and its standard error.

    Parameters
    ----------
    ratio, low, high : shape (k,)
        As printed, not logarithms.
    asymmetry
        Largest distance of the log ratio from the middle of the log interval, in half-widths:
        rounding explains little more than the default.

    Raises
    ------
    DataError
        For numbers that are not above 0 (logarithms already?), an interval that does not hold
        its ratio, or that is symmetric on the wrong scale.

    Examples
    --------
    >>> print(log_ratio_from_interval(0.72, 0.55, 0.94))
    -0.328504 (se 0.136727)
    Assumes: The 95% interval is symmetric on the log scale (Wald).
    """
    ratio, low, high = aligned(study, ratio=ratio, low=low, high=high)
    need_positive(
        study, "a ratio (give ratios, not their logarithms)", ratio=ratio, low=low, high=high
    )
    shown = {"e": ratio, "low": low, "high": high}
    refuse(low >= high, study, "the interval from {low} to {high} is empty.", **shown)
    outside = (ratio < low) | (ratio > high)
    refuse(outside, study, "the interval {low} to {high} does not hold its ratio {e}.", **shown)
    y, bottom, top = np.log(ratio), np.log(low), np.log(high)
    away = np.abs(y - (bottom + top) / 2) / ((top - bottom) / 2)
    refuse(
        away > asymmetry,
        study,
        "{e} is not in the middle of {low} to {high} on the log scale, as a ratio's interval is. "
        "Is it a difference, or an exact or bootstrap interval (then "
        "give `log_ratio` and `log_ratio_se` instead, or in Python raise `asymmetry`)?",
        **shown,
    )
    told = (f"The {100 * level:g}% interval is symmetric on the log scale (Wald).",)
    return Converted(y, np.asarray((top - bottom) / (2 * critical(level, None))), told)


def log_ratio_from_p(
    ratio: ArrayLike, p: ArrayLike, *, study: Sequence[str] | None = None
) -> Converted:
    """Return the log of a ratio, its standard error from an exact two-sided p value."""
    ratio, p = aligned(study, ratio=ratio, p=p)
    need_positive(study, "a ratio (give ratios, not their logarithms)", ratio=ratio)
    need_p(p, study)
    y = np.log(ratio)
    told = ("p is exact, two-sided, and of a normal test of the log ratio.",)
    return Converted(y, se_from_p(y, p, study=study), told)


def smd_from_log_odds_ratio(
    y: ArrayLike, se: ArrayLike, *, study: Sequence[str] | None = None
) -> Converted:
    """Return an SMD from a log odds ratio, sqrt(3) / pi times it.

    References
    ----------
    Hasselblad & Hedges (1995), Psychol Bull 117:167-178. doi:10.1037/0033-2909.117.1.167
    Chinn (2000), Stat Med 19:3127-3131.
    """
    y, se = aligned(study, y=y, se=se)
    return Converted(y / LOGISTIC, se / LOGISTIC, (CUT,))


def log_odds_ratio_from_smd(
    d: ArrayLike, se: ArrayLike, *, study: Sequence[str] | None = None
) -> Converted:
    """Return a log odds ratio from an SMD, pi / sqrt(3) times it."""
    d, se = aligned(study, d=d, se=se)
    return Converted(d * LOGISTIC, se * LOGISTIC, (CUT,))


def smd_from_correlation(
    r: ArrayLike, n: ArrayLike, *, study: Sequence[str] | None = None
) -> Converted:
    """Return d = 2r / sqrt(1 - r²) from the correlation of two continuous variables.

    References
    ----------
    Borenstein, Hedges, Higgins & Rothstein (2009), Introduction to Meta-Analysis, chapter 7.
    """
    r, n = aligned(study, r=r, n=n)
    need_correlation(study, r)
    need_people(study, 4, n=n)
    se = 2 / np.sqrt((n - 1) * (1 - r**2))
    told = (
        "One variable was cut into two groups of equal size; both are normal. The correlation "
        "is of the variables before the cut.",
    )
    return Converted(2 * r / np.sqrt(1 - r**2), se, told)


def correlation_from_smd(
    d: ArrayLike, se: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, study: Sequence[str] | None = None
) -> Converted:
    """Return r = d / sqrt(d² + (n1 + n2)² / (n1 n2)); as `smd_from_correlation`."""
    d, se, n1, n2 = aligned(study, d=d, se=se, n1=n1, n2=n2)
    a = (n1 + n2) ** 2 / (n1 * n2)
    told = ("The groups are the halves of a continuous variable, cut where their sizes say.",)
    return Converted(d / np.sqrt(d**2 + a), a * se / (d**2 + a) ** 1.5, told)
