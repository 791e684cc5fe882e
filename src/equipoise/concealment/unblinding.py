"""Final unblinding: the lock first, then enough shares, then every arm at once.

In a live trial this is the only place that makes `UnblindedRecords`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from equipoise.concealment.custody import Share, join_shares
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import required_lock, sealed_row, well
from equipoise.concealment.seal.sealed import BoxedKit, root_of
from equipoise.concealment.seal.sealing import open_kit
from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.records import BlindedRecords, UnblindedRecords

CODE_BROKEN = "code broken"
"""The intercurrent event of a participant whose code was broken before the lock."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """Who got which kit, as the ledger holds it."""

    participant: str
    stratum: str
    kit: str


def allocated(ledger: Ledger) -> tuple[Allocated, ...]:
    """Return who got which kit, in order.

    Raises
    ------
    DataError
        If a participant or a kit occurs twice.
    """
    rows = tuple(
        Allocated(d["participant"], d["stratum"], d["kit"])
        for d in (body["details"] for body in ledger.acts("allocated"))
    )
    for what in ("participant", "kit"):
        names = [getattr(row, what) for row in rows]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(f"The ledger allocates the {what} {twice} twice. Call an inspector.")
    return rows


def code_breaks(ledger: Ledger) -> dict[str, str]:
    """Return whose code was broken before the lock, and the category of the reason."""
    asked = {body["seq"]: body["details"]["category"] for body in ledger.acts("code break asked")}
    broken = {
        body["details"]["participant"]: asked.get(body["details"]["asked"], "not told")
        for body in ledger.acts(CODE_BROKEN)
    }
    people = {row.kit: row.participant for row in allocated(ledger)}
    for body in ledger.acts("card opened"):
        person = people.get(body["details"]["kit"])
        if person is not None:
            broken.setdefault(person, f"{body['details']['category']} (paper card)")
    return broken


def unblind(
    ledger: Ledger,
    records: BlindedRecords,
    kits: Sequence[BoxedKit],
    shares: Sequence[Share],
    *,
    actor: str,
    now: datetime,
) -> UnblindedRecords:
    """Open the blind of a locked trial.

    Parameters
    ----------
    ledger
        The web's chain: the lock, and who got which kit. The unblinding is written into it
        before any box is opened.
    records
        The very records that were locked.
    kits
        The allocator's boxes.
    shares
        Of enough custodians.

    Returns
    -------
    UnblindedRecords
        With the intercurrent event `code broken` for everybody whose code was broken before.

    Raises
    ------
    DataError
        If the ledger is bad, the trial not locked, the records or boxes not the sealed ones, the
        shares too few or wrong, or a box was tampered with.
    """
    well(ledger)
    found = required_lock(ledger)
    if records.sha256 != found.records:
        raise DataError(
            f"These are not the records that were locked on {found.time}: their hash is "
            f"{records.sha256[:12]}…, the lock's {found.records[:12]}…. Use the locked ones."
        )
    sealed = sealed_row(ledger)
    if root_of(kits) != sealed["root"]:
        raise DataError(
            "The boxes are not those that were sealed: their root differs from the ledger's. "
            "`equipoise verify` tells more; use the sealed ones."
        )
    key = join_shares(shares)
    if key.public.hex() != sealed["final_key"]:
        raise DataError("These shares are of another seal: their key is not the ledger's.")
    rows, broken = allocated(ledger), code_breaks(ledger)
    boxes = {kit.code: kit for kit in kits}
    if unknown := [row.kit for row in rows if row.kit not in boxes]:
        raise DataError(f"The ledger hands out the kit {unknown[0]}, which was never sealed.")
    ledger.append(
        "unblinded",
        actor=actor,
        now=now,
        custodians=sorted({share.index for share in shares}),
        participants=len(rows),
        code_broken=len(broken),
    )
    trial = shares[0].trial
    arms = {r.participant: open_kit(key, trial, boxes[r.kit], final=True) for r in rows}
    return unblinded_records(records, arms, broken)


def unblinded_records(
    records: BlindedRecords, arms: Mapping[str, str], broken: Mapping[str, str]
) -> UnblindedRecords:
    """Put arms beside blinded records, and tell whose code was broken."""
    never = set(arms) - set(records.participants["participant"])
    notes = []
    if never:
        notes.append(f"{len(never)} allocated participants are not in the locked records")
    if broken:
        notes.append(
            f"The code of {len(broken)} participants was broken before the lock: see the "
            f"intercurrent event {CODE_BROKEN!r}"
        )
    people = sorted(arms)
    whole = pd.Series([pd.NA] * len(people), dtype="str")
    events = pd.DataFrame(
        {"participant": list(broken), "event": CODE_BROKEN, "detail": list(broken.values())}
    )
    tables = dict(records.tables)
    tables["intercurrent_events"] = pd.concat([tables["intercurrent_events"], events])
    return UnblindedRecords(
        protocol=records.protocol,
        source=Source(records.source.name, records.source.sha256),
        warnings=(*records.warnings, *notes),
        allocations=pd.DataFrame(
            {"participant": people, "visit": whole, "arm": [arms[p] for p in people]}
        ),
        **tables,
    )
