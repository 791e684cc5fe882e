"""equipoise adjust: p values adjusted for being several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.analysis.multiplicity import WeightedGraph
    from equipoise.estimates import Estimates

METHODS = (
    "bonferroni", "holm", "hochberg", "hommel", "fixed-sequence", "fallback", "graphical",
    "dunnett", "step-down-dunnett",
)  # fmt: skip


def _numbers(_ctx: click.Context, _param: click.Parameter, value: str | None) -> list[float] | None:
    if value is None:
        return None
    try:
        return [float(part) for part in value.split(",")]
    except ValueError as error:
        raise click.BadParameter("Write numbers separated by commas: 0.5,0.25,0.25.") from error


@click.command()
@click.option("--p", "p_column", metavar="COLUMN", help="The column of unadjusted p values.")
@click.option("--label", metavar="COLUMN", help="The column that names the hypotheses.")
@click.option(
    "--method", type=click.Choice(METHODS), default="holm", show_default=True, help="The procedure."
)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    help="Familywise error rate; 1 - level by default.",
)
@click.option(
    "--weights",
    callback=_numbers,
    metavar="W,W,...",
    help="Shares of alpha, for bonferroni, holm and fallback.",
)
@click.option(
    "--graph", type=click.Path(path_type=Path), help="A YAML file with the graph, for graphical."
)
@click.option("--estimate", metavar="COLUMN", help="Estimates: for intervals, and for Dunnett.")
@click.option("--se", metavar="COLUMN", help="Their standard errors.")
@click.option("--df", metavar="COLUMN", help="Their degrees of freedom; normal by default.")
@click.option(
    "--alternative",
    type=click.Choice(["two-sided", "greater", "less"]),
    default="two-sided",
    show_default=True,
    help="One-sided tests are taken from estimates and standard errors.",
)
@click.option("--size", metavar="COLUMN", help="People in each arm, for Dunnett.")
@click.option("--control-size", type=float, help="People in the control arm, for Dunnett.")
@plot_option("Also draw the graph")
@file_options
def command(file: Path, level: float, as_json: bool, **options: Any) -> None:
    """Adjust a family of p values, one row of FILE a hypothesis.

    For fixed-sequence and fallback the rows stand in the planned order. A graph is a YAML file:

    \b
      hypotheses: [low dose, high dose]
      weights: [0.5, 0.5]
      transitions:
        low dose: {high dose: 1}
        high dose: {low dose: 1}

    \b
    Examples:
      equipoise adjust tests.csv --p p --label outcome --method holm
      equipoise adjust tests.csv --p p --label outcome --method graphical --graph graph.yaml
      equipoise adjust arms.csv --estimate effect --se se --df df --method dunnett \\
        --size n --control-size 40
    """
    from equipoise.analysis.multiplicity import adjust  # noqa: PLC0415  (--help is instant)

    reading = {name: options.pop(name) for name in ("delimiter", "decimal", "missing")}
    family, table, source = _family(file, options, reading)
    if options["plot"] and not options["graph"]:
        raise click.UsageError("--plot draws the graph of --graph.")
    graph = _graph(options["graph"]) if options["graph"] else None
    if graph is not None:
        family = _in_order(family, graph)
    alpha = options["alpha"] or 1 - level
    found = adjust(
        family,
        options["method"],
        alpha=round(alpha, 12),
        weights=options["weights"],
        graph=graph,
        alternative=options["alternative"],
        sizes=None if options["size"] is None else table[options["size"]].to_numpy(dtype=float),
        control_size=options["control_size"],
    ).with_source(source)
    if options["plot"] and graph is not None:
        _draw(options["plot"], graph, found, alpha)
    print_found(found, f"{len(found)} hypotheses, adjusted", as_json=as_json)
    if not as_json:
        rejected = [row.label or "" for row in found if row.p is not None and row.p <= alpha]
        click.echo(f"\nRejected at familywise {alpha:.4g}: {', '.join(rejected) or 'none'}")


def _family(
    file: Path, options: dict[str, Any], reading: dict[str, Any]
) -> tuple[Estimates, pd.DataFrame, Any]:
    """Read the rows of the file as estimates."""
    import pandas as pd  # noqa: PLC0415

    from equipoise.estimates import Estimate, Estimates  # noqa: PLC0415

    if not options["p_column"] and not (options["estimate"] and options["se"]):
        raise click.UsageError("Name the column of p values with --p, or --estimate and --se.")
    named = ("p_column", "label", "estimate", "se", "df", "size")
    columns = list(dict.fromkeys(options[name] for name in named if options[name]))
    read = read_table(file, columns, **reading)
    table = read.frame
    fields = {"p": options["p_column"]} | {k: options[k] for k in ("estimate", "se", "df")}
    for column in (*fields.values(), options["size"]):
        if column and not pd.api.types.is_numeric_dtype(table[column].dtype):
            raise DataError(f"Column {column!r} of {file.name} must be numbers in every row.")
    rows = []
    for k in range(len(table)):
        label = str(table[options["label"]].iloc[k]) if options["label"] else f"H{k + 1}"
        values = {name: table[column].iloc[k] for name, column in fields.items() if column}
        rows.append(Estimate("adjusted-p", label=label, **values))
    told = tuple(row if row.p is not None else _with_p(row) for row in rows)
    return Estimates(told), table, read.source


def _with_p(row: Any) -> Any:
    """Take the two-sided p value from estimate and standard error."""
    from dataclasses import replace  # noqa: PLC0415

    from equipoise.analysis.multiplicity import directed_p  # noqa: PLC0415

    if row.estimate is None or not row.se:
        raise DataError(f"{row.label}: no p value, and no estimate with a standard error above 0.")
    df = float("inf") if row.df is None else row.df
    return replace(row, p=float(directed_p(row.estimate / row.se, df, "two-sided")))


def _graph(file: Path) -> WeightedGraph:
    import yaml  # noqa: PLC0415

    from equipoise.analysis.multiplicity import weighted_graph  # noqa: PLC0415

    if not file.exists():
        raise DataError(f"There is no file {file}. Look at its name and its folder.")
    try:
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        names = [str(name) for name in plan["hypotheses"]]
        arrows = {str(k): v or {} for k, v in (plan.get("transitions") or {}).items()}
        unknown = {str(n) for n in arrows} | {str(n) for row in arrows.values() for n in row}
        if odd := sorted(unknown - set(names)):
            raise DataError(f"{file.name}: transitions name {odd}, which are not in hypotheses.")
        G = [[float(_plain(arrows.get(a, {})).get(b, 0)) for b in names] for a in names]
        weights = [float(w) for w in plan["weights"]]
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{file.name} must hold `hypotheses` (a list of names), `weights` (a list of numbers) "
            f"and `transitions` (name: {{name: number}}); see equipoise adjust --help. ({error})"
        ) from error
    return weighted_graph(weights, G, names)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _in_order(family: Estimates, graph: WeightedGraph) -> Estimates:
    """Put the rows into the graph's order of hypotheses."""
    from equipoise.estimates import Estimates  # noqa: PLC0415

    by_name = {row.label: row for row in family}
    if set(by_name) != set(graph.hypotheses) or len(by_name) != len(family):
        raise DataError(
            f"The graph's hypotheses are {list(graph.hypotheses)}, the file's are "
            f"{[row.label for row in family]}: each must be in both once (--label names them)."
        )
    return Estimates(tuple(by_name[name] for name in graph.hypotheses))


def _draw(path: Path, graph: WeightedGraph, found: Estimates, alpha: float) -> None:
    from equipoise.plots import testing_graph  # noqa: PLC0415

    rejected = [row.p is not None and row.p <= alpha for row in found]
    ax = testing_graph(graph.weights, graph.transitions, labels=graph.hypotheses, rejected=rejected)
    write_figure(ax, path)
