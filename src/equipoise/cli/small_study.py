"""equipoise small-study: do small studies report larger effects, and what if they were selected?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.study_options import (
    effect_option,
    scale_option,
    se_option,
    study_option,
    variance_option,
)
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimates
    from equipoise.synthesis.small_study import SmallStudyPlan
    from equipoise.synthesis.study_table import OutcomeTable

METHODS = (
    "all", "egger", "begg", "trim-and-fill", "pet-peese", "limit", "selection", "fixed-weights",
    "excess-significance", "worst-case", "fail-safe",
)  # fmt: skip
TAU2 = ("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
TESTS = ("z", "t", "hartung-knapp", "hartung-knapp-adhoc")

OF_METHODS = {
    "side": ("trim-and-fill",), "estimator": ("trim-and-fill",), "trim_common": ("trim-and-fill",),
    "steps": ("selection",), "target": ("fail-safe", "worst-case"),
    "n": ("egger",), "arm_n": ("egger",), "counts": ("egger",),
}  # fmt: skip
"""Options that concern some methods alone."""


@click.command()
@file_options
@effect_option
@se_option
@variance_option
@study_option
@click.option(
    "--method",
    "methods",
    type=click.Choice(METHODS),
    multiple=True,
    default=("all",),
    show_default=True,
    help="What to look at; may be repeated.",
)
@click.option(
    "--tau2",
    type=click.Choice(TAU2, case_sensitive=False),
    default="REML",
    show_default=True,
    help="How tau2 is estimated; EE is the common effect.",
)
@click.option(
    "--test",
    type=click.Choice(TESTS),
    default="hartung-knapp",
    show_default=True,
    help="How uncertainty of pooled effects and meta-regressions is counted.",
)
@click.option(
    "--alternative",
    type=click.Choice(["greater", "less", "two-sided"]),
    default="greater",
    show_default=True,
    help="Results that selection favours: positive, negative, or any significant.",
)
@click.option("--side", type=click.Choice(["left", "right"]), help="Where studies are missing.")
@click.option(
    "--estimator",
    type=click.Choice(["L0", "R0", "Q0"]),
    default="L0",
    show_default=True,
    help="Of the number missing.",
)
@click.option("--trim-common", is_flag=True, help="Trim about the common effect.")
@click.option(
    "--step", "steps", type=float, multiple=True, help="One more step function: its p values."
)
@click.option("--target", type=float, help="Smallest effect that matters, for Orwin's N.")
@click.option("--n", metavar="COLUMN", help="Sample sizes: regressions on them too.")
@click.option("--arm-n", nargs=2, metavar="N1 N2", help="Columns: people in each arm.")
@click.option(
    "--counts", nargs=4, metavar="A N1 C N2", help="Columns: events, people; treated, control."
)
@scale_option
@plot_option("Also draw the funnel")
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    plot: Path | None,
    **options: Any,
) -> None:
    """Look whether small studies report other effects, and what selection would have done.

    FILE is a CSV with one row a study: an effect and its standard error.

    \b
    Examples:
      equipoise small-study trials.csv --effect g --se g_se --study study --alternative less
      equipoise small-study trials.csv --effect g --se g_se --method egger --method selection
      equipoise small-study trials.csv --effect g --se g_se --method trim-and-fill --plot funnel.svg
      equipoise small-study trials.csv --effect logor --se se --counts ai n1i ci n2i --n n
    """
    if not options["effect"] or bool(options["se"]) == bool(options["variance"]):
        raise click.UsageError("Name the columns: --effect g, and --se g_se or --variance v.")
    _check_idle(options["methods"])
    from equipoise.synthesis.small_study import small_study  # noqa: PLC0415

    read = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    table = _table(read.frame, options)
    plan = _plan(table, options)
    found = small_study(table.effects, options["methods"], plan).with_source(read.source)
    if plot is not None:
        _draw(plot, table, plan)
    print_found(_told(found, table), f"Small-study effects in {file.name}", as_json=as_json)


def _check_idle(methods: tuple[str, ...]) -> None:
    """Refuse options that none of the methods asked for would look at."""
    told = click.get_current_context().get_parameter_source
    for name, users in OF_METHODS.items():
        asked = told(name) is not click.core.ParameterSource.DEFAULT
        if asked and not {"all", *users} & set(methods):
            flag = "--step" if name == "steps" else f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} goes with --method {' or '.join(users)}.")


def _table(frame: pd.DataFrame, options: dict[str, Any]) -> OutcomeTable:
    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    names = ("effect", "se", "variance", "study")
    columns = Columns(**{name: options[name] for name in names})
    return study_tables(frame, columns, scale=options["scale"])[0]


def _plan(table: OutcomeTable, options: dict[str, Any]) -> SmallStudyPlan:
    from equipoise.synthesis.small_study import SmallStudyPlan  # noqa: PLC0415

    def columns(names: tuple[str, ...]) -> Any:
        return tuple(_column(table, name) for name in names) or None

    return SmallStudyPlan(
        tau2_method=options["tau2"],
        test=options["test"],
        side=options["side"],
        estimator=options["estimator"],
        trim_method="EE" if options["trim_common"] else None,
        alternative=options["alternative"].replace("-", "."),
        steps=options["steps"] or None,
        target=options["target"],
        n=_column(table, options["n"]) if options["n"] else None,
        arm_n=columns(options["arm_n"] or ()),
        counts=columns(options["counts"] or ()),
        level=options["level"],
    )


def _column(table: OutcomeTable, name: str) -> Any:
    from equipoise.errors import DataError  # noqa: PLC0415
    from equipoise.synthesis.missing_column import missing_column  # noqa: PLC0415

    if name not in table.frame.columns:
        raise missing_column(name, table.frame.columns)
    values = table.frame[name]
    if values.dtype.kind not in "fi" or values.isna().any():
        raise DataError(f"{name!r} must hold a number for every study that has an effect.")
    return values.to_numpy(dtype="float64")


def _told(found: Estimates, table: OutcomeTable) -> Estimates:
    """Add what was left out of the table to every row."""
    from dataclasses import replace  # noqa: PLC0415

    rows = tuple(replace(row, warnings=(*table.warnings, *row.warnings)) for row in found)
    return replace(found, rows=rows)


def _draw(path: Path, table: OutcomeTable, plan: SmallStudyPlan) -> None:
    from equipoise.plots import funnel  # noqa: PLC0415
    from equipoise.synthesis.small_study.funnel_frame import funnel_frame  # noqa: PLC0415

    frame, centre, adjusted = funnel_frame(table.effects, plan)
    ax = funnel(frame, centre=centre, adjusted=adjusted, scale=table.effects.scale or "effect")
    write_figure(ax, path)


command.params.sort(key=lambda p: p.name in ("delimiter", "decimal", "missing", "level", "as_json"))
