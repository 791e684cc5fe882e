"""The allocator: who gets which kit. It alone can tell what is in a kit, and it never says.

One transaction an allocation: the stratum's row is locked, the next kit given, the ledger's row
written. What fails gives no kit away, so that none is skipped and none is given twice; a request
that is sent again with its key gets the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.concealment.allocator.schema import create
from equipoise.concealment.database import Database, PostgreSQL
from equipoise.concealment.framing import canonical_json
from equipoise.concealment.ledger import Ledger, Store
from equipoise.concealment.ledger_postgres import PostgresStore
from equipoise.concealment.ledger_sqlite import SqliteStore
from equipoise.errors import DataError

ACTOR = "allocator"
STRATUM = "SELECT code, next FROM strata WHERE code = ? OR name = ?"


class RefusedError(DataError):
    """A request that is refused for a reason that the ledger keeps: `why` is one of its words."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Asked:
    """A participant to be allocated.

    Parameters
    ----------
    stratum
        Its code or its name.
    request
        The key of the request: sent again, it gets the same answer and changes nothing.
    levels
        The participant's level of each factor, from 0, for minimisation and the like.
    """

    stratum: str
    participant: str
    request: str
    levels: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Allocated:
    """A kit, and the head of the allocator's ledger once it was given."""

    kit: str
    head: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the allocator is given by `seal`: public facts, strata, kits with their boxes.

    Parameters
    ----------
    facts
        The details of the ledger's row "sealed".
    strata
        Code, name and number of kits of each; of a covariate-adaptive procedure one pool.
    kits
        Stratum code, place in it, kit code, box for the code-break key, in order.
    """

    trial: str
    facts: Mapping[str, Any]
    strata: Sequence[tuple[str, str, int]]
    kits: Sequence[tuple[str, int, str, bytes]]


def ledger_of(database: Database) -> Ledger:
    """Return the allocator's own chain."""
    postgres = isinstance(database, PostgreSQL)
    store: Store = (PostgresStore if postgres else SqliteStore)(database.connection)
    return Ledger(store)


def install(database: Database, sealed: Sealed, *, now: datetime) -> None:
    """Take a sealed list into an empty database and begin the ledger.

    Raises
    ------
    DataError
        When a list is there already.
    """
    create(database)
    if database.execute("SELECT name FROM trial"):
        raise DataError("This allocator holds a sealed list already; each trial has its own.")
    with database.transaction():
        database.execute(
            "INSERT INTO trial (name, sealed) VALUES (?, ?)",
            (sealed.trial, canonical_json(dict(sealed.facts)).decode()),
        )
        for code, name, kits in sealed.strata:
            database.execute(
                "INSERT INTO strata (code, name, kits) VALUES (?, ?, ?)", (code, name, kits)
            )
        for stratum, place, kit, box in sealed.kits:
            database.execute(
                "INSERT INTO kits VALUES (?, ?, ?, ?)", (stratum, place, kit, box.hex())
            )
        ledger = ledger_of(database)
        ledger.begin(sealed.trial, "allocator", actor=ACTOR, now=now)
        ledger.append("sealed", actor=ACTOR, now=now, **sealed.facts)


class Chooser:
    """Which kit of a stratum comes next: of a list the next slot."""

    def place(
        self, database: Database, stratum: str, entry: int, levels: Sequence[int]
    ) -> int | None:
        """Return the place of the kit; None where none is left."""
        if levels:
            raise DataError("This procedure has no factors: the stratum says it all.")
        kits = database.execute("SELECT kits FROM strata WHERE code = ?", (stratum,))[0][0]
        return entry if entry < kits else None


LIST = Chooser()


def allocate(
    database: Database, asked: Asked, *, now: datetime, chooser: Chooser = LIST
) -> Allocated:
    """Give a participant the next kit of a stratum.

    Raises
    ------
    RefusedError
        Unknown stratum, participant allocated already, list exhausted, trial locked: kept in
        the ledger. Nothing is skipped and nothing used again.
    DataError
        When the key was used for another request, or the database failed; nothing was kept.
    """
    try:
        with database.transaction():
            code, entry = _locked_stratum(database, asked.stratum)
            known = _replay(database, asked, code)
            if known is not None:
                return known
            _require_free(database, asked.participant)
            place = chooser.place(database, code, entry, asked.levels)
            if place is None:
                raise RefusedError(
                    "list exhausted",
                    f"The list of {asked.stratum} is exhausted: {entry} kits were given. Nothing "
                    "was allocated and no kit is ever used again; the unblinded statistician "
                    "seals more.",
                )
            return _give(database, asked, (code, entry, place), now)
    except RefusedError as refused:
        found = database.execute(STRATUM, (asked.stratum, asked.stratum))
        details = {"stratum": found[0][0]} if found else {}
        write_refusal(database, "allocation refused", refused, now=now, **details)
        raise


def _locked_stratum(database: Database, stratum: str) -> tuple[str, int]:
    rows = database.execute(STRATUM + database.lock, (stratum, stratum))
    if not rows:
        raise RefusedError(
            "unknown stratum",
            f"There is no stratum {stratum!r} in the sealed list. Nothing was allocated. Check "
            "the site and the factors of this participant.",
        )
    return rows[0][0], rows[0][1]


def _replay(database: Database, asked: Asked, code: str) -> Allocated | None:
    rows = database.execute(
        "SELECT a.participant, a.stratum, a.levels, k.kit, a.head FROM allocations a "
        "JOIN kits k ON k.stratum = a.stratum AND k.place = a.place WHERE a.request = ?",
        (asked.request,),
    )
    if not rows:
        return None
    *before, kit, head = rows[0]
    if before != [asked.participant, code, json.dumps(list(asked.levels))]:
        raise DataError(
            "This request's key was used for another participant or stratum. Take a fresh key "
            "for a new request; send the same key only for the same one."
        )
    return Allocated(kit, head, replayed=True)


def _require_free(database: Database, participant: str) -> None:
    if database.execute("SELECT locked FROM trial")[0][0]:
        raise RefusedError("locked", "The trial is locked: nobody is allocated any more.")
    if database.execute("SELECT 1 FROM allocations WHERE participant = ?", (participant,)):
        raise RefusedError(
            "already allocated",
            f"Participant {participant} has a kit already; a second allocation is never made. "
            "The first answer is sent again for its own request key.",
        )


def _give(
    database: Database, asked: Asked, where: tuple[str, int, int], now: datetime
) -> Allocated:
    code, entry, place = where
    kit = database.execute("SELECT kit FROM kits WHERE stratum = ? AND place = ?", (code, place))
    details = {"participant": asked.participant, "stratum": code, "kit": kit[0][0]}
    row = ledger_of(database).append("allocated", actor=ACTOR, now=now, **details)
    levels = json.dumps(list(asked.levels))
    database.execute(
        "INSERT INTO allocations VALUES (?, ?, ?, ?, ?, ?, ?)",
        (asked.participant, code, place, entry, levels, asked.request, row.hash),
    )
    database.execute("UPDATE strata SET next = ? WHERE code = ?", (entry + 1, code))
    return Allocated(kit[0][0], row.hash)


def write_refusal(
    database: Database,
    act: str,
    refused: RefusedError,
    *,
    now: datetime,
    actor: str = ACTOR,
    **details: str,
) -> None:
    """Keep in the ledger that something was refused, and why."""
    with database.transaction():
        ledger_of(database).append(act, actor=actor, now=now, why=refused.why, **details)


def status(database: Database) -> dict[str, Any]:
    """Return counts: of each stratum the kits given and left. Nothing by arm exists."""
    rows = database.execute("SELECT code, name, kits, next FROM strata ORDER BY code")
    trial = database.execute("SELECT name, locked FROM trial")
    if not trial:
        raise DataError("This allocator holds no sealed list yet: install what `seal` made.")
    return {
        "trial": trial[0][0],
        "locked": bool(trial[0][1]),
        "strata": [
            {"code": code, "name": name, "given": given, "left": kits - given}
            for code, name, kits, given in rows
        ],
    }


def lock(database: Database, *, records: str, actor: str, now: datetime) -> None:
    """Stop all allocation, for good; `records` is the hash of the locked records."""
    with database.transaction():
        protocol = json.loads(database.execute("SELECT sealed FROM trial")[0][0])["protocol"]
        given = database.execute("SELECT COUNT(*) FROM allocations")[0][0]
        database.execute("UPDATE trial SET locked = 1")
        details = {"records": records, "protocol": protocol, "participants": given}
        ledger_of(database).append("locked", actor=actor, now=now, **details)
