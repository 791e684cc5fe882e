"""Each arm against control: difference and ratio of shares, difference and ratio of rates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.harms.clustered import (
    CLUSTERED,
    RECURRENT,
    difference_of_ratios,
    log_ratio_of_ratios,
)
from equipoise.analysis.harms.fisher import FISHER, MID_P, fisher
from equipoise.analysis.harms.rates import (
    CONSTANT,
    EXACT_RATIO,
    SCORE_DIFFERENCE,
    rate_difference,
    rate_ratio,
)
from equipoise.analysis.harms.risk_difference import (
    MIETTINEN_NURMINEN,
    NEWCOMBE,
    STRATIFIED,
    WithLimits,
    miettinen_nurminen,
    newcombe,
    stratified_miettinen_nurminen,
)
from equipoise.analysis.harms.risk_ratio import KOOPMAN, koopman
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from equipoise.analysis.contrast import Contrast
    from equipoise.analysis.harms.exposed import Counted
    from equipoise.analysis.harms.settings import BoolArray, Question

    FloatArray = NDArray[np.float64]


def contrast_rows(question: Question, counted: Counted, arm: str) -> Iterator[Estimate | Refusal]:
    """Write the rows of one term for an arm against control."""
    if question.exposed.repeated:
        yield from _within_people(question, counted, arm)
        return
    yield _difference(question, counted, arm)
    yield _ratio(question, counted, arm)
    yield from _first_event_rates(question, counted, arm)
    yield from _event_rate_ratio(question, counted, arm)


def _arms(question: Question, arm: str) -> tuple[BoolArray, BoolArray]:
    return question.in_arm(arm), question.in_arm(question.exposed.arms[0])


def _table(question: Question, counted: Counted, arm: str) -> tuple[float, float, float, float]:
    """Return people with the event and people, in the arm and in control."""
    one, zero = _arms(question, arm)
    had = counted.had
    return float(had[one].sum()), float(one.sum()), float(had[zero].sum()), float(zero.sum())


def _difference(question: Question, counted: Counted, arm: str) -> Estimate:
    table, level = _table(question, counted, arm), question.level
    strata = _strata(question, counted, arm)
    if strata is not None:
        found, method = stratified_miettinen_nurminen(*strata, level=level), STRATIFIED
    elif question.interval == "newcombe":
        found, method = newcombe(*table, level=level), NEWCOMBE
    else:
        found, method = miettinen_nurminen(*table, level=level), MIETTINEN_NURMINEN
    unit = f"difference in share of people (above 0: more under {arm})"
    row = question.row("incidence-difference", found, method=method, unit=unit)
    if question.test is None:
        return row
    p = fisher(*table, mid=question.test == "mid-p")
    return replace(
        row, p=p, method=f"{method}; p: {FISHER if question.test == 'fisher' else MID_P}"
    )


def _strata(
    question: Question, counted: Counted, arm: str
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None:
    """Return the four counts of each stratum, or None where there is one."""
    stratum = question.exposed.units["stratum"]
    if stratum.isna().any() or len(set(stratum)) < 2:
        return None
    _, place = np.unique(stratum.to_numpy(dtype=str), return_inverse=True)
    one, zero = _arms(question, arm)
    size = int(place.max()) + 1
    x1, x0 = (np.bincount(place[a], counted.had[a], minlength=size) for a in (one, zero))
    here = np.ones_like(counted.had)
    n1, n0 = (np.bincount(place[a], here[a], minlength=size) for a in (one, zero))
    return tuple(v.astype(np.float64) for v in (x1, n1, x0, n0))  # type: ignore[return-value]


def _ratio(question: Question, counted: Counted, arm: str) -> Estimate | Refusal:
    table = _table(question, counted, arm)
    if table[2] == 0:
        control = question.exposed.arms[0]
        reason = (
            f"Nobody of the {control} arm had it: a ratio to it has no upper limit."
            if table[0]
            else "Nobody of either arm had it: see the upper limits of its incidence."
        )
        return Refusal("incidence-ratio", reason)
    unit = f"risk ratio (above 1: more under {arm})"
    found = koopman(*table, level=question.level)
    return question.row("incidence-ratio", found, method=KOOPMAN, unit=unit)


def _first_event_rates(
    question: Question, counted: Counted, arm: str
) -> Iterator[Estimate | Refusal]:
    one, zero = _arms(question, arm)
    time = question.in_time_units(counted.days_at_risk)
    if np.isnan(time[one | zero]).any():
        return
    x1, x0 = float(counted.had[one].sum()), float(counted.had[zero].sum())
    cells = (x1, float(time[one].sum()), x0, float(time[zero].sum()))
    yield question.row(
        "rate-difference", rate_difference(*cells, level=question.level),
        method=SCORE_DIFFERENCE, assumptions=(CONSTANT,),
        unit=f"people per {question.time_name} (above 0: more under {arm})",
    )  # fmt: skip
    try:
        ratio = rate_ratio(*cells, level=question.level)
    except NotIdentifiedError as reason:
        yield Refusal("rate-ratio", str(reason))
        return
    unit = f"ratio of rates (above 1: more under {arm})"
    yield question.row("rate-ratio", ratio, method=EXACT_RATIO, unit=unit, assumptions=(CONSTANT,))


def _event_rate_ratio(question: Question, counted: Counted, arm: str) -> Iterator[Estimate]:
    one, zero = _arms(question, arm)
    time = question.in_time_units(question.days)
    if np.isnan(time[one | zero]).any():
        return
    try:
        log = log_ratio_of_ratios(
            *(question.by_person(counted.number, here, time) for here in (one, zero))
        )
    except NotIdentifiedError:
        return  # the rate ratio of first events says what can be said
    unit = f"ratio of rates (above 1: more under {arm})"
    yield question.row("event-rate-ratio", _from_log(question, log), method=RECURRENT, unit=unit)


def _within_people(question: Question, counted: Counted, arm: str) -> Iterator[Estimate | Refusal]:
    """Compare shares of periods: the same people are in both arms."""
    out_of = np.ones_like(counted.had)
    arms = [question.by_person(counted.had, here, out_of) for here in _arms(question, arm)]
    try:
        difference, log = difference_of_ratios(*arms), log_ratio_of_ratios(*arms)
    except NotIdentifiedError as reason:
        yield Refusal("incidence-difference", f"{reason}.")
        return
    low, high = difference.interval(question.level)
    found = WithLimits(*(np.asarray(v) for v in (difference.estimate, low, high)))
    unit = f"difference in share of participant-periods (above 0: more under {arm})"
    row = question.row("incidence-difference", found, method=CLUSTERED, unit=unit)
    yield replace(row, se=difference.se, df=difference.df)
    unit = f"ratio of shares (above 1: more under {arm})"
    yield question.row("incidence-ratio", _from_log(question, log), method=CLUSTERED, unit=unit)
    yield from _event_rate_ratio(question, counted, arm)


def _from_log(question: Question, log: Contrast) -> WithLimits:
    low, high = log.interval(question.level)
    return WithLimits(*(np.exp(np.asarray(v)) for v in (log.estimate, low, high)))
