"""equipoise self-blind doses: after unblinding, what was taken on which dose day."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    ledger_of,
    ledger_option,
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
@click.option(
    "--visit",
    "visits",
    multiple=True,
    metavar="DAY=NAME",
    help="The protocol's name of a dose day's visit; may be repeated.",
)
@ledger_option
@json_option
def doses(trial: Path, records: Path, out: Path, as_json: bool, **given: Any) -> None:
    """Put what was taken on each dose day into RECORDS, the unblinded records of TRIAL.

    Only opened cards tell, and only once `equipoise unblind` was done. A card that is missing
    leaves its day unknown; nothing is guessed.

    \b
    Examples:
      equipoise self-blind doses sealed/ unblinded/ --share share-1.txt --share share-3.txt \\
          --out with-doses/
    """
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.self_blinding import files  # noqa: PLC0415
    from equipoise.concealment.self_blinding.unblinded_doses import (  # noqa: PLC0415
        unblinded_doses,
        with_doses,
    )
    from equipoise.records import UnblindedRecords, read_folder, write_folder  # noqa: PLC0415

    if out.exists():
        raise DataError(f"{out} exists. Name a new folder.")
    zones, held = zones_of(trial), read_folder(records)
    if not isinstance(held, UnblindedRecords):
        raise DataError(f"{records} is blinded. First `equipoise unblind`; give what it wrote.")
    people = files.participants(zones)
    cards = {who: files.read_cards(files.cards_file(zones, who)) for who in people}
    boxes = {who: files.read_boxes(files.boxes_file(zones, who)) for who in people}
    with opened_ledger(ledger_of(zones, given["ledger"])) as ledger:
        found = unblinded_doses(ledger, read_shares(given["shares"]), cards, boxes)
    write_folder(with_doses(held, found, _visits(given["visits"])), out)
    out.chmod(0o700)
    counts = {status: sum(dose.status == status for dose in found) for status in STATUSES}
    if as_json:
        told = {"counts": counts, "doses": [asdict(dose) for dose in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo("; ".join(f"{number} {status}" for status, number in counts.items()))
    click.echo(f"Wrote {out}", err=True)


STATUSES = ("known", "card missing", "missed", "not reached")


def _visits(given: tuple[str, ...]) -> dict[int, str]:
    found = {}
    for one in given:
        day, sign, name = one.partition("=")
        if not (sign and name and day.isdigit()):
            raise click.BadParameter(f"--visit is written as 3=week 2. Got {one!r}.")
        found[int(day)] = name
    return found
