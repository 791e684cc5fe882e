"""equipoise self-blind prove: was everything done in its order? From the ledger's rows alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.self_blinding.proof import Claim, Proof


@click.command()
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--participant", metavar="CODE", help="Only this one; the whole ledger is read.")
@json_option
def prove(ledger: Path, participant: str | None, as_json: bool) -> None:
    """Prove from LEDGER (a sealed trial's folder, an SQLite file, an export) that the order held.

    The rows are run again through the seven steps, and each claim is looked for by itself as well.
    Nothing is opened, and nobody learns what a sachet held. That the ledger's end is whole shows
    against a signed head: `equipoise verify`.

    \b
    Examples:
      equipoise self-blind prove sealed/
      equipoise self-blind prove ledger.jsonl --participant P01 --json
    """
    from equipoise.concealment.seal.zones import Zones  # noqa: PLC0415
    from equipoise.concealment.self_blinding.proof import prove as proved  # noqa: PLC0415
    from equipoise.concealment.verify_ledger import read_rows  # noqa: PLC0415

    path = Zones(ledger).ledger("web") if ledger.is_dir() else ledger
    if not path.is_file():
        raise DataError(f"There is no ledger {path}. Look at its name and its folder.")
    found = proved(read_rows(path))
    claims = [c for c in found.claims if participant in {None, c.participant} or not c.participant]
    if participant and not any(claim.participant == participant for claim in claims):
        raise DataError(f"{participant} has no cards in this ledger.")
    if as_json:
        click.echo(json.dumps(_plain(found, claims, participant), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(found, claims, participant)))
    if bad := [claim for claim in claims if not claim.holds]:
        raise DataError(f"{len(bad)} of {len(claims)} claims do not hold.")


def _plain(found: Proof, claims: list[Claim], participant: str | None) -> dict[str, Any]:
    return {
        "passed": all(claim.holds for claim in claims),
        "claims": [
            {
                "participant": claim.participant or None,
                "claim": claim.what,
                "holds": claim.holds,
                "faults": [{"row": row, "what": what} for row, what in claim.faults],
            }
            for claim in claims
        ],
        "participants": [
            asdict(one) for one in found.progress if participant in {None, one.participant}
        ],
    }


def _lines(found: Proof, claims: list[Claim], participant: str | None) -> list[str]:
    lines = []
    for claim in claims:
        who = f"{claim.participant}: " if claim.participant else ""
        lines.append(f"{'ok  ' if claim.holds else 'BAD '}  {who}{claim.what}")
        lines += [f"        row {row}: {what}" for row, what in claim.faults]
    for one in found.progress:
        if participant in {None, one.participant}:
            lines.append(
                f"{one.participant}: {one.taken} of {one.days} doses taken, {one.missed} missed, "
                f"{one.answered} answered; {one.opened} cards opened, {one.lost} reported missing, "
                f"{one.refused} steps refused; {'finished' if one.finished else 'not finished'}"
            )
    return lines
