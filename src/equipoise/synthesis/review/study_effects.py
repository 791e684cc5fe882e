"""From the numbers of a study as reported to one effect with its variance.

The only door between study files and effect sizes: every conversion says what it assumes.
The result is arm less comparator in the direction of the outcome's score: where a higher score
is worse, an effect below 0 favours the arm. Ratios come out as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, log, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effect_sizes import NOTHING, ROADS
from equipoise.synthesis.effect_sizes.roads import Settings
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor
from equipoise.synthesis.effect_sizes.two_by_two import risk_difference

if TYPE_CHECKING:
    from equipoise.synthesis.review.study import Study
    from equipoise.synthesis.review.study_numbers import (
        ArmNumbers,
        Higher,
        Measure,
        ReportedEffect,
        StudyOutcome,
    )

LEVEL = 0.95
"""Of intervals of arms; study files hold none, so no road that needs it is taken."""
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
        factor = float(small_sample_factor(sum(effect.n) - 2))
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
    pair: tuple[ArmNumbers, ArmNumbers],
    row: StudyOutcome,
    study: Study,
    measure: Measure,
    higher: Higher,
) -> StudyEffect:
    """Return the effect of the first arm against the second, from what is reported of each.

    Raises
    ------
    NotIdentifiedError
        When what is reported does not suffice; says what is missing.
    """
    sign = 1.0 if row.higher == higher else -1.0
    if measure not in ("MD", "SMD", "OR", "RR", "RD"):
        raise NotIdentifiedError(f"{measure} is taken as reported, not computed from arms")
    if pair[0].is_change != pair[1].is_change:
        raise NotIdentifiedError("reports a change in one arm and an end score in the other")
    if measure in ("OR", "RR", "RD"):
        found = _of_counts(pair, measure)
    elif is_paired(study, row):
        found = _paired(pair, row.correlation, measure)
    else:
        found = _independent(pair, measure)
    return StudyEffect(sign * found.y, found.v, found.how, found.assumptions)


def is_paired(study: Study, row: StudyOutcome) -> bool:
    """Whether each person was under both arms, by the outcome or else by the study's design."""
    if row.design is not None:
        return row.design == "paired"
    return study.design.kind == "crossover"


def _sd(arm: ArmNumbers) -> float | None:
    if arm.sd is None and arm.se is not None and arm.n is not None:
        return arm.se * sqrt(arm.n)
    return arm.sd


def _se_to_sd(pair: tuple[ArmNumbers, ArmNumbers]) -> tuple[str, ...]:
    return tuple(
        f"SD of {arm.arm} = se × √n" for arm in pair if arm.sd is None and arm.se is not None
    )


def _independent(pair: tuple[ArmNumbers, ArmNumbers], measure: Measure) -> StudyEffect:
    columns: dict[str, float | None] = {}
    for number, arm in enumerate(pair, start=1):
        mean, sd = ("change", "change_sd") if arm.is_change else ("mean", "sd")
        columns |= {f"{mean}{number}": arm.mean, f"{sd}{number}": _sd(arm), f"n{number}": arm.n}
        columns |= {f"q1_{number}": arm.q1, f"median{number}": arm.median, f"q3_{number}": arm.q3}
    lacking = [arm.arm for arm in pair if not _summarised(arm)]
    if lacking:
        raise NotIdentifiedError(f"reports no mean, SD and n of {' and '.join(lacking)}")
    y, v, how, assumed = _reported(columns, measure)
    return StudyEffect(y, v, how, (*_se_to_sd(pair), *assumed))


def _summarised(arm: ArmNumbers) -> bool:
    means = arm.mean is not None and _sd(arm) is not None
    quartiles = None not in (arm.q1, arm.median, arm.q3)
    return arm.n is not None and (means or quartiles)


def _of_counts(pair: tuple[ArmNumbers, ArmNumbers], measure: Measure) -> StudyEffect:
    columns: dict[str, float | None] = {}
    for number, arm in enumerate(pair, start=1):
        if arm.events is None or arm.total is None:
            raise NotIdentifiedError(f"reports no events of {arm.arm}")
        columns |= {f"events{number}": arm.events, f"total{number}": arm.total}
    shares = {(arm.events or 0) / (arm.total or 1) for arm in pair}
    if len(shares) == 1 and shares <= {0.0, 1.0}:
        raise NotIdentifiedError("has the same risk of 0 or 1 in both arms")
    if measure == "RD":
        y, v = risk_difference(*columns.values(), zero=NOTHING)  # type: ignore[arg-type]
        if not v[0] > 0:
            raise NotIdentifiedError("has risks of 0 and 1: the variance of their difference is 0")
        return StudyEffect(float(y[0]), float(v[0]), "risk difference from counts")
    found, variance, how, assumed = _reported(columns, measure)
    empty = any(arm.events in (0, arm.total) for arm in pair)
    told = ("a cell is 0: ½ is added to each cell of this study",) if empty else ()
    return StudyEffect(found, variance, how, (*told, *assumed))


def _reported(
    columns: dict[str, float | None], measure: Measure
) -> tuple[float, float, str, tuple[str, ...]]:
    """Take one study by the best road that its numbers allow, as `from_reported` takes a table."""
    given = {n: np.array([x], np.float64) for n, x in columns.items() if x is not None}
    road = next((r for r in ROADS[measure] if all(need in given for need in r.needs)), None)
    if road is None:
        raise NotIdentifiedError(f"reports too little for {measure}")
    try:
        arrived = road.walk(measure, given, Settings(LEVEL, {}, ["the study"]))
    except DataError as error:
        raise NotIdentifiedError(str(error)) from None
    y, v = float(arrived.effect.y[0]), float(arrived.effect.v[0])
    if not (isfinite(y) and isfinite(v)):
        raise NotIdentifiedError(f"has no finite {measure}")
    return y, v, f"{measure} from {road.source}", (*arrived.assumptions, *arrived.warnings)


def _paired(pair: tuple[ArmNumbers, ArmNumbers], r: float | None, measure: Measure) -> StudyEffect:
    """Return an effect within people (Borenstein et al. 2009, ch. 4)."""
    if r is None:
        raise NotIdentifiedError(
            "each person was under both conditions: the variance needs `correlation`, the "
            "correlation of the two conditions, or a paired effect as reported"
        )
    one, other = pair
    sds = (_sd(one), _sd(other))
    if one.mean is None or other.mean is None or sds[0] is None or sds[1] is None:
        raise NotIdentifiedError("reports no mean and SD of each condition")
    people, difference = min(one.n or 0, other.n or 0), one.mean - other.mean
    if people < 2:
        raise NotIdentifiedError("does not report how many people were under both conditions")
    assumed = (f"the correlation of the two conditions is {r:g}", *_se_to_sd(pair))
    if measure == "MD":
        variance = (sds[0] ** 2 + sds[1] ** 2 - 2 * r * sds[0] * sds[1]) / people
        return StudyEffect(difference, variance, "paired mean difference", assumed)
    d = difference / sqrt((sds[0] ** 2 + sds[1] ** 2) / 2)
    factor = float(small_sample_factor(people - 1))
    v = factor**2 * (1 / people + d**2 / (2 * people)) * 2 * (1 - r)
    how = "paired standardised mean difference (Borenstein et al. 2009, eq. 4.28)"
    return StudyEffect(factor * d, v, how, assumed)
