"""equipoise belief: drug or belief?"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import (
    draws_option,
    interval_option,
    json_option,
    level_option,
    seed_option,
    visit_option,
)
from equipoise.cli.progress import steps
from equipoise.cli.sources import named, opened
from equipoise.cli.table_options import TableCommand, table_options
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.estimates import Estimates
    from equipoise.records import UnblindedRecords


@click.command(cls=TableCommand)
@click.argument("source")
@click.option("--outcome", multiple=True, metavar="OUTCOME", help="The outcome; may be repeated.")
@visit_option
@interval_option
@level_option
@draws_option
@seed_option
@click.option("--all", "everything", is_flag=True, help="Print every row, also the grids.")
@json_option
@table_options
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

    Prints the answer in three sentences; then the total effect, how blind the trial was, the
    effect had both arms believed alike, how far benefit may have caused the guesses, bounds, and
    negative controls. What conditions on a guess prints its assumptions.

    \b
    Examples:
      equipoise belief self-blinding-microdose-week1 --outcome PANAS
      equipoise belief self-blinding-microdose --outcome QIDS --visit w1s2 --json
      equipoise belief trial.csv --participant id --arm arm --guess guess --outcome HAMD
      equipoise belief excel.csv --delimiter ";" --decimal , --participant ID --arm Arm \\
          --guess Guess --unsure DK --outcome HAMD --higher worse
    """
    records = opened(source, outcome, **columns)
    settings = {"interval": interval, "draws": draws, "seed": seed}
    answers, refused = _asked(records, source, outcome, visit, level=level, **settings)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    if as_json:
        click.echo(_together(answers, refused).with_source(records.source).to_json())
    else:
        _print(records, answers, visit, everything=everything, **settings)
    for reason in dict.fromkeys(refusal.reason for refusal in refused.refused):
        click.echo(f"equipoise: {reason}", err=True)
    if refused.refused:
        sys.exit(1)


def _asked(
    records: UnblindedRecords,
    source: str,
    outcome: tuple[str, ...],
    visit: str | None,
    **settings: Any,
) -> tuple[dict[str, Estimates], Estimates]:
    """Answer each outcome, or keep the reason why it cannot be answered."""
    from equipoise.belief import assess  # noqa: PLC0415  (--help must be instant)
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415

    if records.guesses["guess"].notna().any():
        if not outcome:
            holds = ", ".join(records.protocol.instruments)
            raise click.UsageError(f"Which --outcome? {source} holds: {holds}.")
        names: tuple[str | None, ...] = named(records, outcome)
    else:  # whatever the outcome, the answer is the same
        names = outcome or (None,)
    answers: dict[str, Estimates] = {}
    refused = Estimates()
    with steps() as step:
        for done, name in enumerate(names):
            step(done, len(names), f"Assessing {name}" if name else "Assessing")
            asked = name if name in records.protocol.instruments else _any_outcome(records)
            try:
                answers[asked] = assess(records, asked, visit=visit, **settings)
            except NotIdentifiedError as error:
                refusal = Refusal("belief-standardised-effect", str(error), outcome=name)
                refused += Estimates(refused=(refusal,))
    return answers, refused


def _together(answers: Mapping[str, Estimates], refused: Estimates) -> Estimates:
    """Join the outcomes; rows that they share (negative controls) are there once."""
    found = sum(answers.values(), start=refused)
    rows, refusals = dict.fromkeys(found.rows), dict.fromkeys(found.refused)
    return replace(found, rows=tuple(rows), refused=tuple(refusals))


def _any_outcome(records: UnblindedRecords) -> str:
    return str(records.scores["instrument"].iloc[0])


def _print(
    records: UnblindedRecords,
    answers: Mapping[str, Estimates],
    visit: str | None,
    *,
    everything: bool,
    **settings: Any,
) -> None:
    from equipoise.cli import belief_table, show  # noqa: PLC0415  (--help must be instant)
    from equipoise.report import gathered  # noqa: PLC0415

    for name, found in answers.items():
        click.echo()
        show.wrapped(f"{name}: {records.protocol.title}{f', visit {visit}' if visit else ''}")
        belief_table.answer(gathered(records, {name: found}, visit=visit, **settings))
        belief_table.numbers(found, everything=everything)
        show.refusals(found)
        show.status(found.rows)
        show.provenance(found)
