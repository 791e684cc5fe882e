"""A long table of n-of-1 trials, checked: each participant's cycles of active and control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Person:
    """One participant: k whole cycles as active minus control, and every measurement kept.

    `elapsed` (k,) is the mean time of active less that of control; None without times.
    """

    name: str
    differences: NDArray[np.float64]
    elapsed: NDArray[np.float64] | None
    outcome: NDArray[np.float64]
    active: NDArray[np.bool_]
    time: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class Cycles:
    """All participants with a whole cycle."""

    people: tuple[Person, ...]
    active: str
    control: str
    warnings: tuple[str, ...]


def cycles_table(
    frame: IntoDataFrame,
    *,
    outcome: str,
    cycle: str,
    treatment: str,
    control: str,
    participant: str | None = None,
    time: str | None = None,
    washout: float = 0,
) -> Cycles:
    """Check a long table, drop washout, and take the difference within every cycle.

    Raises
    ------
    DataError
        When columns are missing, treatments are not two, or washout is asked without times.
    """
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    names = {"cycle": cycle, "treatment": treatment, "outcome": outcome}
    names |= {"participant": participant} if participant else {}
    names |= {"time": time} if time else {}
    if absent := [name for name in names.values() if name not in table.columns]:
        raise DataError(f"The table has no column {absent}; it has {list(table.columns)}.")
    rows = pd.DataFrame({ours: table[theirs] for ours, theirs in names.items()})
    rows["participant"] = _text(rows["participant"], names) if participant else "participant"
    for name in ("cycle", "treatment", *(["time"] if time else [])):
        if lost := int(rows[name].isna().sum()):
            raise DataError(f"{lost} rows have no {name} ({names[name]!r}). Every row needs one.")
    for name in ("outcome", *(["time"] if time else [])):
        if rows[name].dtype.kind not in "biuf":
            raise DataError(f"Column {names[name]!r} must be numbers.")
        rows[name] = rows[name].astype("float64")
    rows["treatment"] = _text(rows["treatment"], names)
    active = _active(rows["treatment"], control, treatment)
    kept, dropped = _after_washout(rows, time is not None, washout)
    seen = kept[np.isfinite(kept["outcome"])]
    warnings = list(dropped)
    if lost := len(kept) - len(seen):
        warnings.append(f"{lost} of {len(rows)} rows lack the outcome and were left out")
    people, broken = _people(seen.reset_index(drop=True), active, control, timed=time is not None)
    if broken:
        warnings.append(
            f"{broken} cycles lack a measurement under one treatment and were left out of paired "
            "comparisons"
        )
    warnings += _orders(people, active)
    if participant is None and _returns(rows["cycle"]):
        warnings.append(
            "No participant column is named, so all rows count as one person's; yet cycles that "
            "were over come again further down: if these are several people, name the column"
        )
    return Cycles(tuple(people), active, control, tuple(warnings))


def _returns(cycles: pd.Series[Any]) -> bool:
    """Whether a cycle comes again after another one, in the order of the rows."""
    starts = cycles[cycles.ne(cycles.shift())]
    return bool(starts.duplicated().any())


def _active(treatments: pd.Series[Any], control: str, column: str) -> str:
    known = sorted(set(treatments))
    if control not in known or len(known) != 2:
        raise DataError(
            f"An n-of-1 comparison is of {control!r} with one other treatment; column {column!r} "
            f"holds {known}. Keep the rows of two treatments."
        )
    return str(next(name for name in known if name != control))


def _after_washout(
    rows: pd.DataFrame, timed: bool, washout: float
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop what was measured less than `washout` after the first row of its treatment period."""
    if washout < 0 or (washout and not timed):
        raise DataError(f"Washout is 0 or more, and needs the time column. Got {washout:g}.")
    if not washout:
        return rows, ()
    periods = rows.groupby(["participant", "cycle", "treatment"])["time"]
    kept = rows[rows["time"] - periods.transform("min") >= washout]
    dropped = len(rows) - len(kept)
    return kept, (
        f"{dropped} of {len(rows)} rows fell in the first {washout:g} time units of a treatment "
        "period (washout) and were left out",
    )


def _people(
    rows: pd.DataFrame, active: str, control: str, *, timed: bool
) -> tuple[list[Person], int]:
    people, broken = [], 0
    values = ["outcome", "time"] if timed else ["outcome"]
    for name, own in rows.groupby("participant"):
        means = own.pivot_table(index="cycle", columns="treatment", values=values, aggfunc="mean")
        means = means.reindex(columns=[(v, t) for v in values for t in (active, control)])
        whole = means.dropna()
        broken += len(means) - len(whole)
        if not len(whole):
            continue
        gap = whole["time"][active] - whole["time"][control] if timed else None
        people.append(
            Person(
                name=str(name),
                differences=(whole["outcome"][active] - whole["outcome"][control]).to_numpy(float),
                elapsed=None if gap is None else gap.to_numpy(float),
                outcome=own["outcome"].to_numpy(float),
                active=(own["treatment"] == active).to_numpy(bool),
                time=own["time"].to_numpy(float) if timed else None,
            )
        )
    if not people:
        raise NotIdentifiedError(
            f"No cycle has a measurement under {active!r} and one under {control!r}."
        )
    return people, broken


def _orders(people: list[Person], active: str) -> list[str]:
    """Warn where a participant had the same order in every cycle: it cannot have been drawn."""
    same = [
        person.name
        for person in people
        if person.elapsed is not None
        and len(person.elapsed) > 2
        and len(set(np.sign(person.elapsed))) == 1
    ]
    if not same:
        return []
    who = "1 participant" if len(same) == 1 else f"{len(same)} participants"
    return [
        f"{who} had the same order in every cycle: unless it was drawn so, a trend over time "
        f"cannot be told from the effect of {active}"
    ]


def _text(values: pd.Series[Any], names: dict[str, str]) -> pd.Series[Any]:
    """Write labels as text; 1.0, which a table reader makes of 1, as 1."""
    if lost := int(values.isna().sum()):
        which = names.get(str(values.name), str(values.name))
        raise DataError(f"{lost} rows have no value in {which!r}. Every row needs one.")
    if values.dtype.kind == "f" and (values == values.round()).all():
        values = values.astype(int)
    return values.astype(str)
