"""The lock: from here on the records are what they are, and the blind may be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.concealment.ledger import Ledger
from equipoise.concealment.verify_ledger import Row
from equipoise.errors import DataError
from equipoise.records import BlindedRecords


@dataclass(frozen=True, slots=True)
class Lock:
    """What the lock says: hashes of the records and of the protocol, how many people, when."""

    records: str
    protocol: str
    participants: int
    time: str
    seq: int


def lock(ledger: Ledger, records: BlindedRecords, *, actor: str, now: datetime) -> Row:
    """Write the lock of these records into the ledger.

    Raises
    ------
    DataError
        If the records are not blinded, come from another protocol than was sealed, or the ledger
        is bad or locked already.
    """
    if not isinstance(records, BlindedRecords):
        raise DataError("The lock is for blinded records; these hold arms. Lock the blinded ones.")
    well(ledger)
    sealed = sealed_row(ledger)
    if sealed["protocol"] != records.protocol.sha256:
        raise DataError(
            f"The records come from the protocol {records.protocol.sha256[:12]}…, and the seal was "
            f"made for {sealed['protocol'][:12]}…. Use the records of the sealed protocol."
        )
    if (before := find_lock(ledger)) is not None:
        raise DataError(
            f"The trial was locked on {before.time} (row {before.seq}). A lock stands: it cannot "
            f"be written again."
        )
    return ledger.append(
        "locked",
        actor=actor,
        now=now,
        records=records.sha256,
        protocol=records.protocol.sha256,
        participants=len(records.participants),
    )


def find_lock(ledger: Ledger) -> Lock | None:
    """Return the lock of a trial, or None while it runs."""
    body = next(ledger.acts("locked"), None)
    return Lock(**body["details"], time=body["time"], seq=body["seq"]) if body else None


def required_lock(ledger: Ledger) -> Lock:
    """Return the lock.

    Raises
    ------
    DataError
        If there is none.
    """
    found = find_lock(ledger)
    if found is None:
        raise DataError(
            "The trial is not locked: nothing is opened or revealed before (`equipoise lock`). For "
            "one participant in an emergency there is the code break."
        )
    return found


def sealed_row(ledger: Ledger) -> dict[str, Any]:
    """Return what the ledger says of the seal.

    Raises
    ------
    DataError
        If the trial was never sealed, or twice.
    """
    rows = [body["details"] for body in ledger.acts("sealed")]
    if len(rows) != 1:
        raise DataError(f"The ledger tells of {len(rows)} seals; a trial has one.")
    found: dict[str, Any] = rows[0]
    return found


def well(ledger: Ledger) -> None:
    """Refuse to go on with a ledger that is bad."""
    found = ledger.verify()
    if found.bad:
        raise DataError(f"The ledger is bad: {found.bad}. Nothing was done; call an inspector.")
