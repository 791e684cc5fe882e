"""Open a ledger where it is, write in one transaction, close it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite


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
        yield Ledger(SqliteStore(file), never)
        if file.in_transaction:
            file.execute("COMMIT")
    finally:
        file.close()  # rolls back what was not committed
