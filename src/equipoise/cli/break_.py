"""equipoise break: one participant's code, in an emergency, with a reason, on the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.allocate_live import answered, clock, database_option, here_option, home_of
from equipoise.cli.options import json_option
from equipoise.cli.vault_options import trial_argument

if TYPE_CHECKING:
    from equipoise.concealment.allocator_home import Home


@click.command()
@trial_argument
@click.argument("participant")
@click.option("--by", required=True, metavar="NAME", help="Who asks: entered with allocate person.")
@click.option("--passphrase", prompt=True, hide_input=True, help="Asked for if left out.")
@click.option(
    "--category", required=True,
    help="adverse event, overdose or poisoning, pregnancy, other emergency.",
)  # fmt: skip
@click.option("--reason", required=True, help="In words; it stays with the allocator.")
@click.option(
    "--treatment-differs/--treatment-same", required=True, default=None,
    help="Will the participant be treated differently for knowing?",
)  # fmt: skip
@database_option
@here_option
@json_option
def command(
    trial: Path, participant: str, by: str, passphrase: str, category: str, reason: str,
    treatment_differs: bool, database: str | None, here: bool, as_json: bool,
) -> None:  # fmt: skip
    """Reveal what PARTICIPANT of TRIAL received. Works at any hour, without custodians.

    The ledger's row is written first; the arm is shown once, to you alone, and stored nowhere.
    Everybody else stays blind. If this cannot work, open the sealed emergency card of the kit.

    \b
    Examples:
      equipoise break sealed/ P-017 --by dr.low --category "overdose or poisoning" \\
          --reason "Found unconscious, several capsules missing" --treatment-differs
    """
    home = home_of(trial, database)
    found = answered(
        home, "break", here=here, participant=participant, name=by, passphrase=passphrase,
        category=category, reason=reason, treatment_differs=treatment_differs,
    )  # fmt: skip
    _tell_web(home, by, found, category, treatment_differs)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{participant} received: {found['arm']}")
    click.echo(
        "Tell only those who treat this participant. Row "
        f"{found['asked']} of the allocator's ledger says that you asked, and why.",
        err=True,
    )


def _tell_web(
    home: Home, by: str, found: dict[str, Any], category: str, treatment_differs: bool
) -> None:
    """Write into the web's chain that a code was broken: never what it was."""
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    path = home.zones.ledger("web")
    if not path.is_file():
        return
    with opened_ledger(str(path)) as chain:
        asked = chain.append(
            "code break asked", actor=by, now=clock(), participant=found["participant"],
            category=category, reason=found["reason"], role=found["role"],
            treatment_differs=treatment_differs,
        )  # fmt: skip
        chain.append(
            "code broken", actor=by, now=clock(), participant=found["participant"],
            asked=asked.seq,
        )  # fmt: skip
