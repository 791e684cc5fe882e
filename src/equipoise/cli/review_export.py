"""The step of `equipoise review` that writes other programs' formats."""

from __future__ import annotations

from pathlib import Path

import click

from equipoise.cli.options import output_option

FORMATS = ("csv-jsonld", "fhir", "metapsy", "revman", "ris")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("analysis")
@output_option(help="The table; standard output if left out.")
def table(folder: Path, analysis: str, output: Path | None) -> None:
    """Write a planned ANALYSIS of a review FOLDER as CSV, a row a study that it pools.

    Its columns are for other verbs: effect and se, comparator_kind, dose, guesses of both arms.

    \b
    Examples:
      equipoise review table microdosing-depression any-microdose -o studies.csv
      equipoise pool studies.csv --effect effect --se se --study study
    """
    from equipoise.synthesis.evidence import find_review  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review import read_review, synthesise  # noqa: PLC0415
    from equipoise.synthesis.review.analysis_table import analysis_table  # noqa: PLC0415

    made = synthesise(read_review(find_review(folder)[0]), analysis)
    text = analysis_table(made.selections[analysis]).to_csv(index=False, lineterminator="\n")
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"Wrote {output}", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True, help="The format.")
def export(folder: Path, target: Path, kind: str) -> None:
    """Write the review FOLDER into the folder TARGET in another program's format.

    fhir (R5 Evidence) is experimental. revman holds the effects that analyses pooled, metapsy
    all comparisons of arms, csv-jsonld tables with their meaning beside them, ris the records to
    screen and those included.

    \b
    Examples:
      equipoise review export my-review out --format metapsy
      equipoise review export microdosing-depression out --format fhir
    """
    from equipoise.synthesis.evidence import find_review  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review import read_review, synthesise  # noqa: PLC0415
    from equipoise.synthesis.review.exporters import exporters  # noqa: PLC0415

    made = synthesise(read_review(find_review(folder)[0]))
    files = exporters()[kind].export(made)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Wrote {target / name}")
    if not files:
        click.echo("There is nothing to write in this format yet.", err=True)
