"""equipoise sequential: pooled trials as they came, with boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.idle_options import refuse_idle
from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis import Effects
    from equipoise.synthesis.sequential import SequentialAnalysis, SequentialPlan


@click.command()
@click.option("--effect", required=True, metavar="COLUMN", help="Effects; logs of ratios.")
@click.option("--se", required=True, metavar="COLUMN", help="Their standard errors.")
@click.option("--study", metavar="COLUMN", help="Names of the studies.")
@click.option("--order", required=True, metavar="COLUMN", help="When they came: years or dates.")
@click.option(
    "--n",
    multiple=True,
    metavar="COLUMN",
    help="People of a study; of each arm if repeated. Without it, information is precision.",
)
@click.option(
    "--delta", type=float, required=True, help="Minimally important difference; a ratio for or, rr."
)
@click.option(
    "--measure",
    type=click.Choice(["smd", "md", "or", "rr"], case_sensitive=False),
    default="smd",
    show_default=True,
    help="What the effects are.",
)
@click.option("--variance", type=float, help="Of the outcome within an arm, for md.")
@click.option("--control-risk", type=float, help="For or and rr.")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    help="Two-sided error; 1 - level by default.",
)
@click.option(
    "--power",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.8,
    show_default=True,
    help="To find that difference.",
)
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1, max_open=True),
    help="D2 to plan with; from the trials by default.",
)
@click.option(
    "--spending",
    type=click.Choice(["obrien-fleming", "pocock"]),
    default="obrien-fleming",
    show_default=True,
    help="How alpha is spent.",
)
@click.option("--futility", is_flag=True, help="Also a boundary for futility, not binding.")
@click.option(
    "--method",
    type=click.Choice(["REML", "DL", "ML", "PM", "EB", "SJ", "HE", "HS"], case_sensitive=False),
    default="REML",
    show_default=True,
    help="Estimator of tau2.",
)
@click.option(
    "--test",
    type=click.Choice(["hartung-knapp", "hartung-knapp-adhoc", "z", "t"]),
    default="hartung-knapp",
    show_default=True,
    help="Of each cumulative effect.",
)
@click.option("--include-unverified", is_flag=True, help="Take in rows that nobody verified.")
@plot_option("Also draw the looks")
@file_options
def command(file: Path, level: float, as_json: bool, plot: Path | None, **options: Any) -> None:
    """Pool trials in the order in which they came, one row of FILE a trial.

    Looking again after each trial errs more often than planned. The boundaries allow for it, and
    the required information says when there is enough.

    \b
    Examples:
      equipoise sequential trials.csv --effect g --se g_se --study study --order year \\
        --n n_arm1 --n n_arm2 --delta 0.3 --power 0.9 --plot looks.svg
      equipoise sequential trials.csv --effect log_rr --se log_rr_se --order year --n n \\
        --measure rr --delta 0.8 --control-risk 0.4 --futility
    """
    from equipoise.synthesis.sequential import (  # noqa: PLC0415  (--help is instant)
        SequentialPlan,
        sequential_analysis,
    )

    _refuse_idle(options)
    reading = {name: options.pop(name) for name in ("delimiter", "decimal", "missing")}
    about = {name: options.pop(name) for name in ("effect", "se", "study", "order", "n")}
    about["include_unverified"] = options.pop("include_unverified")
    read = read_table(file, **reading)
    effects, frame, notes = _complete(read.frame, about)
    people = frame[list(about["n"])].sum(axis=1) if about["n"] else None
    alpha = options.pop("alpha")
    plan = SequentialPlan(**options, alpha=round(1 - level, 12) if alpha is None else alpha)
    result = sequential_analysis(effects, list(frame[about["order"]]), plan, people)
    if plot is not None:
        _draw(plot, result, plan, "people" if about["n"] else "sum of inverse variances")
    found = result.estimates.with_source(read.source)
    if notes:
        found = found.with_fields(warnings=notes)
    print_found(found, f"Sequential analysis of {len(effects)} trials", as_json=as_json)
    if not as_json:
        click.echo(f"\nVerdict: {result.verdict}")


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that would do nothing beside the others."""
    if options["measure"] != "md" or not options["n"]:
        refuse_idle(("variance",), "is about people (--n) and --measure md.")
    if options["measure"] not in ("or", "rr") or not options["n"]:
        refuse_idle(("control_risk",), "is about people (--n) and --measure or, rr.")
    if options["alpha"] is not None:
        refuse_idle(("level",), "and --alpha say the same: intervals are 1 - alpha. Give one.")


def _complete(
    frame: pd.DataFrame, about: dict[str, Any]
) -> tuple[Effects, pd.DataFrame, tuple[str, ...]]:
    """Check the studies as `pool` does; leave out those without people or a place, by name."""
    import pandas as pd  # noqa: PLC0415

    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    for column in (about["order"], *about["n"]):
        if column not in frame.columns:
            raise DataError(f"There is no column {column!r}. These are: {list(frame.columns)}.")
    for column in about["n"]:
        if not pd.api.types.is_numeric_dtype(frame[column].dtype):
            raise DataError(f"Column {column!r} must be numbers in every row.")
    columns = Columns(effect=about["effect"], se=about["se"], study=about["study"])
    how = {"scale": about["effect"], "include_unverified": about["include_unverified"]}
    table = study_tables(frame, columns, **how)[0]
    lacks = table.frame[[about["order"], *about["n"]]].isna().any(axis=1).to_numpy()
    if lacks.all():
        raise DataError(f"No study has all of {[about['order'], *about['n']]}.")
    if not lacks.any():
        return table.effects, table.frame, table.warnings
    lost = ", ".join(table.effects.take(lacks).study)
    told = f"Without people or a place in the order, and left out: {lost}"
    return table.effects.take(~lacks), table.frame[~lacks], (*table.warnings, told)


def _draw(path: Path, found: SequentialAnalysis, plan: SequentialPlan, unit: str) -> None:
    import pandas as pd  # noqa: PLC0415
    from scipy.special import ndtri  # noqa: PLC0415

    from equipoise.plots import sequential  # noqa: PLC0415

    looks = pd.DataFrame({"information": found.information, "z": found.looks.z})
    bounds = found.boundaries
    boundary = pd.DataFrame(
        {
            "information": bounds.share * found.required,
            "bound": bounds.bound,
            "futility": bounds.futility,
        }
    )
    one = float(-ndtri(plan.alpha / 2))
    ax = sequential(looks, boundary, required=found.required, conventional=one, unit=unit)
    write_figure(ax, path)
