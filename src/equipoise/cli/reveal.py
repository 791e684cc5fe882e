"""equipoise reveal: derive the whole list again, and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    by_option,
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
    from equipoise.concealment.reveal import Revealed

file_type = click.Path(path_type=Path)


@click.command()
@trial_argument
@click.option("--opening", type=file_type, help="opening.json where it is not in TRIAL.")
@click.option("--seal", type=file_type, help="The web's seal.json where it is not in TRIAL.")
@share_option
@by_option
@ledger_option
@kits_option
@click.option("--protocol", type=file_type, help="The sealed protocol, for --account.")
@click.option("--account", type=file_type, help="Also write how the allocation was made: JSON.")
@now_option
@json_option
def command(trial: Path, as_json: bool, **given: Any) -> None:
    """Derive the whole list of a locked TRIAL again from its key, and say whether it fits.

    Compares commitment, kit codes, the order in which kits were handed out and, where the boxes
    and the custodians' shares are at hand, every arm. Pass or fail, and where; exit code 1 where
    something does not fit.

    \b
    Examples:
      equipoise reveal sealed/ --by statistician
      equipoise reveal sealed/ --share share-1.txt --share share-2.txt --by statistician
      equipoise reveal sealed/ --by statistician --protocol protocol.yaml --account account.json
    """
    from equipoise.concealment.account import allocation_account  # noqa: PLC0415
    from equipoise.concealment.custody import join_shares  # noqa: PLC0415
    from equipoise.concealment.ledger import never_of  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.reveal import reveal  # noqa: PLC0415
    from equipoise.concealment.seal.zones import (  # noqa: PLC0415
        read_boxed_kits,
        read_opening,
        read_public_seal,
        write_file,
    )
    from equipoise.protocol import read_protocol  # noqa: PLC0415

    if bool(given["account"]) != bool(given["protocol"]):
        raise click.UsageError("--account and --protocol go together.")
    zones = zones_of(trial)
    opening = read_opening(given["opening"] or zones.opening)
    public = read_public_seal(given["seal"] or zones.public_seal)
    boxes = given["kits"] or zones.boxed_kits
    kits = read_boxed_kits(boxes) if boxes.is_file() or given["kits"] else None
    key = join_shares(read_shares(given["shares"])) if given["shares"] else None
    where, never = ledger_of(zones, given["ledger"]), never_of(*opening.plan.arms)
    with opened_ledger(where, never) as chain:
        found = reveal(chain, opening, public, kits, key)
        chain.append(
            "revealed",
            actor=given["by"],
            now=given["now"],
            passed=found.passed,
            commitment=public.commitment,
            root=public.root,
        )
        if given["account"]:
            plan = read_protocol(given["protocol"])
            account = allocation_account(chain, opening, public, plan, found)
            write_file(given["account"], account.to_json())
    _tell(found, as_json)
    if not found.passed:
        raise DataError(f"The list does not fit in {len(found.faults)} places.")


def _tell(found: Revealed, as_json: bool) -> None:
    if as_json:
        told = {
            "passed": found.passed,
            "checked": found.checked,
            "not_checked": found.not_checked,
            "faults": [
                {"stratum": f.stratum or None, "slot": f.slot, "what": f.what} for f in found.faults
            ],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo("PASS" if found.passed else "FAIL")
    for what in found.checked:
        click.echo(f"  checked      {what}")
    for what in found.not_checked:
        click.echo(f"  not checked  {what}")
    for fault in found.faults:
        click.echo(f"  FAULT        {fault}")
