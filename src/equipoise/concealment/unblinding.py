"""Final unblinding: the lock first, then enough shares, then every arm at once.

In a live trial this is the only place that makes `UnblindedRecords`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.custody import Share, join_shares
from equipoise.concealment.handed_out import CODE_BROKEN, handed_out
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import required_lock, sealed_row, well
from equipoise.concealment.seal.sealed import BoxedKit, root_of
from equipoise.concealment.seal.sealing import open_kit
from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.records import BlindedRecords, UnblindedRecords


def unblind(
    ledger: Ledger,
    records: BlindedRecords,
    kits: Sequence[BoxedKit],
    shares: Sequence[Share],
    *,
    actor: str,
    now: datetime,
    allocator: Ledger | None = None,
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
    allocator
        The allocator's chain, where it is at hand: see `handed_out`.

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
    _right_records(ledger, records)
    key = _final_key(ledger, kits, shares)
    if allocator is not None:
        well(allocator)
    found = handed_out(ledger, allocator)
    boxes = {kit.code: kit for kit in kits}
    if unknown := [row.kit for row in found.rows if row.kit not in boxes]:
        raise DataError(f"The ledger hands out the kit {unknown[0]}, which was never sealed.")
    ledger.append(
        "unblinded",
        actor=actor,
        now=now,
        custodians=sorted({share.index for share in shares}),
        participants=len(found.rows),
        code_broken=len(found.broken),
    )
    ledger.store.commit()  # a crash from here on leaves the row: whoever saw an arm is told of
    trial = shares[0].trial
    arms = {r.participant: open_kit(key, trial, boxes[r.kit], final=True) for r in found.rows}
    return unblinded_records(records, arms, found.broken, found.faults)


def _right_records(ledger: Ledger, records: BlindedRecords) -> None:
    """Refuse records that are not those that were locked."""
    found = required_lock(ledger)
    if records.sha256 != found.records:
        raise DataError(
            f"These are not the records that were locked on {found.time}: their hash is "
            f"{records.sha256[:12]}…, the lock's {found.records[:12]}…. Use the locked ones."
        )


def _final_key(ledger: Ledger, kits: Sequence[BoxedKit], shares: Sequence[Share]) -> BoxKey:
    """Join the shares, if the boxes are the sealed ones and the key is theirs."""
    sealed = sealed_row(ledger)
    if root_of(kits) != sealed["root"]:
        raise DataError(
            "The boxes are not those that were sealed: their root differs from the ledger's. "
            "`equipoise verify` tells more; use the sealed ones."
        )
    key = join_shares(shares)
    if key.public.hex() != sealed["final_key"]:
        raise DataError("These shares are of another seal: their key is not the ledger's.")
    return key


def unblinded_records(
    records: BlindedRecords,
    arms: Mapping[str, str],
    broken: Mapping[str, str],
    faults: Sequence[str] = (),
) -> UnblindedRecords:
    """Put arms beside blinded records; tell whose code was broken, and where chains differ."""
    never = set(arms) - set(records.participants["participant"])
    notes = [f"The two ledgers differ: {fault}" for fault in faults]
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
