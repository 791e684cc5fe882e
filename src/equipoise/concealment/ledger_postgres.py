"""A ledger in PostgreSQL: a table that triggers keep from being changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from equipoise.concealment.verify_ledger import Row

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
    seq BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: no row changes or goes';
END $$;
CREATE OR REPLACE FUNCTION ledger_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger) THEN
        RAISE EXCEPTION 'the ledger is append-only: rows follow each other';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER ledger_order BEFORE INSERT ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_in_order();
"""
"""For PostgreSQL 14 and later."""


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """Rows in the table `ledger` of a connection, within its open transaction."""

    connection: Connection[Any]

    def lock(self) -> None:
        """Keep other writers out until the transaction ends; readers go on reading."""
        self.connection.execute("LOCK TABLE ledger IN EXCLUSIVE MODE")

    def last(self) -> Row | None:
        """Return the last row."""
        found = self.connection.execute(
            "SELECT seq, hash, body FROM ledger ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return Row(*found) if found else None

    def add(self, row: Row) -> None:
        """Add a row."""
        self.connection.execute(
            "INSERT INTO ledger (seq, hash, body) VALUES (%s, %s, %s)",
            (row.seq, row.hash, row.body),
        )

    def rows(self) -> Iterator[Row]:
        """Return every row in order, a thousand at a time."""
        with self.connection.cursor(name="ledger_rows", withhold=True) as cursor:
            cursor.itersize = 1000
            cursor.execute("SELECT seq, hash, body FROM ledger ORDER BY seq")
            for one in cursor:
                yield Row(*one)
