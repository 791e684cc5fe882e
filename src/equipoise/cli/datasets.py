"""equipoise datasets: list, fetch and cite published trial data."""

from __future__ import annotations

import json

import click

from equipoise.cli.options import json_option


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
    """
    from equipoise import datasets  # noqa: PLC0415  (--help must be instant)

    registry = datasets.registry()
    chosen = [datasets.dataset(name)] if name else list(registry.values())
    if fetch and not name:
        raise click.UsageError("Name the dataset to --fetch.")
    if as_json:
        shown = [
            {
                "name": d.name,
                "title": d.title,
                "citation": d.citation,
                "licence": d.licence,
                "url": d.url,
                "sha256": d.sha256,
                "filename": d.filename,
            }
            for d in chosen
        ]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for dataset in chosen:
        click.echo(f"\n{dataset.name}\n  {dataset.title}")
        click.echo(f"  cite     {dataset.citation}\n  licence  {dataset.licence}")
        if dataset.licence_note:
            click.echo(click.wrap_text(dataset.licence_note, 100, " " * 11, " " * 11))
        if not cite:
            click.echo(f"  from     {dataset.url}\n  sha256   {dataset.sha256}")
    if fetch and name:
        click.echo(f"  here     {datasets.fetch(name)}")
