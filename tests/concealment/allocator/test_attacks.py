"""What somebody would try: several processes at once, a full disk, guessed passphrases, names."""

from __future__ import annotations

import json
import resource
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.pwhash import argon2id

from equipoise.concealment.allocator import (
    Allocator,
    Asked,
    RefusedError,
    Request,
    allocate,
    ask,
    break_code,
    connect,
    enter_person,
    serve,
)
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.people import WRONG_PER_HOUR
from equipoise.errors import DataError

from .conftest import NOW

PASS = "correct horse battery"  # noqa: S105
CHEAP = argon2id.str(PASS.encode(), argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN).decode()
HASH = "cd" * 32


@pytest.fixture
def physician(database, clock):
    database.execute("INSERT INTO people VALUES ('dr', 'physician', ?)", (CHEAP,))
    allocate(database, Asked("s1", "P1", "k1"), now=clock())
    return Request("P1", "dr", PASS, "pregnancy", "Test positive", treatment_differs=True)


def at_once(count, work):
    """Do something in threads that all wait for each other."""
    barrier, results = threading.Barrier(count), [None] * count

    def one(k):
        barrier.wait()
        try:
            results[k] = work(k)
        except DataError as error:
            results[k] = error

    threads = [threading.Thread(target=one, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_person_asked_for_in_two_strata_at_once_gets_one_kit(address, database, clock):
    def work(k):
        own = connect(address)
        try:
            return allocate(own, Asked(("s1", "s2")[k % 2], "P1", f"k{k}"), now=clock())
        finally:
            own.close()

    results = at_once(4, work)
    refused = [one for one in results if isinstance(one, RefusedError)]
    assert [error.why for error in refused] == ["already allocated"] * 3
    assert database.execute("SELECT COUNT(*) FROM allocations") == [(1,)]


def test_nothing_is_allocated_after_a_lock_that_another_process_writes(address, database, clock):
    def work(k):
        own = connect(address)
        try:
            if k == 0:
                with own.transaction():
                    details = {"records": HASH, "protocol": HASH, "participants": 1}
                    ledger_of(own).append("locked", actor="dm", now=clock(), **details)
                return None
            return allocate(own, Asked("s1", f"P{k}", f"k{k}"), now=clock())
        finally:
            own.close()

    at_once(4, work)
    acts = [json.loads(row.body)["act"] for row in ledger_of(database).store.rows()]
    assert "allocated" not in acts[acts.index("locked") :]


def test_wrong_passphrases_are_limited_and_others_may_still_break(
    database, clock, break_key, physician
):
    database.execute("INSERT INTO people VALUES ('other', 'physician', ?)", (CHEAP,))
    wrong = replace(physician, passphrase="wrong wrong wrong")  # noqa: S106
    for _ in range(WRONG_PER_HOUR):
        with pytest.raises(RefusedError, match="passphrase is wrong"):
            break_code(database, break_key, wrong, now=clock())
    for one in (wrong, physician):
        with pytest.raises(RefusedError, match=r"10 times within an hour.*emergency card"):
            break_code(database, break_key, one, now=clock())
    assert break_code(database, break_key, replace(physician, name="other"), now=clock()).arm
    clock.now -= timedelta(hours=5)
    with pytest.raises(RefusedError, match="10 times"):
        break_code(database, break_key, physician, now=clock())
    clock.now += timedelta(hours=7)
    assert break_code(database, break_key, physician, now=clock()).arm


def test_a_clock_set_back_gives_no_more_breaks(database, clock, break_key, physician):
    for _ in range(2):
        break_code(database, break_key, physician, now=clock(), per_hour=2)
    clock.now -= timedelta(days=1)
    with pytest.raises(RefusedError, match="within an hour"):
        break_code(database, break_key, physician, now=clock(), per_hour=2)


@pytest.mark.parametrize("name", ["Dr. Low", "dr.møller", "x" * 65, "", "-x"])
def test_a_name_that_could_not_break_a_code_at_night_is_refused_by_day(database, name):
    with pytest.raises(DataError, match=r"cannot stand in a ledger.*as in dr\.low"):
        enter_person(database, name, "physician", PASS, now=NOW)


@pytest.mark.parametrize("participant", ["P 1", "x" * 65, "Jürgen", ""])
def test_a_participants_code_that_no_ledger_holds_says_what_a_code_is(database, clock, participant):
    with pytest.raises(DataError, match="letters a to z, digits, dots, dashes; at most 64"):
        allocate(database, Asked("s1", participant, "k"), now=clock())
    assert database.execute("SELECT next FROM strata WHERE code = 's1'") == [(0,)]


def test_a_request_shows_no_passphrase_and_no_reason(physician):
    assert PASS not in repr(physician)
    assert "Test positive" not in repr(physician)


def test_an_accent_typed_in_two_signs_finds_its_stratum(database, clock):
    database.execute("UPDATE strata SET name = 'Zürich' WHERE code = 's2'")
    assert allocate(database, Asked("Zu\u0308rich", "P1", "k"), now=clock()).stratum == "s2"
    with pytest.raises(RefusedError, match=r"no stratum 'Zurich'.*there are site s1, Zürich"):
        allocate(database, Asked("Zurich", "P2", "k2"), now=clock())


def fill(database, clock, given):
    for k in range(4):
        given[f"P{k}"] = allocate(database, Asked("s1", f"P{k}", f"k{k}"), now=clock()).kit


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_full_disk_keeps_what_was_acknowledged_and_nothing_else(database, address, clock):
    """A real limit on the size of files: the kernel refuses to write on."""
    given, soft = {}, resource.getrlimit(resource.RLIMIT_FSIZE)
    size = Path(f"{address}-wal").stat().st_size
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30_000, soft[1]))
        with pytest.raises(DataError, match="Nothing was acknowledged"):
            fill(database, clock, given)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, soft)
    held = database.execute(
        "SELECT a.participant, k.kit FROM allocations a JOIN kits k "
        "ON k.stratum = a.stratum AND k.place = a.place"
    )
    assert dict(held) == given
    assert len(given) < 4
    failed = f"P{len(given)}"
    again = allocate(database, Asked("s1", failed, f"k{len(given)}"), now=clock())
    assert not again.replayed
    assert not ledger_of(database).verify().bad


def test_a_database_that_dropped_us_is_opened_again_for_a_break(
    request, database, break_key, clock, physician
):
    address = request.getfixturevalue("address")
    allocator = Allocator(address, break_key, clock)
    line = {**{n: getattr(physician, n) for n in Request.__slots__}, "verb": "break"}
    assert allocator.answer(b'{"verb": "status"}')["ok"]
    if address.startswith("postgresql"):
        database.close()
        request.getfixturevalue("postgres_restart")(address)
    else:
        allocator._open.close()
    assert allocator.answer(json.dumps(line).encode())["arm"] == "Verum, 10 µg"
    allocator.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"verb": "allocate", "stratum": ["s1"], "participant": "P1", "request": "k"},
        {"verb": "allocate", "stratum": "s1", "participant": {"a": 1}, "request": "k"},
        {"verb": "status", "after": "x'; DROP TABLE ledger"},
        {"verb": "status", "after": []},
    ],
)
def test_values_of_odd_kinds_never_end_the_process(database, address, break_key, clock, asked):
    allocator = Allocator(address, break_key, clock)
    allocator.answer(json.dumps(asked).encode())
    assert allocator.answer(b'{"verb": "status"}')["ok"]
    allocator.close()


def test_a_second_allocator_does_not_take_the_socket_away(
    database, address, break_key, clock, tmp_path
):
    path, allocator = tmp_path / "s", Allocator(address, break_key, clock)
    server = serve(allocator, path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with pytest.raises(DataError, match=r"listens at .* already"):
            serve(allocator, path)
        assert ask(path, "status")["ok"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        allocator.close()


def test_a_path_too_long_for_a_socket_is_told(tmp_path, break_key, clock):
    path = tmp_path / ("x" * 110)
    with pytest.raises(DataError, match="a socket's may have 107"):
        serve(Allocator(tmp_path / "a", break_key, clock), path)
    with pytest.raises(DataError, match=r"No allocator listens at .*too long"):
        ask(path, "status")


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_the_database_is_its_owners_alone(database, address):
    for path in Path(address).parent.glob("allocator.sqlite*"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_verify_finds_a_place_that_was_moved_on(database, address, break_key, clock):
    allocate(database, Asked("s1", "P1", "k1"), now=clock())
    allocator = Allocator(address, break_key, clock)
    assert allocator.answer(b'{"verb": "verify"}')["good"]
    database.execute("UPDATE strata SET next = 3 WHERE code = 's1'")
    found = allocator.answer(b'{"verb": "verify"}')["faults"]
    assert found == ["the next place of a stratum is not that after its last allocation"]
    allocator.close()


def test_verify_finds_a_participant_who_was_exchanged(database, address, break_key, clock):
    allocate(database, Asked("s1", "P1", "k1"), now=clock())
    where = "" if address.endswith(".sqlite") else " ON allocations"
    database.execute(f"DROP TRIGGER allocations_no_UPDATE{where}")
    database.execute("UPDATE allocations SET participant = 'P2'")
    allocator = Allocator(address, break_key, clock)
    found = allocator.answer(b'{"verb": "verify"}')["faults"]
    assert found == ["allocations and ledger differ"]
    allocator.close()
