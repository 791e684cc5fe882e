"""The step of `equipoise review` that writes other programs' formats."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("csv-jsonld", "fhir", "metapsy", "revman")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True, help="The format.")
def export(folder: Path, target: Path, kind: str) -> None:
    """Write the review FOLDER into the folder TARGET in another program's format.

    fhir (R5 Evidence) is experimental. revman holds the effects that analyses pooled, metapsy
    all comparisons of arms, csv-jsonld tables with their meaning beside them.

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
        click.echo("Nothing was pooled: there is nothing to write in this format.", err=True)
