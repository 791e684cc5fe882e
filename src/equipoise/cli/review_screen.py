"""Steps of `equipoise review` on records: duplicates, votes of two people, the PRISMA flow."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option, plot_option, write_figure
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.synthesis.review.screening.log import Vote
    from equipoise.synthesis.review.screening.prisma import Flow
    from equipoise.synthesis.review.screening.record import Record

person_option = click.option("--as", "person", metavar="PERSON", help="Who decides.")
date_option = click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="Of the decision; today if left out."
)


def _day(on: datetime | None) -> str:
    return str(on.date() if on else datetime.now(UTC).date())


def _loaded(folder: Path) -> tuple[Path, list[Record], list[Vote]]:
    from equipoise.synthesis.review import read_plan  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review.screening.log import read_log  # noqa: PLC0415
    from equipoise.synthesis.review.screening.record import read_records  # noqa: PLC0415

    searches = read_plan(folder)[0] / "searches"
    records = read_records(searches)
    if not records:
        raise DataError(
            f"{searches} holds no records yet: equipoise review import {folder} FILE reads some."
        )
    return searches, records, read_log(searches)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--same",
    multiple=True,
    metavar="RECORD",
    help="Accept the group of this record; may be repeated.",
)
@click.option(
    "--different",
    multiple=True,
    metavar="RECORD",
    help="This record is no duplicate; may be repeated.",
)
@click.option(
    "--certain", is_flag=True, help="Accept every group that hangs together by DOI or PMID."
)
@person_option
@date_option
@json_option
def duplicates(
    folder: Path, same: tuple[str, ...], different: tuple[str, ...], certain: bool,
    person: str | None, on: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """Suggest records of a review FOLDER that are one publication; a person decides.

    \b
    Examples:
      equipoise review duplicates my-review
      equipoise review duplicates my-review --certain --as anna
      equipoise review duplicates my-review --same r7 --as anna
    """
    from equipoise.synthesis.review.screening.duplicates import (  # noqa: PLC0415
        suggested_duplicates,
    )
    from equipoise.synthesis.review.screening.log import duplicates_of  # noqa: PLC0415

    searches, records, votes = _loaded(folder)
    decided = duplicates_of(votes)
    kept_apart = {v.record for v in votes if v.stage == "duplicate" and v.decision == "different"}
    left = [r for r in records if r.id not in decided and r.id not in kept_apart]
    groups = suggested_duplicates(left)
    if (same or different or certain) and not person:
        raise click.UsageError("A decision names its person: --as anna.")
    if person:
        wanted = [g for g in groups if set(g.ids) & set(same) or (certain and g.certain)]
        unknown = [name for name in same if not any(name in g.ids for g in groups)]
        if unknown:
            raise DataError(f"{', '.join(unknown)}: no suggested group holds it.")
        told = [(one.id, "same", f"{g.kept.id} {'; '.join(g.reasons)}")
                for g in wanted for one in g.others]  # fmt: skip
        told += [(name, "different", "") for name in different]
        _vote(searches, records, "duplicate", told, person, _day(on))
        click.echo(f"Logged {len(told)} decisions by {person}")
        return
    if as_json:
        rows = [{"records": g.ids, "certain": g.certain, "reasons": g.reasons} for g in groups]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    click.echo(f"{len(decided)} taken out as duplicates; {len(groups)} groups to decide\n")
    for group in groups:
        click.echo("certain" if group.certain else "likely")
        for record in (group.kept, *group.others):
            click.echo(f"  {record.id:>6}  {record.cited[:88]}")
        for reason in group.reasons:
            click.echo(f"          {reason}")


def _vote(
    searches: Path, records: list[Record], stage: str, told: list[tuple[str, str, str]],
    person: str, day: str,
) -> None:  # fmt: skip
    from equipoise.synthesis.review.screening.log import Vote, add_vote  # noqa: PLC0415

    known = [record.id for record in records]
    for name, decision, reason in told:
        add_vote(searches, Vote(name, stage, person, decision, reason, day), known)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("record", required=False)
@click.argument("decision", required=False)
@person_option
@click.option("--full-text", is_flag=True, help="At full text; else at title and abstract.")
@click.option("--reason", default="", help="Why; needed to exclude a full text.")
@click.option("--consensus", is_flag=True, help="Settle two votes that differ.")
@date_option
def screen(
    folder: Path, record: str | None, decision: str | None, person: str | None, full_text: bool,
    reason: str, consensus: bool, on: datetime | None,
) -> None:  # fmt: skip
    """Log one person's DECISION on a RECORD, or show what waits: conflicts, next records.

    DECISION is include, exclude or unsure; at full text include, exclude or "not retrieved".
    Two people must agree before a record is in or out.

    \b
    Examples:
      equipoise review screen my-review --as anna
      equipoise review screen my-review r12 include --as anna
      equipoise review screen my-review r12 exclude --as ben --full-text --reason "no control"
      equipoise review screen my-review r12 include --as anna --full-text --consensus
    """
    searches, records, votes = _loaded(folder)
    if person is None:
        raise click.UsageError("Who screens? --as anna.")
    stage = "full text" if full_text else "title"
    if record is None:
        _waiting(folder, records, votes, stage, person)
        return
    if decision is None:
        raise click.UsageError("Which decision? include, exclude, unsure, or 'not retrieved'.")
    said = f"consensus: {decision}" if consensus else decision
    _vote(searches, records, stage, [(record, said, reason)], person, _day(on))
    click.echo(f"{record}, {stage}: {said} by {person}")


def _waiting(
    folder: Path, records: list[Record], votes: list[Vote], stage: str, person: str
) -> None:
    from equipoise.synthesis.review import read_plan  # noqa: PLC0415
    from equipoise.synthesis.review.screening.log import duplicates_of, standing  # noqa: PLC0415
    from equipoise.synthesis.review.screening.prisma import conflicts  # noqa: PLC0415

    rules = read_plan(folder)[1].eligibility
    click.echo("Include: " + "; ".join(rules.include or ("not stated",)))
    click.echo("Exclude: " + "; ".join(rules.exclude or ("not stated",)))
    for one in conflicts(records, votes):
        told = ", ".join(f"{vote.person} {vote.decision}" for vote in one.votes)
        click.echo(f"conflict  {one.record} ({one.stage}): {told}")
    gone = duplicates_of(votes)
    mine = {v.record for v in votes if v.stage == stage and v.person == person}
    for record in records:
        passed = stage == "title" or standing(votes, record.id, "title").decision == "include"
        if record.id not in gone and record.id not in mine and passed:
            click.echo(f"{record.id:>8}  {record.cited}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@plot_option("Also draw the diagram")
@json_option
def flow(folder: Path, plot: Path | None, as_json: bool) -> None:
    """Count the PRISMA 2020 flow of a review FOLDER from its searches and its log.

    \b
    Examples:
      equipoise review flow my-review
      equipoise review flow my-review --plot flow.svg
    """
    from equipoise.synthesis.review import read_review  # noqa: PLC0415
    from equipoise.synthesis.review.screening.agreement import agreements  # noqa: PLC0415
    from equipoise.synthesis.review.screening.prisma import flow as counted  # noqa: PLC0415
    from equipoise.synthesis.review.screening.prisma import flow_frame  # noqa: PLC0415

    _, records, votes = _loaded(folder)
    found = counted(records, votes, included_studies=len(read_review(folder).studies))
    pairs = agreements(votes)
    if plot is not None:
        from equipoise.plots import prisma_flow  # noqa: PLC0415

        write_figure(prisma_flow(flow_frame(found)), plot)
    if as_json:
        told = asdict(found) | {"agreement": [asdict(pair) for pair in pairs]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _print(found)
    for pair in pairs:
        kappa = "not defined" if pair.kappa is None else f"{pair.kappa:.2f}"
        click.echo(
            f"{' and '.join(pair.people)} at {pair.stage}: agree on {100 * pair.agreed:.0f}% of "
            f"{pair.n} records, kappa {kappa}"
        )


def _print(found: Flow) -> None:
    rows = [
        ("Records identified", found.identified),
        ("  duplicates removed", found.duplicates),
        ("Records screened", found.screened),
        ("  excluded", found.excluded),
        ("Reports sought for retrieval", found.sought),
        ("  not retrieved", found.not_retrieved),
        ("Reports assessed", found.assessed),
        *((f"  excluded: {why}", n) for why, n in found.excluded_by_reason.items()),
        ("Reports included", found.included_reports),
        ("Studies in review", found.included_studies),
        *((f"Awaiting votes: {stage}", n) for stage, n in found.waiting.items() if n),
    ]
    width = max(len(name) for name, _ in rows)
    for name, n in rows:
        click.echo(f"{name.ljust(width)}  {n}")
    if (found.included_studies or 0) > found.included_reports > 0:
        click.echo(
            "note: studies/ holds more studies than reports are included: some are not screened "
            "yet, or were found outside the searches (import those with --other)."
        )
    if found.conflicts:
        click.echo(f"Conflicts: {', '.join(found.conflicts)}")
