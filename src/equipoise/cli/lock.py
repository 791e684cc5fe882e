"""equipoise lock: from here on the records are what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    allocator_of,
    blinded_records,
    by_option,
    database_option,
    ledger_of,
    ledger_option,
    now_option,
    trial_argument,
    zones_of,
)

if TYPE_CHECKING:
    from equipoise.concealment.verify_ledger import Row
    from equipoise.records import BlindedRecords


@click.command()
@trial_argument
@click.argument("records", type=click.Path(path_type=Path))
@by_option
@ledger_option
@database_option
@now_option
@json_option
def command(
    trial: Path, records: Path, by: str, ledger: str | None, database: str | None, now: object,
    as_json: bool,
) -> None:  # fmt: skip
    """Lock RECORDS, the blinded records folder of TRIAL, before anything is unblinded.

    Writes the hash of the records into the web's ledger and, where it lies in TRIAL or in
    --database, into the allocator's: nobody is allocated from then on. What the web's ledger
    lacks of the allocator's is written first. Final unblinding and reveal ask for the lock.

    \b
    Examples:
      equipoise lock sealed/ records/ --by data-manager
      equipoise lock sealed/ records/ --by data-manager --ledger web/ledger.sqlite
    """
    from equipoise.concealment.ledger import never_of  # noqa: PLC0415  (--help is instant)

    held = blinded_records(records)
    arms = never_of(*held.protocol.arm_names)
    zones, who = zones_of(trial), {"actor": by, "now": now}
    web, allocator = ledger_of(zones, ledger), allocator_of(zones, database)
    if allocator and Path(allocator).resolve() != Path(web).resolve():
        row, own = _both(web, allocator, held, arms, who)
    else:
        row, own = _one(web, held, arms, who), None
    told = {"trial": held.protocol.identifier, "locked": True, "records": held.sha256}
    told |= {"row": row.seq, "head": row.hash, "allocator_row": own.seq if own else None}
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"Locked {len(held.participants)} participants, records {held.sha256}")
    click.echo(f"Ledger row {row.seq}, head {row.hash}")
    if told["allocator_row"]:
        click.echo(f"The allocator's ledger row {told['allocator_row']}: no more kits are given")
    elif allocator is None:
        click.echo("The allocator is not here and gives kits on: lock its ledger, too "
                   "(--ledger, where it lies).", err=True)  # fmt: skip
    click.echo(
        "Hand this head to people outside: it shows that nothing was changed after.", err=True
    )


def _one(web: str, held: BlindedRecords, arms: frozenset[str], who: dict[str, Any]) -> Row:
    from equipoise.concealment.lock import lock  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    with opened_ledger(web, arms) as chain:
        return lock(chain, held, **who)


def _both(
    web: str, allocator: str, held: BlindedRecords, arms: frozenset[str], who: dict[str, Any]
) -> tuple[Row, Row | None]:
    from equipoise.concealment.lock_both import lock_both  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    with opened_ledger(web, arms) as chain:
        chain.store.lock()  # always before the allocator's, so that no two wait for each other
        with opened_ledger(allocator, arms) as other:
            return lock_both(chain, other, held, **who)
