"""The interim door: the arms of those enrolled so far, for a monitoring committee alone.

Both chains say that it was opened, by which committee and for how many people, before the first
box is. It takes as many custodians as the final unblinding; the trial goes on, and everybody else
stays blind.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from equipoise.concealment.cross_chain import cross_check
from equipoise.concealment.custody import Share, join_shares
from equipoise.concealment.framing import digest
from equipoise.concealment.handed_out import allocated
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import find_lock, sealed_row, well
from equipoise.concealment.seal.sealed import BoxedKit, root_of
from equipoise.concealment.seal.sealing import open_kit
from equipoise.concealment.web_chain import catch_up
from equipoise.errors import DataError

REASON_TAG = "equipoise/interim-reason/v1"


@dataclass(frozen=True, slots=True)
class Door:
    """Who opens it and why.

    Parameters
    ----------
    committee
        Its code.
    reason
        In words: only its hash, salted with `salt` (32 random bytes as hexadecimal), is written.
    """

    committee: str
    reason: str
    salt: str
    actor: str
    now: datetime

    @property
    def hash(self) -> str:
        """What the ledgers hold of the reason."""
        return digest(REASON_TAG, self.salt, self.reason).hex()


@dataclass(frozen=True, slots=True, repr=False)
class Interim:
    """Participant, kit and arm of everybody so far. It never shows itself; `to_csv` writes it."""

    rows: tuple[tuple[str, str, str], ...]

    def to_csv(self) -> str:
        """Write participant, kit, arm."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows((("participant", "kit", "arm"), *self.rows))
        return text.getvalue()


def open_interim(
    web: Ledger, allocator: Ledger, kits: Sequence[BoxedKit], shares: Sequence[Share], door: Door
) -> Interim:
    """Write into both chains that the door is opened, then open the boxes of those enrolled.

    Raises
    ------
    DataError
        After the lock, with a bad ledger or two that differ, without enough right shares, with
        boxes that are not the sealed ones, without a reason, or before anybody was enrolled.
    """
    _require_alike(web, allocator, door)
    sealed, key = sealed_row(web), join_shares(shares)
    if root_of(kits) != sealed["root"] or key.public.hex() != sealed["final_key"]:
        raise DataError("Boxes or shares are of another seal than the ledger's. None was opened.")
    people, boxes = allocated(web), {kit.code: kit for kit in kits}
    if not people:
        raise DataError("Nobody was allocated yet: there is nothing to look at.")
    for chain in (allocator, web):
        chain.append(
            "interim door opened", actor=door.actor, now=door.now, committee=door.committee,
            reason=door.hash, participants=len(people),
        )  # fmt: skip
    for chain in (allocator, web):
        chain.store.commit()  # a crash from here on leaves the rows: whoever saw an arm is told of
    trial = shares[0].trial
    arms = (open_kit(key, trial, boxes[row.kit], final=True) for row in people)
    return Interim(tuple((r.participant, r.kit, arm) for r, arm in zip(people, arms, strict=True)))


def _require_alike(web: Ledger, allocator: Ledger, door: Door) -> None:
    """Refuse without a reason, after the lock, and with ledgers that are bad or differ."""
    if not door.reason.strip():
        raise DataError("The interim door needs a reason in words, as the charter names it.")
    web.store.lock()
    allocator.store.lock()
    well(web)
    well(allocator)
    if find_lock(web) or find_lock(allocator):
        raise DataError("The trial is locked: `equipoise unblind` opens it for everybody.")
    told = list(allocator.store.rows())
    catch_up(web, lambda after: [] if after else told, actor=door.actor, now=door.now, whole=True)
    if faults := cross_check(web.store.rows(), told):
        raise DataError(f"The two ledgers differ: {faults[0]}. Nothing was opened.")
