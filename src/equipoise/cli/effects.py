"""equipoise effects: effect sizes from whatever the papers report, with what each assumes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.measure_options import MEASURES, NUMBERS, number_options, pairs
from equipoise.cli.options import output_option, plot_option, write_figure
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimates
    from equipoise.synthesis.effect_sizes import Measured, ZeroCells


@click.command()
@click.option(
    "--measure",
    type=click.Choice(MEASURES, case_sensitive=False),
    default="SMD",
    show_default=True,
    metavar="MEASURE",
    help="What to compute; docs/effect-sizes.md lists all.",
)
@click.option("--study", metavar="COLUMN", help="Names of the studies.")
@number_options
@click.option(
    "--reported",
    is_flag=True,
    help="Take for each row whatever it has: means, changes, medians, intervals, t, F, p, counts.",
)
@click.option("--variance", metavar="NAME", help="Which variance: LS, UB, LS2, Metapsy, ...")
@click.option("--add", metavar="NUMBER", help='Added to zero cells; 0.5, or "treatment-arm".')
@click.option(
    "--to",
    type=click.Choice(["only0", "all", "if0all", "none"]),
    help="To which tables: those with a zero, all, all if one has a zero, none.",
)
@click.option("--drop00", is_flag=True, help="Leave out studies with no event in either group.")
@click.option("--outcome", metavar="COLUMN", help="Which outcome or scale the row is of.")
@click.option(
    "--direction",
    multiple=True,
    metavar="WAY",
    help="lower, higher, a column that says it, or OUTCOME=lower. May be repeated.",
)
@click.option(
    "--pool-as",
    type=click.Choice(["lower", "higher"]),
    help="Turn signs to this direction, where outcomes differ.",
)
@plot_option("Also draw a forest plot")
@output_option(help="Also write study, yi, sei, vi, measure, source, flipped, assumptions.")
@file_options
def command(file: Path, level: float, as_json: bool, **options: Any) -> None:
    """Compute an effect size and its standard error for every row of FILE.

    A row is a comparison of group 1 with group 2 (or one group). Columns with common names
    (mean1, mean_arm1, m1i, event_arm1, ai, ...) are found; name others. The sign is group 1 minus
    group 2: it is turned only where a direction is declared.

    \b
    Examples:
      equipoise effects trials.csv --measure SMD --output effects.csv
      equipoise effects trials.csv --measure OR --events1 r1 --total1 n1 --events2 r2 --total2 n2
      equipoise effects trials.csv --outcome scale --direction HAM-D=lower \\
        --direction WHO-5=higher --pool-as lower
      equipoise effects papers.csv --reported --output effects.csv
      equipoise pool effects.csv --effect yi --se sei --study study
    """
    from equipoise.synthesis.effect_sizes import study_effects  # noqa: PLC0415

    reading = {name: options.pop(name) for name in ("delimiter", "decimal", "missing")}
    read = read_table(file, **reading)
    measured = _measured(read.frame, level, options)
    found = study_effects(measured, level=level).with_source(read.source)
    if options["output"]:
        measured.to_frame().to_csv(options["output"], index=False, encoding="utf-8")
        click.echo(f"Wrote {options['output']}", err=True)
    if options["plot"]:
        _draw(options["plot"], measured, found, level)
    rows = "1 row" if len(found) == 1 else f"{len(found)} rows"
    heading = f"{measured.measure.code}: {measured.measure.title}, {rows}"
    print_found(found, heading, as_json=as_json)
    if not as_json and measured.measure.back == "exp":
        click.echo(f"\nThese are logarithms: exp() of them is the {measured.measure.shown}.")


def _measured(frame: pd.DataFrame, level: float, options: dict[str, Any]) -> Measured:
    from equipoise.synthesis.effect_sizes import effect_sizes, from_reported  # noqa: PLC0415

    names = {name: options[name] for name in NUMBERS if options[name]} | pairs(
        options["named"], "--column"
    )
    common = {
        "study": options["study"],
        "outcome": options["outcome"],
        "direction": _direction(options["direction"]),
        "pool_as": options["pool_as"],
    }
    zero = _zero_cells(options)
    measure = options["measure"].upper()
    if options["reported"]:
        chosen = {"variance": options["variance"], "zero": zero}
        given = {name: value for name, value in chosen.items() if value is not None}
        return from_reported(frame, measure, names, level=level, **common, **given)
    return effect_sizes(frame, measure, names, zero=zero, variance=options["variance"], **common)


def _draw(path: Path, measured: Measured, found: Estimates, level: float) -> None:
    from equipoise.plots import forest  # noqa: PLC0415  (matplotlib is heavy)

    frame = found.to_frame().rename(columns={"label": "study"})
    ratio = measured.measure.back == "exp"
    scale = measured.effects.scale or measured.measure.title
    ax = forest(
        frame,
        scale=measured.measure.shown if ratio else scale,
        exponentiate=ratio,
        heading=f"Effect [{100 * level:g}% interval]",
    )
    write_figure(ax, path)


def _direction(items: tuple[str, ...]) -> str | dict[str, str] | None:
    if not items:
        return None
    if len(items) == 1 and "=" not in items[0]:
        return items[0]
    return pairs(items, "--direction")


def _zero_cells(options: dict[str, Any]) -> ZeroCells | None:
    from equipoise.synthesis.effect_sizes import ZeroCells  # noqa: PLC0415

    add, to, drop00 = options["add"], options["to"], options["drop00"]
    if add is None and to is None and not drop00:
        return None
    if add is None:
        amount: Any = 0.5
    elif add == "treatment-arm":
        amount = add
    else:
        try:
            amount = float(add)
        except ValueError as error:
            raise click.UsageError(
                f'--add takes a number or "treatment-arm"; got {add!r}.'
            ) from error
    return ZeroCells(amount, to or "only0", drop00)
