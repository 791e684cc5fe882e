"""equipoise pool: what several independent studies say together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.idle_options import refuse_idle
from equipoise.cli.measure_options import MEASURES, NUMBERS, number_options, pairs
from equipoise.cli.options import plot_option, seed_option, write_figure
from equipoise.cli.study_options import (
    direction_option,
    effect_option,
    outcome_option,
    scale_option,
    se_option,
    study_option,
    unverified_option,
    variance_option,
    verified_option,
)
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.synthesis.pairwise.pool_table import PoolPlan
    from equipoise.synthesis.study_table import OutcomeTable

METHODS = ("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "GENQ")
TESTS = ("z", "t", "hartung-knapp", "hartung-knapp-adhoc")


@click.command()
@file_options
@effect_option
@se_option
@variance_option
@click.option("--interval", nargs=2, metavar="LOW HIGH", help="Or two columns of 95% limits.")
@click.option(
    "--measure",
    type=click.Choice(MEASURES, case_sensitive=False),
    metavar="MEASURE",
    help="Or compute effects from counts or means: RR, OR, SMD, MD, ...",
)
@number_options
@study_option
@outcome_option
@click.option(
    "--method",
    type=click.Choice(METHODS, case_sensitive=False),
    default="REML",
    show_default=True,
    help="How tau2 is estimated; EE is the common effect.",
)
@click.option(
    "--test",
    type=click.Choice(TESTS),
    default="hartung-knapp",
    show_default=True,
    help="How uncertainty is counted.",
)
@click.option("--weights", metavar="COLUMN", help="Weights of yours; GENQ needs them.")
@scale_option
@click.option("--exponentiate", is_flag=True, help="Effects are logs: print ratios as well.")
@click.option("--moderators", metavar="FORMULA", help='Meta-regression: "blinding + year".')
@click.option("--subgroup", metavar="COLUMN", help="Also pool by subgroup, and compare.")
@click.option("--leave-one-out", is_flag=True, help="Also without each study in turn.")
@click.option("--influence", is_flag=True, help="Also what each study does to the answer.")
@click.option("--cumulative", metavar="COLUMN", help="Also as studies came in, by this column.")
@click.option("--studies", is_flag=True, help="Also each study and its weight.")
@click.option("--permutations", type=click.IntRange(99), help="Also a permutation test.")
@click.option("--bootstrap", type=click.IntRange(199), help="Also a bootstrap interval.")
@seed_option
@direction_option
@verified_option
@unverified_option
@click.option("--repeats", is_flag=True, help="Let a study have several rows (other people).")
@plot_option("Also draw a forest plot")
@click.option("--show", metavar="COLUMNS", help="Columns beside the plot: dose,year,n.")
@click.option("--rob", metavar="COLUMNS", help="Columns of risk of bias, as dots: d1,d2,d3,d4,d5.")
@click.option("--favours", nargs=2, metavar="BELOW ABOVE", help="What either side favours.")
@click.option("--narrow", is_flag=True, help="The plot for a phone: two lines a study.")
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Pool independent studies, and say how far they differ.

    FILE is a CSV with one row a study: an effect and its standard error, or the counts or means
    that --measure takes. Effects of ratios are logs. A study with several rows belongs to
    `equipoise multilevel`.

    \b
    Examples:
      equipoise pool trials.csv --effect g --se g_se --study study
      equipoise pool trials.csv --effect g --se g_se --study study --method DL --test z
      equipoise pool trials.csv --effect g --se g_se --study study --moderators "blinding + year"
      equipoise pool trials.csv --measure RR --events1 r1 --total1 n1 --events2 r2 --total2 n2
      equipoise pool trials.csv --effect g --se g_se --study study --plot forest.svg \\
        --show year,dose --rob d1,d2,d3,d4,d5 --favours drug placebo
    """
    if (options["effect"] is None) == (options["measure"] is None):
        raise click.UsageError("Name the column of effects (--effect g), or a --measure.")
    _refuse_idle(options)
    read = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    found = _found(_tables(read.frame, options), options).with_source(read.source)
    print_found(found, f"Pooled from {file.name}", as_json=as_json)


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that would do nothing beside the others."""
    spread = [name for name in ("se", "variance", "interval") if options[name]]
    if options["measure"] is None and len(spread) != 1:
        raise click.UsageError("With --effect name one of --se, --variance, --interval.")
    if options["measure"] is not None and spread:
        raise click.UsageError(f"--measure computes its own variances: leave --{spread[0]} out.")
    if options["measure"] is None:
        refuse_idle((*NUMBERS, "named"), "is a number of a --measure, and none is named.")
    if options["plot"] is None:
        refuse_idle(("show", "rob", "favours", "narrow"), "is about the --plot: ask for one.")


def _tables(frame: Any, options: dict[str, Any]) -> list[OutcomeTable]:
    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    names = ("effect", "se", "variance", "study", "outcome", "direction", "verified", "measure")
    numbers = {name: options[name] for name in NUMBERS if options[name]}
    columns = Columns(
        **{name: options[name] for name in names},
        interval=options["interval"] or None,
        numbers=numbers | pairs(options["named"], "--column"),
    )
    return study_tables(
        frame,
        columns,
        scale=options["scale"],
        repeats=options["repeats"],
        include_unverified=options["include_unverified"],
    )


def _found(tables: list[OutcomeTable], options: dict[str, Any]) -> Estimates:
    from equipoise.errors import NotIdentifiedError  # noqa: PLC0415
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415
    from equipoise.synthesis.effect_sizes import measure_named  # noqa: PLC0415
    from equipoise.synthesis.pairwise.pool_table import PoolPlan, pool_table  # noqa: PLC0415

    names = ("method", "test", "weights", "level", "moderators", "subgroup", "leave_one_out")
    more = ("influence", "cumulative", "studies", "permutations", "bootstrap", "exponentiate")
    plan = PoolPlan(**{name: options[name] for name in (*names, *more)}, seed=options["seed"])
    if options["measure"] and measure_named(options["measure"]).back == "exp":
        plan = replace(plan, exponentiate=True)
    found = Estimates()
    for table in tables:
        try:
            found += pool_table(table, plan)
        except NotIdentifiedError as error:
            if len(tables) == 1:
                raise
            refusal = Refusal("pooled-effect", str(error), outcome=table.outcome)
            found += Estimates(refused=(refusal,))
    if options["plot"] is not None:
        if len(tables) > 1:
            raise click.UsageError("A forest plot shows one outcome: keep its rows alone.")
        _draw(tables[0], plan, found, options)
    return found


def _draw(table: OutcomeTable, plan: PoolPlan, found: Estimates, options: dict[str, Any]) -> None:
    from equipoise.plots import forest  # noqa: PLC0415  (matplotlib is heavy)
    from equipoise.synthesis.pairwise.forest_frame import forest_frames  # noqa: PLC0415

    frame, summary, prediction = forest_frames(table, plan)
    listed = {name: (options[name] or "").split(",") for name in ("show", "rob")}
    asked = {name: [c.strip() for c in columns if c.strip()] for name, columns in listed.items()}
    lacking = [c for columns in asked.values() for c in columns if c not in frame]
    if lacking:
        raise click.UsageError(f"There is no column {lacking[0]!r}: {list(table.frame.columns)}.")
    ax = forest(
        frame,
        scale=_axis(table, plan, options),
        summary=summary,
        prediction=prediction,
        columns=asked["show"],
        rob=asked["rob"],
        subgroup=plan.subgroup,
        favours=_favours(options["favours"]),
        exponentiate=plan.exponentiate,
        narrow=options["narrow"],
        heading=f"Effect [{100 * plan.level:g}% interval]",
        note=_heterogeneity(found, plan),
    )
    write_figure(ax, options["plot"])


def _axis(table: OutcomeTable, plan: PoolPlan, options: dict[str, Any]) -> str:
    """Say what the numbers of the plot are: those of ratios are no logarithms any more."""
    from equipoise.synthesis.effect_sizes import measure_named  # noqa: PLC0415

    if options["scale"]:
        return str(options["scale"])
    if not plan.exponentiate:
        return str(table.effects.scale or options["effect"])
    return measure_named(options["measure"]).shown if options["measure"] else "ratio"


def _favours(sides: tuple[str, str] | None) -> tuple[str, str] | None:
    if not sides:
        return None
    below, above = (s if s.startswith("favours ") else f"favours {s}" for s in sides)
    return below, above


def _heterogeneity(found: Estimates, plan: PoolPlan) -> str:
    """Say under the plot how far the studies differ."""
    from equipoise.cli.show import number  # noqa: PLC0415
    from equipoise.report.numbers import p_value  # noqa: PLC0415

    whole = {row.name: row for row in reversed(found.rows) if row.label is None}
    if not {"q-test", "i2-q"} <= set(whole):
        return ""
    q, i2 = whole["q-test"], whole["i2-q"]
    p = p_value(q.p)
    p = p.replace("<", "< ") if p.startswith("<") else f"= {p}"
    parts = [
        f"Q = {number(q.estimate)}, df = {q.df:g}, p {p}",
        f"I² from Q = {number(i2.estimate)}%",
    ]
    if "tau2" in whole:
        parts.insert(0, f"τ² = {number(whole['tau2'].estimate)} ({plan.method})")
    return ", ".join(parts)


command.params.sort(key=lambda p: p.name in ("delimiter", "decimal", "missing", "level", "as_json"))
