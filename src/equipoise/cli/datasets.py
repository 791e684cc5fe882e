"""equipoise datasets: list, fetch and cite published trial data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option
from equipoise.cli.progress import downloading

if TYPE_CHECKING:
    from pathlib import Path

    from equipoise.datasets import Dataset

FIELDS = (
    "name",
    "title",
    "citation",
    "licence",
    "licence_note",
    "url",
    "sha256",
    "filename",
    "note",
)
WIDTH = 100
INDENT = " " * 11  # under the words after "citation"


@click.command()
@click.argument("name", required=False)
@click.option("--fetch", is_flag=True, help="Download it (or find it) and check its sha256.")
@click.option("--cite", is_flag=True, help="Print only the citation and licence.")
@json_option
def command(name: str | None, fetch: bool, cite: bool, as_json: bool) -> None:
    """List published datasets; with NAME, say where it comes from, or fetch it.

    \b
    Examples:
      equipoise datasets
      equipoise datasets self-blinding-microdose --cite
      equipoise datasets self-blinding-microdose --fetch
      equipoise datasets --json
    """
    from equipoise import datasets  # noqa: PLC0415  (--help must be instant)

    if fetch and not name:
        raise click.UsageError("Name the dataset to --fetch.")
    chosen = [datasets.dataset(name)] if name else list(datasets.registry().values())
    here: Path | None = None
    if fetch and name:
        with downloading() as progress:
            here = datasets.fetch(name, progress=progress)
    if as_json:
        path = {"path": str(here)} if here else {}
        shown = [{field: getattr(d, field) for field in FIELDS} | path for d in chosen]
        click.echo(json.dumps({"datasets": shown}, ensure_ascii=False, indent=1))
        return
    for dataset in chosen:
        _print(dataset, cite=cite)
    if here:
        click.echo(f"  here     {here}")


def _print(dataset: Dataset, *, cite: bool) -> None:
    click.echo(f"\n{dataset.name}\n  {dataset.title}")
    click.echo(click.wrap_text(dataset.citation, WIDTH, "  cite     ", INDENT))
    click.echo(f"  licence  {dataset.licence}")
    if dataset.licence_note:
        click.echo(click.wrap_text(dataset.licence_note, WIDTH, INDENT, INDENT))
    if not cite:
        click.echo(f"  from     {dataset.url}\n  sha256   {dataset.sha256}")
        if dataset.note:
            click.echo(click.wrap_text(dataset.note, WIDTH, "  note     ", INDENT))
