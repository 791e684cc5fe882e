"""From the records of a trial to its safety set: who was dosed, in which arm, from when to when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.harms.exposed import SERIOUS, SEVERE_TERM, WITHDRAWAL, Exposed, kinds
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.records import UnblindedRecords

LEAVING = re.compile(r"stop|leav|left|withdr|discontinu|drop-?out|drop", re.IGNORECASE)
"""Names of intercurrent events that end treatment or follow-up."""
ALL_ALLOCATED = "The records hold no doses: everybody who was allocated counts as exposed"
PLANNED_DAYS = (
    "Time at risk is reckoned in the protocol's planned days, from the first dosing day to the "
    "last visit with a score or a dose, or to the day of leaving"
)


def safety_set(records: UnblindedRecords) -> Exposed:
    """Find who was exposed to which arm, and the events after the first dose.

    Parameters
    ----------
    records
        Where arms change within people, events belong to the period in which they began.

    Raises
    ------
    NotIdentifiedError
        When nobody was exposed to two arms, or events of a design that changes arms have no day.
    """
    allocations = records.allocations.dropna(subset=["arm"])
    pairs = allocations[["participant", "arm"]].drop_duplicates()
    changing = bool(pairs["participant"].duplicated().any())
    units, warnings = _by_period(records) if changing else _by_person(records)
    plan = records.protocol
    active, control = plan.contrast
    here = [arm for arm in plan.arm_names if (units["arm"] == arm).any()]
    if control not in here or len(here) < 2:
        raise NotIdentifiedError(f"Harms are compared with {control}; exposed were only: {here}.")
    order = [control, *([active] if active in here else [])]
    arms = (*order, *(arm for arm in here if arm not in order))
    events, lost = _attributed(records, units, changing=changing)
    return Exposed(
        units,
        events,
        arms,
        repeated=changing,
        warnings=(*warnings, *lost),
        collected=plan.care.harms,
        unknown=_unknown(events),
    )


def _by_person(records: UnblindedRecords) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one row a participant: whose doses the records hold, or whoever was allocated."""
    frame = records.allocations.dropna(subset=["arm"]).drop_duplicates("participant")
    warnings: tuple[str, ...] = ()
    if len(records.doses):
        frame = frame[frame["participant"].isin(records.doses["participant"])]
    else:
        warnings = (ALL_ALLOCATED,)
    units = frame[["participant", "arm"]].reset_index(drop=True)
    end = _last_days(records)
    start = units["participant"].map(lambda _: 0.0)
    units["start"], units["end"] = start, units["participant"].map(end)
    units["days"] = (units["end"] - units["start"] + 1).clip(lower=1)
    units["stratum"] = np.nan
    known = (PLANNED_DAYS,) if units["days"].notna().any() else ()
    return units, (*warnings, *known)


def _by_period(records: UnblindedRecords) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one row a participant and period that was begun."""
    import pandas as pd  # noqa: PLC0415

    bounds = _period_bounds(records)
    frame = records.allocations.dropna(subset=["arm", "visit"])
    warnings: tuple[str, ...] = ()
    if len(records.doses) and records.doses["visit"].notna().any():
        begun = records.doses[["participant", "visit"]].drop_duplicates()
        frame = frame.merge(begun, on=["participant", "visit"])
    else:
        warnings = (ALL_ALLOCATED,)
    period = frame["visit"].map({visit: k for visit, (k, _, _) in bounds.items()})
    frame = frame.assign(period=period).dropna(subset=["period"])
    frame = frame.drop_duplicates(["participant", "period"]).reset_index(drop=True)
    spans = pd.DataFrame(
        [bounds[visit][1:] for visit in frame["visit"]], columns=["start", "end"], dtype=float
    )
    units = pd.concat([frame[["participant", "arm"]], spans], axis=1)
    units["days"] = units["end"] - units["start"] + 1
    units["stratum"] = np.nan
    return units, warnings


def _period_bounds(records: UnblindedRecords) -> dict[str, tuple[int, float, float]]:
    """Return each treated visit's period with its first and last day."""
    plan, out = records.protocol, {}
    first, group, last_day = 0.0, 0, -1.0
    seen: dict[int, tuple[int, float]] = {}
    for visit in plan.visits:
        day = plan.day_of(visit.name)
        if visit.baseline or day is None:
            last_day = max(last_day, float(day)) if day is not None else last_day
            continue
        if visit.period is not None and visit.period in seen:
            group, first = seen[visit.period]
        else:
            group, first = group + 1, max(last_day + 1, 0.0)
            seen[visit.period if visit.period is not None else -group] = (group, first)
        out[visit.name] = (group, first, float(day))
        last_day = float(day)
    if not out:
        raise NotIdentifiedError(
            "Arms change within people and the protocol gives its visits no days: an event cannot "
            "be attributed to the arm in which it began. Add `day` to the visits."
        )
    ends = {group: max(e for g, _, e in out.values() if g == group) for group, _, _ in out.values()}
    return {name: (group, start, ends[group]) for name, (group, start, _) in out.items()}


def _attributed(
    records: UnblindedRecords, units: pd.DataFrame, *, changing: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give each event its unit; count those that have none."""
    import pandas as pd  # noqa: PLC0415

    told = records.adverse_events.reset_index(drop=True)
    left = pd.Series(_withdrawals(records, told), index=told.index, dtype="object")
    told = told.assign(withdrawal=left, row=range(len(told)))
    exposed = told["participant"].isin(units["participant"])
    early = exposed & (told["day"] < 0)
    undated = exposed & told["day"].isna()
    notes = [
        (int((~exposed).sum()), "events of people who were not dosed are left out"),
        (int(early.sum()), "events that began before the first dose are left out"),
    ]
    wanted = told[exposed & ~early]
    spans = units.assign(unit=range(len(units)))[["participant", "unit", "start", "end"]]
    pairs = wanted.merge(spans, on="participant")
    if changing:
        notes.append((int(undated.sum()), "events have no day, so no arm, and are left out"))
        if len(wanted) and wanted["day"].isna().all():
            raise NotIdentifiedError(
                "Arms change within people and no event has a day: none can be attributed to the "
                "arm in which it began. Record the day of onset."
            )
        pairs = pairs[(pairs["day"] >= pairs["start"]) & (pairs["day"] <= pairs["end"])]
        outside = len(wanted) - int(undated.sum()) - pairs["row"].nunique()
        notes.append((outside, "events began outside every dosed period and are left out"))
    pairs = pairs.assign(since=pairs["day"] - pairs["start"] + 1)
    pairs["event"] = kinds(pairs["event"])
    columns = ["unit", "event", "since", "severity", "serious", "withdrawal"]
    warnings = tuple(f"{count} {what}" for count, what in notes if count)
    return pd.DataFrame(pairs[columns]).reset_index(drop=True), warnings


def _withdrawals(records: UnblindedRecords, told: pd.DataFrame) -> list[str | None]:
    """Say which events made people leave: a leaving whose detail names the event."""
    leaving = records.intercurrent_events
    leaving = leaving[leaving["event"].str.contains(LEAVING) & leaving["detail"].notna()]
    why: dict[str, str] = {}
    for participant, detail in zip(leaving["participant"], leaving["detail"], strict=True):
        why[participant] = why.get(participant, "") + " " + str(detail).casefold()
    if not why:
        return [None] * len(told)
    return [
        "yes" if str(event).casefold() in why.get(participant, "") else "no"
        for participant, event in zip(told["participant"], told["event"], strict=True)
    ]


def _unknown(events: pd.DataFrame) -> dict[str, str]:
    """Say which overall rows the records cannot fill, and why."""
    if not len(events):
        return {}
    out = {}
    if events["severity"].isna().all():
        out[SEVERE_TERM] = "No adverse event has a severity."
    if events["serious"].isna().all():
        out[SERIOUS] = "No adverse event says whether it was serious."
    if events["withdrawal"].isna().all():
        out[WITHDRAWAL] = (
            "The records do not say which events made people leave: write the event's name in the "
            "detail of the intercurrent event."
        )
    return out


def _last_days(records: UnblindedRecords) -> dict[str, float]:
    """Return the last planned day on which each participant was seen."""
    import pandas as pd  # noqa: PLC0415

    plan = records.protocol
    day_of = {visit: plan.day_of(visit) for visit in plan.visit_names}
    seen = pd.concat(
        [table[["participant", "visit"]] for table in (records.scores, records.doses)]
    ).dropna()
    seen = seen.assign(day=seen["visit"].map(day_of).astype(float)).dropna(subset=["day"])
    last = {str(p): float(d) for p, d in seen.groupby("participant")["day"].max().items()}
    left = records.intercurrent_events
    left = left[left["event"].str.contains(LEAVING) & left["day"].notna()]
    for participant, day in zip(left["participant"], left["day"], strict=True):
        last[participant] = max(float(day), 0.0)
    return last
