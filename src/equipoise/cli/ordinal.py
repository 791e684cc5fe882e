"""equipoise ordinal: ordered categories by arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from equipoise.cli.outcome_options import arm_options, formula_argument, higher_option
from equipoise.cli.table_file import file_options, print_found, read_table


@click.command()
@file_options
@formula_argument
@arm_options
@click.option(
    "--order",
    metavar="LIST",
    help='Categories that are text, from low to high, with commas: "worse,same,better".',
)
@click.option("--strata", metavar="COLUMN", help="Strata of the win odds.")
@higher_option
def command(
    file: Path,
    formula: str,
    control: str,
    arm: str,
    order: str | None,
    strata: str | None,
    higher: Any,
    level: float,
    as_json: bool,
    **cells: Any,
) -> None:
    """Compare an ordered outcome between arms: common odds ratio, win odds.

    FORMULA is in R's grammar: "improvement ~ arm + baseline". The win odds use no covariates.

    \b
    Examples:
      equipoise ordinal trial.csv "CGI ~ arm + CGI_0" --control placebo --higher worse
      equipoise ordinal trial.csv "change ~ arm" --order worse,same,better --control placebo
    """
    table = read_table(file, **cells)
    from equipoise.analysis import outcomes  # noqa: PLC0415  (--help is instant)

    names = [name.strip() for name in order.split(",")] if order else None
    found = outcomes.ordinal(
        table.frame, formula, control=control, arm=arm, order=names, strata=strata,
        higher=higher, level=level,
    )  # fmt: skip
    print_found(found.with_source(table.source), f"{file.name}: {formula}", as_json=as_json)
