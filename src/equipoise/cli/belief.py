"""equipoise belief: drug or belief?"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from equipoise.cli import show
from equipoise.cli.options import (
    draws_option,
    interval_option,
    json_option,
    level_option,
    seed_option,
    table_options,
    visit_option,
)
from equipoise.cli.sources import opened
from equipoise.errors import NotIdentifiedError

HEADLINES = (
    "total-effect",
    "correct-guess-rate",
    "bang-index",
    "james-index",
    "belief-difference-index",
    "information-leak",
    "stratum-mean",
    "within-guess-effect",
    "within-arm-belief-effect",
    "belief-standardised-effect",
    "correct-guess-rate-curve",
    "belief-part",
    "belief-share",
    "tipping-point",
    "principal-strata-bounds",
    "controlled-direct-effect",
    "expectancy-moderation",
    "negative-control",
    "missing-guesses",
)
"""What the terminal shows; --all and --json hold every row."""


@click.command()
@click.argument("source")
@click.option("--outcome", multiple=True, metavar="OUTCOME", help="The outcome; may be repeated.")
@visit_option
@interval_option
@level_option
@draws_option
@seed_option
@table_options
@click.option("--all", "everything", is_flag=True, help="Print every row, also the grids.")
@json_option
def command(
    source: str,
    outcome: tuple[str, ...],
    visit: str | None,
    everything: bool,
    as_json: bool,
    interval: Any,
    level: float,
    draws: int,
    seed: int,
    **columns: Any,
) -> None:
    """Ask of one outcome: was it the drug, or the belief in the drug?

    Prints the total effect first, then how blind the trial was, the effect had both arms believed
    alike, the correct-guess-rate curve, how far benefit may have caused the guesses, bounds, and
    negative controls. What conditions on a guess prints its assumptions.

    \b
    Examples:
      equipoise belief self-blinding-microdose-week1 --outcome PANAS
      equipoise belief self-blinding-microdose --outcome QIDS --visit w1s2 --json
      equipoise belief trial.csv --participant id --arm arm --guess guess --outcome HAMD
    """
    records = opened(source, outcome, **columns)
    names = tuple(records.protocol.instruments)
    if not outcome:
        raise click.UsageError(f"Which --outcome? {source} holds: {', '.join(names)}.")
    from equipoise.belief import assess  # noqa: PLC0415  (--help must be instant)
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415

    found = Estimates(source=records.source)
    for name in outcome:
        try:
            found += assess(
                records, name, visit=visit, interval=interval, draws=draws, seed=seed, level=level
            )
        except NotIdentifiedError as error:
            if as_json:
                refused = Estimates(refused=(Refusal("belief", str(error), outcome=name),))
                click.echo((refused.with_source(records.source)).to_json())
            click.echo(f"equipoise: {error}", err=True)
            sys.exit(1)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, allow_nan=False, indent=1))
        return
    for name in outcome:
        one = found.select(outcome=name)
        click.echo(f"\n{name}: {records.protocol.title}\n")
        show.table(row for row in one if everything or row.name in HEADLINES)
        controls = [row for row in found if row.name == "negative-control"]
        if controls and not everything:
            click.echo("\nNegative controls: belief effect on outcomes belief should not move")
            show.table(controls, outcome=True)
    show.footnotes(found)
    show.provenance(found)
