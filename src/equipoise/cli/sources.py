"""From the word SOURCE to records, with a progress bar where something is downloaded."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from equipoise.records import UnblindedRecords


def opened(source: str, outcomes: tuple[str, ...] = (), **columns: Any) -> UnblindedRecords:
    """Open a source; a plain CSV with the columns that the options name.

    Raises
    ------
    click.UsageError
        When a CSV comes without the options that say what its columns mean, or options come
        without a CSV.
    """
    given = {name: value for name, value in columns.items() if value}
    if Path(source).suffix.lower() == ".csv" and Path(source).is_file():
        return _table(Path(source), outcomes, given)
    if given:
        raise click.UsageError(
            f"--{', --'.join(given)} say what the columns of a .csv mean, and {source!r} is none."
        )
    from equipoise.records import open_source  # noqa: PLC0415  (pandas; --help must be instant)

    with ExitStack() as stack:
        bars: list[Any] = []

        def progress(done: int, total: int | None) -> None:
            if not bars and total:
                bar = click.progressbar(length=total, label="Downloading", file=sys.stderr)
                bars.append(stack.enter_context(bar))
            if bars:
                bars[0].update(done - bars[0].pos)

        return open_source(source, progress=progress)


def _table(path: Path, outcomes: tuple[str, ...], given: dict[str, Any]) -> UnblindedRecords:
    missing = [f"--{name}" for name in ("participant", "arm") if name not in given]
    if not outcomes:
        missing.append("--outcome")
    if missing:
        raise click.UsageError(
            f"{path.name} is a plain table: say what its columns mean with {', '.join(missing)} "
            "(and --guess for `belief`), or write a mapping file."
        )
    from equipoise.records import quick_table  # noqa: PLC0415

    given["visit"] = given.pop("visit_column", None)
    return quick_table(path, outcome=outcomes, **given)
