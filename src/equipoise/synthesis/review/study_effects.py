"""From the numbers of a study as reported to one effect with its variance.

The only door between study files and effect sizes: every conversion says what it assumes.
The result is arm less comparator in the direction of the outcome's score: where a higher score
is worse, an effect below 0 favours the arm. Ratios come out as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, ndtri

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from equipoise.synthesis.review.study import Study
    from equipoise.synthesis.review.study_numbers import (
        ArmNumbers,
        Higher,
        Measure,
        ReportedEffect,
        StudyOutcome,
    )

RATIOS = ("OR", "RR", "HR", "ROM")


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """One study's effect: `y` and its variance `v`, how they were made, and on what condition."""

    y: float
    v: float
    how: str
    assumptions: tuple[str, ...] = ()


def from_effect(
    effect: ReportedEffect,
    row: StudyOutcome,
    measure: Measure,
    higher: Higher,
    active: str,
    *,
    paired: bool = False,
) -> StudyEffect:
    """Return an effect that was reported as such.

    Parameters
    ----------
    higher
        What a higher score of the outcome means: sets the sign.
    active
        The arm whose effect is asked for.
    paired
        Each person was under both arms: group sizes alone then give no variance.

    Raises
    ------
    NotIdentifiedError
        When it cannot be brought to `measure`, or has no standard error, interval or n.
    """
    if paired and effect.se is None and effect.low is None:
        raise NotIdentifiedError(
            "reports an effect within people without its standard error or interval"
        )
    favours_active = effect.positive_favours == active
    sign = 1.0 if favours_active == (higher == "better") else -1.0
    estimate = log(effect.estimate) if effect.measure in RATIOS else effect.estimate
    if effect.measure == measure:
        y, variance, how, assumed = _same_measure(effect, estimate)
    elif (effect.measure, measure) == ("MD", "SMD"):
        y, variance, how, assumed = _standardised(effect, row)
    else:
        raise NotIdentifiedError(
            f"reports {effect.measure}, and the analysis is of {measure}: no conversion is planned"
        )
    return StudyEffect(sign * y, variance, how, assumed)


def _same_measure(
    effect: ReportedEffect, estimate: float
) -> tuple[float, float, str, tuple[str, ...]]:
    variance, how, assumed = _variance(effect, estimate)
    if effect.measure == "SMD" and effect.uncorrected and effect.n:
        factor = small_sample_factor(sum(effect.n) - 2)
        return factor * estimate, factor**2 * variance, f"{how}; times J", assumed
    return estimate, variance, how, assumed


def _variance(effect: ReportedEffect, estimate: float) -> tuple[float, str, tuple[str, ...]]:
    if effect.se is not None:
        return effect.se**2, f"{effect.measure} and its standard error as reported", ()
    if effect.low is not None and effect.high is not None:
        z = float(ndtri((1 + effect.level) / 2))
        low, high = effect.low, effect.high
        if effect.measure in RATIOS:
            low, high = log(low), log(high)
        se = (high - low) / (2 * z)
        assumed = ("the reported interval is symmetric and normal: se = width / (2 z)",)
        return se**2, f"{effect.measure} and its interval as reported", assumed
    if effect.measure == "SMD" and effect.n is not None:
        n1, n2 = effect.n
        variance = 1 / n1 + 1 / n2 + estimate**2 / (2 * (n1 + n2))
        assumed = ("two independent groups of the reported sizes, with one variance",)
        return variance, "SMD as reported, its variance from the group sizes", assumed
    raise NotIdentifiedError("reports an effect without standard error, interval or group sizes")


def _standardised(
    effect: ReportedEffect, row: StudyOutcome
) -> tuple[float, float, str, tuple[str, ...]]:
    variance, how, assumed = _variance(effect, effect.estimate)
    sd = effect.standardiser or _pooled_sd(row, effect.contrast)
    if sd is None:
        raise NotIdentifiedError(
            "reports a mean difference, and neither a standardiser nor both arms' SDs"
        )
    more = f"divided by the SD {sd:.4g}, taken as known (Cochrane Handbook, 6.5)"
    return effect.estimate / sd, variance / sd**2, f"{how}; {more}", assumed


def _pooled_sd(row: StudyOutcome, contrast: tuple[str, str]) -> float | None:
    arms = {numbers.arm: numbers for numbers in row.arms if not numbers.is_change}
    pair = [arms.get(name) for name in contrast]
    sds = [numbers.sd for numbers in pair if numbers is not None and numbers.sd is not None]
    if len(sds) != 2:
        return None
    sizes = [numbers.n for numbers in pair if numbers is not None and numbers.n is not None]
    if len(sizes) != 2:  # equal weight: the sizes are not reported
        return sqrt((sds[0] ** 2 + sds[1] ** 2) / 2)
    df = [n - 1 for n in sizes]
    return sqrt((df[0] * sds[0] ** 2 + df[1] * sds[1] ** 2) / sum(df))


def from_arms(
    pair: tuple[ArmNumbers, ArmNumbers], row: StudyOutcome, study: Study, measure: Measure,
    higher: Higher,
) -> StudyEffect:  # fmt: skip
    """Return the effect of the first arm against the second, from what is reported of each.

    Raises
    ------
    NotIdentifiedError
        When what is reported does not suffice; says what is missing.
    """
    sign = 1.0 if row.higher == higher else -1.0
    if measure in ("OR", "RR", "RD"):
        found = _from_counts(pair, measure)
        return StudyEffect(sign * found.y, found.v, found.how, found.assumptions)
    if measure not in ("MD", "SMD"):
        raise NotIdentifiedError(f"{measure} is taken as reported, not computed from arms")
    paired = is_paired(study, row)
    mean, sd, n, assumed = _moments(pair)
    if paired:
        found = _paired(mean, sd, n, row.correlation, measure)
    else:
        found = _independent(mean, sd, n, measure)
    note = ("the change from baseline has the SD reported",) if pair[0].is_change else ()
    return StudyEffect(sign * found.y, found.v, found.how, (*assumed, *note, *found.assumptions))


def is_paired(study: Study, row: StudyOutcome) -> bool:
    """Whether each person was under both arms, by the outcome or else by the study's design."""
    if row.design is not None:
        return row.design == "paired"
    return study.design.kind == "crossover"


def _moments(
    pair: tuple[ArmNumbers, ArmNumbers],
) -> tuple[list[float], list[float], list[int], tuple[str, ...]]:
    if pair[0].is_change != pair[1].is_change:
        raise NotIdentifiedError("reports a change in one arm and an end score in the other")
    mean, sd, n, assumed = [], [], [], []
    for arm in pair:
        if arm.mean is None or arm.n is None or (arm.sd is None and arm.se is None):
            raise NotIdentifiedError(f"reports no mean, SD and n of {arm.arm}")
        mean.append(arm.mean)
        n.append(arm.n)
        if arm.sd is None and arm.se is not None:
            sd.append(arm.se * sqrt(arm.n))
            assumed.append(f"SD of {arm.arm} = se × √n")
        elif arm.sd is not None:
            sd.append(arm.sd)
    return mean, sd, n, tuple(assumed)


def _independent(mean: list[float], sd: list[float], n: list[int], measure: str) -> StudyEffect:
    difference = mean[0] - mean[1]
    if measure == "MD":
        variance = sd[0] ** 2 / n[0] + sd[1] ** 2 / n[1]
        return StudyEffect(difference, variance, "mean difference from means, SDs and n")
    if min(n) < 2:
        raise NotIdentifiedError("has an arm of one person: there is no SD to divide by")
    df = n[0] + n[1] - 2
    pooled = sqrt(((n[0] - 1) * sd[0] ** 2 + (n[1] - 1) * sd[1] ** 2) / df)
    g = small_sample_factor(df) * difference / pooled
    variance = 1 / n[0] + 1 / n[1] + g**2 / (2 * (n[0] + n[1]))
    return StudyEffect(g, variance, "Hedges' g from means, SDs and n (Hedges 1981)")


def _paired(
    mean: list[float], sd: list[float], n: list[int], r: float | None, measure: str
) -> StudyEffect:
    if r is None:
        raise NotIdentifiedError(
            "each person was under both conditions: the variance needs `correlation`, the "
            "correlation of the two conditions, or a paired effect as reported"
        )
    people, difference = min(n), mean[0] - mean[1]
    assumed = (f"the correlation of the two conditions is {r:g}",)
    if measure == "MD":
        variance = (sd[0] ** 2 + sd[1] ** 2 - 2 * r * sd[0] * sd[1]) / people
        return StudyEffect(difference, variance, "paired mean difference", assumed)
    d = difference / sqrt((sd[0] ** 2 + sd[1] ** 2) / 2)
    factor = small_sample_factor(people - 1)
    variance = (1 / people + d**2 / (2 * people)) * 2 * (1 - r)
    how = "paired standardised mean difference (Borenstein et al. 2009, eq. 4.28)"
    return StudyEffect(factor * d, factor**2 * variance, how, assumed)


def _from_counts(pair: tuple[ArmNumbers, ArmNumbers], measure: str) -> StudyEffect:
    events, totals = [], []
    for arm in pair:
        if arm.events is None or arm.total is None:
            raise NotIdentifiedError(f"reports no events of {arm.arm}")
        events.append(float(arm.events))
        totals.append(float(arm.total))
    a, c = events
    b, d = totals[0] - a, totals[1] - c
    if measure == "RD":
        p, q = a / totals[0], c / totals[1]
        variance = p * (1 - p) / totals[0] + q * (1 - q) / totals[1]
        if variance <= 0:
            raise NotIdentifiedError("has no event in either arm: its variance would be 0")
        return StudyEffect(p - q, variance, "risk difference from counts")
    if (a == 0 and c == 0) or (b == 0 and d == 0):
        raise NotIdentifiedError("has the same risk of 0 or 1 in both arms: no ratio")
    assumed: tuple[str, ...] = ()
    if min(a, b, c, d) == 0:
        a, b, c, d = (cell + 0.5 for cell in (a, b, c, d))
        assumed = ("a cell is 0: ½ is added to each cell of this study",)
    if measure == "OR":
        y, variance = log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
        return StudyEffect(y, variance, "log odds ratio from counts", assumed)
    y = log(a / (a + b)) - log(c / (c + d))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return StudyEffect(y, variance, "log risk ratio from counts", assumed)


def small_sample_factor(df: float) -> float:
    """Return J, the exact factor that makes d unbiased (Hedges 1981, J Educ Stat 6:107-128)."""
    half = df / 2
    return float(np.exp(gammaln(half) - gammaln(half - 0.5) - np.log(half) / 2))
