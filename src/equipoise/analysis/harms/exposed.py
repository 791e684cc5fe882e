"""Who could have had an event, in which arm and for how long; and what happened to them.

A row of `Exposed` is a person, or, where arms change within people, a person's period in an arm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError
from equipoise.records.conform import as_text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

SEVERE = ("severe", "life-threatening", "fatal")
GRADES = ("mild", "moderate", *SEVERE)
YES_NO = ("yes", "no")
ANY, SERIOUS, SEVERE_TERM, WITHDRAWAL = "any event", "serious", "severe", "led to withdrawal"
OVERALL = (ANY, SERIOUS, SEVERE_TERM, WITHDRAWAL)


@dataclass(frozen=True, slots=True, eq=False)
class Exposed:
    """The safety set and its events.

    Parameters
    ----------
    units
        Columns participant, arm, days (of exposure, NaN if unknown), stratum (or NaN).
    events
        Columns unit (row number of `units`), event, since (days from the start of the unit to
        onset, that day included; NaN if unknown), severity, serious, withdrawal.
    arms
        The control arm first.
    repeated
        Whether people are in several units.
    """

    units: pd.DataFrame
    events: pd.DataFrame
    arms: tuple[str, ...]
    repeated: bool = False
    warnings: tuple[str, ...] = ()
    collected: str | None = None
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def unit_name(self) -> str:
        """What is counted."""
        return "participant-periods" if self.repeated else "people"

    def terms(self) -> tuple[str, ...]:
        """Names of the rows: the overall ones, then events, those of most units first."""
        pairs = self.events[["event", "unit"]].drop_duplicates()
        counts = pairs["event"].value_counts()
        ordered = sorted(counts.index, key=lambda name: (-counts[name], name))
        return (*OVERALL, *ordered)

    def of(self, term: str) -> pd.DataFrame:
        """Return the events that a row counts."""
        events = self.events
        chosen = {
            ANY: np.full(len(events), True),
            SERIOUS: (events["serious"] == "yes").to_numpy(),
            SEVERE_TERM: events["severity"].isin(SEVERE).to_numpy(),
            WITHDRAWAL: (events["withdrawal"] == "yes").to_numpy(),
        }
        return events[chosen[term] if term in chosen else (events["event"] == term).to_numpy()]

    def count(self, term: str) -> Counted:
        """Count one row of the table."""
        events = self.of(term)
        n = len(self.units)
        number = np.bincount(events["unit"].to_numpy(dtype=int), minlength=n).astype(float)
        first = np.full(n, np.nan)
        dated = events.dropna(subset=["since"]).groupby("unit")["since"].min()
        first[dated.index.to_numpy(dtype=int)] = dated.to_numpy()
        days = self.units["days"].to_numpy(dtype=float)
        at_risk = np.where((number > 0) & np.isfinite(first), np.minimum(first, days), days)
        undated = int(((number > 0) & ~np.isfinite(first)).sum())
        return Counted(number, np.where(np.isnan(days), np.nan, at_risk), undated)


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Of each unit: events, and days at risk of the first; and how many onsets are unknown."""

    number: FloatArray
    days_at_risk: FloatArray
    undated: int

    @property
    def had(self) -> FloatArray:
        """1 for a unit with at least one event."""
        return (self.number > 0).astype(float)


def exposed_from_frames(
    events: pd.DataFrame, people: pd.DataFrame, *, control: str, strata: str | None
) -> Exposed:
    """Make the safety set of a trial whose people stay in one arm, from two tables.

    Parameters
    ----------
    events
        participant, event; day, severity, serious, withdrawal where known.
    people
        participant, arm; exposure_days where known. Everybody who was dosed, once.
    """
    import pandas as pd  # noqa: PLC0415

    _check_columns(events, people, strata)
    people = people.reset_index(drop=True)
    arm = as_text(people["arm"])
    arms = sorted(set(arm))
    if control not in arms or len(arms) < 2:
        raise DataError(f"Two or more arms are compared, {control!r} being control. Got {arms}.")
    participant, ids = as_text(people["participant"]), as_text(events["participant"])
    place = {p: row for row, p in enumerate(participant)}
    if strangers := sorted(set(ids) - set(place)):
        raise DataError(
            f"{len(strangers)} participants have events but are not among the people (the first: "
            f"{strangers[0]!r}). List everybody who was dosed, also those without events."
        )
    names = kinds(as_text(events["event"]))
    known = pd.DataFrame({"unit": ids.map(place).to_numpy(), "event": names})
    known["since"] = _numbers(events, "day") + 1  # onset day 0: 1 day at risk
    unknown = {}
    for name, row in (("severity", SEVERE_TERM), ("serious", SERIOUS), ("withdrawal", WITHDRAWAL)):
        known[name] = _column(events, name).astype("object").to_numpy()
        if known[name].isna().all() and len(known):
            unknown[row] = f"The events have no column {name!r}, or it is empty."
    units = pd.DataFrame(
        {
            "participant": participant,
            "arm": arm,
            "days": _numbers(people, "exposure_days"),
            "stratum": people[strata] if strata else None,
        }
    )
    order = (control, *(name for name in arms if name != control))
    return Exposed(units, known.reset_index(drop=True), order, unknown=unknown)


def kinds(events: pd.Series[str]) -> pd.Series[str]:
    """Return names of events, set apart from those of the overall rows."""
    return events.where(~events.isin(OVERALL), events + " (as reported)")


def _check_columns(events: pd.DataFrame, people: pd.DataFrame, strata: str | None) -> None:
    for frame, what, needed in (
        (events, "events", ["participant", "event"]),
        (people, "people", ["participant", "arm", *([strata] if strata else [])]),
    ):
        if missing := [name for name in needed if name not in frame]:
            raise DataError(
                f"The table of {what} needs the columns {', '.join(needed)}; it lacks "
                f"{', '.join(missing)}. It has: {', '.join(map(str, frame.columns))}."
            )
        if frame[needed].isna().any(axis=None):
            raise DataError(f"The table of {what} has an empty cell in {', '.join(needed)}.")
    if people["participant"].duplicated().any():
        raise DataError("A participant is listed twice among the people: one row each.")
    days = _numbers(people, "exposure_days")
    if not (days[~np.isnan(days)] > 0).all():
        raise DataError("`exposure_days` counts days from the first dose to the end: above 0.")
    for name, allowed in (("serious", YES_NO), ("withdrawal", YES_NO), ("severity", GRADES)):
        if name in events and (odd := set(events[name].dropna()) - set(allowed)):
            raise DataError(
                f"Column {name!r} of events has {sorted(map(str, odd))}; write one of "
                f"{', '.join(allowed)}."
            )


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415

    return frame[name] if name in frame else pd.Series(np.nan, index=frame.index)


def _numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return a column of numbers, NaN where it is empty or not there."""
    try:
        return np.asarray(_column(frame, name).to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError):
        raise DataError(f"Column {name!r} counts days: it must hold numbers or nothing.") from None
