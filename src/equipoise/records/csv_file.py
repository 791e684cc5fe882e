"""Read the needed columns of somebody's CSV file, with line numbers, in bounded memory.

The file is scanned once for what would hurt later (encoding, NUL bytes, endless lines) and read
once row by row; a file of any size either fits the limits below or is refused with a message.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from equipoise.errors import DataError
from equipoise.records.scan import scan

MAX_ROWS = 1_000_000
"""Rows that are kept: several times the largest trial, and about 0.5 GB of memory."""
_BATCH = 10_000  # rows that are turned into columns at once
_SHOWN = 5  # line numbers that a message lists


@dataclass(frozen=True, slots=True, eq=False)
class CsvFile:
    """Columns of text, and the line of the file each row began on."""

    path: Path
    sha256: str
    columns: dict[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, rows: Iterable[int]) -> str:
        """Return ``trial.csv, lines 2, 7 and 5 more`` for row numbers counted from 0."""
        lines = [self.lines[row] for row in rows]
        return f"{self.path.name}, {lines_text(lines)}"


def lines_text(lines: Sequence[int]) -> str:
    """Return ``line 2`` or ``lines 2, 3, 4, 5, 6 and 9 more``."""
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def read_csv(
    path: Path,
    wanted: Iterable[str] | None = None,
    *,
    delimiter: str = ",",
    max_rows: int = MAX_ROWS,
) -> CsvFile:
    """Read `wanted` columns (None: all) as stripped text.

    Raises
    ------
    DataError
        Naming the file, the line and what to do: not a file, empty, not UTF-8, NUL bytes,
        missing or repeated columns, ragged rows, too many rows.
    """
    digest = scan(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            header = _header(path, next(reader, []), delimiter)
            names = list(dict.fromkeys(header if wanted is None else wanted))
            _check_header(path, header, names)
            places = [header.index(name) for name in names]
            cells, lines = _rows(path, reader, len(header), places, max_rows)
        except csv.Error as error:
            raise DataError(
                f"{path.name}, line {reader.line_num}: not readable as CSV ({error}). Look for a "
                f'quotation mark " that is opened and not closed there or above.'
            ) from error
    if not lines:
        raise DataError(f"{path.name} has a header and no rows: there is nothing to read.")
    return CsvFile(path, digest, dict(zip(names, cells, strict=True)), lines)


def _rows(
    path: Path, reader: Iterator[list[str]], width: int, places: list[int], max_rows: int
) -> tuple[list[list[str]], list[int]]:
    columns: list[list[str]] = [[] for _ in places]
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    batch: list[list[str]] = []
    stripped = _Stripped()
    line = 2
    for row in reader:
        if len(row) == width:
            batch.append([row[place] for place in places])
            lines.append(line)
            if len(batch) == _BATCH:
                _keep(batch, columns, stripped)
            if len(lines) > max_rows:
                raise DataError(
                    f"{path.name} has more than {max_rows:,} rows, the most that are read. "
                    f"Keep the rows of this trial, or the visits you need, and try again."
                )
        elif any(cell.strip() for cell in row):  # blank lines are skipped
            ragged.append((line, len(row)))
            if len(ragged) > 1000:
                break
        line = reader.line_num + 1  # type: ignore[attr-defined]
    _keep(batch, columns, stripped)
    if ragged:
        raise DataError(
            f"{path.name}, {lines_text([line for line, _ in ragged])}: {ragged[0][1]} cells where "
            f"the header has {width}. Look for a separator inside a cell that is not in quotes."
        )
    return columns, lines


class _Stripped(dict[str, str]):
    """Texts without the spaces around them; equal texts share one object."""

    def __missing__(self, cell: str) -> str:
        return self.setdefault(cell, cell.strip())


def _keep(batch: list[list[str]], columns: list[list[str]], stripped: _Stripped) -> None:
    """Move the cells of some rows into the columns; leave the batch empty."""
    for column, cells in zip(columns, zip(*batch, strict=True), strict=bool(batch)):
        column.extend(map(stripped.__getitem__, cells))
    batch.clear()


def _header(path: Path, cells: list[str], delimiter: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) == 1:
        for other, name, shell in (
            (";", '";"', '";"'),
            ("\t", '"\\t"', "tab"),
            (",", '","', '","'),
        ):
            if other != delimiter and other in header[0]:
                raise DataError(
                    f"{path.name} has one column {header[0]!r}: its cells seem to be separated "
                    f"otherwise. Set `delimiter: {name}` in a mapping, or --delimiter {shell} on "
                    f"the command line."
                )
    return header


def _check_header(path: Path, header: list[str], names: list[str]) -> None:
    missing = [name for name in names if name not in header]
    if missing:
        raise DataError(
            f"{path.name} lacks the column {', '.join(map(repr, missing))}. "
            f"Its columns are: {', '.join(header)}."
        )
    twice = [name for name in names if header.count(name) > 1]
    if twice:
        raise DataError(
            f"{path.name} has more than one column named {', '.join(map(repr, twice))}; "
            f"rename one of them."
        )
