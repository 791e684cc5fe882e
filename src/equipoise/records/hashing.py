"""A hash of what tables say, whatever the order of their rows and columns or the machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pandas as pd


def content_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the sha256 of the tables' content, in hexadecimal.

    A text is written as ``t``, its length, ``:`` and itself; a number as ``n``, its shortest
    exact decimal and ``;``; a missing value as ``-``. A table is its name, the number of its
    rows and the names of its columns, sorted; then a line a row, sorted. Tables come in the
    order of their names; an empty one counts as none, so that a later version may declare more.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        frame = tables[name]
        if len(frame):
            digest.update(_canonical(name, frame))
    return digest.hexdigest()


def _canonical(name: str, frame: pd.DataFrame) -> bytes:
    """Write one table: lengths before texts, so that no cell can look like two."""
    columns = sorted(frame.columns)
    cells = [[_cell(value) for value in frame[column].tolist()] for column in columns]
    lines = sorted("".join(row) for row in zip(*cells, strict=True))
    head = "".join(_cell(column) for column in columns)
    text = "\n".join([f"{_cell(name)}{len(lines)} {head}", *lines, ""])
    return text.encode("utf-8")


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"t{len(value)}:{value}"
    if value is None or value != value:  # noqa: PLR0124  (NaN is the value unlike itself)
        return "-"
    return f"n{float(value)!r};"  # type: ignore[arg-type]  # repr gives every bit back
