"""Who gets which kit: in order, once, and nothing lost when something fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from equipoise.concealment.allocator import (
    Asked,
    RefusedError,
    allocate,
    connect,
    install,
    status,
)
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.allocator.schema import create
from equipoise.errors import DataError

HASH = "cd" * 32


def give(database, clock, stratum, participant, request=None):
    asked = Asked(stratum, participant, request or f"key-{participant}")
    return allocate(database, asked, now=clock())


def kits(database, stratum):
    rows = database.execute("SELECT kit FROM kits WHERE stratum = ? ORDER BY place", (stratum,))
    return [kit for (kit,) in rows]


def refusals(database):
    return [body["details"] for body in ledger_of(database).acts("allocation refused")]


def test_each_stratum_gives_its_kits_in_order(database, clock):
    order = ["s1", "s2", "s1", "site s1", "s2", "s1"]
    given = [give(database, clock, s, f"P{k}").kit for k, s in enumerate(order)]
    ours, others = kits(database, "s1"), kits(database, "s2")
    assert given == [ours[0], others[0], ours[1], ours[2], others[1], ours[3]]


def test_the_same_request_gets_the_same_kit_and_uses_up_nothing(database, clock):
    first = give(database, clock, "s1", "P1", "k1")
    again = give(database, clock, "site s1", "P1", "k1")
    assert (again.kit, again.head, again.replayed) == (first.kit, first.head, True)
    assert give(database, clock, "s1", "P2").kit == kits(database, "s1")[1]
    assert len(list(ledger_of(database).acts("allocated"))) == 2


def test_a_key_is_for_one_request(database, clock):
    give(database, clock, "s1", "P1", "k1")
    with pytest.raises(DataError, match="key was used for another participant or stratum"):
        give(database, clock, "s1", "P2", "k1")
    with pytest.raises(DataError, match="key was used for another participant or stratum"):
        give(database, clock, "s2", "P1", "k1")


def test_nobody_is_allocated_twice(database, clock):
    give(database, clock, "s1", "P1", "k1")
    with pytest.raises(RefusedError, match="P1 has a kit already"):
        give(database, clock, "s2", "P1", "k2")
    assert refusals(database) == [{"stratum": "s2", "why": "already allocated"}]


def test_an_unknown_stratum_is_refused_and_kept(database, clock):
    with pytest.raises(RefusedError, match="no stratum 'site 9' in the sealed list"):
        give(database, clock, "site 9", "P1")
    assert refusals(database) == [{"why": "unknown stratum"}]


def test_an_exhausted_list_stops_and_uses_no_kit_again(database, clock):
    given = {give(database, clock, "s2", f"P{k}").kit for k in range(2)}
    with pytest.raises(RefusedError, match="list of s2 is exhausted: 2 kits were given"):
        give(database, clock, "s2", "P9")
    assert given == set(kits(database, "s2"))
    assert give(database, clock, "s1", "P9").kit in kits(database, "s1")


def test_levels_are_refused_where_the_stratum_says_it_all(database, clock):
    with pytest.raises(DataError, match="has no factors"):
        allocate(database, Asked("s1", "P1", "k", {"sex": "f"}), now=clock())
    assert give(database, clock, "s1", "P1").kit == kits(database, "s1")[0]


def test_a_failure_in_the_middle_gives_nothing_away(database, clock, monkeypatch):
    def fails(*args, **kwargs):
        raise database.failures[0]("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(ledger_of(database)), "append", fails)
        with pytest.raises(DataError, match=r"disk is full.*Nothing was acknowledged.*same key"):
            give(database, clock, "s1", "P1", "k1")
    assert status(database)["strata"][0]["given"] == 0
    assert give(database, clock, "s1", "P1", "k1").kit == kits(database, "s1")[0]


def test_a_lock_stops_allocation_for_good(database, clock):
    give(database, clock, "s1", "P1", "k1")
    with database.transaction():
        details = {"records": HASH, "protocol": HASH, "participants": 1}
        ledger_of(database).append("locked", actor="stat", now=clock(), **details)
    with pytest.raises(RefusedError, match="trial is locked"):
        give(database, clock, "s1", "P2")
    assert give(database, clock, "s1", "P1", "k1").replayed
    assert status(database)["locked"] is True


def test_status_counts_and_no_more(database, clock):
    give(database, clock, "s1", "P1")
    assert status(database) == {
        "trial": "TRIAL-1",
        "locked": False,
        "strata": [
            {"code": "s1", "name": "site s1", "given": 1, "left": 3},
            {"code": "s2", "name": "site s2", "given": 0, "left": 2},
        ],
    }


def test_rows_never_change(database, clock):
    give(database, clock, "s1", "P1")
    for statement in (
        "UPDATE allocations SET participant = 'P2'",
        "DELETE FROM allocations",
        "UPDATE kits SET kit = 'X'",
        "DELETE FROM kits",
        "UPDATE ledger SET body = ''",
    ):
        with pytest.raises(Exception, match=r"never change|append-only"):
            database.execute(statement)


def test_a_clock_that_runs_back_is_marked_and_stops_nothing(database, clock):
    give(database, clock, "s1", "P1")
    clock.now -= timedelta(hours=2)
    give(database, clock, "s1", "P2")
    found = ledger_of(database).verify()
    assert not found.bad
    assert len(found.clock_back) == 1


def test_the_ledger_follows_every_allocation(database, clock):
    heads = [give(database, clock, "s1", f"P{k}").head for k in range(3)]
    found = ledger_of(database).verify()
    assert (found.bad, found.head) == ("", heads[-1])


def test_one_database_holds_one_list(database):
    with pytest.raises(DataError, match="holds a sealed list already"):
        install(database, None, [])


def test_an_empty_allocator_says_what_to_do(tmp_path):
    empty = connect(tmp_path / "a.sqlite")
    create(empty)
    with pytest.raises(DataError, match="install what `seal` made"):
        status(empty)
    empty.close()


def test_a_database_that_cannot_be_opened_says_so(tmp_path):
    with pytest.raises(DataError, match="cannot be opened"):
        connect(tmp_path / "no" / "folder" / "a.sqlite")
