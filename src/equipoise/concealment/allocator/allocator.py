"""The allocator: who gets which kit. It alone can tell what is in a kit, and it never says.

One transaction an allocation: the stratum's row is locked, the next kit given, the ledger's row
written. What fails gives no kit away, so that none is skipped and none is given twice; a request
that is sent again with its key gets the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import normalize

from equipoise.concealment.allocator.schema import LOCKED, REFUSED, create
from equipoise.concealment.database import Database, PostgreSQL
from equipoise.concealment.ledger import Ledger, Store
from equipoise.concealment.ledger_postgres import PostgresStore
from equipoise.concealment.ledger_sqlite import SqliteStore
from equipoise.concealment.lock import sealed_row, well
from equipoise.concealment.refusal import RefusedError
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of
from equipoise.concealment.verify_ledger import Row
from equipoise.errors import DataError

ACTOR = "allocator"


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
        The participant's level of each factor by name, for minimisation and the like.
    """

    stratum: str
    participant: str
    request: str
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allocated:
    """A kit, and the head of the allocator's ledger once it was given."""

    kit: str
    stratum: str
    head: str
    replayed: bool = False


def ledger_of(database: Database) -> Ledger:
    """Return the allocator's own chain."""
    postgres = isinstance(database, PostgreSQL)
    store: Store = (PostgresStore if postgres else SqliteStore)(database.connection)
    return Ledger(store)


def install(
    database: Database, public: PublicSeal, kits: Sequence[BoxedKit], ledger: Iterable[Row] = ()
) -> None:
    """Take what `seal` made into a database.

    Parameters
    ----------
    ledger
        The chain that `seal` began, where the database does not hold it itself.

    Raises
    ------
    DataError
        When a list is there already, the boxes are not the sealed ones, or the ledger is bad.
    """
    create(database)
    if database.execute("SELECT name FROM trial"):
        raise DataError("This allocator holds a sealed list already; each trial has its own.")
    if root_of(kits) != public.root:
        raise DataError("These boxes are not the sealed ones: their root differs. Do not go on.")
    with database.transaction():
        database.execute("INSERT INTO trial VALUES (?, ?)", (public.trial, public.root))
        for number, stratum in enumerate(public.strata):
            database.execute(
                "INSERT INTO strata (code, name, number, kits) VALUES (?, ?, ?, ?)",
                (stratum.code, stratum.name, number, stratum.kits),
            )
        for kit in kits:
            row = (kit.pool, kit.index, kit.code, kit.final_box, kit.break_box)
            database.execute("INSERT INTO kits VALUES (?, ?, ?, ?, ?)", row)
        chain = ledger_of(database)
        for entry in ledger:
            chain.store.add(entry)
        well(chain)
        if sealed_row(chain)["root"] != public.root:
            raise DataError("The ledger is of another seal: its root differs. Do not go on.")


def boxed_kits(database: Database, participant: str | None = None) -> list[BoxedKit]:
    """Return all kits with their boxes in order, or that of one participant."""
    sql = (
        "SELECT k.stratum, k.place, k.kit, k.final_box, k.break_box FROM kits k "
        "JOIN strata s ON s.code = k.stratum {} ORDER BY s.number, k.place"
    )
    of_one = (
        "JOIN allocations a ON a.stratum = k.stratum AND a.place = k.place WHERE a.participant = ?"
    )
    where, values = ("", ()) if participant is None else (of_one, (participant,))
    rows = database.execute(sql.format(where), values)
    return [BoxedKit(pool, place, kit, bytes(a), bytes(b)) for pool, place, kit, a, b in rows]


class Chooser:
    """Which kit of a stratum comes next: of a list the next slot."""

    def place(
        self, database: Database, stratum: str, entry: int, levels: Mapping[str, str]
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
            ledger_of(database).store.lock()  # or a lock, or the same person, could slip between
            code, entry = _locked_stratum(database, asked.stratum)
            known = _replay(database, asked, code)
            if known is not None:
                return known
            _require_free(database, asked.participant)
            place = chooser.place(database, code, entry, asked.levels)
            if place is None or _stopped(database, code):
                raise RefusedError(
                    "list exhausted",
                    f"The list of {asked.stratum} is exhausted: {entry} kits were given. Nothing "
                    "was allocated; no kit is used again. The unblinded statistician seals more.",
                )
            return _give(database, asked, (code, entry, place), now)
    except RefusedError as refused:
        found = _stratum(database, asked.stratum)
        details = {"stratum": found[0][0]} if found else {}
        write_refusal(database, "allocation refused", refused, now=now, **details)
        raise


def _stratum(database: Database, name: str, lock: str = "") -> list[tuple[Any, ...]]:
    names = (name, name, normalize("NFC", name))  # keyboards write an accent in two ways
    sql = "SELECT code, next FROM strata WHERE code = ? OR name = ? OR name = ?"
    return database.execute(sql + lock, names)


def _locked_stratum(database: Database, stratum: str) -> tuple[str, int]:
    rows = _stratum(database, stratum, database.lock)
    if not rows:
        names = ", ".join(row["name"] for row in status(database)["strata"])
        raise RefusedError(
            "unknown stratum",
            f"There is no stratum {stratum!r} in the sealed list; there are {names}. Nothing was "
            "allocated.",
        )
    return rows[0][0], rows[0][1]


def _stopped(database: Database, code: str) -> bool:
    """Say whether the list ended before: who tries on with other levels would learn draws."""
    like = f'%"stratum":"{code}","why":"list exhausted"%'
    sql = f"SELECT 1 FROM ledger WHERE {REFUSED} AND body LIKE ? LIMIT 1"  # noqa: S608
    return bool(database.execute(sql, (like,)))


def _replay(database: Database, asked: Asked, code: str) -> Allocated | None:
    rows = database.execute(
        "SELECT a.participant, a.stratum, a.levels, k.kit, a.head FROM allocations a "
        "JOIN kits k ON k.stratum = a.stratum AND k.place = a.place WHERE a.request = ?",
        (asked.request,),
    )
    if not rows:
        return None
    *before, kit, head = rows[0]
    if before != [asked.participant, code, written_levels(asked.levels)]:
        raise DataError(
            "This request's key was used for another participant or stratum. Take a fresh key "
            "for a new request; send the same key only for the same one."
        )
    return Allocated(kit, code, head, replayed=True)


def _require_free(database: Database, participant: str) -> None:
    if locked(database):
        raise RefusedError("locked", "The trial is locked: nobody is allocated any more.")
    if database.execute("SELECT 1 FROM allocations WHERE participant = ?", (participant,)):
        raise RefusedError(
            "already allocated",
            f"Participant {participant} has a kit already; a second allocation is never made. "
            "The first answer is sent again for its own request key.",
        )


def written_levels(levels: Mapping[str, str]) -> str:
    """Write levels in one form."""
    return json.dumps(dict(levels), sort_keys=True, ensure_ascii=False)


def _give(
    database: Database, asked: Asked, where: tuple[str, int, int], now: datetime
) -> Allocated:
    code, entry, place = where
    kit = database.execute("SELECT kit FROM kits WHERE stratum = ? AND place = ?", (code, place))
    details = {"participant": asked.participant, "stratum": code, "kit": kit[0][0]}
    row = ledger_of(database).append("allocated", actor=ACTOR, now=now, **details)
    levels = written_levels(asked.levels)
    database.execute(
        "INSERT INTO allocations VALUES (?, ?, ?, ?, ?, ?, ?)",
        (asked.participant, code, place, entry, levels, asked.request, row.hash),
    )
    database.execute("UPDATE strata SET next = ? WHERE code = ?", (entry + 1, code))
    return Allocated(kit[0][0], code, row.hash)


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


def locked(database: Database) -> bool:
    """Say whether the trial is locked: its ledger says so."""
    return bool(database.execute(f"SELECT 1 FROM ledger WHERE {LOCKED} LIMIT 1"))  # noqa: S608


def status(database: Database) -> dict[str, Any]:
    """Return counts: of each stratum the kits given and left. Nothing by arm exists."""
    rows = database.execute("SELECT code, name, kits, next FROM strata ORDER BY number")
    trial = database.execute("SELECT name FROM trial")
    if not trial:
        raise DataError("This allocator holds no sealed list yet: install what `seal` made.")
    return {
        "trial": trial[0][0],
        "locked": locked(database),
        "strata": [
            {"code": code, "name": name, "given": given, "left": kits - given}
            for code, name, kits, given in rows
        ],
    }
