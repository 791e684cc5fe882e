"""Both databases refuse to change, drop or reorder rows, and keep two writers apart."""

import sqlite3
import threading
from datetime import timedelta

import pytest

from equipoise.concealment import ledger_postgres
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_postgres import PostgresStore
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.opened_ledger import opened_ledger
from equipoise.errors import DataError

from .conftest import T0
from .postgres import WHY_NOT, binaries, server

FORBIDDEN = (
    "UPDATE ledger SET body = '' WHERE seq = 2",
    "UPDATE ledger SET seq = 9 WHERE seq = 2",
    "DELETE FROM ledger WHERE seq = 3",
    "DELETE FROM ledger",
    "INSERT INTO ledger (seq, hash, body) VALUES (9, 'h', 'b')",
    "INSERT INTO ledger (seq, hash, body) VALUES (2, 'h', 'b')",
)
SQLITE_ALONE = (
    "INSERT OR REPLACE INTO ledger (seq, hash, body) VALUES (2, 'h', 'b')",
    "REPLACE INTO ledger (seq, hash, body) VALUES (2, 'h', 'b')",
    "UPDATE OR REPLACE ledger SET seq = 3 WHERE seq = 2",
    "INSERT INTO ledger (seq, hash, body) VALUES (2, 'h', 'b') "
    "ON CONFLICT (seq) DO UPDATE SET body = 'x'",
)
POSTGRES_ALONE = (
    "TRUNCATE ledger",
    "INSERT INTO ledger (seq, hash, body) VALUES (2, 'h', 'b') "
    "ON CONFLICT (seq) DO UPDATE SET body = 'x'",
)


@pytest.fixture(scope="module")
def postgres_url():
    if binaries() is None:
        pytest.skip(WHY_NOT)
    with server() as url:
        yield url


@pytest.fixture
def postgres(postgres_url):
    import psycopg  # noqa: PLC0415

    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP TABLE IF EXISTS ledger")
        connection.execute(ledger_postgres.SCHEMA)
        connection.commit()
        yield connection


def filled(ledger: Ledger) -> None:
    ledger.begin("T-1", "web", actor="s", now=T0)
    for number in range(1, 4):
        add(ledger, number)


def add(ledger: Ledger, number: int) -> None:
    ledger.append(
        "allocated",
        actor="web",
        now=T0 + timedelta(minutes=number),
        participant=f"P{number}",
        stratum="s1",
        kit="K7QX-9MRT",
    )


@pytest.mark.parametrize("statement", [*FORBIDDEN, *SQLITE_ALONE])
def test_sqlite_refuses(tmp_path, statement):
    connection = open_sqlite(tmp_path / "ledger.sqlite", new=True)
    ledger = Ledger(SqliteStore(connection))
    filled(ledger)
    connection.execute("COMMIT")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert (ledger.verify().rows, ledger.verify().bad) == (4, "")
    connection.close()


@pytest.mark.parametrize("statement", [*FORBIDDEN, *POSTGRES_ALONE])
def test_postgres_refuses(postgres, statement):
    import psycopg  # noqa: PLC0415

    ledger = Ledger(PostgresStore(postgres))
    filled(ledger)
    postgres.commit()
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        postgres.execute(statement)
    postgres.rollback()
    assert (ledger.verify().rows, ledger.verify().bad) == (4, "")


def test_postgres_and_sqlite_hold_the_same_rows(postgres, tmp_path):
    connection = open_sqlite(tmp_path / "ledger.sqlite", new=True)
    both = Ledger(PostgresStore(postgres)), Ledger(SqliteStore(connection))
    for ledger in both:
        filled(ledger)
    assert list(both[0].store.rows()) == list(both[1].store.rows())
    connection.close()


def test_a_row_that_was_not_committed_is_not_there(tmp_path):
    file = tmp_path / "ledger.sqlite"
    open_sqlite(file, new=True).close()
    with opened_ledger(str(file)) as ledger:
        filled(ledger)
    with pytest.raises(RuntimeError, match="power"):
        write_and_fail(str(file))
    with opened_ledger(str(file)) as ledger:
        assert ledger.verify().rows == 4


def write_and_fail(where: str) -> None:
    with opened_ledger(where) as ledger:
        add(ledger, 4)
        raise RuntimeError("power")


def test_two_writers_of_sqlite_do_not_fork_the_chain(tmp_path):
    file = tmp_path / "ledger.sqlite"
    open_sqlite(file, new=True).close()
    with opened_ledger(str(file)) as ledger:
        filled(ledger)
    write_at_once(str(file))
    with opened_ledger(str(file)) as ledger:
        assert (ledger.verify().rows, ledger.verify().bad) == (4 + 2 * 15, "")


def test_two_writers_of_postgres_do_not_fork_the_chain(postgres, postgres_url):
    filled(Ledger(PostgresStore(postgres)))
    postgres.commit()
    write_at_once(postgres_url)
    found = Ledger(PostgresStore(postgres)).verify()
    assert (found.rows, found.bad) == (4 + 2 * 15, "")


def write_at_once(where: str) -> None:
    failed = []

    def write(first: int) -> None:
        try:
            for number in range(first, first + 15):
                with opened_ledger(where) as ledger:
                    add(ledger, number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@pytest.mark.parametrize("content", [b"", b"no database at all, whatever its name"])
def test_what_is_no_ledger_is_refused(tmp_path, content):
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(content)
    with pytest.raises(DataError, match="is no ledger"):
        open_sqlite(file)
    with pytest.raises(DataError, match="There is no ledger"):
        open_sqlite(tmp_path / "other.sqlite")
