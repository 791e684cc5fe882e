"""The allocator's tables: what was sealed, who got which kit, who may break a code.

Kits and allocations are only ever added: triggers refuse a change on both databases. No arm is
in them; boxes hold it, and the key that opens them lies outside the database.
"""

from __future__ import annotations

from equipoise.concealment import ledger_postgres, ledger_sqlite
from equipoise.concealment.database import Database, PostgreSQL
from equipoise.concealment.people import BREAK_REFUSED

TABLES = (
    "CREATE TABLE IF NOT EXISTS trial (name TEXT PRIMARY KEY, root TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS strata (code TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "number INTEGER NOT NULL, kits INTEGER NOT NULL, "
    "next INTEGER NOT NULL DEFAULT 0 CHECK (next <= kits))",
    "CREATE TABLE IF NOT EXISTS kits (stratum TEXT NOT NULL REFERENCES strata, "
    "place INTEGER NOT NULL, kit TEXT NOT NULL UNIQUE, "
    "final_box BYTES NOT NULL, break_box BYTES NOT NULL, PRIMARY KEY (stratum, place))",
    "CREATE TABLE IF NOT EXISTS allocations (participant TEXT PRIMARY KEY, "
    "stratum TEXT NOT NULL, place INTEGER NOT NULL, entry INTEGER NOT NULL, "
    "levels TEXT NOT NULL, request TEXT NOT NULL UNIQUE, head TEXT NOT NULL, "
    "UNIQUE (stratum, place), UNIQUE (stratum, entry), "
    "FOREIGN KEY (stratum, place) REFERENCES kits)",
    "CREATE TABLE IF NOT EXISTS people (name TEXT PRIMARY KEY, role TEXT NOT NULL, "
    "passphrase TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS reasons (asked INTEGER PRIMARY KEY, salt TEXT NOT NULL, "
    "reason TEXT NOT NULL, at TEXT NOT NULL)",
)
LOCKED = 'body LIKE \'{"act":"locked"%\''
REFUSED = 'body LIKE \'{"act":"allocation refused"%\''
INDEXED = {"locks": LOCKED, "refused": REFUSED, "breaks_refused": BREAK_REFUSED}
"""Rows of the ledger that each request looks for: an index holds them alone."""
FIXED = ("kits", "allocations", "reasons")
"""Tables whose rows never change and never go."""

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {table}_no_{act} BEFORE {act} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
)
_POSTGRES = (
    "CREATE OR REPLACE TRIGGER {table}_no_{act} BEFORE {act} ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
)


def create(database: Database) -> None:
    """Make the tables and triggers where they are missing."""
    postgres = isinstance(database, PostgreSQL)
    if postgres:
        database.connection.execute(ledger_postgres.SCHEMA)
    else:
        database.connection.executescript(ledger_sqlite.SCHEMA)
    for statement in TABLES:
        database.execute(statement.replace("BYTES", "BYTEA" if postgres else "BLOB"))
    for name, rows in INDEXED.items():
        database.execute(f"CREATE INDEX IF NOT EXISTS ledger_{name} ON ledger (seq) WHERE {rows}")
    for table in FIXED:
        for act in ("UPDATE", "DELETE", "TRUNCATE")[: 3 if postgres else 2]:
            pattern = _POSTGRES if postgres else _SQLITE
            database.execute(pattern.format(table=table, act=act))
