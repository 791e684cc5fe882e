"""Rows of the result of a crossover: what each number speaks of, assumes and does not say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.crossover.period_model import PERIOD_MODEL
from equipoise.analysis.crossover.two_by_two import PERIOD_ADJUSTED
from equipoise.analysis.crossover.two_by_two_binary import MAINLAND_GART, MCNEMAR, PRESCOTT
from equipoise.analysis.mixed_model import BOUNDARY_WARNING
from equipoise.analysis.rows import estimate_row
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from equipoise.analysis.crossover.crossover_table import CrossoverTable
    from equipoise.analysis.crossover.period_model import PeriodModel
    from equipoise.analysis.crossover.two_by_two import TwoByTwo
    from equipoise.analysis.crossover.two_by_two_binary import BinaryCrossover

NO_CARRY_OVER = (
    "Nothing of one treatment carries over into the next period: washout was long enough"
)
FIRST_ORDER = (
    "What carries over lasts one period and is the same whatever treatment it carries into"
)
ALIKE = "Periods affect everybody alike, and variances do not depend on treatment"
RANDOM = "Whether a period is missing depends only on what the model holds"
BOTH_ORDERS = "The order of treatments was randomised"
CARRY_OVER_TOLD = (
    "Carry-over is shown as information. Do not choose the analysis by this test: the two-stage "
    "procedure is invalid (Freeman 1989)"
)
BETWEEN_PEOPLE = (
    "In an AB/BA trial carry-over is seen only between people: a large p says little of it"
)
FIRST_PERIOD = (
    "In an AB/BA trial with carry-over in the model the effect is that of the first period alone: "
    "a comparison between people"
)
COMPONENTS_KNOWN = "degrees of freedom within participants (between-within)"


def paired_rows(
    result: TwoByTwo, table: CrossoverTable, *, level: float, label: str | None
) -> tuple[Estimate, ...]:
    """Write treatment, period, carry-over and the standard deviation within participants."""
    control, active = table.treatments
    second, first = table.periods[1], table.periods[0]
    assumptions = (NO_CARRY_OVER, BOTH_ORDERS, ALIKE)
    rows = [
        estimate_row("treatment-effect", result.treatment, level=level, label=label),
        estimate_row("period-effect", result.period, level=level, label=_after(second, first)),
    ]
    rows[0] = replace(rows[0], unit=f"{active} minus {control}", estimand=_effect(active, control))
    rows[1] = replace(rows[1], unit="outcome units")
    if result.carry_over is not None:
        rows.append(
            replace(
                estimate_row("carry-over", result.carry_over, level=level),
                unit=f"what {active} leaves minus what {control} leaves",
                warnings=(CARRY_OVER_TOLD, BETWEEN_PEOPLE),
                method="Two-sample t of the sums of both periods (Hills & Armitage 1979)",
            )
        )
    rows.append(_within_sd(result.within_sd, result.df, level))
    return tuple(
        replace(
            row,
            method=row.method or _adjusted(label),
            assumptions=assumptions if row.name != "carry-over" else (BOTH_ORDERS, ALIKE),
        )
        for row in rows
    )


def model_rows(
    model: PeriodModel, table: CrossoverTable, *, level: float, df: str
) -> Iterator[Estimate]:
    """Write each treatment against control, each period against the first, and carry-over."""
    carries = bool(model.carry_over)
    method = f"{PERIOD_MODEL}{', first-order carry-over' if carries else ''}; " + (
        "Satterthwaite df (Kuznetsova et al. 2017)" if df == "satterthwaite" else COMPONENTS_KNOWN
    )
    method += f"; {model.fit.rows} rows of {model.fit.clusters} people"
    edge = (BOUNDARY_WARNING,) if model.fit.boundary else ()
    several = len(model.treatments) > 1
    two = table.is_two_by_two
    for name, effect in model.treatments.items():
        row = estimate_row("treatment-effect", effect, level=level, label=name if several else None)
        price: tuple[str, ...] = (_priced(name, model.price[name]),) if carries else ()
        price += (FIRST_PERIOD,) if carries and two else ()
        unit, estimand = f"{name} minus {table.control}", _effect(name, table.control)
        row = replace(row, arm=name if several else None, unit=unit, estimand=estimand)
        yield _of_model(row, method, carries, (*edge, *price))
    for period, effect in model.periods.items():
        label = _after(period, table.periods[0])
        row = estimate_row("period-effect", effect, level=level, label=label)
        yield _of_model(replace(row, unit="outcome units"), method, carries, edge)
    told = (CARRY_OVER_TOLD, BETWEEN_PEOPLE) if two else (CARRY_OVER_TOLD,)
    for name, effect in model.carry_over.items():
        row = estimate_row("carry-over", effect, level=level, label=name if several else None)
        unit = f"what {name} leaves minus what {table.control} leaves"
        row = replace(row, unit=unit, arm=name if several else None)
        yield _of_model(row, method, carries, (*edge, *told))
    spread = model.fit.variance_covariance[1, 1]
    sd = _within_sd(math.sqrt(model.fit.s2), 2 * model.fit.s2**2 / float(spread), level)
    yield _of_model(sd, method, carries, edge)


def binary_rows(
    difference: TwoByTwo, result: BinaryCrossover | None, table: CrossoverTable, *, level: float
) -> Iterator[Estimate]:
    """Write the difference in risk, the odds ratio, and the tests of preference."""
    control, active = table.treatments
    told = (NO_CARRY_OVER, BOTH_ORDERS)
    for row in paired_rows(difference, table, level=level, label="risk difference")[:2]:
        unit = f"probability, {active} minus {control}" if row.unit != "outcome units" else None
        yield replace(row, unit=unit or "probability", assumptions=told)
    if result is not None:
        yield from _preferences(result, table, level=level, told=told)


def _preferences(
    result: BinaryCrossover, table: CrossoverTable, *, level: float, told: tuple[str, ...]
) -> Iterator[Estimate]:
    active, control = table.treatments[1], table.control
    yield Estimate(
        "treatment-effect",
        label="odds ratio",
        estimate=result.odds_ratio if 0 < result.odds_ratio < math.inf else None,
        low=result.low,
        high=result.high if math.isfinite(result.high) else None,
        level=level,
        p=result.mainland_gart_p,
        unit=f"odds of 1 under {active} over {control}, within a participant",
        method=MAINLAND_GART,
        assumptions=told,
        warnings=_one_sided(result),
    )
    counts = result.preferences
    for_active = counts[0, 0] + counts[1, 2]
    decided = int(counts[:, [0, 2]].sum())
    tests = {
        "Mainland-Gart": (result.mainland_gart_p, MAINLAND_GART),
        "Prescott": (result.prescott_p, PRESCOTT),
        "McNemar": (result.mcnemar_p, MCNEMAR),
    }
    for label, (p, method) in tests.items():
        yield Estimate(
            "preference-test",
            label=label,
            estimate=for_active,
            p=p,
            unit=f"participants better on {active}, of {decided} better on one",
            method=method,
            assumptions=told if label != "McNemar" else (*told, "There is no period effect"),
        )


def sequence_means(table: CrossoverTable, *, level: float, binary: bool) -> Iterator[Estimate]:
    """Write the mean of each sequence in each period, of the people seen there."""
    for (sequence, period), rows in table.frame.groupby(["sequence", "period"]):
        y = rows["outcome"].to_numpy(dtype=np.float64)
        spread = float(y.std(ddof=1)) if len(y) > 1 and not binary else 0.0
        row = Estimate("sequence-mean", estimate=float(y.mean()))
        if spread > 0:
            mean = Contrast(float(y.mean()), spread / math.sqrt(len(y)), len(y) - 1.0)
            row = replace(estimate_row("sequence-mean", mean, level=level), p=None)
        yield replace(
            row,
            label=f"{sequence}, period {_plain(period)}",
            arm=str(rows["treatment"].iloc[0]),
            unit="probability" if binary else "outcome units",
            estimand=f"Mean of the {len(y)} participant(s) of the sequence seen in that period",
        )


def _of_model(row: Estimate, method: str, carries: bool, warnings: tuple[str, ...]) -> Estimate:
    assumptions = (FIRST_ORDER if carries else NO_CARRY_OVER, BOTH_ORDERS, ALIKE, RANDOM)
    return replace(row, method=method, assumptions=assumptions, warnings=warnings)


def _within_sd(sd: float, df: float, level: float) -> Estimate:
    tail = (1 - level) / 2
    low, high = (sd * math.sqrt(df / float(chdtri(df, p))) for p in (tail, 1 - tail))
    return Estimate(
        "within-person-sd",
        estimate=sd,
        low=low,
        high=high,
        level=level,
        df=df,
        unit="outcome units",
        estimand="Standard deviation of one measurement about its participant's own level",
    )


def _effect(active: str, control: str) -> str:
    return f"Mean outcome under {active} minus under {control} in the same participants"


def _after(period: object, first: object) -> str:
    return f"period {_plain(period)} minus period {_plain(first)}"


def _plain(period: object) -> str:
    number = isinstance(period, (float, np.floating)) or str(period).endswith(".0")
    return f"{float(str(period)):g}" if number else str(period)


def _adjusted(label: str | None) -> str:
    if label and label.startswith("baseline-adjusted"):
        return (
            f"{PERIOD_ADJUSTED}; difference of the two baselines as covariate, n - 3 df "
            "(Kenward & Roger 2010)"
        )
    change = label and label.startswith("change")
    return f"{PERIOD_ADJUSTED}{', of changes from each baseline' if change else ''}"


def _priced(name: str, price: float) -> str:
    return (
        f"Carry-over in the model makes the variance of the effect of {name} {price:.2f} times "
        "as large as without it: the price of not trusting the washout"
    )


def _one_sided(result: BinaryCrossover) -> tuple[str, ...]:
    if 0 < result.odds_ratio < math.inf:
        return ()
    value = "0" if result.odds_ratio == 0 else "infinite"
    return (f"The odds ratio is {value}: preferences point one way in a sequence; read its limit",)
