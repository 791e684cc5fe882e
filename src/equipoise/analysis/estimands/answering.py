"""One analysis of one outcome: events handled, everybody compared, every row told its estimand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.effect_by import effect_by
from equipoise.analysis.estimands.handled import Handled
from equipoise.analysis.estimands.handling import handle_events, marked_rows
from equipoise.analysis.estimands.one_value import (
    Values,
    response_rows,
    stratum_rows,
    trimmed_rows,
)
from equipoise.analysis.estimands.visits import analysed_visits, grid_of, visits_until
from equipoise.analysis.estimands.while_on_treatment import until_event
from equipoise.analysis.estimands.wording import in_words
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.protocol.estimands import COURSE_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.estimates import Estimate
    from equipoise.protocol import Analysis, Estimand
    from equipoise.records import UnblindedRecords

EFFECTS = (
    "total-effect",
    "contrast",
    "imputed-contrast",
    "principal-stratum-bounds",
    "standardised-mean-difference",
)
TOGETHER = (*COURSE_METHODS, "mixed-model")
"""Methods that take all visits at once."""
ENDING = ("principal-stratum", "while-on-treatment")
ONE_VALUE = {"difference-in-trimmed-means": trimmed_rows, "risk-difference": response_rows}


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """An analysis of one outcome; `primary` is the visit that the total effect speaks of."""

    records: UnblindedRecords
    analysis: Analysis
    outcome: str
    level: float
    primary: str | None


def answered(
    records: UnblindedRecords,
    analysis: Analysis,
    estimand: Estimand | None,
    outcome: str,
    *,
    level: float,
    primary: str | None = None,
) -> Estimates:
    """Run one analysis of one outcome, the events handled as its estimand says.

    Parameters
    ----------
    estimand
        None: scores are used as they are.
    primary
        The visit that the total effect speaks of; the last planned one if None.
    """
    try:
        question = _Question(records, analysis, outcome, level, primary)
        found = _plain(question) if estimand is None else _handled(question, estimand)
    except (DataError, NotIdentifiedError) as reason:
        refusal = Refusal("total-effect", str(reason), outcome=outcome)
        return Estimates(refused=(refusal,), source=records.source)
    if estimand is None:
        return found.with_source(records.source)
    words = in_words(estimand)
    rows = []
    for row in found.rows:
        at = f" (at {row.visit})" if row.name in ("contrast", "imputed-contrast") else ""
        rows.append(replace(row, estimand=words + at) if row.name in EFFECTS else row)
    return Estimates(tuple(rows), found.refused, records.source)


def handled_scores(
    records: UnblindedRecords,
    estimand: Estimand,
    outcome: str,
    visit: str,
) -> pd.Series[float]:
    """Return each participant's score at a visit after the events were handled, NaN where missing.

    Ranks, responses and strata leave scores as they are.

    Raises
    ------
    DataError, NotIdentifiedError
        As the analysis itself.
    """
    course = visits_until(records, outcome, visit)
    frame = grid_of(records, outcome, course)
    handled = handle_events(records, frame, estimand)
    if _one_value_kind(estimand) == "while-on-treatment":
        handled = _until(records, handled, estimand, visit)
    at = handled.frame[handled.frame["visit"] == visit]
    return at.set_index("participant")["score"]


def _plain(question: _Question) -> Estimates:
    """Use all scores as they are."""
    visits = analysed_visits(question.records, question.analysis, question.outcome)
    return _compared(question, grid_of(question.records, question.outcome, visits))


def _handled(question: _Question, estimand: Estimand) -> Estimates:
    """Handle the events, then compare."""
    records, analysis = question.records, question.analysis
    visits = analysed_visits(records, analysis, question.outcome)
    kind = _one_value_kind(estimand)
    if kind is None:
        handled = handle_events(records, grid_of(records, question.outcome, visits), estimand)
        return _told(_compared(question, handled.frame), handled)
    if analysis.method in TOGETHER:
        raise NotIdentifiedError(
            f"{kind} gives everybody one value, and {analysis.method} needs several: plan the "
            "method ancova or difference-in-means."
        )
    end = question.primary or visits[-1]
    course = visits_until(records, question.outcome, end)
    handled = handle_events(records, grid_of(records, question.outcome, course), estimand)
    if kind == "while-on-treatment":
        handled = _until(records, handled, estimand, end)
        return _told(_compared(question, handled.frame), handled)
    rows = tuple(_one_value(question, handled.frame, estimand, end))
    status = records.protocol.status_of(analysis.method, question.outcome)
    found = Estimates(rows).with_fields(outcome=question.outcome, visit=end, status=status)
    return _told(found, handled)


def _one_value_kind(estimand: Estimand) -> str | None:
    """Return what makes an estimand one of a value a person; None where each visit has its own."""
    if estimand.measure in ONE_VALUE:
        return estimand.measure
    strategies = {event.strategy for event in estimand.intercurrent_events}
    return next((name for name in ENDING if name in strategies), None)


def _compared(question: _Question, frame: pd.DataFrame) -> Estimates:
    """Compare the arms at all visits together in a model of repeated measures, else one by one."""
    method, primary = question.analysis.method, question.primary
    plain = frame.assign(visit=frame["visit"].astype(str))
    tables = [plain]
    if method not in TOGETHER:
        tables = [rows for _, rows in plain.groupby("visit", sort=False)]
        tables = [t for t in tables if primary is None or t["visit"].iloc[0] == primary]
    result = Estimates()
    for table in tables:
        result += effect_by(
            method,
            question.records,
            question.outcome,
            table,
            question.analysis,
            level=question.level,
            primary=primary,
        )
    return result


def _until(records: UnblindedRecords, handled: Handled, estimand: Estimand, end: str) -> Handled:
    """Give everybody one value: what was scored until the first while-on-treatment event."""
    events = estimand.intercurrent_events
    marks, _ = marked_rows(records, handled.frame, events)
    own = [k for k, event in enumerate(events) if event.strategy == "while-on-treatment"]
    after = np.logical_or.reduce([marks[k] for k in own])
    value = events[own[0]].value or "last"
    step = until_event(handled.frame, after, value, primary=end)
    return Handled(
        step.frame, handled.assumptions + step.assumptions, handled.warnings + step.warnings
    )


def _one_value(
    question: _Question, frame: pd.DataFrame, estimand: Estimand, end: str
) -> Iterable[Estimate]:
    """Give everybody one value at the end: a rank, a response, a place in a stratum."""
    events = estimand.intercurrent_events
    marks, _ = marked_rows(question.records, frame, events)
    last = (frame["visit"] == end).to_numpy(dtype=bool)

    def met(strategy: str) -> NDArray[np.bool_]:
        own = [m for m, e in zip(marks, events, strict=True) if e.strategy == strategy]
        nobody = np.zeros(len(frame), dtype=bool)
        return np.asarray(np.logical_or.reduce([nobody, *own])[last], dtype=bool)

    values = Values(
        question.records.protocol,
        question.outcome,
        frame[last],
        met("composite"),
        met("principal-stratum"),
        question.level,
    )
    strata = [event for event in events if event.strategy == "principal-stratum"]
    if len(strata) > 1:
        raise NotIdentifiedError("Bounds are for one event that defines a stratum; there are two.")
    if strata:
        return stratum_rows(values, strata[0])
    return ONE_VALUE[estimand.measure or ""](values, estimand)


def _told(found: Estimates, handled: Handled) -> Estimates:
    rows = (
        replace(
            row,
            assumptions=handled.assumptions + row.assumptions,
            warnings=handled.warnings + row.warnings,
        )
        for row in found.rows
    )
    return Estimates(tuple(rows), found.refused, found.source)
