"""A ledger in SQLite: a table that triggers keep from being changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from equipoise.concealment.verify_ledger import Row
from equipoise.errors import DataError

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no row changes'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no row goes'); END;
CREATE TRIGGER IF NOT EXISTS ledger_in_order BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: rows follow each other'); END;
"""
"""REPLACE deletes without a delete trigger firing; the trigger of order stops it."""


def open_sqlite(path: Path, *, new: bool = False) -> sqlite3.Connection:
    """Open a ledger's file; transactions are begun by the one who writes.

    Raises
    ------
    DataError
        If the file is not there (`new` makes it), or is no ledger.
    """
    if not new and not path.is_file():
        raise DataError(f"There is no ledger {path}. Look at its name and its folder.")
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        if new:
            connection.executescript(SCHEMA)
        connection.execute("SELECT seq, hash, body FROM ledger LIMIT 1")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise DataError(f"{path} is no ledger: {error}.") from error
    return connection


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """Rows in the table `ledger` of a connection with `isolation_level=None`."""

    connection: sqlite3.Connection

    def lock(self) -> None:
        """Begin to write, if the caller has not begun yet."""
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")

    def last(self) -> Row | None:
        """Return the last row."""
        found = self.connection.execute(
            "SELECT seq, hash, body FROM ledger ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return Row(*found) if found else None

    def add(self, row: Row) -> None:
        """Add a row."""
        self.connection.execute(
            "INSERT INTO ledger (seq, hash, body) VALUES (?, ?, ?)", (row.seq, row.hash, row.body)
        )

    def rows(self) -> Iterator[Row]:
        """Return every row in order."""
        found = self.connection.execute("SELECT seq, hash, body FROM ledger ORDER BY seq")
        return (Row(*one) for one in found)
