"""equipoise rerandomise: test a treatment by the trial's own allocation procedure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import seed_option
from equipoise.cli.procedure_options import OPTIONS, columns_of, procedure_of, procedure_options
from equipoise.cli.table_file import file_options, print_found, read_table


@click.command()
@click.option("--outcome", required=True, metavar="COLUMN", help="One number a person.")
@click.option("--arm", required=True, metavar="COLUMN", help="The arm that was drawn.")
@click.option("--active", required=True, metavar="ARM", help="The arm compared ...")
@click.option("--control", required=True, metavar="ARM", help="... with this one.")
@procedure_options
@click.option("--order", metavar="COLUMN", help="Order of entry; the rows' order by default.")
@click.option("--covariate", multiple=True, metavar="COLUMN", help="Adjusted for; may be repeated.")
@click.option(
    "--scores",
    type=click.Choice(["outcome", "ranks", "logistic", "log-rank"]),
    default="outcome",
    show_default=True,
    help="What is compared between the arms.",
)
@click.option("--event", metavar="COLUMN", help="1 where the time is that of the event.")
@click.option(
    "--statistic",
    type=click.Choice(["difference", "sum", "f"]),
    default="difference",
    show_default=True,
    help="Of the scores; f compares all arms.",
)
@click.option(
    "--alternative",
    type=click.Choice(["two-sided", "greater", "less"]),
    default="two-sided",
    show_default=True,
    help="Active against control.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=100),
    default=100_000,
    show_default=True,
    help="Redraws, where p is not exact.",
)
@seed_option
@file_options
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    level: float,
    as_json: bool,
    outcome: str,
    arm: str,
    covariate: tuple[str, ...],
    order: str | None,
    event: str | None,
    seed: int,
    **given: Any,
) -> None:
    """Test and estimate an effect by how people were allocated, assuming no model of outcomes.

    FILE has one row for everyone who was allocated, those without an outcome included, in the
    order of entry or with a column that tells it. The allocation is redrawn as it was drawn in
    the trial, for the same people; with blocks and whole-number scores, p is exact.

    \b
    Examples:
      equipoise rerandomise trial.csv --outcome score --arm arm --active drug --control placebo \\
          --procedure blocks --block-size 4 --stratum site --order entry
      equipoise rerandomise trial.csv --outcome score --arm arm --active drug --control placebo \\
          --procedure minimisation --factor site --factor sex=2 --probability 0.8 \\
          --covariate baseline --draws 50000 --seed 7 --json
    """
    import numpy as np  # noqa: PLC0415  (--help must be instant)

    from equipoise.analysis import rerandomise  # noqa: PLC0415

    how = {key: given.pop(key) for key in OPTIONS}
    make = procedure_of(given.pop("procedure"), how)
    named = [outcome, arm, *covariate, *columns_of(how), *(c for c in (order, event) if c)]
    table = read_table(
        file, list(dict.fromkeys(named)), delimiter=delimiter, decimal=decimal, missing=missing
    )
    found = rerandomise(
        table.frame,
        outcome=outcome,
        arm=arm,
        procedure=make,
        rng=np.random.default_rng(seed),
        order=order,
        covariates=covariate,
        event=event,
        level=level,
        **given,
    )
    heading = f"{outcome}: {given['active']} against {given['control']}, judged by the allocation"
    print_found(found.with_source(table.source), heading, as_json=as_json)
