"""equipoise survival: time to an event by arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.outcome_options import arm_options, higher_option
from equipoise.cli.table_file import TableFile, file_options, print_found, read_table


@click.command()
@click.option("--time", required=True, metavar="COLUMN", help="Follow-up from randomisation.")
@click.option(
    "--event", required=True, metavar="COLUMN", help="1 it happened then, 0 it had not until then."
)
@arm_options
@click.option(
    "--covariate",
    "covariates",
    multiple=True,
    metavar="COLUMN",
    help="Adjusts the hazard ratio; may be repeated.",
)
@click.option("--strata", metavar="COLUMN", help="Strata of the log-rank test and the hazards.")
@click.option("--cluster", metavar="COLUMN", help="Clusters of a robust variance, such as sites.")
@click.option("--competing", metavar="COLUMN", help="1 where another event came first.")
@click.option(
    "--at",
    multiple=True,
    type=click.FloatRange(0),
    metavar="TIME",
    help="Time of a survival probability; may be repeated; --tau by default.",
)
@click.option(
    "--tau",
    type=click.FloatRange(0, min_open=True),
    metavar="TIME",
    help="End of the restricted mean; the last time that all arms were seen by default.",
)
@higher_option
@plot_option("Also draw the Kaplan-Meier curves")
@file_options
def command(
    file: Path,
    time: str,
    event: str,
    control: str,
    arm: str,
    covariates: tuple[str, ...],
    at: tuple[float, ...],
    plot: Path | None,
    level: float,
    as_json: bool,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    **asked: Any,
) -> None:
    """Compare the time to an event between arms.

    Curves, medians, restricted means, log-rank test and hazard ratio, with a check that the
    hazard ratio stays the same.

    \b
    Examples:
      equipoise survival trial.csv --time weeks --event remitted --control placebo --higher better
      equipoise survival trial.csv --time days --event relapse --control placebo --tau 180
      equipoise survival trial.csv --time weeks --event relapse --control placebo --plot curves.svg
    """
    table = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    from equipoise.analysis import outcomes  # noqa: PLC0415  (--help is instant)

    found = outcomes.survival(
        table.frame, time=time, event=event, control=control, arm=arm,
        covariates=covariates, at=at, level=level, **asked,
    )  # fmt: skip
    if plot is not None:
        _draw(table, plot, time=time, event=event, control=control, arm=arm, level=level)
    heading = f"{file.name}: time to {event} by {arm}"
    print_found(found.with_source(table.source), heading, as_json=as_json)


def _draw(table: TableFile, path: Path, *, time: str, event: str, **columns: Any) -> None:
    from equipoise import plots  # noqa: PLC0415
    from equipoise.analysis import outcomes  # noqa: PLC0415

    curves = outcomes.survival_curves(table.frame, time=time, event=event, **columns)
    scale = f"without the event ({event})"
    write_figure(plots.kaplan_meier(curves, scale=scale, unit=time), path)
