"""equipoise unblind: the lock first, enough shares, then every arm."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    allocator_of,
    blinded_records,
    by_option,
    database_option,
    kits_option,
    ledger_of,
    ledger_option,
    now_option,
    read_shares,
    share_option,
    trial_argument,
    zones_of,
)
from equipoise.errors import DataError


@click.command()
@trial_argument
@click.argument("records", type=click.Path(path_type=Path))
@share_option
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new records folder.")
@by_option
@ledger_option
@kits_option
@database_option
@now_option
@json_option
def command(
    trial: Path, records: Path, shares: tuple[Path, ...], out: Path, as_json: bool, **given: Any
) -> None:
    """Open the blind of a locked TRIAL, and write its RECORDS with arms to OUT.

    Needs the lock in the ledger, the very records that were locked, and the shares of two
    custodians. The unblinding is written into the ledger before the first box is opened. Whoever
    had their code broken before has the intercurrent event "code broken".

    \b
    Examples:
      equipoise unblind sealed/ records/ --share share-1.txt --share share-3.txt \\
          --by statistician --out unblinded/
    """
    from equipoise.concealment.handed_out import handed_out  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.ledger import never_of  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.seal.zones import read_boxed_kits  # noqa: PLC0415
    from equipoise.concealment.unblinding import unblind  # noqa: PLC0415
    from equipoise.records import write_folder  # noqa: PLC0415

    if out.exists():
        raise DataError(f"{out} exists. Name a new folder.")
    zones, held, came = zones_of(trial), blinded_records(records), read_shares(shares)
    kits = read_boxed_kits(given["kits"] or zones.boxed_kits)
    arms = never_of(*held.protocol.arm_names)
    with ExitStack() as stack:
        chain = stack.enter_context(opened_ledger(ledger_of(zones, given["ledger"]), arms))
        where = allocator_of(zones, given["database"])
        other = stack.enter_context(opened_ledger(where, arms)) if where else None
        opened = unblind(
            chain, held, kits, came, actor=given["by"], now=given["now"], allocator=other
        )
        broken = len(handed_out(chain, other).broken)
    write_folder(opened, out)
    out.chmod(0o700)
    told = {
        "trial": held.protocol.identifier,
        "participants": len(opened.allocations),
        "code_broken": broken,
        "custodians": sorted(share.index for share in came),
        "records": opened.sha256,
    }
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"Unblinded {told['participants']} participants; {broken} had their code broken.")
    click.echo(f"Wrote {out}", err=True)
    for warning in opened.warnings:
        click.echo(f"note: {warning}", err=True)
