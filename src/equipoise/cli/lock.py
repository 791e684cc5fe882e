"""equipoise lock: from here on the records are what they are."""

from __future__ import annotations

import json
from pathlib import Path

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    blinded_records,
    by_option,
    ledger_of,
    ledger_option,
    now_option,
    trial_argument,
    zones_of,
)


@click.command()
@trial_argument
@click.argument("records", type=click.Path(path_type=Path))
@by_option
@ledger_option
@now_option
@json_option
def command(
    trial: Path, records: Path, by: str, ledger: str | None, now: object, as_json: bool
) -> None:
    """Lock RECORDS, the blinded records folder of TRIAL, before anything is unblinded.

    Writes the hash of the records into the ledger. Final unblinding and reveal ask for it.

    \b
    Examples:
      equipoise lock sealed/ records/ --by data-manager
      equipoise lock sealed/ records/ --by data-manager --ledger web/ledger.sqlite
    """
    from equipoise.concealment.ledger import never_of  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.lock import lock  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    held = blinded_records(records)
    arms = never_of(*held.protocol.arm_names)
    with opened_ledger(ledger_of(zones_of(trial), ledger), arms) as chain:
        row = lock(chain, held, actor=by, now=now)  # type: ignore[arg-type]  # click's own type
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
