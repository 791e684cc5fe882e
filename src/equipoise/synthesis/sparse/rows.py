"""Pooled sparse events as rows of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.i2 import i2_of_q
from equipoise.synthesis.sparse.effect_rows import UNITS, listed, pooled_rows, said_nothing
from equipoise.synthesis.sparse.mantel_haenszel import (
    Pooled,
    pooled_person_time,
    pooled_two_by_two,
)
from equipoise.synthesis.sparse.peto import pooled_peto
from equipoise.synthesis.sparse.stratified_tests import (
    ChiSquare,
    breslow_day_test,
    cmh_rate_test,
    cmh_test,
)
from equipoise.synthesis.sparse.study_effects import (
    Measure,
    RateMeasure,
    q_about,
    rate_effects,
    study_effects,
)
from equipoise.synthesis.sparse.tables import (
    AddTo,
    TwoByTwo,
    person_time,
    two_by_two,
)

Any2 = Literal["OR", "RR", "RD", "IRR", "IRD"]
MEASURES: tuple[Any2, ...] = ("OR", "RR", "RD", "IRR", "IRD")
MANTEL_HAENSZEL = {
    "OR": "Mantel & Haenszel 1959, variance of Robins, Breslow & Greenland 1986",
    "RR": "Mantel-Haenszel, variance of Greenland & Robins 1985",
    "RD": "Mantel-Haenszel, variance of Sato, Greenland & Robins 1989",
    "IRR": "Mantel-Haenszel of rates (Rothman & Greenland 1998)",
    "IRD": "Mantel-Haenszel of rates (Rothman & Greenland 1998)",
}
COMMON = "One effect in all studies: no heterogeneity enters the interval."


def mantel_haenszel(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    study: Sequence[object] | None = None,
    *,
    measure: Any2 = "OR",
    add: float = 0.0,
    to: AddTo = "only0",
    correct: bool = True,
    level: float = 0.95,
) -> Estimates:
    """Pool by Mantel and Haenszel, with tests of no effect and of one effect.

    Parameters
    ----------
    events1, total1, events2, total2 : shape (k,)
        Totals are people, or person-time for IRR and IRD.
    add, to
        What is added to cells before pooling; nothing by default, which is the method's point.
        Q uses effects of single studies, where 1/2 is added to tables with an empty cell; those
        without any event (or with nothing else) stay out of it.
    correct
        Yates' half in the Cochran-Mantel-Haenszel test.

    Examples
    --------
    >>> found = mantel_haenszel([4, 6], [20, 30], [8, 9], [20, 30])
    >>> found["pooled-effect"].label, round(found["pooled-effect"].estimate, 4)
    ('Mantel-Haenszel', -0.723)
    """
    about: dict[str, Any] = {"method": MANTEL_HAENSZEL[measure], "assumptions": (COMMON,)}
    refused: list[Refusal] = []
    if measure in ("IRR", "IRD"):
        rates = person_time(events1, total1, events2, total2, study)
        silent = rates.a + rates.c == 0
        if measure == "IRR":
            about["warnings"] = said_nothing(rates.study, silent)
        rate: RateMeasure = measure
        pooled = pooled_person_time(rates.with_added(add, to), rate)
        y, v = rate_effects(rates.with_added(0.5, "only0").take(~silent), rate)
        tests = [_cmh(cmh_rate_test(rates, correct=correct), correct=correct)]
    else:
        table = two_by_two(events1, total1, events2, total2, study)
        if measure != "RD":  # where a study without any event does count
            about["warnings"] = said_nothing(table.study, table.uninformative)
        risk, used = cast(Measure, measure), table.with_added(add, to)
        pooled = pooled_two_by_two(used, risk)
        y, v = study_effects(table.with_added(0.5, "only0").take(~table.uninformative), risk)
        tests = _table_tests(used, pooled, refused, correct=correct) if risk == "OR" else []
    test = ChiSquare(*q_about(pooled.estimate, y, v))
    rows = pooled_rows("Mantel-Haenszel", pooled, measure, level, about)
    rows += _heterogeneity(test, "Mantel-Haenszel", refused)
    return Estimates((*rows, *tests), tuple(refused))


def peto(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    study: Sequence[object] | None = None,
    *,
    level: float = 0.95,
) -> Estimates:
    """Pool odds ratios by Peto's one step: for rare events, like arms and small effects."""
    table = two_by_two(events1, total1, events2, total2, study)
    pooled, test = pooled_peto(table)
    unequal = np.maximum(table.n1 / table.n2, table.n2 / table.n1) > 2
    warnings = list(said_nothing(table.study, table.uninformative))
    if unequal.any():
        warnings.append(f"Peto's odds ratio is biased where arms differ much in size: "
                        f"{listed(table.study, unequal)}.")  # fmt: skip
    if abs(pooled.estimate) > 1:
        warnings.append("Peto's odds ratio is biased towards 1 for effects as large as this.")
    about = {
        "unit": UNITS["OR"],
        "method": "Peto (Yusuf, Peto, Lewis, Collins & Sleight 1985)",
        "assumptions": (COMMON, "Events are rare, arms alike in size, the effect is small."),
        "warnings": tuple(warnings),
    }
    refused: list[Refusal] = []
    rows = pooled_rows("Peto", pooled, "OR", level, about)
    return Estimates((*rows, *_heterogeneity(test, "Peto", refused)), tuple(refused))


def _heterogeneity(test: ChiSquare, label: str, refused: list[Refusal]) -> list[Estimate]:
    if test.df < 1:
        reason = "fewer than two studies have an effect of their own"
        refused += [Refusal("q-test", reason, label), Refusal("i2-q", reason)]
        return []
    return [_q(test, label), _i2_q(test)]


def _q(test: ChiSquare, label: str) -> Estimate:
    return Estimate(
        "q-test", label, estimate=test.statistic, df=test.df, p=test.p,
        unit=f"chi-squared with {test.df} df", method="Cochran's Q about the pooled effect",
    )  # fmt: skip


def _i2_q(test: ChiSquare) -> Estimate:
    return Estimate(
        "i2-q", None, estimate=i2_of_q(test.statistic, test.df), unit="percent",
        method="(Q - df) / Q (Higgins & Thompson 2002)",
    )  # fmt: skip


def _cmh(test: ChiSquare, *, correct: bool) -> Estimate:
    label = "with continuity correction" if correct else "without continuity correction"
    return Estimate(
        "cmh-test", label, estimate=test.statistic, df=1, p=test.p, unit="chi-squared with 1 df",
        method="Cochran-Mantel-Haenszel (Mantel & Haenszel 1959)",
    )  # fmt: skip


def _table_tests(
    table: TwoByTwo, pooled: Pooled, refused: list[Refusal], *, correct: bool
) -> list[Estimate]:
    rows = []
    try:
        rows.append(_cmh(cmh_test(table, correct=correct), correct=correct))
    except NotIdentifiedError as error:
        refused.append(Refusal("cmh-test", str(error)))
    if (~table.uninformative).sum() < 2:
        refused.append(Refusal("breslow-day-test", "One study has events and people without one."))
        return rows
    for test, label, source in zip(
        breslow_day_test(table, pooled.estimate),
        ("Breslow-Day", "Tarone"),
        ("Breslow & Day 1980", "Breslow-Day with the correction of Tarone 1985"),
        strict=True,
    ):
        rows.append(
            Estimate("breslow-day-test", label, estimate=test.statistic, df=test.df, p=test.p,
                     unit=f"chi-squared with {test.df} df", method=source)
        )  # fmt: skip
    return rows
