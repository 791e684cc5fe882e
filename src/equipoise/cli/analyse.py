"""equipoise analyse: the planned analyses of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option, visit_option
from equipoise.cli.progress import steps
from equipoise.cli.sources import named, opened
from equipoise.cli.table_options import TableCommand, table_options

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.records import UnblindedRecords


@click.command(cls=TableCommand)
@click.argument("source")
@click.option("--outcome", multiple=True, metavar="OUTCOME", help="Only these; may be repeated.")
@visit_option
@json_option
@table_options
def command(
    source: str, outcome: tuple[str, ...], visit: str | None, as_json: bool, **columns: Any
) -> None:
    """Run every analysis that the protocol names, each labelled planned or exploratory.

    With --outcome, only those of these outcomes; with --visit also, their total effect at that
    visit.

    \b
    Examples:
      equipoise analyse self-blinding-microdose-outcomes
      equipoise analyse self-blinding-microdose --outcome PANAS --outcome QIDS --json
      equipoise analyse self-blinding-microdose --outcome PANAS --visit w1s2
    """
    if visit and not outcome:
        raise click.UsageError("The planned analyses have visits of their own: add --outcome.")
    records = opened(source, outcome, **columns)
    outcomes = named(records, outcome)
    with steps() as step:
        step(0, 1, "Analysing")
        found = _found(records, outcomes, visit)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    if as_json:
        click.echo(found.to_json())
        return
    _print(records.protocol.title, found)


def _found(records: UnblindedRecords, outcomes: tuple[str, ...], visit: str | None) -> Estimates:
    from equipoise.analysis import analyse, total_effect  # noqa: PLC0415  (--help is instant)
    from equipoise.estimates import Estimates  # noqa: PLC0415

    nothing = Estimates(source=records.source)
    if visit:
        return sum((total_effect(records, name, visit) for name in outcomes), start=nothing)
    every = analyse(records)
    if not outcomes:
        return every
    return sum((every.select(outcome=name) for name in outcomes), start=nothing)


def _print(title: str, found: Estimates) -> None:
    from equipoise.cli import show  # noqa: PLC0415  (--help must be instant)

    click.echo()
    show.wrapped(title)
    for outcome in dict.fromkeys(row.outcome for row in found):
        rows = found.select(outcome=outcome).rows
        visits = {row.visit for row in rows} - {None}
        at = f", {visits.pop()}" if len(visits) == 1 else ""
        unit = f" · {rows[0].unit}" if rows[0].unit else ""
        click.echo(f"\n{outcome}{at}{unit}")
        show.table(rows, with_status=show.is_mixed(found))
    show.refusals(found)
    show.items("Assumptions", found.assumptions)
    show.items("Warnings", found.warnings)
    show.status(found.rows)
    show.provenance(found)
