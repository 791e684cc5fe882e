"""Columns of events and totals of two arms, out of a table; what lacks a number is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.missing_column import missing_column
from equipoise.synthesis.study_cells import numbers

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EventColumns:
    """Events and totals, four columns (k,), the studies' names, and a warning where some lack.

    `kept` (n,) says which rows of the table they are.
    """

    numbers: tuple[FloatArray, FloatArray, FloatArray, FloatArray]
    study: tuple[str, ...]
    kept: NDArray[np.bool_]
    warnings: tuple[str, ...]


def event_columns(
    frame: IntoDataFrame,
    events1: str,
    total1: str,
    events2: str,
    total2: str,
    *,
    study: str | None = None,
) -> EventColumns:
    """Take four columns of numbers; rows that lack one are left out, and counted.

    Raises
    ------
    DataError
        When a column is not there, is not of numbers, or no row is complete.
    """
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas().reset_index(drop=True)
    for name in (events1, total1, events2, total2, *([study] if study else [])):
        if name not in table.columns:
            raise missing_column(name, table.columns)
    columns = [numbers(table, name) for name in (events1, total1, events2, total2)]
    called = [f"row {i + 1}" for i in range(len(table))]
    if study is not None:
        called = [str(x).strip() for x in table[study]]
    kept: NDArray[np.bool_] = np.all(np.isfinite(np.array(columns)), axis=0)
    if not kept.any():
        raise DataError(f"No row has {events1}, {total1}, {events2} and {total2}.")
    warnings: tuple[str, ...] = ()
    if not kept.all():
        lost = [name for name, has in zip(called, kept, strict=True) if not has]
        warnings = (f"Without events or totals, and left out: {', '.join(lost)}",)
    a, b, c, d = (column[kept] for column in columns)
    names = tuple(name for name, has in zip(called, kept, strict=True) if has)
    warnings += _twice(names, np.stack([a, b, c, d], axis=1))
    return EventColumns((a, b, c, d), names, kept, warnings)


def _twice(names: tuple[str, ...], rows: FloatArray) -> tuple[str, ...]:
    """Refuse a study that stands twice with the same numbers; warn where only the name does."""
    seen: dict[str, int] = {}
    again = []
    for k, name in enumerate(names):
        first = seen.setdefault(" ".join(name.split()).casefold(), k)
        if first == k:
            continue
        if (rows[k] == rows[first]).all():
            raise DataError(
                f"{name} stands twice with the same numbers: the same people would count twice. "
                "Take one of the rows out."
            )
        again.append(name)
    if not again:
        return ()
    told = ", ".join(dict.fromkeys(again))
    return (f"Named more than once, and taken to be different people: {told}",)
