"""equipoise lock: from here on the records are what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

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
    import datetime


@click.command()
@trial_argument
@click.argument("records", type=click.Path(path_type=Path))
@by_option
@ledger_option
@database_option
@now_option
@json_option
def command(
    trial: Path,
    records: Path,
    by: str,
    ledger: str | None,
    database: str | None,
    now: datetime.datetime,
    as_json: bool,
) -> None:
    """Lock RECORDS, the blinded records folder of TRIAL, before anything is unblinded.

    Writes the hash of the records into the ledger, and into the allocator's, which then allocates
    nobody any more. Final unblinding and reveal ask for it.

    \b
    Examples:
      equipoise lock sealed/ records/ --by data-manager
      equipoise lock sealed/ records/ --by data-manager --ledger web/ledger.sqlite
    """
    from equipoise.concealment.ledger import never_of  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.lock import find_lock, lock  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    held, zones = blinded_records(records), zones_of(trial)
    arms = never_of(*held.protocol.arm_names)
    if where := allocator_of(zones, database):  # first: from now on nobody is allocated
        with opened_ledger(where, arms) as chain:
            before = find_lock(chain)
            if before is None or before.records != held.sha256:
                lock(chain, held, actor=by, now=now)
    with opened_ledger(ledger_of(zones, ledger), arms) as chain:
        row = lock(chain, held, actor=by, now=now)
    told = {"trial": held.protocol.identifier, "locked": True, "records": held.sha256}
    told |= {"row": row.seq, "head": row.hash}
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"Locked {len(held.participants)} participants, records {held.sha256}")
    click.echo(f"Ledger row {row.seq}, head {row.hash}")
    click.echo(
        "Hand this head to people outside: it shows that nothing was changed after.", err=True
    )
