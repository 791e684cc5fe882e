"""From contrasts to rows of the result: intervals, units and their direction."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from equipoise.analysis.ancova import Ancova
    from equipoise.analysis.contrast import Contrast
    from equipoise.instruments import Instrument


def estimate_row(
    name: str,
    effect: Contrast,
    *,
    level: float,
    label: str | None = None,
    arm: str | None = None,
    unit: str | None = None,
    method: str | None = None,
) -> Estimate:
    """Write a contrast as a row of the result."""
    low, high = effect.interval(level)
    return Estimate(
        name,
        label=label,
        arm=arm,
        estimate=effect.estimate,
        se=effect.se,
        low=low,
        high=high,
        level=level,
        df=effect.df if isfinite(effect.df) else None,
        p=effect.p,
        unit=unit,
        method=method,
    )


def ancova_rows(result: Ancova, *, level: float) -> tuple[Estimate, ...]:
    """Write contrasts, adjusted means and the test that all arms are equal."""
    contrasts = (
        estimate_row("total-effect", effect, level=level, label=arm, arm=arm)
        for arm, effect in result.contrasts.items()
    )
    means = (
        replace(estimate_row("adjusted-mean", mean, level=level, label=arm, arm=arm), p=None)
        for arm, mean in result.adjusted_means.items()
    )
    test = result.group_test
    group = Estimate(
        "group-f-test",
        estimate=test.statistic,
        df=test.denominator_df,
        p=test.p,
        unit=f"F with {test.numerator_df:g} and {test.denominator_df:g} degrees of freedom",
        estimand="All arms have the same mean at equal covariates",
    )
    return (*contrasts, *means, group)


def effect_unit(
    instrument: Instrument, active: str, control: str, *, unit: str | None = None
) -> str:
    """Say the unit of a difference and which side of 0 is good: a reader must not guess it."""
    side = {"better": "above", "worse": "below"}.get(instrument.higher)
    reading = f"{side} 0 favours {active}" if side else f"{active} minus {control}"
    return f"{unit or instrument.unit} ({reading})"
