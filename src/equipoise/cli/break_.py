"""equipoise break: one participant's code, in an emergency, with a reason, on the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any

import click

from equipoise.cli.allocate_live import (
    answered,
    here_option,
    home_of,
    passphrase_option,
    read_passphrase,
    tell_web,
)
from equipoise.cli.options import json_option
from equipoise.cli.vault_options import database_option, trial_argument
from equipoise.errors import DataError


@click.command()
@trial_argument
@click.argument("participant")
@click.option("--by", required=True, metavar="NAME", help="Who asks: entered with allocate person.")
@passphrase_option
@click.option(
    "--category", required=True,
    help="adverse event, overdose or poisoning, pregnancy, other emergency.",
)  # fmt: skip
@click.option(
    "--reason", prompt=True, help="In words; it stays with the allocator. Asked for if left out."
)
@click.option(
    "--treatment-differs/--treatment-same", required=True, default=None,
    help="Will the participant be treated differently for knowing?",
)  # fmt: skip
@database_option
@here_option
@json_option
def command(
    trial: Path, participant: str, by: str, passphrase_file: IO[str] | None, category: str,
    reason: str, treatment_differs: bool, database: str | None, here: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Reveal what PARTICIPANT of TRIAL received. Works at any hour, without custodians.

    The ledger's row is written first; the arm is shown once, to you alone, and stored nowhere.
    Everybody else stays blind. If this cannot work, open the sealed emergency card of the kit.

    \b
    Examples:
      equipoise break sealed/ P-017 --by dr.low --category "overdose or poisoning" \\
          --reason "Found unconscious, several capsules missing" --treatment-differs
    """
    from equipoise.concealment.allocator.breaking import PAPER  # noqa: PLC0415

    home = home_of(trial, database)
    passphrase = read_passphrase(passphrase_file)
    try:
        found = answered(
            home, "break", here=here, participant=participant, name=by, passphrase=passphrase,
            category=category, reason=reason, treatment_differs=treatment_differs,
        )  # fmt: skip
    except DataError as error:
        told = "" if PAPER in str(error) else f" {PAPER}"
        raise DataError(f"{error}{told}") from None
    _show(participant, found, as_json)
    try:
        tell_web(home, by, here=here)
    except DataError as error:  # whoever treats must not wait for a disk
        click.echo(f"The next act tells the web's ledger, which could not be: {error}", err=True)


def _show(participant: str, found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{participant} received: {found['arm']}")
    click.echo(
        "Tell only those who treat this participant. Row "
        f"{found['asked']} of the allocator's ledger says that you asked, and why.",
        err=True,
    )
