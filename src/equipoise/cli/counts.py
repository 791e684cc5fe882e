"""equipoise counts: rates of events by arm."""

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
@click.option("--exposure", metavar="COLUMN", help="Time at risk; rates are per unit of it.")
@click.option(
    "--robust",
    type=click.Choice(["HC0", "HC1", "HC2", "HC3"]),
    default="HC3",
    show_default=True,
    help="Residuals of the robust variance of the Poisson rows.",
)
@higher_option
def command(
    file: Path,
    formula: str,
    control: str,
    arm: str,
    exposure: str | None,
    robust: Any,
    higher: Any,
    level: float,
    as_json: bool,
    **cells: Any,
) -> None:
    """Compare rates of events between arms: Poisson with robust variance, negative binomial.

    FORMULA is in R's grammar: "relapses ~ arm + baseline".

    \b
    Examples:
      equipoise counts trial.csv "relapses ~ arm" --exposure years --control placebo
      equipoise counts trial.csv "attacks ~ arm + attacks_0" --control placebo --higher worse
    """
    table = read_table(file, **cells)
    from equipoise.analysis import outcomes  # noqa: PLC0415  (--help is instant)

    found = outcomes.counts(
        table.frame, formula, control=control, arm=arm, exposure=exposure, robust=robust,
        higher=higher, level=level,
    )  # fmt: skip
    print_found(found.with_source(table.source), f"{file.name}: {formula}", as_json=as_json)
