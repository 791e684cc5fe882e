"""From the word SOURCE to records, and from what a user calls an outcome to its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.progress import downloading
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.records import UnblindedRecords

TABLES = (".csv", ".tsv", ".txt", ".tab")
LARGE_BYTES = 50_000_000  # about a second of reading

AS_OPTIONS = {
    "`guess.codes`": 'If it means "don\'t know", name it: --unsure CODE.',
    "`delimiter:": "In the command line: --delimiter ';' or --delimiter tab.",
    "`decimal:": "In the command line: --decimal ,",
    "under `missing`": "In the command line: --missing CODE.",
    "`certainty.from`": "In the command line: --certainty-range 0 100.",
}
"""What a message that speaks of mapping files means for a plain table."""


def opened(source: str, outcomes: tuple[str, ...] = (), **columns: Any) -> UnblindedRecords:
    """Open a source; a plain CSV with the columns that the options name.

    Raises
    ------
    click.UsageError
        When a CSV comes without the options that say what its columns mean, or options come
        without a CSV.
    """
    given = {name: value for name, value in columns.items() if value}
    path = Path(source)
    if path.suffix.lower() in TABLES:
        return _table(path, outcomes, given)
    if given and path.is_file() and path.suffix.lower() not in (".yaml", ".yml"):
        raise DataError(
            f"{path} is not a plain table ({', '.join(TABLES)}). "
            "In Excel or another program, save it as 'CSV UTF-8' and name that file."
        )
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise click.UsageError(
            f"{options}: such options say what the columns of a .csv mean, and {source!r} is none."
        )
    return _known(source)


def _known(source: str) -> UnblindedRecords:
    from equipoise.records import open_source  # noqa: PLC0415  (pandas; --help must be instant)

    with downloading() as progress:
        return open_source(source, progress=progress)


def _table(path: Path, outcomes: tuple[str, ...], given: dict[str, Any]) -> UnblindedRecords:
    if not path.exists():
        raise DataError(f"There is no file {path}. Look at its name and its folder.")
    missing = [f"--{name}" for name in ("participant", "arm") if name not in given]
    if not outcomes:
        missing.append("--outcome")
    if missing:
        raise click.UsageError(
            f"{path.name} is a plain table: say what its columns mean with {', '.join(missing)} "
            "(and --guess for `belief`), or write a mapping file."
        )
    from equipoise.records import quick_table  # noqa: PLC0415

    if (size := path.stat().st_size) > LARGE_BYTES:
        click.echo(f"Reading {path.name} ({size / 1e6:,.0f} MB) …", err=True)
    settings: dict[str, Any] = (
        {"delimiter": "\t"} if path.suffix.lower() in (".tsv", ".tab") else {}
    )
    settings |= given
    settings["visit"] = settings.pop("visit_column", None)
    try:
        return quick_table(path, outcome=outcomes, **settings)
    except DataError as error:
        hints = (hint for phrase, hint in AS_OPTIONS.items() if phrase in str(error))
        raise DataError(" ".join((str(error), *hints))) from error


def named(records: UnblindedRecords, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return outcomes as the protocol writes them: `phq9` is PHQ-9 where nothing else could be.

    Raises
    ------
    DataError
        When an outcome or its scores are not there; the message lists those that are.
    """
    from equipoise.records import outcome_frame  # noqa: PLC0415

    names = tuple(dict.fromkeys(_as_written(name, records) for name in asked))
    for name in names:
        outcome_frame(records, name)
    return names


def _as_written(asked: str, records: UnblindedRecords) -> str:
    known = records.protocol.instruments
    alike = [name for name in known if _letters(name) == _letters(asked)]
    return asked if asked in known or len(alike) != 1 else alike[0]


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
