"""Who may break a code: a name, a role, and a passphrase of which only a slow hash is kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from equipoise.concealment.database import Database
from equipoise.concealment.ledger import written
from equipoise.concealment.refusal import RefusedError
from equipoise.concealment.verify_ledger import ROLES, is_code
from equipoise.errors import DataError

SHORTEST = 12
WRONG_PER_HOUR = 10
"""Wrong passphrases of one name in an hour; beyond it nobody may guess on."""
BREAK_REFUSED = 'body LIKE \'{"act":"code break refused"%\''
"""Rows of the ledger in which a code break was refused; an index holds them alone."""


def enter_person(
    database: Database, name: str, role: str, passphrase: str, *, now: datetime
) -> None:
    """Let somebody break codes: a role of the ledger's list, and a passphrase of 12 signs or more.

    Raises
    ------
    DataError
        When the role is unknown, the passphrase short, the name taken or none that a ledger can
        hold: it would only be found out in the emergency.
    """
    from nacl.pwhash import argon2id  # noqa: PLC0415  (libsodium is heavy)

    if not is_code(name):
        raise DataError(
            f"The name {name!r} cannot stand in a ledger: letters a to z, digits, dots, dashes, "
            "at most 64, as in dr.low. Choose another."
        )
    if role not in ROLES:
        raise DataError(f"There is no role {role!r}; there are {', '.join(ROLES)}.")
    if len(passphrase) < SHORTEST:
        raise DataError(f"The passphrase needs {SHORTEST} characters or more.")
    if database.execute("SELECT 1 FROM people WHERE name = ?", (name,)):
        raise DataError(f"{name} is entered already.")
    hashed = argon2id.str(
        passphrase.encode(), argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE
    )
    with database.transaction():
        database.execute("INSERT INTO people VALUES (?, ?, ?)", (name, role, hashed.decode()))
        _tell(database, "person entered", now, person=name, role=role)


def remove_person(database: Database, name: str, *, now: datetime) -> None:
    """Let somebody break codes no longer; the ledger keeps that they could, and until when.

    Raises
    ------
    DataError
        When nobody of that name is entered.
    """
    if not database.execute("SELECT 1 FROM people WHERE name = ?", (name,)):
        raise DataError(f"Nobody named {name!r} is entered: nothing to remove.")
    with database.transaction():
        database.execute("DELETE FROM people WHERE name = ?", (name,))
        _tell(database, "person removed", now, person=name)


def _tell(database: Database, act: str, now: datetime, **details: str) -> None:
    from equipoise.concealment.allocator.allocator import (  # noqa: PLC0415  (it imports this)
        ACTOR,
        ledger_of,
    )

    ledger_of(database).append(act, actor=ACTOR, now=now, **details)


def role_of(database: Database, name: str, passphrase: str, *, now: datetime, paper: str) -> str:
    """Return the role of who asks.

    Raises
    ------
    RefusedError
        When the name is unknown, the passphrase wrong, or wrong too often within an hour.
    """
    from nacl.exceptions import InvalidkeyError  # noqa: PLC0415
    from nacl.pwhash import argon2id  # noqa: PLC0415

    rows = database.execute("SELECT role, passphrase FROM people WHERE name = ?", (name,))
    if not rows:
        raise RefusedError("role", f"{name} may not break codes here. {paper}")
    if _wrong(database, name, now) >= WRONG_PER_HOUR:
        raise RefusedError(
            "rate limit",
            f"The passphrase of {name} was wrong {WRONG_PER_HOUR} times within an hour. Somebody "
            f"else who may break codes can, or {name} again within the hour. {paper}",
        )
    try:
        argon2id.verify(rows[0][1].encode(), passphrase.encode())
    except InvalidkeyError:
        raise RefusedError("re-authentication", f"The passphrase is wrong. {paper}") from None
    return str(rows[0][0])


def _wrong(database: Database, name: str, now: datetime) -> int:
    """Count from the ledger, which no restart forgets; a clock set back counts more, not fewer."""
    since = written(now - timedelta(hours=1))
    rows = database.execute(f"SELECT body FROM ledger WHERE {BREAK_REFUSED}")  # noqa: S608
    bodies = (json.loads(body) for (body,) in rows)
    return sum(
        body["actor"] == name
        and body["details"]["why"] == "re-authentication"
        and body["time"] > since
        for body in bodies
    )
