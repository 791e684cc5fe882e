"""equipoise crossover: a crossover trial in one table."""

from __future__ import annotations

from pathlib import Path

import click

from equipoise.cli.table_file import file_options, print_found, read_table


@click.command()
@click.option("--outcome", required=True, metavar="COLUMN", help="The outcome of a period.")
@click.option("--participant", required=True, metavar="COLUMN", help="Who the row belongs to.")
@click.option("--period", required=True, metavar="COLUMN", help="Which period the row is.")
@click.option("--treatment", required=True, metavar="COLUMN", help="The treatment of the period.")
@click.option("--control", required=True, metavar="CODE", help="What others are compared with.")
@click.option("--baseline", metavar="COLUMN", help="The outcome before each period.")
@click.option("--carry-over", is_flag=True, help="Put carry-over into a mixed model.")
@click.option("--binary", is_flag=True, help="The outcome is 0 or 1 (AB/BA only).")
@click.option(
    "--analysis",
    type=click.Choice(["auto", "within-participant", "mixed-model"]),
    default="auto",
    show_default=True,
    help="Of people with both periods, or of everybody.",
)
@click.option(
    "--df",
    type=click.Choice(["satterthwaite", "between-within"]),
    default="satterthwaite",
    show_default=True,
    help="Degrees of freedom of the mixed model.",
)
@file_options
def command(
    file: Path, delimiter: str | None, decimal: str, missing: tuple[str, ...], level: float,
    as_json: bool, outcome: str, participant: str, period: str, treatment: str, control: str,
    baseline: str | None, carry_over: bool, binary: bool, analysis: str, df: str,
) -> None:  # fmt: skip
    """Analyse a crossover trial: treatment, period and carry-over.

    FILE has one row a participant and period. An AB/BA trial in which everybody has both periods
    is compared within participants; any other design by a mixed model that keeps everybody.
    Carry-over is shown as information: the analysis is never chosen by its test.

    \b
    Examples:
      equipoise crossover trial.csv --outcome PEF --participant id --period period \\
        --treatment drug --control salbutamol
      equipoise crossover square.csv --outcome pain --participant id --period week \\
        --treatment dose --control 0 --carry-over --json
    """
    from typing import Any, cast  # noqa: PLC0415

    from equipoise.analysis.crossover import crossover  # noqa: PLC0415  (--help is instant)

    columns = [outcome, participant, period, treatment, *([baseline] if baseline else [])]
    table = read_table(file, columns, delimiter=delimiter, decimal=decimal, missing=missing)
    found = crossover(
        table.frame,
        outcome=outcome,
        participant=participant,
        period=period,
        treatment=treatment,
        control=control,
        baseline=baseline,
        carry_over=carry_over,
        binary=binary,
        analysis=cast("Any", analysis),
        df=cast("Any", df),
        level=level,
    ).with_source(table.source)
    print_found(found, f"{outcome}: crossover trial, {file.name}", as_json=as_json)
