"""A seal on disk: each zone in its own folder, secrets readable by their owner alone."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from equipoise.concealment.framing import canonical_json
from equipoise.concealment.ledger import Ledger, never_of
from equipoise.concealment.ledger_heads import SigningKey, signed_head
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.randomness import Entropy
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.sealed import SealedTrial
from equipoise.concealment.seal.zones import (
    SECRET,
    Zones,
    json_text,
    read_signing_key,
    write_file,
)

CHAINS = ("web", "allocator")
PrintSheets = Callable[[SealedTrial, Path], None]
"""Writes the sheets to be printed into a folder."""


def begin_seal(
    opening: Opening,
    zones: Zones,
    *,
    actor: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Write the commitment: opening, ledgers, and the keys that sign their heads."""
    commitment = opening.commitment
    write_file(zones.opening, json_text(opening.to_dict()), SECRET)
    write_file(zones.folder / "commitment.txt", f"{commitment}\n")
    for chain in CHAINS:
        key = SigningKey(entropy(32))
        write_file(zones.signing_key(chain), f"{key.seed.hex()}\n", SECRET)
        write_file(zones.ledger(chain), b"", SECRET)  # the allocator adds boxes to its own
        connection = open_sqlite(zones.ledger(chain), new=True)
        try:
            ledger = Ledger(SqliteStore(connection), never_of(*opening.plan.arms))
            ledger.begin(opening.plan.trial, chain, actor=actor, now=now)
            ledger.append("committed", actor=actor, now=now, commitment=commitment)
            connection.execute("COMMIT")
        finally:
            connection.close()


def complete_seal(
    sealed: SealedTrial,
    zones: Zones,
    *,
    actor: str,
    now: datetime,
    print_sheets: PrintSheets | None = None,
) -> None:
    """Write every zone of a sealed trial beside its commitment."""
    folder, public = zones.folder, sealed.public
    write_file(zones.public_seal, json_text(public.to_dict()))
    _write_allocator(sealed, zones)
    for share in sealed.shares:
        write_file(folder / "custodians" / f"share-{share.index}.txt", share.to_text(), SECRET)
    listed = sorted(sealed.drawn, key=lambda kit: kit.code)
    packing = ((kit.code, kit.arm) for kit in listed)
    write_file(folder / "print" / "packing-list.csv", _csv(("kit", "arm"), packing), SECRET)
    write_file(folder / "statistician" / "list.csv", _list_csv(sealed), SECRET)
    if print_sheets:
        print_sheets(sealed, folder / "print")
    for chain in CHAINS:
        _log(sealed, zones, chain, actor=actor, now=now)
    template = files("equipoise.concealment.seal").joinpath("folder_readme.txt")
    write_file(folder / "README.txt", template.read_text(encoding="utf-8"))


def _list_csv(sealed: SealedTrial) -> str:
    """Write the list with the exact chances of each place: a re-randomisation test reads them."""
    arms = sealed.opening.plan.arms if sealed.public.by_slot else ()
    head = ("stratum", "slot", "kit", "arm", *(f"chance of {arm}" for arm in arms))
    rows = (
        (k.pool, str(k.index + 1), k.code, k.arm, *(str(chance) for chance in k.chances))
        for k in sealed.drawn
    )
    return _csv(head, rows)


def _write_allocator(sealed: SealedTrial, zones: Zones) -> None:
    """Write boxes, the private key if made here, the list's key where arms are drawn live."""
    allocator = zones.boxed_kits.parent
    lines = (_json_line(kit.to_dict()) for kit in sealed.boxed)
    write_file(zones.boxed_kits, "".join(lines), SECRET)
    write_file(allocator / "seal.json", json_text(sealed.public.to_dict()))
    if sealed.break_key:
        write_file(zones.break_key, f"{sealed.break_key.raw.hex()}\n", SECRET)
    if not sealed.public.by_slot:
        write_file(allocator / "opening.json", json_text(sealed.opening.to_dict()), SECRET)


def _log(sealed: SealedTrial, zones: Zones, chain: str, *, actor: str, now: datetime) -> None:
    """Add the seal to a ledger, and hand out the ledger's first signed head."""
    public = sealed.public
    connection = open_sqlite(zones.ledger(chain))
    try:
        ledger = Ledger(SqliteStore(connection), never_of(*sealed.opening.plan.arms))
        ledger.append(
            "sealed",
            actor=actor,
            now=now,
            commitment=public.commitment,
            root=public.root,
            protocol=public.protocol,
            kits=len(sealed.boxed),
            strata=len(public.strata),
            final_key=public.final_key,
            break_key=public.break_key,
        )
        connection.execute("COMMIT")
        head = signed_head(ledger, read_signing_key(zones.signing_key(chain)), now=now)
    finally:
        connection.close()
    write_file(zones.folder / "heads" / f"{chain}-{head['seq']}.json", json_text(head))


def _json_line(value: object) -> str:
    """Write plain data as one line."""
    return canonical_json(value).decode("utf-8") + "\n"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
