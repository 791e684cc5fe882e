"""equipoise sparse: few events, or none, in the arms of several trials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.event_options import NAMES, event_options
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    from equipoise.estimates import Estimates

OWN = {
    "model": "glmm", "moderators": "glmm", "correlated": "glmm",
    "add": "mh", "add_to": "mh", "no_correction": "mh",
}  # fmt: skip
"""Options of one method alone."""


@click.command()
@file_options
@event_options
@click.option(
    "--measure",
    type=click.Choice(["OR", "RR", "RD", "IRR", "IRD"], case_sensitive=False),
    default="OR",
    show_default=True,
    help="Odds, risk or rate ratio; difference of risks or rates.",
)
@click.option(
    "--method",
    type=click.Choice(["mh", "peto", "glmm"]),
    default="mh",
    show_default=True,
    help="Mantel-Haenszel, Peto's odds ratio, or a model of the events.",
)
@click.option(
    "--model",
    type=click.Choice(["CM.EL", "CM.AL", "UM.FS", "UM.RS"]),
    default="CM.EL",
    show_default=True,
    help="Of glmm: conditional exact or approximate; fixed or random study effects.",
)
@click.option("--correlated", is_flag=True, help="UM.RS: a study's level and effect correlate.")
@click.option("--moderators", metavar="FORMULA", help='Of glmm: "blinding + year".')
@click.option("--no-correction", is_flag=True, help="Of mh: a CMH test without Yates' half.")
@click.option(
    "--add",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Of mh: add this to cells; nothing by default.",
)
@click.option(
    "--add-to",
    type=click.Choice(["only0", "if0all", "all"]),
    default="only0",
    show_default=True,
    help="To tables with an empty cell; to all, if any has one; to all.",
)
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Pool trials with few events: no correction of empty cells, no logarithm of nothing.

    FILE is a CSV with one row a study. Ratios above 1 mean more events in the first arm.

    \b
    Examples:
      equipoise sparse harms.csv --events1 ai --total1 n1i --events2 ci --total2 n2i
      equipoise sparse harms.csv --events1 ai --total1 n1i --events2 ci --total2 n2i --method glmm
      equipoise sparse harms.csv --events1 ai --total1 n1i --events2 ci --total2 n2i --measure RD
    """
    if not all(options[name] for name in NAMES):
        raise click.UsageError("Name four columns: --events1, --total1, --events2, --total2.")
    if options["method"] == "peto" and options["measure"] != "OR":
        raise click.UsageError("Peto's method gives odds ratios: --measure OR.")
    if options["method"] == "glmm" and options["measure"] not in ("OR", "IRR"):
        raise click.UsageError("Models of events give --measure OR or IRR.")
    _check_own_options(options)
    read = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    found = _found(read.frame, options).with_source(read.source)
    print_found(found, f"Events pooled from {file.name}", as_json=as_json)


def _check_own_options(options: dict[str, Any]) -> None:
    """Refuse options that the method would not look at."""
    told = click.get_current_context().get_parameter_source
    for name, method in OWN.items():
        asked = told(name) is not click.core.ParameterSource.DEFAULT
        if asked and options["method"] != method:
            raise click.UsageError(f"--{name.replace('_', '-')} goes with --method {method}.")
    if told("add_to") is not click.core.ParameterSource.DEFAULT and not options["add"]:
        raise click.UsageError("--add-to says where: --add says what, such as --add 0.5.")
    if options["correlated"] and options["model"] != "UM.RS":
        raise click.UsageError("--correlated goes with --model UM.RS.")


def _found(frame: Any, options: dict[str, Any]) -> Estimates:
    from equipoise.estimates import Estimates  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis import sparse  # noqa: PLC0415
    from equipoise.synthesis.sparse.event_table import event_columns  # noqa: PLC0415

    columns = event_columns(
        frame, *(options[name] for name in NAMES), study=options["study"]
    )  # fmt: skip
    numbers, study, warnings = columns.numbers, columns.study, columns.warnings
    if options["method"] == "mh":
        found = sparse.mantel_haenszel(
            *numbers, study, measure=options["measure"], add=options["add"],
            to=options["add_to"], correct=not options["no_correction"], level=options["level"],
        )  # fmt: skip
    elif options["method"] == "peto":
        found = sparse.peto(*numbers, study, level=options["level"])
    else:
        X, names = None, None
        if options["moderators"]:
            from equipoise.synthesis.moderators import design_of  # noqa: PLC0415

            X, names, rows = design_of(frame[columns.kept], options["moderators"])
            if not rows.all():
                warnings += (f"Without a moderator and left out: {int((~rows).sum())} studies",)
                numbers = tuple(x[rows] for x in numbers)  # type: ignore[assignment]
                study = tuple(s for s, has in zip(study, rows, strict=True) if has)
        found = sparse.glmm(
            *numbers, study, measure=options["measure"], model=options["model"],
            correlated=options["correlated"], X=X, names=names, level=options["level"],
        )  # fmt: skip
    told = (replace(row, warnings=(*row.warnings, *warnings)) for row in found)
    return Estimates(tuple(told), found.refused)


command.params.sort(key=lambda p: p.name in ("delimiter", "decimal", "missing", "level", "as_json"))
