"""Rows about people in general: the mean effect, how far people differ, the next person."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.contrast import Contrast, FTest
from equipoise.analysis.n_of_1.one_stage import ONE_STAGE, one_stage
from equipoise.analysis.n_of_1.paired_cycles import paired_fit, within_variance
from equipoise.analysis.n_of_1.random_effects import (
    HARTUNG_KNAPP,
    PREDICTION,
    Q_PROFILE,
    RandomEffects,
    random_effects,
    sd_interval,
    welch_test,
)
from equipoise.analysis.n_of_1.uncertain_spread import (
    SHRINKAGE_UNCERTAIN,
    SPREAD_UNCERTAIN,
    uncertain_prediction,
    uncertain_shrinkage,
)
from equipoise.analysis.rows import estimate_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    from equipoise.analysis.n_of_1.cycles import Cycles
    from equipoise.analysis.n_of_1.one_person import OwnEffect

Model = Literal["two-stage", "one-stage"]
Variance = Literal["common", "own"]
Limits = Callable[[float], tuple[float, float]]
SAMPLE = "Participants are a sample of the people spoken of"
NORMAL_PEOPLE = "True effects are normally distributed over people"
ALIKE = "Cycle differences vary alike in all participants"
KNOWN = "Each participant's standard error is taken as known"
T_OF_PEOPLE = "One-sample t of participants' effects"
AT_ZERO = (
    "The spread between people was estimated as 0, the edge of its range. That is no evidence "
    "that everybody responds alike: read the upper limit"
)
TOO_SHORT = (
    "A spread of 0 is within its interval: a prediction that takes the spread as estimated is then "
    "often too narrow. Read the one that does not"
)
EMPTY = (
    "Participants' effects lie closer together than cycles of that variance allow: the Q profile "
    "has no interval. Look whether scores were copied between participants"
)
NOT_ALIKE = "A large p is not evidence that everybody responds alike"
FEW_DF = (
    "Somebody's own variance rests on fewer than 7 degrees of freedom: the interval of the mean is "
    "then too narrow and the spread between people too large. Take a common variance"
)
ENOUGH_DF = 7
NEEDS_SPREAD = ("effect-sd-between-people", "prediction-interval", "interaction-test")


@dataclass(frozen=True, slots=True)
class _Population:
    """A fit, the test that all effects are equal, and what its rows say."""

    fit: RandomEffects
    mean: Contrast
    test: FTest
    common: bool
    method: str
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def population_rows(
    cycles: Cycles,
    effects: Sequence[OwnEffect | None],
    *,
    model: Model,
    variance: Variance,
    level: float,
) -> list[Estimate | Refusal]:
    """Write the mean effect, its spread between people, and shrunken individual effects."""
    try:
        found = _fitted(cycles, effects, model, variance)
    except NotIdentifiedError as error:
        refused = [Refusal(name, str(error)) for name in NEEDS_SPREAD]
        return [*_mean_of_people(cycles, effects, level), *refused]
    rows: list[Estimate | Refusal] = [*_mean_and_spread(found, level), _test(found)]
    rows += _predictions(found, level)
    rows += _shrunken(found, cycles, level)
    unit = f"{cycles.active} minus {cycles.control}"
    return [
        replace(row, unit=row.unit or unit, warnings=found.warnings + row.warnings)
        if isinstance(row, Estimate)
        else row
        for row in rows
    ]


def _fitted(
    cycles: Cycles, effects: Sequence[OwnEffect | None], model: Model, variance: Variance
) -> _Population:
    differences = [person.differences for person in cycles.people]
    if variance == "own":
        return _of_own_variances(effects)
    s2, df = within_variance(differences)
    y = np.array([d.mean() for d in differences])
    sizes = np.array([len(d) for d in differences])
    told = (SAMPLE, NORMAL_PEOPLE, ALIKE)
    equal = random_effects(y, s2 / sizes, tau2=0.0).f_test(df)
    if model == "two-stage":
        fit = random_effects(y, s2 / sizes)
        method = f"{HARTUNG_KNAPP}; one variance of cycles pooled over participants, {df} df"
        return _Population(fit, fit.mean, equal, True, method, told)
    whole = one_stage(differences)
    fit = random_effects(y, whole.cycle_variance / sizes, tau2=whole.tau2)
    fit = replace(fit, mean=whole.mean)
    return _Population(fit, whole.mean, equal, True, ONE_STAGE, told)


def _of_own_variances(effects: Sequence[OwnEffect | None]) -> _Population:
    known = [found.effect for found in effects if found is not None]
    if len(known) < len(effects):
        raise NotIdentifiedError(
            f"{len(effects) - len(known)} participants have too few cycles for a variance of "
            "their own. Take variance='common', or leave them out."
        )
    y, v = [e.estimate for e in known], [e.se**2 for e in known]
    df = [e.df for e in known]
    fit, test = random_effects(y, v), welch_test(y, v, df)
    told = (SAMPLE, NORMAL_PEOPLE, KNOWN)
    few = (FEW_DF,) if min(df) < ENOUGH_DF else ()
    return _Population(fit, fit.mean, test, False, HARTUNG_KNAPP, told, few)


def _mean_of_people(
    cycles: Cycles, effects: Sequence[OwnEffect | None], level: float
) -> Iterator[Estimate | Refusal]:
    """Write the mean alone: it needs people, and no split of the variance of their effects."""
    own = [
        person.differences.mean() if found is None else found.effect.estimate
        for person, found in zip(cycles.people, effects, strict=True)
    ]
    try:
        mean = paired_fit(own).contrast([1.0])
    except NotIdentifiedError as error:
        yield Refusal("mean-effect", str(error))
        return
    row = estimate_row("mean-effect", mean, level=level, method=T_OF_PEOPLE)
    yield replace(row, unit=f"{cycles.active} minus {cycles.control}", assumptions=(SAMPLE,))


def _mean_and_spread(found: _Population, level: float) -> Iterator[Estimate]:
    mean = estimate_row("mean-effect", found.mean, level=level, method=found.method)
    yield replace(
        mean,
        assumptions=found.assumptions,
        estimand="Mean over people of their own effect of treatment",
    )
    low, high = sd_interval(found.fit.tau2_interval(level))
    empty = high == 0  # the effects lie closer together than chance lets them
    warnings = (AT_ZERO,) if found.fit.tau2 == 0 else ()
    yield Estimate(
        "effect-sd-between-people",
        estimate=math.sqrt(found.fit.tau2),
        low=None if empty else low,
        high=None if empty else high,
        level=level,
        method=f"{found.method}; interval by {Q_PROFILE}",
        estimand="Standard deviation over people of their own effect of treatment",
        assumptions=(*found.assumptions, KNOWN),
        warnings=(*warnings, *((EMPTY,) if empty else ())),
    )


def _test(found: _Population) -> Estimate:
    test, common = found.test, found.common
    return Estimate(
        "interaction-test",
        estimate=test.statistic,
        df=test.denominator_df,
        p=test.p,
        unit=f"F with {test.numerator_df:g} and {test.denominator_df:.4g} df",
        estimand="Everybody has the same effect of treatment",
        method="F test of participant by treatment, cycles as error (Fisher 1925)"
        if common
        else "F test of equal effects, variances unequal (Welch 1951)",
        assumptions=tuple(a for a in found.assumptions if a != KNOWN),
        warnings=(NOT_ALIKE,) if test.p >= 0.05 else (),
    )


def _predictions(found: _Population, level: float) -> Iterator[Estimate | Refusal]:
    fit = found.fit
    told = f"{found.method}; "
    short = (TOO_SHORT,) if fit.tau2_interval(level)[0] == 0 else ()
    ways: tuple[tuple[str | None, Limits, str, tuple[str, ...]], ...] = (
        (None, partial(uncertain_prediction, fit.effects, fit.variances), SPREAD_UNCERTAIN, ()),
        ("spread as estimated", fit.prediction_interval, told + PREDICTION, short),
    )
    for label, limits, method, warnings in ways:
        try:
            low, high = limits(level)
        except NotIdentifiedError as error:
            yield Refusal("prediction-interval", str(error), label=label)
            continue
        yield Estimate(
            "prediction-interval",
            label=label,
            estimate=found.mean.estimate,
            low=low,
            high=high,
            level=level,
            method=method,
            estimand="The true effect in one new person of the same kind",
            assumptions=found.assumptions,
            warnings=warnings,
        )


def _shrunken(found: _Population, cycles: Cycles, level: float) -> Iterator[Estimate | Refusal]:
    fit = found.fit
    try:
        low, high = uncertain_shrinkage(fit.effects, fit.variances, level)
    except NotIdentifiedError as error:
        yield Refusal("individual-effect", str(error), label="shrunken")
        return
    for k, person in enumerate(cycles.people):
        yield Estimate(
            "individual-effect",
            label=f"{person.name}, shrunken",
            estimate=fit.shrunken[k],
            low=low[k],
            high=high[k],
            level=level,
            method=SHRINKAGE_UNCERTAIN,
            estimand="This participant's effect, given their cycles and everybody else's",
            assumptions=found.assumptions,
            warnings=(AT_ZERO,) if fit.tau2 == 0 else (),
        )
