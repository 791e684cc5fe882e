"""Options of `equipoise network`: what the columns hold, and which analyses are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from equipoise.cli.options import plot_option

Command = TypeVar("Command", bound=Callable[..., Any])

CONTRASTS = ("effect", "se", "treat1", "treat2")
ARMS = ("treatment", "events", "n", "time", "mean", "sd", "arm_se", "measure")
NEEDS = {
    "separator": ("components",),
    "inactive": ("components",),
    "coefficients": ("covariate",),
    "joined": ("kind", "kinds"),
}
"""Options that say nothing without one of others."""
MEASURES = ("OR", "RR", "RD", "ASD", "IRR", "IRD", "MD", "SMD", "SMD-hedges", "ROM")


def column_options(command: Command) -> Command:
    """Add what the table holds: comparisons, or arms."""
    return _all(
        command,
        click.option("--effect", metavar="COLUMN", help="treat1 less treat2; log for ratios."),
        click.option("--se", metavar="COLUMN", help="Its standard error."),
        click.option("--study", metavar="COLUMN", help="The study; looked for with --arms."),
        click.option("--treat1", metavar="COLUMN", help="The first treatment."),
        click.option("--treat2", metavar="COLUMN", help="The second treatment."),
        click.option("--scale", metavar="TEXT", help="Units and direction of --effect."),
        click.option("--arms", is_flag=True, help="FILE holds arms, a row an arm or a study."),
        click.option("--treatment", metavar="COLUMN", help="Arms: the treatment, or its stem."),
        click.option("--events", metavar="COLUMN", help="Arms: people with the event."),
        click.option("--n", metavar="COLUMN", help="Arms: people."),
        click.option("--time", metavar="COLUMN", help="Arms: time at risk."),
        click.option("--mean", metavar="COLUMN", help="Arms: the mean."),
        click.option("--sd", metavar="COLUMN", help="Arms: the standard deviation."),
        click.option("--arm-se", metavar="COLUMN", help="Arms: the mean's standard error."),
        click.option(
            "--measure",
            type=click.Choice(MEASURES, case_sensitive=False),
            help="Arms: how they are compared.",
        ),
        click.option("--pool-same", is_flag=True, help="Pool a study's arms of one treatment."),
        click.option("--mend", is_flag=True, help="Multi-arm effects: the nearest that add up."),
    )


def model_options(command: Command) -> Command:
    """Add how the network is analysed."""
    return _all(
        command,
        click.option("--reference", metavar="NAME", help="Rows against it come first."),
        click.option(
            "--method",
            type=click.Choice(["DL", "REML", "ML"], case_sensitive=False),
            default="DL",
            show_default=True,
            help="Estimator of tau2.",
        ),
        click.option("--tau2", type=click.FloatRange(min=0), help="A known tau2 instead."),
        click.option(
            "--small-values", type=click.Choice(["good", "bad"]), help="What small effects are."
        ),
        click.option(
            "--contribution",
            type=click.Choice(["shortest-path", "random-walk", "none"]),
            default="shortest-path",
            show_default=True,
            help="How contributions are found.",
        ),
        click.option("--components", is_flag=True, help="Treatments are sums: A+B is A and B."),
        click.option("--separator", metavar="SIGN", default="+", help="Between components: +."),
        click.option("--inactive", metavar="NAME", help="A treatment without components."),
        click.option(
            "--covariate", multiple=True, metavar="COLUMN", help="Meta-regression; may be repeated."
        ),
        click.option(
            "--coefficients",
            type=click.Choice(["common", "independent", "exchangeable"]),
            default="common",
            show_default=True,
            help="Of covariates, over treatments.",
        ),
        click.option(
            "--kind", multiple=True, metavar="NAME=KIND", help="A comparator's kind; repeatable."
        ),
        click.option(
            "--kinds",
            type=click.Path(path_type=Path),
            help="A CSV of treatment, kind and, where it differs, study.",
        ),
        click.option("--joined", metavar="NAME", help="Name of the comparators joined."),
        click.option(
            "--rob", metavar="COLUMN", help="Risk of bias of each study, for CINeMA: low, ..."
        ),
        click.option("--indirectness", metavar="COLUMN", help="The same of indirectness."),
        click.option(
            "--important",
            type=click.FloatRange(min=0, min_open=True),
            help="Smallest effect that matters, on the scale of analysis; for CINeMA.",
        ),
        click.option(
            "--all", "every", is_flag=True, help="Every row; with --json also common contributions."
        ),
        plot_option("Also draw the network"),
        plot_option("Also draw the league", "--plot-league"),
        plot_option("Also draw P-scores", "--plot-ranks"),
    )


def _all(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def check_options(options: dict[str, Any]) -> None:
    """Refuse options that contradict each other, or that would do nothing."""
    _check_columns(options)
    told = click.get_current_context().get_parameter_source
    for name, needs in NEEDS.items():
        asked = told(name) is not click.core.ParameterSource.DEFAULT
        if asked and not any(options[other] for other in needs):
            raise click.UsageError(f"{_flag(name)} goes with {' or '.join(map(_flag, needs))}.")
    if options["tau2"] is None:
        return
    if told("method") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--tau2 is known, or estimated by --method: leave one of them out.")
    if options["covariate"]:
        raise click.UsageError("With --covariate tau2 is estimated: leave out --tau2.")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _check_columns(options: dict[str, Any]) -> None:
    """Refuse options of comparisons and of arms together, or half of either."""
    own = (*CONTRASTS, "scale", "mend")
    given = [_flag(name) for name in own if options[name]]
    if options["arms"]:
        if given:
            raise click.UsageError(f"Of comparisons: {', '.join(given)}; leave out --arms.")
        return
    lacking = [_flag(name) for name in (*CONTRASTS, "study") if not options[name]]
    if lacking:
        raise click.UsageError(
            f"A table of comparisons needs {', '.join(lacking)} too. For counts or means of arms "
            "give --arms."
        )
    extra = [_flag(name) for name in (*ARMS, "pool_same") if options[name]]
    if extra:
        raise click.UsageError(f"Only with --arms: {', '.join(extra)}.")


def kinds_told(options: dict[str, Any]) -> dict[tuple[str | None, str], str]:
    """Read kinds of comparators from --kind and --kinds."""
    from equipoise.cli.table_file import read_table  # noqa: PLC0415  (--help must be instant)
    from equipoise.errors import DataError  # noqa: PLC0415
    from equipoise.synthesis.network.contrasts import text_of  # noqa: PLC0415

    told: dict[tuple[str | None, str], str] = {}
    if options["kinds"] is not None:
        frame = read_table(options["kinds"]).frame
        if not {"treatment", "kind"} <= set(frame.columns):
            raise DataError(
                f"{options['kinds'].name} needs the columns treatment and kind (and study, where a "
                f"treatment's kind differs); it has {list(frame.columns)}."
            )
        for row in frame.to_dict("records"):
            study = text_of(row["study"]) if "study" in frame else None
            told[study, text_of(row["treatment"])] = text_of(row["kind"])
    for pair in options["kind"]:
        name, sign, kind = pair.rpartition("=")
        if not sign or not name.strip() or not kind.strip():
            raise click.UsageError(f'--kind {pair!r}: write "Placebo=inert".')
        told[None, name.strip()] = kind.strip()
    return told
