"""equipoise multilevel: studies with several effects each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from equipoise.cli.study_options import (
    direction_option,
    effect_option,
    outcome_option,
    scale_option,
    se_option,
    unverified_option,
    variance_option,
    verified_option,
)
from equipoise.cli.table_file import file_options, print_found, read_table


@click.command()
@file_options
@effect_option
@se_option
@variance_option
@click.option("--study", metavar="COLUMN", help="Names of the studies; several rows each.")
@click.option("--row", metavar="COLUMN", help="Names of the rows: none may stand twice.")
@outcome_option
@click.option(
    "--rho",
    type=float,
    multiple=True,
    metavar="R",
    help="Correlation of errors within a study, 0.6 by default; repeat it to compare several.",
)
@click.option(
    "--method",
    type=click.Choice(["REML", "ML"], case_sensitive=False),
    default="REML",
    show_default=True,
    help="Of the variances.",
)
@click.option(
    "--test",
    type=click.Choice(["z", "t"]),
    default="z",
    show_default=True,
    help="Of the rows that trust the model; t has rows less coefficients as df.",
)
@click.option(
    "--robust",
    type=click.Choice(["CR0", "CR1", "CR1S", "CR1p", "CR2", "none"]),
    default="CR2",
    show_default=True,
    help="Cluster-robust rows beside them, with Satterthwaite's df.",
)
@click.option("--cluster", metavar="COLUMN", help="Clusters of whole studies; studies by default.")
@click.option(
    "--moderators", "--moderator", metavar="FORMULA", help='Meta-regression: "days + rating".'
)
@scale_option
@direction_option
@verified_option
@unverified_option
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Pool studies that report several effects each: three levels, robust errors.

    FILE is a CSV with one row an effect. Effects of one study share people, so their errors
    correlate: how much is rarely reported, and is assumed (--rho).

    \b
    Examples:
      equipoise multilevel time.csv --effect g --se g_se --study study
      equipoise multilevel time.csv --effect g --se g_se --study study --moderators time_days
      equipoise multilevel time.csv --effect g --se g_se --study study --rho 0.3 --rho 0.9
    """
    if not options["effect"] or not options["study"]:
        raise click.UsageError("Name the columns of effects and studies: --effect g --study study.")
    if bool(options["se"]) == bool(options["variance"]):
        raise click.UsageError("Name one of --se, --variance.")
    if options["cluster"] and options["robust"] == "none":
        raise click.UsageError("--cluster is of the robust rows: leave out --robust none.")
    read = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    found = _found(read.frame, options).with_source(read.source)
    print_found(found, f"Several effects a study, pooled from {file.name}", as_json=as_json)


def _found(frame: Any, options: dict[str, Any]) -> Any:
    from equipoise.estimates import Estimates  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.dependent.multilevel_table import (  # noqa: PLC0415
        MultilevelPlan,
        multilevel_table,
    )
    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    names = ("effect", "se", "variance", "study", "outcome", "direction", "verified")
    columns = Columns(**{name: options[name] for name in names})
    unverified = options["include_unverified"]
    tables = study_tables(
        frame, columns, scale=options["scale"], repeats=True, include_unverified=unverified
    )
    rhos = options["rho"] or (0.6,)
    found = Estimates()
    for table in tables:
        for rho in rhos:
            plan = MultilevelPlan(
                rho=rho,
                criterion=options["method"],
                test=options["test"],
                robust=None if options["robust"] == "none" else options["robust"],
                **{name: options[name] for name in ("cluster", "moderators", "row", "level")},
            )
            found += _labelled(multilevel_table(table, plan), rho, several=len(rhos) > 1)
    return found


def _labelled(found: Any, rho: float, *, several: bool) -> Any:
    """Say the rho in the label of every row, where there are several."""
    from dataclasses import replace  # noqa: PLC0415

    from equipoise.estimates import Estimates  # noqa: PLC0415

    if not several:
        return found
    said = f"rho {rho:g}"
    rows = (
        replace(
            r,
            label=f"{r.label}, {said}" if r.label else said,
            warnings=tuple(f"{said}: {warning}" for warning in r.warnings),
        )
        for r in found
    )
    refused = (replace(r, label=f"{r.label}, {said}" if r.label else said) for r in found.refused)
    return Estimates(tuple(rows), tuple(refused))


command.params.sort(key=lambda p: p.name in ("delimiter", "decimal", "missing", "level", "as_json"))
