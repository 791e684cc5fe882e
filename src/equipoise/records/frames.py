"""Records from frames that somebody holds: pandas, polars, or whatever narwhals knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
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
    observed_range: Mapping[str, tuple[float, float]] | None = None,
    **tables: Any,
) -> UnblindedRecords:
    """Make records of a finished trial from data frames.

    Parameters
    ----------
    protocol
    source
        What the frames are called; "frames" and the content hash unless given.
    observed_range
        Lowest and highest score of instruments whose published data leave their own range.
    **tables
        Frames by the name of their table: ``scores``, ``allocations``, ``guesses``,
        ``participants``, …; columns as `equipoise.records.TABLES` declares them.

    Raises
    ------
    DataError
        If a table or a column is not known, a cell is wrong, or a total score lies outside its
        instrument's range.
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
    _require_ranges(records, observed_range or {})
    return records if source else records.with_source(Source("frames", records.sha256))


def _require_ranges(
    records: UnblindedRecords, observed_range: Mapping[str, tuple[float, float]]
) -> None:
    totals = records.scores[records.scores["item"].isna()]
    for name, part in totals.groupby("instrument", sort=False):
        spec = records.protocol.instrument(str(name))
        low, high = observed_range.get(str(name), (spec.low, spec.high))
        low, high = -np.inf if low is None else low, np.inf if high is None else high
        bad = part["value"][(part["value"] < low) | (part["value"] > high)]
        if len(bad):
            raise DataError(
                f"scores: {len(bad)} of {len(part)} {name} scores lie outside {low:g} to {high:g}, "
                f"the first is {bad.iloc[0]:g}. Correct them, or pass `observed_range`."
            )


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
