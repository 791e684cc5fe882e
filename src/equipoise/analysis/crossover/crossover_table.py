"""A long table of a crossover, checked: one row a participant and period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class CrossoverTable:
    """Columns participant, period, treatment, outcome, previous, sequence, and perhaps baseline.

    `planned` has every row that names a treatment, `frame` those of them with an outcome.
    """

    planned: pd.DataFrame
    frame: pd.DataFrame
    control: str
    warnings: tuple[str, ...]

    @cached_property
    def treatments(self) -> tuple[str, ...]:
        """Control first, the others in alphabetical order."""
        others = sorted(set(self.frame["treatment"]) - {self.control})
        return (self.control, *others)

    @cached_property
    def periods(self) -> tuple[Any, ...]:
        """The periods in order."""
        return tuple(np.unique(self.planned["period"].to_numpy()))

    @property
    def is_two_by_two(self) -> bool:
        """Whether everybody had, or began, active then control or control then active."""
        if len(self.treatments) != 2 or len(self.periods) != 2:
            return False
        a, b = self.treatments
        whole = {f"{a}/{b}", f"{b}/{a}"}
        return set(self.planned["sequence"]) <= whole | {a, b}

    def wide(self, column: str) -> NDArray[np.float64]:
        """Return a column as (participants, 2 periods), NaN where missing: 2x2 only."""
        table = self.frame.pivot_table(
            index="participant", columns="period", values=column, dropna=False
        )
        values = table.reindex(index=self.people, columns=list(self.periods))
        return np.asarray(values.to_numpy(dtype=np.float64))

    @cached_property
    def people(self) -> list[Any]:
        """Everybody with a treatment, in sorted order."""
        return sorted(self.planned["participant"].unique())

    @property
    def active_first(self) -> NDArray[np.bool_]:
        """Which of `people` had active in the first period or control in the second: 2x2 only."""
        planned = self.planned.drop_duplicates("participant").set_index("participant")
        first = planned["period"] == self.periods[0]
        active = planned["treatment"] != self.control
        return np.asarray((first == active).reindex(self.people).to_numpy(dtype=bool))


def crossover_table(
    frame: IntoDataFrame,
    *,
    outcome: str,
    participant: str,
    period: str,
    treatment: str,
    control: str,
    baseline: str | None = None,
) -> CrossoverTable:
    """Check a long table and add the treatment of the period before.

    Raises
    ------
    DataError
        When columns or treatments are missing, a period comes twice, or control is unknown.
    """
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    names = {"participant": participant, "period": period, "treatment": treatment}
    names |= {"outcome": outcome} | ({"baseline": baseline} if baseline else {})
    if absent := [name for name in names.values() if name not in table.columns]:
        raise DataError(f"The table has no column {absent}; it has {list(table.columns)}.")
    rows = pd.DataFrame({ours: table[theirs] for ours, theirs in names.items()})
    for name in ("participant", "period", "treatment"):
        if lost := int(rows[name].isna().sum()):
            raise DataError(
                f"{lost} rows have no {name} ({names[name]!r}). Every row needs one, also a row "
                "without an outcome."
            )
    for name in {"outcome", "baseline"} & set(names):
        rows[name] = _numbers(rows[name], names[name])
    rows["treatment"] = _labels(rows["treatment"])
    if twice := int(rows.duplicated(["participant", "period"]).sum()):
        raise DataError(
            f"{twice} rows repeat a participant and period. Give one row each: the mean of "
            "repeated measurements, or another period column."
        )
    if control not in set(rows["treatment"]):
        known = sorted(set(rows["treatment"]))
        raise DataError(f"Control {control!r} is no treatment of {treatment!r}: {known}.")
    rows = rows.sort_values(["participant", "period"], ignore_index=True)
    by_person = rows.groupby("participant")["treatment"]
    rows["sequence"] = by_person.transform("/".join)
    rows["previous"] = _previous(rows)
    complete = rows[np.isfinite(rows["outcome"])].reset_index(drop=True)
    lost = len(rows) - len(complete)
    warnings = (f"{lost} of {len(rows)} rows lack the outcome and were left out",) if lost else ()
    return CrossoverTable(rows, complete, control, warnings)


def _previous(rows: pd.DataFrame) -> pd.Series[Any]:
    """Treatment of the period before: "" in the first, missing where that row is not there."""
    order = {when: k for k, when in enumerate(np.unique(rows["period"].to_numpy()))}
    place = rows["period"].map(order).astype(int)
    groups = rows["participant"]
    before = rows.groupby("participant")["treatment"].shift()
    step = place - place.groupby(groups).shift().fillna(-1)
    known = before.where(step == 1)
    return known.mask(place == 0, "")


def _labels(values: pd.Series[Any]) -> pd.Series[Any]:
    """Write treatments as text; 1.0, which a table reader makes of 1, as 1."""
    if values.dtype.kind == "f" and (values == values.round()).all():
        values = values.astype(int)
    return values.astype(str)


def _numbers(values: pd.Series[Any], name: str) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415

    if values.dtype.kind not in "biuf":
        raise DataError(
            f"Column {name!r} must be numbers; it holds {values.dropna().iloc[:1].tolist()!s}."
        )
    return pd.Series(values, dtype="float64")
