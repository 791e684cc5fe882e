"""Turn the cells of a foreign file into the protocol's names and into numbers, or say why not.

A message lists the codes that were found, how often and on which lines: never a person's arm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.records.csv_file import CsvFile, lines_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SHOWN = 6  # codes that a message lists
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)


def decode(
    file: CsvFile,
    column: str,
    codes: Mapping[str, str],
    allowed: tuple[str, ...],
    *,
    missing: Sequence[str],
    field: str,
    cells: pd.DataFrame | None = None,
) -> pd.Series[str]:
    """Return the protocol's names of a column of codes, NaN where a cell is missing.

    Parameters
    ----------
    codes
        Code to name; empty if the cells are names already.
    allowed
        The names that the protocol knows.
    missing
        Cells that stand for no answer.
    field
        The mapping's field, for messages.
    cells
        Columns ``text`` and ``row``; None for the whole column of the file.
    """
    wrong = sorted(set(codes.values()) - set(allowed))
    if wrong:
        raise DataError(
            f"mapping: `{field}.codes` leads to {', '.join(map(repr, wrong))}, which the "
            f"protocol does not know. Allowed: {', '.join(allowed)}."
        )
    known = dict(codes) or {name: name for name in allowed}
    if cells is None:
        texts, rows = pd.Series(file.columns[column], dtype="str"), np.arange(len(file))
    else:
        texts, rows = cells["text"], cells["row"].to_numpy()
    unknown = ~texts.isin([*known, *missing])
    if unknown.any():
        found = _found(file, texts[unknown], rows[unknown])
        raise DataError(
            f"{file.path.name}, column {column!r} ({field}): unknown code {found}. "
            f"Known: {', '.join(map(repr, known))}. Add it to `{field}.codes` of the mapping, "
            f"or correct the file."
        )
    return texts.map(known).astype("str")


def _found(file: CsvFile, texts: pd.Series[str], rows: NDArray[np.int64]) -> str:
    """Return each code with the lines it stands on, the first few codes."""
    found = []
    for code, where in list(texts.groupby(texts.to_numpy(), sort=False).indices.items())[:_SHOWN]:
        lines = lines_text([file.lines[rows[i]] for i in where])
        found.append(f"{code!r} ({lines})" if code else f"an empty cell ({lines})")
    return "; ".join(found)


def numbers(
    file: CsvFile,
    column: str | None,
    texts: pd.Series[str],
    rows: NDArray[np.int64],
    *,
    missing: Sequence[str],
    decimal: str = ".",
) -> NDArray[np.float64]:
    """Return texts as numbers, NaN where a cell is missing or NaN.

    Raises
    ------
    DataError
        Naming file, column, lines and value of what is no finite number.
    """
    table: dict[str, float] = {}
    bad: set[str] = set()
    for text in texts.dropna().unique():
        plain = text.replace(",", ".") if decimal == "," and "." not in text else text
        if text in missing:
            table[text] = np.nan
        elif (
            _NUMBER.fullmatch(plain)
            and np.isfinite(float(plain))
            and not (decimal == "," and "." in text)
        ):
            table[text] = float(plain)
        else:
            bad.add(text)
    if bad:
        where = np.flatnonzero(texts.isin(bad))
        first = texts.iloc[int(where[0])]
        raise DataError(
            f"{file.where(rows[where])}: column {column!r} has {first!r}, not a number. "
            f"{_advice(first, decimal)}"
        )
    return np.asarray(texts.map(table), dtype=np.float64)


def _advice(text: str, decimal: str) -> str:
    if decimal == "." and _DECIMAL_COMMA.fullmatch(text):
        return 'If the comma is a decimal comma, set `decimal: ","` in the mapping.'
    if decimal == "," and "." in text:
        return "The mapping says that the decimal mark is a comma."
    if text.lower().lstrip("+-") in ("inf", "infinity"):
        return "Numbers must be finite."
    return "If it stands for a missing value, list it under `missing` in the mapping."


def decimals(texts: pd.Series[str], decimal: str = ".") -> int:
    """Return the most digits after the decimal mark, 12 where an exponent hides them.

    >>> decimals(pd.Series(["1.25", "3"]))
    2
    """
    present = texts.dropna()
    if present.str.contains("[eE]").any():
        return 12
    after = present.str.partition(decimal)[2]
    return int(after.str.len().max()) if len(after) else 0
