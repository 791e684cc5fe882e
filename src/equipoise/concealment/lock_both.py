"""Lock both chains of a trial, so that nothing is allocated after the lock."""

from __future__ import annotations

from datetime import datetime

from equipoise.concealment.cross_chain import cross_check
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import find_lock, lock, well
from equipoise.concealment.verify_ledger import Row, verify_rows
from equipoise.concealment.web_chain import catch_up
from equipoise.errors import DataError
from equipoise.records import BlindedRecords


def lock_both(
    web: Ledger, allocator: Ledger, records: BlindedRecords, *, actor: str, now: datetime
) -> tuple[Row, Row | None]:
    """Write what the web's chain lacks, compare the chains, lock both.

    The caller commits the allocator's first: where the web's then fails, the same call again
    finishes what was begun.

    Returns
    -------
    tuple
        The web's row, and the allocator's unless it had one for the same records already.

    Raises
    ------
    DataError
        As `lock`; and where the chains differ, or the allocator is locked for other records.
    """
    web.store.lock()
    allocator.store.lock()
    well(web)
    well(allocator)
    rows = list(allocator.store.rows())
    _same_trial(web, rows)
    catch_up(web, lambda after: [] if after else rows, actor=actor, now=now, whole=True)
    named = any("allocator_head" in body["details"] for body in web.acts("allocated"))
    faults = cross_check(web.store.rows(), rows) if named else ()
    if faults:
        raise DataError(
            f"The two ledgers differ in {len(faults)} places, first {faults[0]}. Nothing was "
            "locked. If the allocator keeps its ledger elsewhere (PostgreSQL), name it: "
            "--database. Otherwise call an inspector."
        )
    before = find_lock(allocator)
    if before is not None and before.records != records.sha256:
        raise DataError(
            f"The allocator was locked on {before.time} for other records "
            f"({before.records[:12]}…). A lock stands: give those."
        )
    row = None if before else lock(allocator, records, actor=actor, now=now)
    return lock(web, records, actor=actor, now=now), row


def _same_trial(web: Ledger, rows: list[Row]) -> None:
    one, other = web.verify(), verify_rows(rows)
    if (other.trial, other.chain) != (one.trial, "allocator"):
        raise DataError(
            f"The allocator's ledger is the {other.chain}'s of {other.trial}, and the trial is "
            f"{one.trial}. Name the right one."
        )
