"""equipoise report: the page."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import interval_option, seed_option, table_options
from equipoise.cli.sources import opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.records import UnblindedRecords

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


@click.command()
@click.argument("source")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="The page.")
@click.option("--outcome", multiple=True, metavar="COLUMN", help="CSV: outcome columns.")
@interval_option
@report_draws_option
@seed_option
@date_option
@table_options
def command(
    source: str,
    output: Path | None,
    outcome: tuple[str, ...],
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
      equipoise report trial.csv --participant id --arm arm --guess guess --outcome HAMD
    """
    records = opened(source, outcome, **columns)
    path = output or Path(f"{Path(source).stem}-report.html")
    write_page(records, path, date=date, interval=interval, draws=draws, seed=seed)


def write_page(
    records: UnblindedRecords,
    path: Path,
    *,
    date: datetime.datetime | None,
    interval: Any,
    draws: int,
    seed: int,
    simulated_truth: Mapping[str, Mapping[str, float]] | None = None,
) -> None:
    """Assess every outcome with a progress bar, then write the page whole or not at all."""
    from equipoise.report import trial_report  # noqa: PLC0415  (--help must be instant)

    today = datetime.datetime.now(tz=datetime.UTC)
    with click.progressbar(length=1, label="Assessing", file=sys.stderr, show_eta=False) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.length = total
            bar.label = f"Assessing {name}".ljust(28)
            bar.update(done - bar.pos)

        page = trial_report(
            records,
            seed=seed,
            draws=draws,
            interval=interval,
            generated=(date or today).strftime("%Y-%m-%d"),
            simulated_truth=simulated_truth,
            progress=progress,
        )
    path.write_text(page, encoding="utf-8")
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    click.echo(
        f"Wrote {path} ({len(page.encode()) / 1024:.0f} kB). Open it in a browser.", err=True
    )
