"""equipoise judge: risk of bias of each study, from answers to signalling questions or levels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option, plot_option, writable, write_figure
from equipoise.cli.table_options import delimiter_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.estimates import Estimates, Source
    from equipoise.synthesis.judgement import Assessed, StudyAnswers

YAML = (".yaml", ".yml")
SHORT = {
    "some concerns": "some",
    "no information": "?",
    "low except for concerns about uncontrolled confounding": "low*",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--tool",
    type=click.Choice(["rob2", "robins-i"]),
    default="rob2",
    show_default=True,
    help="RoB 2 for randomised trials, ROBINS-I for others.",
)
@click.option(
    "--effect",
    type=click.Choice(["assignment", "adhering"]),
    default="assignment",
    show_default=True,
    help="Which effect RoB 2 judges.",
)
@click.option(
    "--several-are-high",
    type=click.IntRange(2, 5),
    help="Some concerns in so many domains make the whole high; by default people decide.",
)
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also append the judgements to this ledger (YAML); made where there is none.",
)
@plot_option("Also draw the traffic light")
@delimiter_option
@json_option
def command(
    file: Path, tool: Any, effect: Any, plot: Path | None, as_json: bool, **options: Any
) -> None:
    """Judge the risk of bias of each study of FILE, a CSV or YAML file.

    A CSV is long (study, question, answer; or study, domain, level, reason) or wide (study and a
    column a question, 1.1 to 5.3, or a domain, D1 to D5). `outcome` parts results of one study,
    `weight` weighs the bars of the figure. Answers: Y, PY, PN, N, NI, NA. A YAML file:

    \b
      studies:
        Back 2024:
          answers: {"1.1": Y, "1.2": PY, "1.3": N, ...}
          decisions:
            D4: {level: high, author: A. Reader, reason: ..., when: 2026-11-25}

    \b
    Examples:
      equipoise judge answers.csv
      equipoise judge answers.yaml --plot traffic.svg --ledger judgements.yaml
      equipoise judge cohorts.csv --tool robins-i --json
    """
    from equipoise.synthesis.judgement import (  # noqa: PLC0415  (--help is instant)
        judge_studies,
        risk_of_bias_rows,
    )

    if tool == "robins-i" and (effect != "assignment" or options["several_are_high"]):
        raise click.UsageError("--effect and --several-are-high go with --tool rob2.")
    ledger = options["ledger"] and writable(options["ledger"])
    studies, source = _read(file, options["delimiter"])
    several = options["several_are_high"]
    assessed = judge_studies(studies, tool, effect=effect, several_are_high=several)
    found = risk_of_bias_rows(assessed, tool).with_source(source)
    if plot is not None:
        _draw(plot, assessed, tool, effect)
    if ledger:
        _append(ledger, assessed)
    if as_json:
        click.echo(found.to_json())
    else:
        _print(found, assessed, tool, effect)


def _read(file: Path, delimiter: str | None) -> tuple[tuple[StudyAnswers, ...], Source]:
    import hashlib  # noqa: PLC0415

    from equipoise.estimates import Source  # noqa: PLC0415
    from equipoise.synthesis.judgement import from_columns, from_mapping  # noqa: PLC0415

    if not file.is_file():
        raise DataError(f"There is no file {file}. Look at its name and its folder.")
    if file.suffix.lower() not in YAML:
        from equipoise.records.csv_file import read_csv  # noqa: PLC0415

        tabbed = file.suffix.lower() in (".tsv", ".tab")
        read = read_csv(file, delimiter=delimiter or ("\t" if tabbed else ","))
        return from_columns(read.columns), Source(file.name, read.sha256)
    import yaml  # noqa: PLC0415

    raw = file.read_bytes()
    try:
        data = yaml.safe_load(raw.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{file.name} is no YAML in UTF-8: {error}") from error
    return from_mapping(data), Source(file.name, hashlib.sha256(raw).hexdigest())


def _print(found: Estimates, assessed: Sequence[Assessed], tool: Any, effect: Any) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.synthesis.judgement import domain_names  # noqa: PLC0415

    names = domain_names(tool, effect)
    click.echo()
    show.wrapped(f"Risk of bias of {len(assessed)} results by {tool.replace('rob2', 'RoB 2')}")
    click.echo()
    head = ["", *names, "overall"]
    cells = [[SHORT.get(one.level(key), one.level(key)) for key in head[1:]] for one in assessed]
    width = min(max(len(one.label) for one in assessed), 40)
    for label, line in [("", head[1:]), *zip((a.label for a in assessed), cells, strict=True)]:
        first, *more = click.wrap_text(label, width).split("\n") or [""]
        click.echo("  ".join([f"  {first:{width}}", *(f"{cell:8}" for cell in line)]).rstrip())
        for rest in more:
            click.echo(f"    {rest}")
    click.echo()
    for key, name in names.items():
        click.echo(f"  {key}  {name}")
    used = {cell for line in cells for cell in line}
    for level, short in SHORT.items():
        if short in used:
            click.echo(f"  {short}: {level}")
    show.refusals(found)
    worse = [one for row in found for one in row.assumptions if row.estimate]
    show.items("Why not low", worse)
    show.items("Method", dict.fromkeys(row.method for row in found if row.method))
    show.items("Warnings", dict.fromkeys(_warnings(assessed)))
    show.provenance(found)


def _warnings(assessed: Sequence[Assessed]) -> list[str]:
    return [
        text if text.startswith(one.label) else f"{one.label}: {text}"
        for one in assessed
        for text in one.warnings
    ]


def _draw(path: Path, assessed: Sequence[Assessed], tool: Any, effect: Any) -> None:
    from equipoise.plots import traffic_light  # noqa: PLC0415
    from equipoise.synthesis.judgement import domain_names, traffic_frame  # noqa: PLC0415

    write_figure(traffic_light(traffic_frame(assessed), domains=domain_names(tool, effect)), path)


def _append(path: Path, assessed: Sequence[Assessed]) -> None:
    """Append what is not in the ledger yet: the same file twice adds nothing."""
    from equipoise.synthesis.judgement import Ledger, read_ledger, write_ledger  # noqa: PLC0415

    ledger = Ledger()
    if path.exists():
        ledger = read_ledger(path.read_text(encoding="utf-8"), name=path.name)
    judgements = [one for result in assessed for one in result.judgements.values()]
    new = [one for one in judgements if ledger.holds(one.rule, one.about) != one]
    path.write_text(write_ledger(ledger.append(*new)), encoding="utf-8")
    click.echo(f"Wrote {path}: {len(new)} new of {len(judgements)} judgements", err=True)
