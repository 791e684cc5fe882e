"""Steps of `equipoise review` on results: which are stale, and what differs between two."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option

if TYPE_CHECKING:
    from equipoise.synthesis.review import ReviewFolder
    from equipoise.synthesis.review.versions.difference import Difference


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def status(folder: Path, as_json: bool) -> None:
    """List the results of a review FOLDER, oldest first: current, or STALE and why.

    Then the judgements of risk of bias that are not of the study files as they are now, each with
    the hash to write beside it once somebody has judged it again.
    """
    from equipoise.synthesis.review import read_review  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review.versions.results import read_result, stale  # noqa: PLC0415

    read = read_review(folder)
    files = sorted(read.results.glob("*/inputs.json"), key=lambda f: (f.stat().st_mtime, f))
    stored = [read_result(file.parent) for file in files]
    found = [(result, stale(result, read)) for result in stored]
    if as_json:
        rows = [
            {"version": result.version.sha256, "stale": bool(why), "changed": list(why)}
            for result, why in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("No result yet: equipoise synthesise writes one.")
    for result, why in found:
        told = f"STALE: {', '.join(why)} changed since" if why else "current"
        click.echo(f"  {result.version.short}  {told}")
    _judgements(read)


def _judgements(read: ReviewFolder) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.synthesis.review.risk_of_bias import lapsed_bias, undated_bias  # noqa: PLC0415

    told = {
        "Risk of bias that is STALE, and counts as not judged: the study file changed since": (
            sorted(lapsed_bias(read))
        ),
        "Risk of bias that does not say of which version of the study file it is": (
            undated_bias(read)
        ),
    }
    for said, names in told.items():
        rows = (f'{name}: study_sha256: "{read.studies[name].sha256[:16]}"' for name in names)
        show.items(said, rows)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("old")
@click.argument("new", default="latest")
@json_option
def diff(folder: Path, old: str, new: str, as_json: bool) -> None:
    """Say what differs between two results of a review FOLDER, and why a number moved.

    OLD and NEW are the first digits of versions, `latest`, or paths of results. `equipoise review
    status FOLDER` lists the versions.

    \b
    Examples:
      equipoise review diff my-review 1a2b
      equipoise review diff my-review 1a2b 3c4d --json
    """
    from equipoise.synthesis.review import read_review  # noqa: PLC0415
    from equipoise.synthesis.review.versions.difference import difference  # noqa: PLC0415
    from equipoise.synthesis.review.versions.results import find_result  # noqa: PLC0415

    read = read_review(folder)
    found = difference(find_result(read, old), find_result(read, new))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    _print(found)


def _print(found: Difference) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    click.echo(f"{found.old[:16]} → {found.new[:16]}")
    if not found:
        click.echo("No study, setting, code or number differs.")
        return
    show.items("Studies added", found.added)
    show.items("Studies removed", found.removed)
    changed = (f"{c.where}: {c.field}: {_told(c.old)} → {_told(c.new)}" for c in found.fields)
    show.items("Facts changed", changed)
    settings = (f"{c.field}: {_told(c.old)} → {_told(c.new)}" for c in found.settings)
    show.items("Plan changed", settings)
    show.items("Code changed", [] if found.code is None else [" → ".join(found.code)])
    moved = (
        f"{n.name}, {n.label}: {n.field} {_told(n.old)} → {_told(n.new)} "
        f"({'; '.join(n.why) or 'unexplained: please report this'})"
        for n in found.numbers
    )
    show.items("Numbers moved", moved)
    if not found.numbers:
        click.echo("\nNo number moved.")


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
