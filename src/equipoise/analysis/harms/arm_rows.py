"""What happened in one arm: people, events, the share of people, and rates over time at risk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.harms.clustered import CLUSTERED, RECURRENT, ratio_in_one_arm
from equipoise.analysis.harms.rates import CONSTANT, EXACT_RATE, poisson_rate
from equipoise.analysis.harms.risk_difference import WithLimits
from equipoise.analysis.harms.shares import clopper_pearson
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from equipoise.analysis.harms.exposed import Counted
    from equipoise.analysis.harms.settings import BoolArray, Question

EXACT_SHARE = "Share with at least one event, exact interval (Clopper & Pearson 1934)"


def arm_rows(question: Question, counted: Counted, arm: str) -> Iterator[Estimate]:
    """Write the rows of one term in one arm."""
    here, whom = question.in_arm(arm), question.exposed.unit_name
    x, n = float(counted.had[here].sum()), int(here.sum())
    yield Estimate("people-with-event", estimate=x, unit=whom)
    yield Estimate("event-count", estimate=float(counted.number[here].sum()), unit="events")
    share = _share(question, counted, here)
    yield replace(share, unit=f"share of {whom}", estimand=f"{x:.0f} of {n} {whom}")
    if not np.isnan(question.days[here]).any():
        yield from _rates(question, counted, here)


def _share(question: Question, counted: Counted, here: BoolArray) -> Estimate:
    """Return the share with an event; repeated units have people as their clusters."""
    x, n, level = float(counted.had[here].sum()), int(here.sum()), question.level
    row = Estimate("incidence", estimate=x / n, level=level, method=EXACT_SHARE)
    if question.exposed.repeated and x > 0:
        return _clustered_share(question, counted, here, row)
    # without an event the people, not their periods, are what is known to be independent
    people = len(np.unique(question.person[here])) if question.exposed.repeated else n
    low, high = (float(v) for v in clopper_pearson(x, people, level))
    row = replace(row, low=low, high=high)
    return row if x else replace(row, warnings=(nobody(people, high, level),))


def _clustered_share(
    question: Question, counted: Counted, here: BoolArray, row: Estimate
) -> Estimate:
    try:
        out_of = np.ones_like(counted.had)
        p, se, df = ratio_in_one_arm(question.by_person(counted.had, here, out_of))
    except NotIdentifiedError as reason:
        return replace(row, level=None, method=CLUSTERED, warnings=(f"{reason}.",))
    row = replace(row, se=se, df=df, method=CLUSTERED)
    if not 0 < p < 1:
        return replace(row, level=None)
    centre, half = np.log(p / (1 - p)), question.quantile(df) * se / (p * (1 - p))
    low, high = (float(1 / (1 + np.exp(-v))) for v in (centre - half, centre + half))
    return replace(row, low=low, high=high)


def _rates(question: Question, counted: Counted, here: BoolArray) -> Iterator[Estimate]:
    """Write the rate of first events (people once), then of all events."""
    if not question.exposed.repeated:
        time = question.in_time_units(counted.days_at_risk[here]).sum()
        rate = poisson_rate(counted.had[here].sum(), time, question.level)
        n = counted.undated
        undated = (f"{n} onsets are unknown: time at risk runs to the end there",) if n else ()
        yield question.row(
            "exposure-adjusted-rate", rate, method=EXACT_RATE, assumptions=(CONSTANT,),
            unit=f"people per {question.time_name}", warnings=undated,
        )  # fmt: skip
    try:
        time_of = question.in_time_units(question.days)
        mean, se, df = ratio_in_one_arm(question.by_person(counted.number, here, time_of))
    except NotIdentifiedError:
        return  # the rate of first events, or the share, says what can be said
    half = np.exp(question.quantile(df) * se / mean)
    limits = WithLimits(np.asarray(mean), np.asarray(mean / half), np.asarray(mean * half))
    unit = f"events per {question.time_name}"
    yield question.row("event-rate", limits, method=RECURRENT, unit=unit)


def nobody(people: int, high: float, level: float) -> str:
    """Say what no event means, never that there is no harm."""
    return (
        f"No event in {people} people does not mean none can occur: the true share could still be "
        f"up to {high:.1%} (exact {100 * level:.3g}% limit)"
    )
