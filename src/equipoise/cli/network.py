"""equipoise network: many treatments at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import plot_option
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimate, Estimates
    from equipoise.synthesis.network import Network

CONTRASTS = ("effect", "se", "treat1", "treat2")
ARMS = ("treatment", "events", "n", "time", "mean", "sd", "arm_se")
SHOWN = ("network-effect", "network-ratio", "prediction-interval", "p-score", "tau2", "i2-q",
         "q-test", "node-split")  # fmt: skip


@click.command()
@click.option("--effect", metavar="COLUMN", help="Effects of treat1 less treat2 (log for ratios).")
@click.option("--se", metavar="COLUMN", help="Their standard errors.")
@click.option("--study", metavar="COLUMN", help="The study; looked for with --arms.")
@click.option("--treat1", metavar="COLUMN", help="The first treatment.")
@click.option("--treat2", metavar="COLUMN", help="The second treatment.")
@click.option("--arms", is_flag=True, help="FILE holds arms: a row an arm, or a row a study.")
@click.option("--treatment", metavar="COLUMN", help="Of arms: the treatment, or its stem.")
@click.option("--events", metavar="COLUMN", help="Of arms: people with the event, or its stem.")
@click.option("--n", metavar="COLUMN", help="Of arms: people.")
@click.option("--time", metavar="COLUMN", help="Of arms: time at risk, for rates.")
@click.option("--mean", metavar="COLUMN", help="Of arms: the mean.")
@click.option("--sd", metavar="COLUMN", help="Of arms: the standard deviation.")
@click.option("--arm-se", metavar="COLUMN", help="Of arms: the mean's standard error.")
@click.option("--measure", help="OR, RR, RD, ASD, IRR, IRD, MD, SMD, SMD-hedges or ROM.")
@click.option("--scale", metavar="TEXT", help="Units and direction of --effect, for print.")
@click.option("--pool-same", is_flag=True, help="Pool arms of one treatment within a study.")
@click.option("--mend", is_flag=True, help="Multi-arm effects: take the nearest that add up.")
@click.option("--reference", metavar="NAME", help="Rows against it come first.")
@click.option(
    "--method",
    type=click.Choice(["DL", "REML", "ML"]),
    default="DL",
    show_default=True,
    help="Estimator of tau2.",
)
@click.option("--tau2", type=click.FloatRange(min=0), help="A known tau2 instead.")
@click.option(
    "--small-values", type=click.Choice(["good", "bad"]), help="What small effects are, for ranks."
)
@click.option(
    "--contribution",
    type=click.Choice(["shortest-path", "random-walk", "none"]),
    default="shortest-path",
    show_default=True,
    help="How contributions are found.",
)
@click.option("--all", "every", is_flag=True, help="Print every row, as --json does.")
@plot_option("Also draw the network")
@file_options
def command(file: Path, as_json: bool, **options: Any) -> None:
    """Pool a network of treatments: all effects, ranks, heterogeneity and inconsistency.

    FILE holds a row a comparison (--effect, --se, --study, --treat1, --treat2), or with --arms the
    counts or means of arms, long or wide; its columns are then looked for, and what was taken is
    said. "A vs B" is A less B.

    \b
    Examples:
      equipoise network file.csv --effect TE --se seTE --study id \\
        --treat1 treat1 --treat2 treat2 --reference placebo
      equipoise network arms.csv --arms --reference placebo --small-values bad
      equipoise network arms.csv --arms --events remi --method REML --json
    """
    _check(options)
    read = read_table(
        file, delimiter=options["delimiter"], decimal=options["decimal"], missing=options["missing"]
    )
    network = _network(read.frame, options)
    found = _analysed(network, options).with_source(read.source)
    shown = found if as_json or options["every"] else _short(found, network, options)
    k, T = len(network.blocks), len(network.treatments)
    print_found(shown, f"Network of {T} treatments in {k} studies · {file.name}", as_json=as_json)


def _check(options: dict[str, Any]) -> None:
    given = [name for name in CONTRASTS if options[name]]
    if options["arms"]:
        if given:
            raise click.UsageError(f"--{', --'.join(given)}: comparisons or --arms, not both.")
        return
    wanted = (*CONTRASTS, "study")
    lacking = [f"--{name}" for name in wanted if not options[name]]
    if lacking:
        raise click.UsageError(
            f"A table of comparisons needs {', '.join(lacking)} too. For counts or means of arms "
            "give --arms."
        )
    extra = [f"--{name.replace('_', '-')}" for name in ARMS if options[name]]
    if extra:
        raise click.UsageError(f"{', '.join(extra)} go with --arms.")


def _network(frame: pd.DataFrame, options: dict[str, Any]) -> Network:
    from equipoise.synthesis.network import (  # noqa: PLC0415  (--help must be instant)
        arms_of_table,
        network_of_arms,
        network_of_contrast_table,
    )

    if options["arms"]:
        told = {name: options[name] for name in ("study", *ARMS) if name != "arm_se"}
        arms = arms_of_table(frame, told | {"se": options["arm_se"]})
        click.echo(f"note: {arms.found}", err=True)
        return network_of_arms(arms, options["measure"], pool_same=options["pool_same"])
    columns = {name: options[name] for name in (*CONTRASTS, "study")}
    return network_of_contrast_table(frame, **columns, scale=options["scale"], mend=options["mend"])


def _analysed(network: Network, options: dict[str, Any]) -> Estimates:
    from equipoise.synthesis.network import network_meta_analysis  # noqa: PLC0415

    way = options["contribution"]
    return network_meta_analysis(
        network,
        reference=options["reference"],
        method=options["method"],
        tau2=options["tau2"],
        small_values=options["small_values"],
        contribution=None if way == "none" else way,
        level=options["level"],
    )


def _short(found: Estimates, network: Network, options: dict[str, Any]) -> Estimates:
    """Keep what a person reads first: effects against the reference, ranks, tests, splits."""
    from dataclasses import replace  # noqa: PLC0415

    from equipoise.synthesis.network.network_meta_analysis import (  # noqa: PLC0415
        default_reference,
    )

    at = network.treatments[network.index(options["reference"] or default_reference(network))]
    place = {name: k for k, name in enumerate(network.treatments)}

    def shown(row: Estimate) -> bool:
        one, _, two = (row.label or "").partition(" vs ")
        if row.name.startswith(("network", "prediction")):
            return row.name in SHOWN and two == at
        if row.name != "node-split":
            return row.name in SHOWN
        return two == at or (one != at and place[one] < place[two])

    return replace(found, rows=tuple(row for row in found if shown(row)))
