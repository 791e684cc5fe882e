"""equipoise estimand: what the protocol wants to know, and what the data say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option, level_option
from equipoise.cli.progress import steps
from equipoise.cli.sources import opened
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.protocol import Estimand, Protocol
    from equipoise.records import UnblindedRecords


@click.command()
@click.argument("source")
@click.option("--estimand", metavar="NAME", help="Only this estimand, or that of this analysis.")
@level_option
@json_option
def command(source: str, estimand: str | None, level: float, as_json: bool) -> None:
    """List the estimands of a trial's protocol (ICH E9(R1)) and estimate each.

    An estimand decides what becomes of scores after an intercurrent event. The analyses that name
    it say by which method, of which outcome and visits.

    \b
    Examples:
      equipoise estimand my-trial/
      equipoise estimand my-trial/ --estimand "had nobody taken rescue medication" --json
    """
    records = opened(source)
    with steps() as step:
        step(0, 1, "Estimating")
        found = _found(records, estimand, level)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    if as_json:
        click.echo(found.to_json())
        return
    _print(records.protocol, estimand, found)


def _found(records: UnblindedRecords, name: str | None, level: float) -> Estimates:
    from equipoise.analysis import estimate  # noqa: PLC0415  (--help must be instant)
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415

    plan = records.protocol
    if name is not None:
        return estimate(records, name, level)
    if not plan.estimands:
        raise DataError(
            f"The protocol {plan.identifier} names no estimand. Write `estimands:` (treatment, "
            "population, variable, intercurrent_events, summary), and name one in an analysis."
        )
    found = Estimates(source=records.source)
    for estimand in plan.estimands:
        try:
            found += estimate(records, estimand.name, level)
        except DataError as reason:
            refusal = Refusal("total-effect", str(reason), label=estimand.name)
            found += Estimates(refused=(refusal,))
    return found


def _print(plan: Protocol, name: str | None, found: Estimates) -> None:
    from equipoise.cli import show  # noqa: PLC0415  (--help must be instant)

    click.echo()
    show.wrapped(plan.title)
    for estimand in plan.estimands:
        asked = name in (None, estimand.name) or any(
            a.name == name and a.estimand == estimand.name for a in plan.analyses
        )
        if asked:
            _attributes(estimand)
    for outcome, unit in dict.fromkeys((row.outcome, row.unit) for row in found):
        rows = [row for row in found if (row.outcome, row.unit) == (outcome, unit)]
        click.echo(f"\n{outcome} · {unit}")
        show.table(rows, with_status=show.is_mixed(found))
    show.refusals(found)
    show.items("Method", dict.fromkeys(row.method for row in found if row.method))
    show.items("Assumptions", found.assumptions)
    show.items("Warnings", found.warnings)
    show.status(found.rows)
    show.provenance(found)


def _attributes(estimand: Estimand) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    click.echo(f"\nEstimand: {estimand.name}")
    for what, text in (
        ("treatment", estimand.treatment),
        ("population", estimand.population),
        ("variable", estimand.variable),
        *(
            (f"if {e.event}", _handling(e.strategy, e.handling))
            for e in estimand.intercurrent_events
        ),
        ("summary", estimand.summary),
    ):
        show.wrapped(f"{what}: {text}", "    ", "  - ")


def _handling(strategy: str, handling: str | None) -> str:
    return f"{strategy}. {handling}" if handling else strategy
