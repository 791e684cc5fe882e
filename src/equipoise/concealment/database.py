"""SQLite or PostgreSQL behind one small door: transactions that lock, and nothing else.

SQLite is the default: WAL, `BEGIN IMMEDIATE`, synchronous FULL, so that what is acknowledged
survives a kill. PostgreSQL where an address is given: rows are locked with FOR UPDATE.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from equipoise.errors import DataError

BUSY_SECONDS = 60
MAKING = 6_091_957
"""PostgreSQL's advisory lock while the tables are made: any number that is always the same."""
Row = tuple[Any, ...]


class StorageError(DataError):
    """The database failed; what was asked was not done, and can be asked again."""

    why = "storage"


class Database:
    """One connection: of one thread, and closed by whoever opened it.

    Statements are written with `?`; `lock` is what follows a SELECT that locks its rows.
    """

    lock = ""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run a statement and return its rows, none where it gives none."""
        cursor = self.connection.execute(sql, *([tuple(values)] if values else ()))
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside, all of it or nothing.

        Raises
        ------
        StorageError
            When the database cannot take it (full disk, locked for too long); nothing was kept.
        """
        try:
            self.execute(self.begin)
            yield
            self.execute("COMMIT")
        except self.failures as error:
            self._undo()
            raise StorageError(
                f"The allocator's database could not take this: {error}. Nothing was acknowledged. "
                "Mend it (is the disk full?) and send the same request again, with the same key."
            ) from None
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        with suppress(*self.failures):  # SQLite undoes by itself when the disk is full
            self.execute("ROLLBACK")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep out other processes that would make the same tables; SQLite does so by itself."""
        yield

    def alive(self) -> bool:
        """Say whether it answers: a server may have been restarted meanwhile."""
        try:
            return bool(self.execute("SELECT 1"))
        except self.failures:
            return False

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    begin = "BEGIN IMMEDIATE"
    failures: tuple[type[Exception], ...] = (sqlite3.Error,)


class PostgreSQL(Database):
    """The same with rows that are locked one by one."""

    lock = " FOR UPDATE"
    begin = "BEGIN"

    def __init__(self, connection: Any, failures: tuple[type[Exception], ...]) -> None:
        super().__init__(connection)
        self.failures = failures

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run a statement, with this database's mark for values."""
        if values:  # only then does psycopg read signs of percent
            sql = sql.replace("%", "%%").replace("?", "%s")
        return super().execute(sql, values)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep out other processes that would make the same tables."""
        self.execute("SELECT pg_advisory_lock(?)", (MAKING,))
        try:
            yield
        finally:
            with suppress(*self.failures):  # a connection that is gone holds no lock
                self.execute("SELECT pg_advisory_unlock(?)", (MAKING,))


def connect(address: str | Path) -> Database:
    """Open a database.

    Parameters
    ----------
    address
        A file, or `postgresql://...`.

    Raises
    ------
    DataError
        When it cannot be opened; when psycopg is not installed.
    """
    if str(address).startswith(("postgresql://", "postgres://")):
        return _postgresql(str(address))
    try:
        if not Path(address).exists():  # its journals take over its mode
            os.close(os.open(address, os.O_WRONLY | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            address, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (sqlite3.Error, OSError) as error:
        raise DataError(f"The database {address} cannot be opened: {error}.") from None
    try:
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error as error:
        connection.close()
        raise DataError(f"{address} is no database of ours: {error}.") from None
    return Database(connection)


def _postgresql(address: str) -> PostgreSQL:
    try:
        import psycopg  # noqa: PLC0415  (only where it is used)
    except ModuleNotFoundError:
        raise DataError(
            "PostgreSQL needs psycopg: pip install 'equipoise[postgres]', or leave DATABASE_URL "
            "out for SQLite."
        ) from None
    try:
        connection = psycopg.connect(address, autocommit=True)
    except psycopg.Error as error:
        raise StorageError(f"PostgreSQL cannot be reached: {error}") from None
    return PostgreSQL(connection, (psycopg.Error,))
