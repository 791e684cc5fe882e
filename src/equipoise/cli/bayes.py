"""equipoise bayes: pooling, networks and biased classes with priors, by quadrature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.idle_options import refuse_idle
from equipoise.cli.study_options import effect_option
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.cli.tau_prior_option import tau_prior_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.synthesis.study_table import OutcomeTable


def _biases(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> Any:
    """Read CLASS=MEAN:SD or CLASS=MEAN:SD:SPREAD."""
    from equipoise.synthesis.bayes import ElicitedBias  # noqa: PLC0415  (--help is instant)

    found: dict[str, ElicitedBias] = {}
    for text in value:
        name, _, numbers = text.rpartition("=")
        try:
            found[name] = ElicitedBias(*(float(part) for part in numbers.split(":")))
        except (ValueError, TypeError) as error:
            raise click.BadParameter(
                f"Write CLASS=MEAN:SD or CLASS=MEAN:SD:SPREAD. Got {text!r}."
            ) from error
    return found


@click.command()
@effect_option
@click.option("--se", metavar="COLUMN", help="Their standard errors.")
@click.option("--study", metavar="COLUMN", help="Names of the studies.")
@click.option("--scale", metavar="TEXT", help="What the effects are, and which side is better.")
@tau_prior_option
@click.option(
    "--mean-prior",
    type=(float, click.FloatRange(min=0, min_open=True)),
    default=None,
    metavar="MEAN SD",
    help="Normal prior of the mean effect; flat by default.",
)
@click.option(
    "--below",
    type=float,
    multiple=True,
    default=(0.0,),
    show_default=True,
    help="Give the probability of a mean effect below; may be repeated.",
)
@click.option("--studies", is_flag=True, help="Also each study's own effect, drawn to the others.")
@click.option("--treat1", metavar="COLUMN", help="A network: effects are of this treatment")
@click.option("--treat2", metavar="COLUMN", help="against this one.")
@click.option("--reference", metavar="TREATMENT", help="The first treatment of the network.")
@click.option(
    "--better",
    type=click.Choice(["below", "above"]),
    default="below",
    show_default=True,
    help="Which side of 0 is better, for ranks.",
)
@click.option("--design", metavar="COLUMN", help="Design class of each study, for --bias.")
@click.option(
    "--bias",
    multiple=True,
    callback=_biases,
    metavar="CLASS=MEAN:SD[:SPREAD]",
    help="Elicited bias of a class, in units and direction of the effect; may be repeated.",
)
@click.option("--include-unverified", is_flag=True, help="Take in rows that nobody verified.")
@file_options
def command(
    file: Path,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Pool studies, a network, or biased classes with priors: exact, no sampling.

    FILE is a CSV with one row a study, or a contrast of a study.

    \b
    Examples:
      equipoise bayes trials.csv --effect g --se g_se --study study
      equipoise bayes trials.csv --effect g --se g_se --study study --below 0 --below -0.24 \\
        --tau-prior half-cauchy:0.3 --mean-prior 0 1
      equipoise bayes pairs.csv --effect TE --se seTE --study id --treat1 t1 --treat2 t2
      equipoise bayes trials.csv --effect g --se g_se --study study --design control \\
        --bias inert=-0.3:0.15:0.1
    """
    from equipoise.synthesis.study_table import Columns, study_tables  # noqa: PLC0415

    if not (options["effect"] and options["se"] and options["study"]):
        raise click.UsageError("Name --effect, --se and --study.")
    if bool(options["treat1"]) != bool(options["treat2"]):
        raise click.UsageError("--treat1 and --treat2 go together.")
    if not options["treat1"]:
        refuse_idle(("reference", "better"), "is about a network: name --treat1 and --treat2.")
    if bool(options["design"]) != bool(options["bias"]):
        raise click.UsageError("--design and --bias go together.")
    read = read_table(file, None, delimiter=delimiter, decimal=decimal, missing=missing)
    columns = Columns(effect=options["effect"], se=options["se"], study=options["study"])
    table = study_tables(
        read.frame, columns, scale=options["scale"], repeats=bool(options["treat1"]),
        include_unverified=options["include_unverified"],
    )[0]  # fmt: skip
    found = _found(table, options).with_source(read.source)
    print_found(found, f"Bayesian: {len(table.effects)} rows of {file.name}", as_json=as_json)


def _found(table: OutcomeTable, options: dict[str, Any]) -> Estimates:
    from dataclasses import replace  # noqa: PLC0415

    from equipoise.synthesis.bayes import (  # noqa: PLC0415
        bayes_bias,
        bayes_network,
        bayes_pool,
        network,
    )

    level, prior, e = options["level"], options["tau_prior"], table.effects
    if options["treat1"]:
        treat1, treat2 = (_words(table, options[name]) for name in ("treat1", "treat2"))
        net = network(e.study, treat1, treat2, e.y, e.se, reference=options["reference"])
        below = options["better"] == "below"
        found = bayes_network(net, prior, below_is_better=below, level=level, scale=e.scale)
    elif options["bias"]:
        design = _words(table, options["design"])
        found = bayes_bias(e, design, options["bias"], prior, level=level)
    else:
        mean = options["mean_prior"] or (0.0, float("inf"))
        found = bayes_pool(
            e, prior, mean_prior=mean, below=options["below"], studies=options["studies"],
            level=level,
        )  # fmt: skip
    rows = tuple(replace(row, warnings=(*row.warnings, *table.warnings)) for row in found)
    return replace(found, rows=rows)


def _words(table: OutcomeTable, name: str) -> list[str]:
    from equipoise.synthesis.labels import written  # noqa: PLC0415

    if name not in table.frame:
        columns = ", ".join(map(str, table.frame))
        raise click.UsageError(f"The table has no column {name!r}. It has {columns}.")
    empty = table.frame[name].isna()
    if empty.any():
        study = table.effects.study[int(empty.to_numpy().argmax())]
        raise DataError(f"{study} has nothing in {name!r}: fill it, or take the row out.")
    return [written(value) for value in table.frame[name]]
