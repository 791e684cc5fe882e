"""What was measured between treatment and outcome: side effects and early response.

These may move both the guess and the outcome, so a direct effect must know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import Protocol
    from equipoise.records import UnblindedRecords

    FloatArray = NDArray[np.float64]

ROLES = ("side effect", "early response")


def after_treatment(records: UnblindedRecords, frame: pd.DataFrame) -> FloatArray | None:
    """Return columns measured after treatment for the rows of an outcome frame, or None.

    Scores of instruments whose role in the protocol is "side effect" or "early response", at the
    same visit; and the number of adverse events that began since the visit before. An instrument
    without a score in any of these rows is left out.

    Returns
    -------
    shape (n, p), NaN where not measured; None where the trial measured none.
    """
    plan = records.protocol
    scores = (
        _score(records, frame, name)
        for name, measure in plan.instruments.items()
        if measure.role in ROLES
    )
    columns = [score for score in scores if np.isfinite(score).any()]
    events = records.adverse_events
    if len(events):
        columns.append(_events_since(plan, events, frame))
    return np.column_stack(columns) if columns else None


def _score(records: UnblindedRecords, frame: pd.DataFrame, name: str) -> FloatArray:
    scores = records.scores
    totals = scores[(scores["instrument"] == name) & scores["item"].isna()]
    key = ["participant", "visit"]
    joined = frame[key].merge(totals[[*key, "value"]], on=key, how="left")
    return joined["value"].to_numpy(dtype=np.float64)


def _events_since(plan: Protocol, events: pd.DataFrame, frame: pd.DataFrame) -> FloatArray:
    """Count each participant's events with onset after the visit before and up to this visit."""
    days = {name: plan.day_of(name) for name in plan.visit_names}
    known = sorted({day for day in days.values() if day is not None})
    before = dict(zip(known, [-np.inf, *known[:-1]], strict=True))
    onset = {
        str(person): rows.to_numpy(dtype=np.float64, na_value=np.nan)
        for person, rows in events.groupby("participant", observed=True)["day"]
    }
    counts = np.zeros(len(frame))
    pairs = zip(frame["participant"].astype(str), frame["visit"].astype(str), strict=True)
    for row, (person, visit) in enumerate(pairs):
        day = days.get(visit)
        start, end = (-np.inf, np.inf) if day is None else (before[day], day)
        at = onset.get(person, np.empty(0))
        counts[row] = np.count_nonzero((at > start) & (at <= end))
    return counts
