"""Records from frames that somebody holds: pandas, polars, or whatever narwhals knows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.protocol import Protocol
from equipoise.records.records import UnblindedRecords
from equipoise.records.tables import TABLE


def records_from_frames(
    protocol: Protocol,
    *,
    source: Source | None = None,
    warnings: tuple[str, ...] = (),
    **tables: Any,
) -> UnblindedRecords:
    """Make records of a finished trial from data frames.

    Parameters
    ----------
    protocol
    source
        What the frames are called; "frames" and the content hash unless given.
    **tables
        Frames by the name of their table: ``scores``, ``allocations``, ``guesses``,
        ``participants``, …; columns as `equipoise.records.TABLES` declares them.

    Raises
    ------
    DataError
        If a table or a column is not known, or a cell is wrong.
    """
    unknown = sorted(set(tables) - set(TABLE))
    if unknown:
        raise DataError(
            f"There is no table {', '.join(map(repr, unknown))}. Tables: {', '.join(TABLE)}."
        )
    inside = {name: _pandas(frame, name) for name, frame in tables.items()}
    records = UnblindedRecords(
        protocol=protocol, source=source or Source("frames"), warnings=warnings, **inside
    )
    return records if source else records.with_source(Source("frames", records.sha256))


def _pandas(frame: Any, name: str) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame
    import narwhals as nw  # noqa: PLC0415  (only for frames that are not pandas)

    try:
        table = nw.from_native(frame)
        if isinstance(table, nw.LazyFrame):
            table = table.collect()
    except TypeError as error:
        kind = type(frame).__name__
        raise DataError(f"Table {name} must be a data frame, not {kind}.") from error
    # by way of lists: to_pandas would ask for pyarrow
    return pd.DataFrame({column: table[column].to_list() for column in table.columns})
