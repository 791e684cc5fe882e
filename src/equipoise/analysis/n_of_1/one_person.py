"""One participant's effect, by the way the measurements were taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.n_of_1.paired_cycles import order_test, paired_fit
from equipoise.analysis.n_of_1.serial_regression import AR1, serial_regression
from equipoise.analysis.rows import estimate_row
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    from equipoise.analysis.contrast import Contrast
    from equipoise.analysis.n_of_1.cycles import Cycles, Person

Residual = Literal["independent", "ar1"]
PAIRED = "Paired t of cycle differences (Student 1908)"
ORDER = "Exact randomisation test: all orders of treatment within cycles (Edgington & Onghena 2007)"
DRAWN = "The order of treatments was drawn anew, with equal chances, in every cycle"
WASHED_OUT = "Nothing of one treatment carries over into the next period: washout was long enough"
SHARP = "Tested is that treatment changed nothing in any cycle"
NORMAL = "Cycle differences are independent and about normal"
SERIAL = "Errors are normal, and their correlation falls geometrically with the time between them"


@dataclass(frozen=True, slots=True)
class OwnEffect:
    """What one participant's data say alone; `correlation` is that of neighbouring errors."""

    effect: Contrast
    trend: Contrast | None
    correlation: float | None


def own_effect(person: Person, *, residual: Residual, trend: bool) -> OwnEffect:
    """Estimate one participant's effect."""
    if (trend or residual == "ar1") and person.time is None:
        raise DataError("A time trend and AR(1) errors need the time column.")
    if residual == "independent":
        fit = paired_fit(person.differences, person.elapsed if trend else None)
        slope = fit.contrast([0, 1]) if trend else None
        return OwnEffect(fit.contrast(np.eye(1 + trend)[0]), slope, None)
    assert person.time is not None  # noqa: S101  (asked above)
    columns = {"intercept": np.ones(len(person.outcome)), "effect": person.active * 1.0}
    if trend:
        columns["time trend"] = person.time - person.time.mean()
    X = np.column_stack(list(columns.values()))
    serial = serial_regression(person.outcome, X, person.time, list(columns))
    slope = serial.contrast([0, 0, 1]) if trend else None
    return OwnEffect(serial.contrast(np.eye(2 + trend)[1]), slope, serial.rho)


def own_rows(
    cycles: Cycles, *, residual: Residual, trend: bool, level: float
) -> tuple[list[Estimate | Refusal], list[OwnEffect | None]]:
    """Write each participant's own rows; None for whom no standard error can be had."""
    rows: list[Estimate | Refusal] = []
    effects: list[OwnEffect | None] = []
    for person in cycles.people:
        try:
            effects.append(own_effect(person, residual=residual, trend=trend))
            rows += _effect_rows(person, effects[-1], cycles, level)
        except NotIdentifiedError as error:
            effects.append(None)
            rows.append(Refusal("individual-effect", str(error), label=person.name))
    if residual == "independent" and not trend:
        rows += _order_rows(cycles)
    return rows, effects


def _effect_rows(
    person: Person, found: OwnEffect | None, cycles: Cycles, level: float
) -> Iterator[Estimate]:
    if found is None:
        return
    serial = found.correlation is not None
    method = AR1 if serial else PAIRED
    method += "; linear trend over time" if found.trend else ""
    told = (DRAWN, WASHED_OUT, SERIAL if serial else NORMAL)
    row = estimate_row("individual-effect", found.effect, level=level, label=person.name)
    row = replace(row, unit=f"{cycles.active} minus {cycles.control}", method=method)
    yield replace(
        row,
        assumptions=told,
        estimand=f"Mean outcome of this participant under {cycles.active} minus {cycles.control}",
    )
    if found.trend is not None:
        slope = estimate_row("time-trend", found.trend, level=level, label=person.name)
        yield replace(slope, unit="outcome units per time unit", method=method, assumptions=told)
    if serial:
        yield Estimate(
            "serial-correlation",
            label=person.name,
            estimate=found.correlation,
            unit="correlation of neighbouring measurements",
            method=method,
        )


def _order_rows(cycles: Cycles) -> Iterator[Estimate | Refusal]:
    attainable: dict[int, float] = {}
    for person in cycles.people:
        try:
            test = order_test(person.differences)
        except NotIdentifiedError as error:
            yield Refusal("randomisation-test", str(error), label=person.name)
            continue
        attainable[test.cycles] = test.smallest_p
        yield Estimate(
            "randomisation-test",
            label=person.name,
            estimate=float(person.differences.mean()),
            p=test.p,
            unit=f"{cycles.active} minus {cycles.control}",
            method=ORDER,
            assumptions=(DRAWN, WASHED_OUT, SHARP),
            warnings=_out_of_reach(test.smallest_p, test.cycles),
        )
    for k, smallest in sorted(attainable.items()):
        yield Estimate(
            "smallest-p",
            label=f"{k} cycle{'s' if k > 1 else ''}",
            estimate=smallest,
            unit="smallest two-sided p value that so many cycles can give",
            method=f"{ORDER}: 2 of 2^k orders",
        )


def _out_of_reach(smallest: float, cycles: int) -> tuple[str, ...]:
    if smallest <= 0.05:
        return ()
    return (
        f"With {cycles} cycle{'s' if cycles > 1 else ''} the exact test cannot give a two-sided p "
        f"below {smallest:.3g}, whatever the data",
    )
