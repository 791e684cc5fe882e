"""The harms of a trial, by arm and against control, in the order of a CONSORT harms table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.harms.arm_rows import arm_rows
from equipoise.analysis.harms.contrast_rows import contrast_rows
from equipoise.analysis.harms.exposed import OVERALL, Exposed, exposed_from_frames
from equipoise.analysis.harms.safety_set import safety_set
from equipoise.analysis.harms.settings import Interval, Per, Question, Test
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narwhals.typing import IntoDataFrame

    from equipoise.records import UnblindedRecords

MANY = 5
NOT_A_TEST = (
    "An interval that holds 0 is no evidence of safety: trials of this size miss rare harms"
)


def harms(
    records: UnblindedRecords,
    *,
    interval: Interval = "miettinen-nurminen",
    test: Test | None = None,
    per: Per = "week",
    level: float = 0.95,
) -> Estimates:
    """Describe the adverse events of a trial by arm.

    Parameters
    ----------
    records
        Denominators are the participants who were dosed. Where arms change within people, they
        are participant-periods, an event belongs to the period in which it began, and intervals
        take the scatter between people.
    interval
        Of risk differences between arms of different people.
    test
        Also give a p value; by default none, as harms are described and not tested.
    per
        Rates are per 100 person-weeks or person-years.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        For each row of the table (`label`: any event, serious, severe, led to withdrawal, then
        each event, most frequent first) and arm: ``people-with-event``, ``event-count``,
        ``incidence``, ``exposure-adjusted-rate``, ``event-rate``; for each arm against control
        ``incidence-difference``, ``incidence-ratio``, ``rate-difference``, ``rate-ratio``,
        ``event-rate-ratio``. Empty without adverse events.
    """
    if not len(records.adverse_events):
        return Estimates(source=records.source)
    exposed = safety_set(records)
    found = described(exposed, interval=interval, test=test, per=per, level=level)
    return found.with_source(records.source)


def harms_table(
    events: IntoDataFrame,
    people: IntoDataFrame,
    *,
    control: str,
    strata: str | None = None,
    interval: Interval = "miettinen-nurminen",
    test: Test | None = None,
    per: Per = "week",
    level: float = 0.95,
) -> Estimates:
    """Describe adverse events from two tables; people stay in one arm.

    Parameters
    ----------
    events
        One row an event: participant, event; and where known day (of onset, 0 the first dosing
        day), severity (mild, moderate, severe, life-threatening, fatal), serious and withdrawal
        (yes or no).
    people
        One row for everybody who was dosed: participant, arm; and where known exposure_days.
    control
        The arm that others are compared with.
    strata
        A column of people, such as the site: risk differences are taken within its levels.
    interval, test, per, level
        As in `harms`.

    Returns
    -------
    Estimates
        As `harms` gives them.
    """
    import narwhals as nw  # noqa: PLC0415

    happened, exposed_people = (
        nw.from_native(frame, eager_only=True).to_pandas() for frame in (events, people)
    )
    exposed = exposed_from_frames(happened, exposed_people, control=control, strata=strata)
    return described(exposed, interval=interval, test=test, per=per, level=level)


def described(
    exposed: Exposed, *, interval: Interval, test: Test | None, per: Per, level: float
) -> Estimates:
    """Write every row of a safety set."""
    question = Question(exposed, level, interval, test, per)
    rows: list[Estimate] = []
    refused = list(_no_rates(question))
    for term in exposed.terms():
        if term in exposed.unknown:
            refused.append(Refusal("incidence", exposed.unknown[term], label=term))
            continue
        for found in _of(question, term):
            if isinstance(found, Refusal):
                refused.append(found)
            else:
                rows.append(found)
    shared = exposed.warnings + _many(exposed)
    told = tuple(replace(row, warnings=row.warnings + _for(row, shared)) for row in rows)
    return Estimates(told, tuple(refused))


def _no_rates(question: Question) -> Iterator[Refusal]:
    """Say once why there are no rates."""
    unknown = int(np.isnan(question.days).sum())
    if unknown:
        whom = f"{unknown} of {len(question.days)} {question.exposed.unit_name}"
        yield Refusal(
            "exposure-adjusted-rate",
            f"The time at risk of {whom} is not known: their arms have no rates. Give "
            "`exposure_days`, or days to the visits.",
        )


def _of(question: Question, term: str) -> Iterator[Estimate | Refusal]:
    """Write the rows of one term, each with its arm."""
    counted = question.exposed.count(term)
    for arm in question.exposed.arms:
        for row in arm_rows(question, counted, arm):
            yield replace(row, label=term, arm=arm)
    for arm in question.exposed.arms[1:]:
        for found in contrast_rows(question, counted, arm):
            if isinstance(found, Refusal):
                yield replace(found, label=term)
            else:
                yield replace(found, label=term, arm=arm)


def _many(exposed: Exposed) -> tuple[str, ...]:
    terms = len(exposed.terms()) - len(OVERALL)
    if terms < MANY:
        return (NOT_A_TEST,)
    return (
        NOT_A_TEST,
        f"{terms} kinds of event are compared: about {terms * 0.05:.1f} of their 95% intervals "
        "would leave out 0 by chance alone; the intervals are not widened for it",
    )


def _for(row: Estimate, shared: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warnings of the whole table; counts need none."""
    return () if row.name in ("people-with-event", "event-count") else shared
