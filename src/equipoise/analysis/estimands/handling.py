"""All events of an estimand applied to one outcome, and which of them decides where two met.

The rule: a person's first event that is not under treatment policy decides about all scores after
it, and later events change nothing. Of two at the same visit the one that the estimand lists first
decides. So a hypothetical event removes a later failure (in the world without the first event
nobody knows whether the second would have come), and a failure stays one whatever follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.estimands.composite import score_as_failure
from equipoise.analysis.estimands.handled import Handled, by_arm
from equipoise.analysis.estimands.hypothetical import set_aside
from equipoise.analysis.estimands.onsets import first_visit_after
from equipoise.analysis.estimands.treatment_policy import keep_all
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import Estimand, IntercurrentEvent
    from equipoise.records import UnblindedRecords

    Rows = NDArray[np.bool_]

CHANGES = {
    "treatment-policy": keep_all,
    "hypothetical": set_aside,
    "composite": score_as_failure,
}
"""Strategies that change scores and leave a row a visit."""


def rows_after_events(
    frame: pd.DataFrame, onsets: Sequence[pd.Series[int]], deciding: Sequence[bool]
) -> list[Rows]:
    """Mark for each event the rows about which it speaks.

    Parameters
    ----------
    frame : columns participant, visit
        Visits categorical, in order.
    onsets : length k
        Of each event, by participant, the place of the first visit after it.
    deciding : length k
        Whether the event ends what came before, or (treatment policy) leaves it as it is.

    Returns
    -------
    list of arrays of shape (rows,)
        A row is marked for one deciding event at most.
    """
    place = frame["visit"].cat.codes.to_numpy()
    never = len(frame["visit"].cat.categories)
    starts = [
        frame["participant"].map(onset).fillna(never).to_numpy(dtype=np.int64) for onset in onsets
    ]
    own = [
        start if ends else np.full(len(frame), never)
        for start, ends in zip(starts, deciding, strict=True)
    ]
    decided = np.array(own).min(axis=0) if own else np.full(len(frame), never)
    first = np.array(own).argmin(axis=0) if own else np.zeros(len(frame), dtype=int)
    marked = []
    for k, (start, ends) in enumerate(zip(starts, deciding, strict=True)):
        rows = place >= start
        rows &= (first == k) if ends else (place < decided)
        marked.append(rows)
    return marked


def marked_rows(
    records: UnblindedRecords, frame: pd.DataFrame, events: Sequence[IntercurrentEvent]
) -> tuple[list[Rows], tuple[str, ...]]:
    """Find the events in the records; warn of events that only one of the two knows."""
    plan, recorded = records.protocol, records.intercurrent_events
    visits = list(frame["visit"].cat.categories)
    days = [plan.day_of(name) for name in visits]
    onsets = []
    for event in events:
        own = recorded[recorded["event"] == event.event]
        onsets.append(first_visit_after(own, visits, days, plan.visit_names))
    deciding = [event.strategy not in ("treatment-policy", "principal-stratum") for event in events]
    return rows_after_events(frame, onsets, deciding), _unmatched(records, events)


def handle_events(records: UnblindedRecords, frame: pd.DataFrame, estimand: Estimand) -> Handled:
    """Apply the strategies that leave a row a visit; the frame is that of `outcome_grid`.

    Composite events that are analysed by rank or as no response are only counted here.

    Raises
    ------
    NotIdentifiedError
        When scores that a hypothetical event makes missing would count as failures.
    """
    events = estimand.intercurrent_events
    marks, warnings = marked_rows(records, frame, events)
    valued = estimand.measure in ("difference-in-trimmed-means", "risk-difference")
    assumptions: list[str] = []
    told = list(warnings)
    for event, after in zip(events, marks, strict=True):
        if event.strategy not in CHANGES:
            continue
        if event.strategy == "composite" and valued:
            if after.any():
                told.append(f"{event.event!r} (composite): {by_arm(frame, after)}")
            continue
        if event.strategy == "hypothetical" and valued and after.any():
            raise NotIdentifiedError(
                f"{event.event!r} is hypothetical: its scores are missing, and {estimand.measure} "
                "would count them as failures. Impute them first, or compare means."
            )
        step = CHANGES[event.strategy](frame, after, event)
        frame = step.frame
        assumptions += step.assumptions
        told += step.warnings
    return Handled(frame, tuple(assumptions), tuple(told))


def _unmatched(records: UnblindedRecords, events: Sequence[IntercurrentEvent]) -> tuple[str, ...]:
    recorded = set(records.intercurrent_events["event"])
    named = {event.event for event in events}
    warnings = []
    if absent := sorted(named - recorded):
        warnings.append(
            f"No record of {', '.join(map(repr, absent))}: either nobody had it, or the records "
            "name it differently"
        )
    if unnamed := sorted(recorded - named):
        warnings.append(
            f"The estimand does not name {', '.join(map(repr, unnamed))}, which the records hold: "
            "scores after it are used as they are"
        )
    return tuple(warnings)
