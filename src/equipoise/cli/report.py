"""equipoise report: the page."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import interval_option, output_option, seed_option, writable
from equipoise.cli.progress import steps
from equipoise.cli.sources import TABLES, opened
from equipoise.cli.table_options import TableCommand, table_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.records import AllocationAccount, UnblindedRecords

date_option = click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date to print on the page; today by default.",
)
report_draws_option = click.option(
    "--draws",
    type=click.IntRange(min=100),
    default=4_000,
    show_default=True,
    help="Bootstrap resamples of people.",
)


@click.command(cls=TableCommand)
@click.argument("source")
@output_option(help="The page; SOURCE-report.html in this folder by default.")
@click.option(
    "--outcome", multiple=True, metavar="COLUMN", help="CSV: an outcome; may be repeated."
)
@click.option(
    "--account",
    type=click.Path(path_type=Path),
    help="How the allocation was made and concealed, as `equipoise reveal` wrote it.",
)
@interval_option
@report_draws_option
@seed_option
@date_option
@table_options
def command(
    source: str,
    output: Path | None,
    outcome: tuple[str, ...],
    account: Path | None,
    interval: Any,
    draws: int,
    seed: int,
    date: datetime.datetime | None,
    **columns: Any,
) -> None:
    """Write one self-contained page: the answer first, then figures, tables, provenance.

    \b
    Examples:
      equipoise report self-blinding-microdose
      equipoise report my-trial/ --output report.html
      equipoise report my-trial/ --account account.json
      equipoise report trial.csv --participant id --arm arm --guess guess --outcome HAMD
    """
    if outcome and Path(source).suffix.lower() not in TABLES:
        raise click.UsageError(
            "The page tells of every outcome; --outcome names the columns of a plain CSV."
        )
    path = output or writable(Path(f"{_stem(source)}-report.html"))
    records = opened(source, outcome, **columns)
    settings = {"date": date, "interval": interval, "draws": draws, "seed": seed}
    write_page(records, path, allocation=_account(account), **settings)


def _account(path: Path | None) -> AllocationAccount | None:
    from equipoise.records import read_allocation_account  # noqa: PLC0415  (--help is instant)

    return read_allocation_account(path) if path else None


def _stem(source: str) -> str:
    """Return what the page is named after: a file without its suffix, a folder whole."""
    path = Path(source).resolve()
    return path.name if path.is_dir() or not path.suffix else path.stem


def write_page(
    records: UnblindedRecords,
    path: Path,
    *,
    date: datetime.datetime | None,
    interval: Any,
    draws: int,
    seed: int,
    simulated_truth: Mapping[str, Mapping[str, float]] | None = None,
    allocation: AllocationAccount | None = None,
) -> None:
    """Assess every outcome, showing how far it is, then write the page whole or not at all."""
    from equipoise.report import trial_report  # noqa: PLC0415  (--help must be instant)

    today = datetime.datetime.now(tz=datetime.UTC)
    with steps() as step:

        def progress(done: int, total: int, name: str) -> None:
            step(done, total, f"Assessing {name}" if done < total else "Writing the page")

        page = trial_report(
            records,
            seed=seed,
            draws=draws,
            interval=interval,
            generated=(date or today).strftime("%Y-%m-%d"),
            simulated_truth=simulated_truth,
            allocation=allocation,
            progress=progress,
        )
    _replace(path, page)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    click.echo(
        f"Wrote {path} ({len(page.encode()) / 1024:.0f} kB). Open it in a browser.", err=True
    )


def _replace(path: Path, page: str) -> None:
    """Write a file whole or not at all: a full disk leaves the old page as it was."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
