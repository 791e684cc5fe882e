"""One table, one method: read a plain CSV for a verb, print what the method found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from equipoise.cli.options import json_option, level_option
from equipoise.cli.table_options import delimiter_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimate, Estimates, Source
    from equipoise.records.csv_file import CsvFile

Command = TypeVar("Command", bound=Callable[..., Any])

MISSING = ("", "NA", "NaN", "nan", ".")


class TableFile(NamedTuple):
    """The columns of a file: numbers where every cell is one, else text; and its hash."""

    frame: pd.DataFrame
    source: Source


def file_options(command: Command) -> Command:
    """Add FILE, what its cells look like, --level and --json."""
    options = (
        click.argument("file", type=click.Path(path_type=Path)),
        delimiter_option,
        click.option(
            "--decimal",
            type=click.Choice([".", ","]),
            default=".",
            help="The decimal sign; a point by default.",
        ),
        click.option(
            "--missing",
            multiple=True,
            metavar="CODE",
            help="Code of a missing value, such as -99, besides empty cells, NA and a point.",
        ),
        level_option,
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_table(
    file: Path,
    columns: Sequence[str] | None = None,
    *,
    delimiter: str | None = None,
    decimal: str = ".",
    missing: Sequence[str] = (),
) -> TableFile:
    """Read columns of a CSV (None: all); a column of numbers as numbers, any other as text.

    Raises
    ------
    DataError
        When the file is not there, not readable, or lacks a column; names line and remedy.
    """
    import pandas as pd  # noqa: PLC0415  (--help must be instant)

    from equipoise.estimates import Source  # noqa: PLC0415
    from equipoise.records.csv_file import read_csv  # noqa: PLC0415

    if not file.exists():
        raise DataError(f"There is no file {file}. Look at its name and its folder.")
    tabbed = file.suffix.lower() in (".tsv", ".tab")
    read = read_csv(file, columns, delimiter=delimiter or ("\t" if tabbed else ","))
    empty = {*MISSING, *missing}
    table = {name: _column(cells, empty, decimal) for name, cells in read.columns.items()}
    for name, values in table.items():
        _tell_odd_cell(name, values, read, decimal)
        _tell_alike(name, read.columns[name])
    return TableFile(pd.DataFrame(table), Source(file.name, read.sha256))


def _column(cells: Sequence[str], empty: set[str], decimal: str) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415

    text = pd.Series([None if cell in empty else cell for cell in cells], dtype="str")
    written = text if decimal == "." else text.str.replace(decimal, ".", regex=False)
    number = pd.to_numeric(written, errors="coerce")
    all_numbers = bool((number.notna() == text.notna()).all()) and bool(text.notna().any())
    return number.astype("float64") if all_numbers else text


def _tell_odd_cell(name: str, values: pd.Series[Any], read: CsvFile, decimal: str) -> None:
    """Say which cell makes text of a column that is nearly all numbers: it may be a slip."""
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_numeric_dtype(values.dtype):
        return
    written = values if decimal == "." else values.str.replace(decimal, ".", regex=False)
    odd = (pd.to_numeric(written, errors="coerce").isna() & values.notna()).to_numpy()
    if 0 < odd.sum() <= 0.1 * values.notna().sum():
        row = int(odd.argmax())
        click.echo(
            f"note: {name} is read as text, since line {read.lines[row]} holds "
            f"{values.iloc[row]!r}: correct it, or add --missing {values.iloc[row]!r}.",
            err=True,
        )


def _tell_alike(name: str, cells: Sequence[str]) -> None:
    """Say where levels differ only in capitals or spaces: they count as different."""
    alike: dict[str, set[str]] = {}
    for cell in set(cells):
        alike.setdefault(" ".join(cell.split()).casefold(), set()).add(cell)
    for same in alike.values():
        if len(same) > 1:
            shown = " and ".join(map(repr, sorted(same)))
            click.echo(f"note: {name} holds {shown}, which count as different levels.", err=True)


def print_found(found: Estimates, heading: str, *, as_json: bool) -> None:
    """Print the object of --json, or tables by outcome with refusals, assumptions, warnings."""
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.report.wording import title_of  # noqa: PLC0415

    if as_json:
        click.echo(found.to_json())
        return
    click.echo()
    show.wrapped(heading)
    for name in dict.fromkeys(row.name for row in found):
        rows = found.select(name=name).rows
        units = {row.unit for row in rows}
        shared = units.pop() if len(units) == 1 else None
        click.echo()
        show.wrapped(f"{title_of(name)} · {shared}" if shared else title_of(name))
        show.table(rows, partial(_which, shared=shared))
    show.refusals(found)
    show.items("Method", dict.fromkeys(row.method for row in found if row.method))
    show.items("Assumptions", found.assumptions)
    show.items("Warnings", found.warnings)
    show.provenance(found)


def _which(row: Estimate, *, shared: str | None) -> str:
    """Say which of a slug's rows this is, with its unit where the rows have several."""
    from equipoise.report.wording import variant_of  # noqa: PLC0415

    own = row.unit if shared is None else None
    return ": ".join(part for part in (variant_of(row), own) if part) or "all"
