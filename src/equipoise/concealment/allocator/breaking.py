"""Breaking one code: at any hour, by somebody with the role, with a reason, on the record first.

The ledger's rows are committed before the box is opened. The answer goes to the one who asked, is
shown once and is stored nowhere. All other participants stay blind.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from equipoise.concealment.allocator.allocator import boxed_kits, ledger_of, write_refusal
from equipoise.concealment.framing import digest
from equipoise.concealment.ledger import written
from equipoise.concealment.people import role_of
from equipoise.concealment.refusal import RefusedError
from equipoise.concealment.seal.sealing import open_kit
from equipoise.concealment.verify_ledger import BREAK_CATEGORIES
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.boxes import BoxKey
    from equipoise.concealment.database import Database
    from equipoise.concealment.seal.sealed import BoxedKit

PER_HOUR = 6
"""Code breaks of a trial in an hour; beyond it the sealed cards remain."""
PAPER = "The sealed emergency card of the kit can be opened at any time."
REASON_TAG = "equipoise/break-reason/v1"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for whose code, and why."""

    participant: str
    name: str
    passphrase: str = field(repr=False)
    category: str
    reason: str = field(repr=False)
    treatment_differs: bool


@dataclass(frozen=True, slots=True, repr=False)
class Broken:
    """One participant's arm, for the eyes of the one who asked. It never shows itself.

    `asked` is the row of the ledger, `reason` the hash of the reason.
    """

    participant: str
    arm: str
    asked: int
    role: str
    reason: str


def break_code(
    database: Database, key: BoxKey, request: Request, *, now: datetime, per_hour: int = PER_HOUR
) -> Broken:
    """Reveal one participant's arm.

    Raises
    ------
    RefusedError
        Unknown role, wrong passphrase, too many in an hour, unknown participant: each is kept in
        the ledger, and the message says what remains to be done.
    DataError
        When category or reason is missing, or the box does not open.
    """
    if request.category not in BREAK_CATEGORIES or not request.reason.strip():
        raise DataError(
            f"A code break needs a reason in words and one of these categories: "
            f"{', '.join(BREAK_CATEGORIES)}. Got {request.category!r}."
        )
    try:
        role = role_of(database, request.name, request.passphrase, now=now, paper=PAPER)
        with database.transaction():
            ledger_of(database).store.lock()  # so that two at once count each other
            _require_below_limit(database, now, per_hour)
            kit = _kit(database, request.participant)
            recorded = _record(database, request, role, now)
    except RefusedError as refused:
        # the name of somebody unknown is not a word for a ledger
        known = database.execute("SELECT 1 FROM people WHERE name = ?", (request.name,))
        actor = request.name if known else "unknown"
        write_refusal(database, "code break refused", refused, now=now, actor=actor)
        raise
    arm = open_kit(key, database.execute("SELECT name FROM trial")[0][0], kit, final=False)
    return Broken(request.participant, arm, *recorded)


def _require_below_limit(database: Database, now: datetime, per_hour: int) -> None:
    since = written(now - timedelta(hours=1))
    recent = database.execute("SELECT COUNT(*) FROM reasons WHERE at > ?", (since,))[0][0]
    if recent >= per_hour:
        raise RefusedError(
            "rate limit", f"{recent} codes were broken within an hour, the most allowed. {PAPER}"
        )


def _kit(database: Database, participant: str) -> BoxedKit:
    found = boxed_kits(database, participant)
    if not found:
        raise RefusedError(
            "unknown participant",
            f"No participant {participant} was allocated. Check the number on the card.",
        )
    return found[0]


def _record(database: Database, request: Request, role: str, now: datetime) -> tuple[int, str, str]:
    """Write both rows and the reason; return the row asked, the role, the reason's hash."""
    ledger, salt = ledger_of(database), secrets.token_hex(32)
    asked = {
        "participant": request.participant,
        "category": request.category,
        "reason": digest(REASON_TAG, salt, request.reason).hex(),
        "role": role,
        "treatment_differs": request.treatment_differs,
    }
    row = ledger.append("code break asked", actor=request.name, now=now, **asked)
    broken = {"participant": request.participant, "asked": row.seq}
    ledger.append("code broken", actor=request.name, now=now, **broken)
    database.execute(
        "INSERT INTO reasons VALUES (?, ?, ?, ?)", (row.seq, salt, request.reason, written(now))
    )
    return row.seq, role, str(asked["reason"])
