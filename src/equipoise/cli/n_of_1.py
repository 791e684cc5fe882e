"""equipoise n-of-1: n-of-1 trials in one table."""

from __future__ import annotations

from pathlib import Path

import click

from equipoise.cli.table_file import file_options, print_found, read_table


@click.command()
@click.option("--outcome", required=True, metavar="COLUMN", help="What was measured.")
@click.option("--participant", metavar="COLUMN", help="Who the row belongs to, if several.")
@click.option("--cycle", required=True, metavar="COLUMN", help="Which cycle the row is in.")
@click.option("--treatment", required=True, metavar="COLUMN", help="The treatment received.")
@click.option("--control", required=True, metavar="CODE", help="What it is compared with.")
@click.option("--time", metavar="COLUMN", help="When it was measured, a number such as the day.")
@click.option(
    "--washout",
    type=click.FloatRange(min=0),
    default=0,
    show_default=True,
    help="Leave out so much time after the start of a treatment period.",
)
@click.option(
    "--residual",
    type=click.Choice(["independent", "ar1"]),
    default="independent",
    show_default=True,
    help="Compare cycles, or all measurements with neighbours alike.",
)
@click.option("--trend", is_flag=True, help="Take out a linear trend over time.")
@click.option(
    "--model",
    type=click.Choice(["two-stage", "one-stage"]),
    default="two-stage",
    show_default=True,
    help="How several people are put together.",
)
@click.option(
    "--variance",
    type=click.Choice(["common", "own"]),
    help="One variance of cycles for all, or one each; common unless --trend or ar1.",
)
@file_options
def command(
    file: Path, delimiter: str | None, decimal: str, missing: tuple[str, ...], level: float,
    as_json: bool, outcome: str, participant: str | None, cycle: str, treatment: str,
    control: str, time: str | None, washout: float, residual: str, trend: bool, model: str,
    variance: str | None,
) -> None:  # fmt: skip
    """Analyse n-of-1 trials: each person's effect, and people in general.

    FILE has one row a measurement, in cycles of two treatments. Of one person: the paired t and
    the exact test over the orders that could have been drawn, with the smallest p it can give. Of
    several: the mean effect, how far people differ, and what to expect in the next.

    \b
    Examples:
      equipoise n-of-1 diary.csv --outcome pain --cycle cycle --treatment arm --control placebo
      equipoise n-of-1 series.csv --outcome mood --participant id --cycle cycle \\
        --treatment arm --control placebo --time day --washout 2 --residual ar1
    """
    from typing import Any, cast  # noqa: PLC0415

    from equipoise.analysis.n_of_1 import n_of_1  # noqa: PLC0415  (--help is instant)

    columns = [outcome, cycle, treatment, *filter(None, (participant, time))]
    table = read_table(file, columns, delimiter=delimiter, decimal=decimal, missing=missing)
    found = n_of_1(
        table.frame,
        outcome=outcome,
        participant=participant,
        cycle=cycle,
        treatment=treatment,
        control=control,
        time=time,
        washout=washout,
        residual=cast("Any", residual),
        trend=trend,
        model=cast("Any", model),
        variance=cast("Any", variance),
        level=level,
    ).with_source(table.source)
    print_found(found, f"{outcome}: n-of-1 trials, {file.name}", as_json=as_json)
