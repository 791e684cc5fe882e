"""Open a ledger where it is, write in one transaction, close it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.errors import DataError


@contextmanager
def opened_ledger(where: str, never: frozenset[str] = frozenset()) -> Iterator[Ledger]:
    """Open a ledger; what was appended stays if all went well, and nothing otherwise.

    Parameters
    ----------
    where
        An SQLite file, or the URL of a PostgreSQL database (``postgresql://...``).
    never
        Names of the arms, which no row may hold: see `never_of`.
    """
    if where.startswith(("postgres://", "postgresql://")):
        import psycopg  # noqa: PLC0415  (the extra `postgres`)

        from equipoise.concealment.ledger_postgres import PostgresStore  # noqa: PLC0415

        with psycopg.connect(where) as connection:
            yield Ledger(PostgresStore(connection), never)
        return
    file = open_sqlite(Path(where))
    try:
        ledger = Ledger(SqliteStore(file), never)
        yield ledger
        ledger.store.commit()
    except sqlite3.Error as error:
        raise DataError(
            f"The ledger {where} could not be written: {error}. No row was kept in it. Mend it "
            "(is the disk full, or another program at it?) and do the same again."
        ) from error
    finally:
        file.close()  # rolls back what was not committed
