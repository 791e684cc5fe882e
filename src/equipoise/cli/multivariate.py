"""equipoise multivariate: several outcomes, or both arms, of the same trials together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.event_options import NAMES, event_options
from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.study_options import scale_option, se_option, variance_option
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.synthesis import Effects

OF_EFFECTS = ("se", "variance", "outcome", "rho", "scale")


@click.command()
@file_options
@click.option("--effect", metavar="COLUMN", help="Effects, a row for each outcome of each study.")
@se_option
@variance_option
@click.option("--outcome", metavar="COLUMN", help="Which outcome each row is of.")
@click.option("--rho", type=float, help="Correlation of errors of outcomes of one study.")
@event_options
@click.option(
    "--structure",
    type=click.Choice(["UN", "HCS", "CS", "DIAG", "ID"], case_sensitive=False),
    default="UN",
    show_default=True,
    help="Of true effects: free; one correlation; and one variance; no correlation; and one.",
)
@click.option(
    "--method",
    type=click.Choice(["REML", "ML"], case_sensitive=False),
    default="REML",
    show_default=True,
    help="Of the variances.",
)
@plot_option("Also draw two outcomes, or both arms, and where a new study would lie")
@scale_option
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Pool outcomes together, so that what is known of one informs the other.

    FILE has a row for each outcome of each study; or, with --events1 and the like, a row a study:
    then the log odds of both arms are pooled together.

    \b
    Examples:
      equipoise multivariate long.csv --effect g --se g_se --study study --outcome scale --rho 0.6
      equipoise multivariate arms.csv --events1 ai --total1 n1i --events2 ci --total2 n2i
    """
    arms = [name for name in NAMES if options[name]]
    if arms and (len(arms) < len(NAMES) or options["effect"]):
        raise click.UsageError("Name four columns of events and totals, or effects; not both.")
    idle = [name for name in OF_EFFECTS if options[name] is not None]
    if arms and idle:
        told = ", ".join(f"--{name}" for name in idle)
        raise click.UsageError(f"With --events1 and the like leave out {told}: of effects.")
    if not arms and not all(options[name] for name in ("effect", "study", "outcome")):
        raise click.UsageError("Name --effect, --se, --study and --outcome; or events and totals.")
    if not arms and bool(options["se"]) == bool(options["variance"]):
        raise click.UsageError("Name one of --se, --variance.")
    if not arms and options["rho"] is None:
        raise click.UsageError(
            "Say how errors of outcomes of one study correlate: --rho 0.6, or 0 if they do not."
        )
    read = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    found = _arms(read.frame, options) if arms else _outcomes(read.frame, options)
    print_found(found.with_source(read.source), f"Together from {file.name}", as_json=as_json)


def _arms(frame: Any, options: dict[str, Any]) -> Estimates:
    from equipoise.synthesis.multivariate import arm_logits, bivariate_arms  # noqa: PLC0415
    from equipoise.synthesis.sparse import two_by_two  # noqa: PLC0415
    from equipoise.synthesis.sparse.event_table import event_columns  # noqa: PLC0415

    columns = event_columns(frame, *(options[name] for name in NAMES), study=options["study"])
    table = two_by_two(*columns.numbers, columns.study)
    if options["plot"]:
        effects, arms = arm_logits(table, ("first arm", "second arm"))
        _draw(effects, list(arms), options | {"rho": 0.0}, arms=True)
    found = bivariate_arms(
        table,
        struct=options["structure"],
        criterion=options["method"],
        level=options["level"],
    )
    return _told(found, columns.warnings)


def _outcomes(frame: Any, options: dict[str, Any]) -> Estimates:
    from equipoise.synthesis.multivariate import multivariate  # noqa: PLC0415
    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    columns = Columns(**{name: options[name] for name in ("effect", "se", "variance", "study")})
    table = study_tables(frame, columns, scale=options["scale"], repeats=True)[0]
    if options["outcome"] not in table.frame.columns:
        known = list(table.frame.columns)
        raise DataError(f"There is no column {options['outcome']!r}. These are: {known}.")
    outcome = table.frame[options["outcome"]].astype("str").tolist()
    if options["plot"]:
        _draw(table.effects, outcome, options, arms=False)
    found = multivariate(
        table.effects,
        outcome,
        rho=options["rho"],
        struct=options["structure"],
        criterion=options["method"],
        level=options["level"],
    )
    return _told(found, table.warnings)


def _draw(effects: Effects, outcome: list[str], options: dict[str, Any], *, arms: bool) -> None:
    from equipoise.plots import outcome_region  # noqa: PLC0415  (matplotlib is heavy)
    from equipoise.synthesis.multivariate import multivariate_fit, region_frame  # noqa: PLC0415

    fit = multivariate_fit(
        effects, outcome, rho=options["rho"], struct=options["structure"],
        criterion=options["method"],
    )  # fmt: skip
    axes = (1, 0) if arms else (0, 1)  # the control arm goes across
    frame, how = region_frame(fit, effects, options["level"], axes)
    write_figure(outcome_region(frame, equal=arms, **how), options["plot"])


def _told(found: Estimates, warnings: tuple[str, ...]) -> Estimates:
    from equipoise.estimates import Estimates  # noqa: PLC0415

    rows = (replace(row, warnings=(*row.warnings, *warnings)) for row in found)
    return Estimates(tuple(rows), found.refused)


command.params.sort(key=lambda p: p.name in ("delimiter", "decimal", "missing", "level", "as_json"))
