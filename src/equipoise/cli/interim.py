"""equipoise interim: the arms so far, for a monitoring committee, on the record."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    allocator_of,
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

if TYPE_CHECKING:
    from equipoise.concealment.interim import Door, Interim


@click.command()
@trial_argument
@share_option
@click.option("--committee", required=True, metavar="CODE", help="Which committee looks.")
@click.option(
    "--reason", prompt=True, help="In words; the ledgers hold its hash. Asked for if left out."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A new file: CSV, mode 0600."
)
@by_option
@ledger_option
@database_option
@kits_option
@now_option
@json_option
def command(trial: Path, shares: tuple[Path, ...], out: Path, as_json: bool, **given: Any) -> None:
    """Write the arms of everybody enrolled so far in TRIAL to OUT, for a monitoring committee.

    Needs the shares of two custodians. Both ledgers say so before the first box is opened. No arm
    is printed; the trial goes on, and everybody else stays blind: OUT is for the committee and
    its statistician. Keep the salt with the committee's minutes: it proves the reason.

    \b
    Examples:
      equipoise interim sealed/ --committee DMC-1 --reason "Charter 4.2: first safety look" \\
          --share share-1.txt --share share-3.txt --by dmc.statistician --out look-1.csv
    """
    from equipoise.concealment.interim import Door  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.seal.zones import SECRET, write_file  # noqa: PLC0415

    if out.exists():
        raise DataError(f"{out} exists. Name a new file.")
    write_file(out, "", SECRET)  # before anything is on the record, since a full disk would be, too
    door = Door(
        given["committee"], given["reason"], secrets.token_hex(32), given["by"], given["now"]
    )
    try:
        found = _opened(trial, read_shares(shares), door, given)
    except BaseException:
        out.unlink()
        raise
    out.write_text(found.to_csv(), encoding="utf-8")
    told = {"participants": len(found.rows), "committee": door.committee}
    told |= {"reason": door.hash, "salt": door.salt}
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"Wrote {out}: {told['participants']} participants so far, for {door.committee}")
    click.echo(f"Salt of the reason {door.salt}")


def _opened(trial: Path, shares: Any, door: Door, given: dict[str, Any]) -> Interim:
    from equipoise.concealment.interim import open_interim  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.seal.zones import read_boxed_kits  # noqa: PLC0415

    zones = zones_of(trial)
    kits = read_boxed_kits(given["kits"] or zones.boxed_kits)
    allocator = allocator_of(zones, given["database"])
    if allocator is None:
        raise DataError("The allocator's ledger is not here, and must tell of it: --database.")
    with opened_ledger(ledger_of(zones, given["ledger"])) as web:
        web.store.lock()
        with opened_ledger(allocator) as other:
            return open_interim(web, other, kits, shares, door)
