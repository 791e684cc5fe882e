"""Steps of `equipoise review` that start a folder and check it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from equipoise.cli.options import json_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a new review FOLDER: a made-up example with comments, to be written over."""
    from equipoise.synthesis.review import new_review  # noqa: PLC0415  (--help is instant)

    path = new_review(folder)
    click.echo(f"Wrote {path}: edit review.yaml and studies/, then")
    click.echo(f"  equipoise review check {path}\n  equipoise synthesise {path}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Check a review FOLDER: every mistake with its line; else what is in it."""
    from equipoise.synthesis.evidence import find_review  # noqa: PLC0415
    from equipoise.synthesis.review import read_review  # noqa: PLC0415
    from equipoise.synthesis.review.verification import counts, unverified_facts  # noqa: PLC0415
    from equipoise.synthesis.review.versions.version import version_of  # noqa: PLC0415

    read = read_review(find_review(folder)[0])
    studies = read.studies.values()
    verified, unverified = counts(studies)
    version = version_of(read)
    if as_json:
        found = {
            "review": read.review.identifier,
            "sha256": version.sha256,
            "studies": list(read.studies),
            "facts": {"verified": verified, "unverified": unverified},
            "unverified": unverified_facts(studies),
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{read.review.title}\n")
    studies_of, analyses = len(read.studies), len(read.review.analyses)
    click.echo(
        f"  {studies_of} {'study' if studies_of == 1 else 'studies'}, "
        f"{analyses} planned {'analysis' if analyses == 1 else 'analyses'}"
    )
    click.echo(f"  {verified} verified facts, {unverified} unverified")
    for row in unverified_facts(studies):
        click.echo(f"    ? {row}")
    click.echo(f"\nVersion {version.short}…")


@click.command()
@click.argument("kind", type=click.Choice(["review", "study"]))
def schema(kind: str) -> None:
    """Print the JSON schema of review.yaml or of study files."""
    from equipoise.synthesis.review import review_schema, study_schema  # noqa: PLC0415

    made = review_schema() if kind == "review" else study_schema()
    click.echo(json.dumps(made, indent=1))
