"""equipoise verify: is the seal whole, and was nothing changed in the ledger?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import database_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from equipoise.concealment.verify_ledger import Finding, Row


@click.command()
@click.argument("trial", type=click.Path(path_type=Path))
@click.option(
    "--head",
    "heads",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A signed head that was handed out; may be repeated.",
)
@click.option(
    "--key", metavar="HEX", help="The key of the heads; of a folder, one that somebody kept."
)
@database_option
@json_option
def command(
    trial: Path, heads: tuple[Path, ...], key: str | None, database: str | None, as_json: bool
) -> None:
    """Verify a sealed TRIAL folder, or one ledger, without opening anything.

    Every row of the ledgers, their ends against the signed heads, root and commitment, and that
    all boxes are of one length. A folder's own heads/ are looked at, too; but only a head that
    somebody else kept shows a tail that was cut. An inspector can run verify_ledger.py alone.

    \b
    Examples:
      equipoise verify sealed/
      equipoise verify sealed/ --head kept-by-the-ethics-board.json
      equipoise verify sealed/web/ledger.sqlite --head head.json --key 5f0c...
    """
    told = (
        _folder(trial, heads, key, database) if trial.is_dir() else _ledger(str(trial), heads, key)
    )
    bad = [line for line in told if line["bad"]]
    if as_json:
        click.echo(json.dumps({"passed": not bad, "checked": told}, indent=1))
    else:
        for line in told:
            click.echo(f"{'BAD ' if line['bad'] else 'ok  '}  {line['what']}: {line['told']}")
    if bad:
        raise DataError(f"{len(bad)} of {len(told)} checks failed.")


def _folder(
    trial: Path, heads: tuple[Path, ...], key: str | None, database: str | None
) -> list[dict[str, Any]]:
    """Verify every ledger of a sealed trial that is here, and the seal itself."""
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.seal import CHAINS  # noqa: PLC0415
    from equipoise.concealment.seal.zones import (  # noqa: PLC0415
        Zones,
        read_boxed_kits,
        read_public_seal,
    )
    from equipoise.concealment.seal_check import check_seal  # noqa: PLC0415

    zones = Zones(trial)
    public = read_public_seal(zones.public_seal)
    every = [*sorted((trial / "heads").glob("*.json")), *heads]
    told = []
    if key and key.lower() not in public.ledger_keys.values():
        told.append(_line("key", "the heads of this folder are signed by other keys", bad=True))
    where = {chain: str(zones.ledger(chain)) for chain in CHAINS if zones.ledger(chain).is_file()}
    if database:
        where["allocator"] = database
    for chain, place in where.items():
        own = [path for path in every if _head(path).get("chain") == chain]
        told += _ledger(place, tuple(own), public.ledger_keys[chain])
    if len(where) == len(CHAINS):
        told += _both(*(where[chain] for chain in CHAINS))
    boxes = zones.boxed_kits
    kits = read_boxed_kits(boxes) if boxes.is_file() else None
    with opened_ledger(str(zones.ledger("web"))) as ledger:
        try:
            faults = check_seal(ledger, public, kits)
        except (DataError, ValueError, KeyError) as error:  # rows that can hardly be read
            faults = (str(error),)
    what = f"{sum(s.kits for s in public.strata)} kits, " + (
        f"root {public.root[:16]}…, boxes of {public.box_bytes} bytes" if kits else "boxes not here"
    )
    return [*told, _line("seal", "; ".join(faults) or what, bool(faults))]


def _both(web: str, allocator: str) -> list[dict[str, Any]]:
    """Compare the chains kit by kit, as soon as the allocator has handed out any."""
    from equipoise.concealment.cross_chain import cross_check  # noqa: PLC0415
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415

    with opened_ledger(web) as one, opened_ledger(allocator) as other:
        kits = len(list(other.acts("allocated")))
        if not kits or one.verify().bad or other.verify().bad:
            return []
        faults = cross_check(one.store.rows(), other.store.rows())
    return [_line("both ledgers", "; ".join(faults) or f"{kits} kits alike", bool(faults))]


def _ledger(where: str, heads: tuple[Path, ...], key: str | None) -> list[dict[str, Any]]:
    return list(_ledger_lines(where, heads, key))


def _ledger_lines(where: str, heads: tuple[Path, ...], key: str | None) -> Iterator[dict[str, Any]]:
    from equipoise.concealment.verify_ledger import (  # noqa: PLC0415
        places_of,
        verify_head,
        verify_rows,
    )

    known = [_head(head) for head in heads]
    found = verify_rows(_rows_of(where), watch=places_of(known))
    name = f"ledger {found.chain}" if found.chain else f"ledger {where}"
    yield _line(name, found.bad or _rows(found), bool(found.bad))
    if found.bad:
        return
    for head, content in zip(heads, known, strict=True):
        found.unchecked.clear()
        verify_head(found, content, key)
        notes = "; ".join(found.unchecked)
        yield _line(f"head {head.name}", found.bad or notes or "holds", bool(found.bad))
        if found.bad:
            return


def _rows_of(where: str) -> Iterator[Row]:
    """Read a file, or the rows of a PostgreSQL database."""
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.verify_ledger import read_rows  # noqa: PLC0415

    if where.startswith(("postgres://", "postgresql://")):
        with opened_ledger(where) as ledger:
            yield from ledger.store.rows()
    elif Path(where).is_file():
        yield from read_rows(Path(where))
    else:
        raise DataError(f"There is no ledger {where}. Look at its name and its folder.")


def _rows(found: Finding) -> str:
    back = f"; the clock ran back at rows {found.clock_back}" if found.clock_back else ""
    return f"{found.rows} rows, head {found.head[:16]}…{back}"


def _head(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no signed head: {error}.") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} is no signed head.")
    return found


def _line(what: str, told: str, bad: bool) -> dict[str, Any]:
    return {"what": what, "told": told, "bad": bad}
