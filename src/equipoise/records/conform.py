"""Make a frame be the table that `tables` declares, or say which cell is wrong.

Text columns become `str` with NaN where empty, numbers float64; undeclared columns are refused
except the covariates of participants. Nothing is guessed: what cannot be right is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.records.tables import Column, Kind, Table


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a checked copy of `frame` with the table's columns, types and order.

    Parameters
    ----------
    frame
        Columns may be missing if not required; an empty frame gives the empty table.
    table
        The declaration.

    Raises
    ------
    DataError
        Naming the table, the column, the value and what is allowed.
    """
    _check_columns(frame, table)
    out: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        if column.name in frame:
            values = _typed(frame[column.name], column.kind, f"{table.name}.{column.name}")
        else:
            values = _empty(len(frame), column.kind)
        _check_values(values, column, table)
        out[column.name] = values
    for name in _others(frame, table):
        out[name] = _typed(frame[name], kind_of(frame[name]), f"{table.name}.{name}")
    checked = pd.DataFrame(out).reset_index(drop=True)
    _check_key(checked, table)
    return checked


def kind_of(values: pd.Series[Any]) -> Kind:
    """Tell whether a covariate is a number or a text."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "number"
    present = values.dropna()
    numbers = len(present) > 0 and all(_is_number(value) for value in present)
    return "number" if numbers else "text"


def as_text(values: Iterable[Any]) -> pd.Series[str]:
    """Return text with NaN where a cell is empty; numbers such as 7.0 become ``7``."""
    if isinstance(values, pd.Series) and values.dtype == "str":
        return values.mask(values == "").reset_index(drop=True)
    return pd.Series([_text(value) for value in values], dtype="str")


def _check_columns(frame: pd.DataFrame, table: Table) -> None:
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"Table {table.name} has more than one column named {_listed(twice)}.")
    missing = [c.name for c in table.columns if c.required and c.name not in names]
    if missing and len(frame):
        raise DataError(
            f"Table {table.name} lacks the column {_listed(missing)}. "
            f"It has: {', '.join(names)}. It needs: {_listed(_required(table))}."
        )
    unknown = [n for n in names if table.column(n) is None]
    if unknown and not table.open:
        raise DataError(
            f"Table {table.name} has no column {_listed(unknown)}. "
            f"Its columns are: {', '.join(c.name for c in table.columns)}."
        )


def _required(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.required]


def _others(frame: pd.DataFrame, table: Table) -> list[str]:
    return [str(n) for n in frame.columns if table.column(str(n)) is None]


def _empty(rows: int, kind: Kind) -> pd.Series[Any]:
    if kind == "text":
        return pd.Series([np.nan] * rows, dtype="str")
    return pd.Series(np.full(rows, np.nan), dtype="float64")


def _typed(values: pd.Series[Any], kind: Kind, where: str) -> pd.Series[Any]:
    if kind == "text":
        text = as_text(values)
        _check_text(text, where)
        return text
    try:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        bad = next(v for v in values if not _is_missing(v) and not _is_number(v))
        raise DataError(f"{where} must be numbers; found {bad!r}.") from None
    if np.isinf(numbers).any():
        raise DataError(f"{where} has an infinite value; numbers must be finite.")
    return pd.Series(numbers, dtype="float64")


def _check_text(text: pd.Series[str], where: str) -> None:
    for value in text.dropna().unique():
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise DataError(f"{where} has a character that no text file can hold: {value!r}.")


def _check_values(values: pd.Series[Any], column: Column, table: Table) -> None:
    where = f"{table.name}.{column.name}"
    if column.required and values.isna().any():
        row = int(np.flatnonzero(values.isna())[0]) + 1
        raise DataError(f"{where} is empty in row {row}; it must be filled in every row.")
    if column.allowed:
        odd = sorted(set(values.dropna().unique()) - set(column.allowed))
        if odd:
            raise DataError(f"{where} has {_listed(odd)}; allowed: {', '.join(column.allowed)}.")
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    if column.kind == "number" and (bad := (values < low) | (values > high)).any():
        raise DataError(
            f"{where} has {values[bad].iloc[0]:g}; allowed: {low:g} to {high:g} ({column.meaning})."
        )


def _check_key(frame: pd.DataFrame, table: Table) -> None:
    twice = frame.duplicated(list(table.key), keep=False)
    if twice.any():
        rows = (np.flatnonzero(twice)[:4] + 1).tolist()
        raise DataError(
            f"Table {table.name} has {int(twice.sum())} rows that repeat the same "
            f"{', '.join(table.key)}; the first are rows {', '.join(map(str, rows))}. "
            f"Each may occur once."
        )


def _is_missing(value: Any) -> bool:
    return (
        value is None
        or value == ""
        or (isinstance(value, float) and np.isnan(value))
        or (value is pd.NA or value is pd.NaT)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value or np.nan
    if value is pd.NA or value is pd.NaT or value is None:
        return np.nan
    if isinstance(value, (float, np.floating)):
        return np.nan if np.isnan(value) else f"{value:.15g}"
    return str(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
