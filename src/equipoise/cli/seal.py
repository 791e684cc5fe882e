"""equipoise seal: draw the list, and put every arm where only the right key opens it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import now_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    import datetime

    from equipoise.concealment.seal import Opening, SealedTrial
    from equipoise.concealment.seal.zones import Zones
    from equipoise.protocol import Protocol


@click.command()
@click.argument("protocol", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option(
    "--procedure", metavar="NAME", help="Of allocation, where the protocol has no `method` of it."
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of the procedure, as limit=5 or 'sizes=[4,6]'; may be repeated.",
)
@click.option(
    "--stratum",
    "strata",
    multiple=True,
    metavar="NAME=SLOTS",
    help="A stratum and the length of its own list; may be repeated.",
)
@click.option("--slots", type=click.IntRange(min=1), help="Length of the list; of each stratum's.")
@click.option(
    "--arm-kits",
    multiple=True,
    metavar="ARM=KITS",
    help="Kits of an arm, for a procedure that draws live; once for each arm.",
)
@click.option("--custodians", default=3, show_default=True, help="Shares of the final key.")
@click.option("--needed", default=2, show_default=True, help="Shares that open the blind.")
@click.option(
    "--break-key",
    type=click.Path(path_type=Path),
    help="The allocator's public key, made on its machine (64 hexadecimal digits).",
)
@click.option("--announce", metavar="WORDS", help="Only commit, and name a public beacon to come.")
@click.option("--beacon", metavar="HEX", help="The announced beacon's value: complete the seal.")
@click.option("--no-print", is_flag=True, help="No kit labels and emergency cards.")
@click.option("--by", default="statistician", show_default=True, help="Who seals, for the ledger.")
@now_option
@json_option
def command(protocol: Path, out: Path, as_json: bool, **options: Any) -> None:
    """Seal the allocation of PROTOCOL's trial: offline, by the unblinded statistician.

    Draws the list from 256 random bits, gives each place a random kit code, seals each arm to two
    keys, splits the final key among custodians, and commits to all of it. OUT gets a folder for
    each zone (README.txt there says where each belongs). No secret is printed here.

    \b
    Examples:
      equipoise seal protocol.yaml --out sealed --slots 90
      equipoise seal protocol.yaml --out sealed --stratum London=60 --stratum Paris=40
      equipoise seal protocol.yaml --out sealed --slots 96 --procedure random-blocks \\
          --parameter 'sizes=[4,6,8]'
      equipoise seal protocol.yaml --out sealed --slots 90 --announce "drand round 9000000"
      equipoise seal protocol.yaml --out sealed --beacon 8f2c...
    """
    from equipoise.concealment.seal.zones import Zones  # noqa: PLC0415  (--help is instant)
    from equipoise.protocol import read_protocol  # noqa: PLC0415

    plan = read_protocol(protocol)
    if options["beacon"]:
        opening = _announced(Zones(out), plan, options["beacon"])
    elif out.exists():
        raise DataError(f"{out} exists: a seal is never written over. Name a new folder.")
    else:
        opening = _fresh(plan, options)
    told = _written(opening, out, options)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else _words(told, out))


def _fresh(protocol: Protocol, options: dict[str, Any]) -> Opening:
    """Make the plan, and take key and nonce from the operating system."""
    from equipoise.cli.seal_plan import judged, seal_plan  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.seal import Opening  # noqa: PLC0415

    plan = seal_plan(protocol, options)
    click.echo(f"Procedure: {plan.spec.describe()} ({plan.spec.source})", err=True)
    for line in judged(plan):
        click.echo(line, err=True)
    return Opening.fresh(plan)


def _announced(zones: Zones, protocol: Protocol, value: str) -> Opening:
    """Read the opening that an earlier --announce wrote, and add the beacon's value."""
    from equipoise.concealment.seal.zones import read_opening  # noqa: PLC0415

    opening = read_opening(zones.opening)
    if opening.plan.protocol != protocol.sha256:
        raise DataError(f"{zones.folder} was committed to for another protocol; give that one.")
    if zones.public_seal.exists():
        raise DataError(f"{zones.folder} is sealed already.")
    try:
        return opening.with_beacon_value(bytes.fromhex(value))
    except ValueError as error:
        raise click.BadParameter("--beacon is written as hexadecimal digits.") from error


def _written(opening: Opening, out: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Write the folder whole or not at all, and tell what may be told."""
    from equipoise.concealment.seal import begin_seal, complete_seal  # noqa: PLC0415
    from equipoise.concealment.seal.zones import Zones, json_text, write_file  # noqa: PLC0415

    by: str = options["by"]
    now: datetime.datetime = options["now"]
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.absolute().parent))
    try:
        zones = Zones(new)
        if options["beacon"]:
            shutil.copytree(out, new, dirs_exist_ok=True)
            zones.opening.unlink()
            write_file(zones.opening, json_text(opening.to_dict()), 0o600)
        else:
            begin_seal(opening, zones, actor=by, now=now)
        if options["announce"]:
            told = {"trial": opening.plan.trial, "commitment": opening.commitment}
        else:
            sealed = _sealed(opening, zones, options)
            printed = None if options["no_print"] else _printer()
            complete_seal(sealed, zones, actor=by, now=now, print_sheets=printed)
            told = _told(sealed)
        _put(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return told


def _sealed(opening: Opening, zones: Zones, options: dict[str, Any]) -> SealedTrial:
    from equipoise.concealment.seal import CHAINS, seal  # noqa: PLC0415
    from equipoise.concealment.seal.zones import read_hex, read_signing_key  # noqa: PLC0415

    given = options["break_key"]
    return seal(
        opening,
        break_key=read_hex(given, "a public key", 32) if given else None,
        ledger_keys={chain: read_signing_key(zones.signing_key(chain)).public for chain in CHAINS},
        custodians=options["custodians"],
        needed=options["needed"],
    )


def _printer() -> Any:
    from equipoise.concealment.seal.printing import print_sheets  # noqa: PLC0415  (matplotlib)

    return print_sheets


def _put(new: Path, out: Path) -> None:
    """Move the finished folder into place; a commitment that waited there gives way."""
    if out.exists():
        aside = new.with_name(f"{new.name}-before")
        out.replace(aside)
        new.replace(out)
        shutil.rmtree(aside)
    else:
        new.replace(out)


def _told(sealed: SealedTrial) -> dict[str, Any]:
    public = sealed.public
    return {
        "trial": public.trial,
        "protocol": public.protocol,
        "commitment": public.commitment,
        "root": public.root,
        "strata": {stratum.name: stratum.kits for stratum in public.strata},
        "kits": len(sealed.boxed),
        "box_bytes": public.box_bytes,
        "custodians": [sealed.shares[0].threshold, len(sealed.shares)],
        "break_key_made_here": sealed.break_key is not None,
    }


def _words(told: dict[str, Any], out: Path) -> str:
    lines = [f"Trial       {told['trial']}", f"Commitment  {told['commitment']}"]
    if "root" not in told:
        return "\n".join((*lines, "Publish the commitment now; seal with --beacon once it is out."))
    needed, shares = told["custodians"]
    lines += [
        f"Root        {told['root']}",
        f"Kits        {told['kits']}"
        + "".join(f"; {name}: {count}" for name, count in told["strata"].items()),
        f"Boxes       2 for each kit, {told['box_bytes']} bytes each",
        f"Custodians  {shares}, any {needed} open the blind",
        f"Wrote {out}. Read {out}/README.txt; publish the commitment; carry each folder away.",
    ]
    if told["break_key_made_here"]:
        lines.append("The allocator's private key was made here: move allocator/break_key to it.")
    return "\n".join(lines)
