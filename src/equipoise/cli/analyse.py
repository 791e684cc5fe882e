"""equipoise analyse: the planned analyses of a trial."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli import show
from equipoise.cli.options import json_option, table_options, visit_option
from equipoise.cli.sources import opened


@click.command()
@click.argument("source")
@click.option("--outcome", multiple=True, metavar="OUTCOME", help="Only these; may be repeated.")
@visit_option
@table_options
@json_option
def command(
    source: str, outcome: tuple[str, ...], visit: str | None, as_json: bool, **columns: Any
) -> None:
    """Run every analysis that the protocol names, each labelled planned or exploratory.

    \b
    Examples:
      equipoise analyse self-blinding-microdose-outcomes
      equipoise analyse self-blinding-microdose --outcome PANAS --outcome QIDS --json
    """
    records = opened(source, outcome, **columns)
    from equipoise.analysis import analyse, total_effect  # noqa: PLC0415  (--help is instant)
    from equipoise.estimates import Estimates  # noqa: PLC0415

    if outcome:
        found = Estimates(source=records.source)
        for name in outcome:
            found += total_effect(records, name, visit)
    else:
        found = analyse(records)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    if as_json:
        click.echo(found.to_json())
        return
    click.echo(f"\n{records.protocol.title}\n")
    show.table(found, outcome=True)
    show.footnotes(found)
    show.provenance(found)
