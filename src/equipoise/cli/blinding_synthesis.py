"""equipoise blinding-synthesis: how much of a pooled effect survives honest blinding?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.idle_options import refuse_idle
from equipoise.cli.options import plot_option, seed_option, write_figure
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.cli.tau_prior_option import tau_prior_option

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.synthesis.blinding import Bias, Settings, TrialColumns

READING = ("delimiter", "decimal", "missing")


def _columns(_ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    """Split names of columns at commas."""
    if value is None:
        return None
    names = tuple(part.strip() for part in value.split(","))
    wanted = {"guesses": 6, "arms": 8, "responders": 4}[str(param.name)]
    if len(names) != wanted:
        raise click.BadParameter(f"Write {wanted} columns separated by commas; got {len(names)}.")
    return names


def _biases(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> Any:
    """Read CLASS=MEAN or CLASS=MEAN:SD."""
    from equipoise.synthesis.blinding import Bias  # noqa: PLC0415  (--help is instant)

    found: dict[str, Bias] = {}
    for text in value:
        name, _, numbers = text.rpartition("=")
        try:
            parts = [float(part) for part in numbers.split(":")]
            found[name] = Bias(*parts)
        except (ValueError, TypeError) as error:
            raise click.BadParameter(
                f"Write CLASS=MEAN or CLASS=MEAN:SD, as in inert=0.3:0.1. Got {text!r}."
            ) from error
    return found


@click.command()
@click.option("--study", metavar="COLUMN", help="The column that names the studies.")
@click.option("--effect", metavar="COLUMN", help="Effects, on the scale of analysis.")
@click.option("--se", metavar="COLUMN", help="Their standard errors.")
@click.option("--scale", metavar="TEXT", help="What the effects are, and which side is better.")
@click.option(
    "--guesses",
    callback=_columns,
    metavar="6 COLUMNS",
    help="Right, wrong, unsure in the active arm, then in the control arm; commas between.",
)
@click.option("--index", metavar="COLUMN", help="A blinding index, instead of --guesses.")
@click.option("--index-se", metavar="COLUMN", help="Its standard error.")
@click.option(
    "--correlation",
    type=click.FloatRange(-1, 1, min_open=True, max_open=True),
    default=0.0,
    show_default=True,
    help="Of the sampling errors of effect and index, which the same people give.",
)
@click.option("--design", metavar="COLUMN", help="Design class: inert, active, waiting list, ...")
@click.option("--reference", metavar="CLASS", help="The class that others are compared with.")
@click.option("--randomised", metavar="COLUMN", help="1 where randomised, 0 where observational.")
@click.option("--margin", type=float, help="A discrepancy between the two that would matter.")
@click.option(
    "--smallest-important",
    type=click.FloatRange(min=0, min_open=True),
    help="Smallest important difference, in units of the effect.",
)
@click.option(
    "--bias-sd",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="How far a supposed bias varies between trials.",
)
@click.option(
    "--bias",
    multiple=True,
    callback=_biases,
    metavar="CLASS=MEAN[:SD]",
    help="Elicited bias of a design class, above 0 towards the pooled effect; may be repeated.",
)
@click.option(
    "--arms",
    callback=_columns,
    metavar="8 COLUMNS",
    help="Mean before, its SD, mean after, people: active arm, then control arm.",
)
@click.option(
    "--r",
    type=click.FloatRange(-1, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="Correlation of scores before and after, with --arms.",
)
@click.option(
    "--responders",
    callback=_columns,
    metavar="4 COLUMNS",
    help="Responders, people: active arm, then control arm.",
)
@click.option("--comparator", metavar="COLUMN", help="Kind of control; the design by default.")
@click.option(
    "--belief",
    multiple=True,
    type=click.Path(path_type=Path),
    help="What `equipoise belief --json` printed of one trial; may be repeated.",
)
@click.option("--outcome", metavar="OUTCOME", help="Which of its outcomes, with --belief.")
@click.option(
    "--include-unverified", is_flag=True, help="Take in rows that nobody verified, and say so."
)
@click.option(
    "--slope-sd",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Prior standard deviation of the slope on the index.",
)
@tau_prior_option
@click.option(
    "--draws",
    type=click.IntRange(min=100),
    default=4000,
    show_default=True,
    help="Kept draws of each of four chains.",
)
@seed_option
@click.option(
    "--figure",
    type=click.Choice(["regression", "tipping"]),
    help="What --plot draws: effect against index (default with an index), or the tipping point.",
)
@plot_option("Also draw it")
@file_options
def command(file: Path, level: float, as_json: bool, **options: Any) -> None:
    """Ask how much of a pooled effect survives honest blinding; FILE has a row a study.

    Prints, side by side and never merged, all that the columns allow: the effect at chance
    guessing, by three methods, with its distance from the trials; effects by design class; the
    supposed bias at which the conclusion tips; control arms by comparator; randomised against
    observational studies; and trials taken apart by guess. The rest is refused with the reason.
    FILE may also be the output of `equipoise belief --json`, with others after --belief.

    \b
    Examples:
      equipoise blinding-synthesis trials.csv --study study --effect g --se g_se
      equipoise blinding-synthesis trials.csv --study study --effect g --se g_se \\
        --guesses right1,wrong1,unsure1,right2,wrong2,unsure2 --design control --plot b.svg
      equipoise blinding-synthesis trials.csv --study study \\
        --arms pre1,sd1,post1,n1,pre2,sd2,post2,n2 --comparator control
      equipoise blinding-synthesis one.json --belief two.json --outcome PHQ-9
    """
    from equipoise.synthesis.blinding import blinding_synthesis  # noqa: PLC0415  (--help is instant)

    reading = {name: options.pop(name) for name in READING}
    options["level"] = level
    if file.suffix.lower() == ".json":
        found, title = _taken_apart((file, *options["belief"]), options), "Trials taken apart"
        print_found(found, title, as_json=as_json)
        return
    columns, settings = _asked(options)
    read = read_table(file, None, **reading)
    found = blinding_synthesis(read.frame, columns, settings)
    if options["belief"]:
        found += _taken_apart(options["belief"], options)
    if options["plot"]:
        _draw(options["plot"], options["figure"], read.frame, columns, settings, found)
    heading = f"How much survives honest blinding? {len(read.frame)} rows of {file.name}"
    print_found(found.with_source(read.source), heading, as_json=as_json)


def _asked(options: dict[str, Any]) -> tuple[TrialColumns, Settings]:
    from equipoise.synthesis.blinding import Priors, Settings, TrialColumns  # noqa: PLC0415

    if options["study"] is None:
        raise click.UsageError("Name the column of the studies: --study study.")
    if (options["effect"] is None) != (options["se"] is None):
        raise click.UsageError("--effect and --se go together.")
    if options["index"] and options["guesses"]:
        raise click.UsageError("Give --guesses or --index, not both.")
    if bool(options["index"]) != bool(options["index_se"]):
        raise click.UsageError("--index and --index-se go together.")
    _refuse_idle(options)
    named = {name: options[name] for name in TrialColumns.__dataclass_fields__}
    columns = TrialColumns(**named)
    priors = Priors(slope_sd=options["slope_sd"], tau=options["tau_prior"])
    same = set(Settings.__dataclass_fields__) - {"priors", "elicited"}
    settings = Settings(
        **{name: options[name] for name in same}, priors=priors, elicited=options["bias"]
    )
    return columns, settings


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that would do nothing beside the others."""
    if not (options["index"] or options["guesses"]):
        names = ("correlation", "slope_sd", "tau_prior")
        refuse_idle(names, "is about a blinding index: name --guesses or --index.")
    if not options["design"]:
        refuse_idle(("reference",), "is a design class: name their column with --design.")
    if not options["randomised"]:
        refuse_idle(("margin",), "is about --randomised, and no column of it is named.")
    if not options["arms"]:
        refuse_idle(("r",), "is about --arms, and none are named.")
    if not (options["arms"] or options["responders"]):
        refuse_idle(("comparator",), "is about --arms or --responders, and none are named.")
    if not options["belief"]:
        refuse_idle(("outcome",), "is about --belief, and no file of it is named.")
    if not options["plot"]:
        refuse_idle(("figure",), "is about the --plot: ask for one.")
    if not options["effect"]:
        of_effects = ("smallest_important", "bias_sd", "bias")
        refuse_idle(of_effects, "is about effects: name --effect and --se.")


def _taken_apart(files: tuple[Path, ...], options: dict[str, Any]) -> Estimates:
    from equipoise.errors import NotIdentifiedError  # noqa: PLC0415
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415
    from equipoise.synthesis.blinding import (  # noqa: PLC0415
        decomposed,
        pool_decomposed,
        read_belief_file,
    )

    trials, refused = [], []
    for file in files:
        try:
            found = read_belief_file(file)
            trials.append(decomposed(found, file.stem, outcome=options["outcome"]))
        except NotIdentifiedError as error:
            refused.append(Refusal("trial-effect", str(error), label=file.stem))
    return pool_decomposed(trials, level=options["level"]) + Estimates(refused=tuple(refused))


def _draw(
    path: Path,
    figure: str | None,
    frame: Any,
    columns: TrialColumns,
    settings: Settings,
    found: Estimates,
) -> None:
    import pandas as pd  # noqa: PLC0415

    from equipoise.plots import bias_tipping, blinding_regression  # noqa: PLC0415
    from equipoise.synthesis.blinding import (  # noqa: PLC0415
        indexed_of,
        regression_frame,
        tipping_frame,
    )

    scale = settings.scale or "effect"
    if figure == "regression" or (figure is None and (columns.index or columns.guesses)):
        trials = indexed_of(frame, columns, settings)
        drawn = regression_frame(trials, level=settings.level)
        label = f"line: {trials.classes[0]}"
        ax = blinding_regression(
            drawn.trials, drawn.line, scale=scale, at_chance=drawn.at_chance, line_label=label
        )
    else:
        grid = pd.DataFrame(tipping_frame(found))
        if grid.empty:
            raise click.UsageError("The tipping point needs --effect and --se.")
        rows = found.select(name="bias-tipping-point").rows
        tipping = {
            r.label: r.estimate
            for r in rows
            if r.label and ", by" not in r.label and r.estimate is not None
        }
        side = 1.0 if grid["estimate"].iloc[0] > 0 else -1.0
        wanted = settings.smallest_important
        targets = {"smallest important difference": side * wanted} if wanted else {}
        ax = bias_tipping(grid, scale=scale, tipping=tipping, targets=targets)
    write_figure(ax, path)
