"""Lock, final unblinding, reveal: in that order, with the right shares, and every change found."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from equipoise.concealment.account import allocation_account
from equipoise.concealment.boxes import BoxKey, binding, seal_box
from equipoise.concealment.custody import join_shares
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.lock import lock
from equipoise.concealment.randomness import Key
from equipoise.concealment.reveal import reveal
from equipoise.concealment.seal import root_of
from equipoise.concealment.seal_check import check_seal
from equipoise.concealment.unblinding import unblind
from equipoise.errors import DataError
from equipoise.protocol import protocol_from_text
from equipoise.records import (
    BlindedRecords,
    UnblindedRecords,
    read_allocation_account,
    read_folder,
    write_folder,
)

from .conftest import PROTOCOL, T0, enrol

LATER = T0 + timedelta(days=90)
HEX = "ab" * 32


@pytest.fixture
def chain(sealed, tmp_path):
    """The web's ledger of the sealed trial, with six people enrolled."""
    connection = open_sqlite(tmp_path / "ledger.sqlite", new=True)
    ledger = Ledger(SqliteStore(connection))
    public = sealed.public
    ledger.begin("LSD-1", "web", actor="s", now=T0)
    ledger.append("committed", actor="s", now=T0, commitment=public.commitment)
    hashes = {name: getattr(public, name) for name in ("commitment", "root", "protocol")}
    keys = {name: getattr(public, name) for name in ("final_key", "break_key")}
    ledger.append("sealed", actor="s", now=T0, kits=20, strata=2, **hashes, **keys)
    yield ledger
    connection.close()


@pytest.fixture
def arms(chain, sealed):
    return enrol(chain, sealed)


@pytest.fixture
def locked(chain, arms, records):
    lock(chain, records, actor="data-manager", now=LATER)
    return chain


def opened(ledger, records, sealed, shares=None, kits=None):
    shares = sealed.shares[:2] if shares is None else shares
    return unblind(ledger, records, kits or sealed.boxed, shares, actor="statistician", now=LATER)


def test_everybody_gets_the_arm_that_was_drawn(locked, records, sealed, arms):
    found = opened(locked, records, sealed)
    assert isinstance(found, UnblindedRecords)
    given = dict(zip(found.allocations["participant"], found.allocations["arm"], strict=True))
    assert given == arms
    assert "P07" not in given  # was never allocated
    assert list(found.scores["value"]) == list(records.scores["value"])
    assert found.blind().sha256 == records.sha256


def test_unblinded_records_can_be_written_and_read(locked, records, sealed, arms, tmp_path):
    found = opened(locked, records, sealed)
    assert read_folder(write_folder(found, tmp_path / "open")).sha256 == found.sha256


def test_the_ledger_tells_of_it_before_and_without_an_arm(locked, records, sealed, arms):
    opened(locked, records, sealed)
    bodies = [json.loads(row.body) for row in locked.store.rows()]
    assert [b["act"] for b in bodies[-2:]] == ["locked", "unblinded"]
    assert bodies[-1]["details"] == {"custodians": [1, 2], "participants": 6, "code_broken": 0}
    assert not locked.verify().bad
    text = "".join(row.body for row in locked.store.rows()).casefold()
    assert not [arm for arm in set(arms.values()) if arm.casefold() in text]


def test_a_tampered_box_is_logged_and_refused(locked, records, sealed):
    """The root catches it first; behind it each box catches its own."""
    kits = list(sealed.boxed)
    kits[0] = replace(kits[0], final_box=bytes(112))
    with pytest.raises(DataError, match="their root differs"):
        opened(locked, records, sealed, kits=kits)
    assert json.loads(locked.store.last().body)["act"] == "locked"


@pytest.mark.parametrize(
    ("chosen", "told"),
    [([0], "and 1 came"), ([], "and 0 came"), ([1, 1], "given twice"), (["other", 1], "wrong")],
)
def test_too_few_or_wrong_shares_open_nothing(locked, records, sealed, chosen, told):
    shares = [
        replace(sealed.shares[0], data=bytes(32)) if k == "other" else sealed.shares[k]
        for k in chosen
    ]
    with pytest.raises(DataError, match=told):
        opened(locked, records, sealed, shares)
    assert json.loads(locked.store.last().body)["act"] == "locked"


def test_nothing_is_opened_before_the_lock(chain, arms, records, sealed):
    with pytest.raises(DataError, match="not locked"):
        opened(chain, records, sealed)
    with pytest.raises(DataError, match="not locked"):
        reveal(chain, sealed.opening, sealed.public)


def test_other_records_than_the_locked_ones_are_refused(locked, records, sealed):
    changed = records.scores.assign(value=records.scores["value"] + 1)
    with pytest.raises(DataError, match="not the records that were locked"):
        opened(locked, BlindedRecords(protocol=records.protocol, scores=changed), sealed)


def test_a_lock_stands_and_needs_blinded_records_of_the_sealed_protocol(locked, records, protocol):
    with pytest.raises(DataError, match="cannot be written again"):
        lock(locked, records, actor="data-manager", now=LATER)
    other = protocol_from_text(PROTOCOL.replace("A made trial", "Another"), name="other.yaml")
    with pytest.raises(DataError, match="sealed protocol"):
        lock(locked, BlindedRecords(protocol=other), actor="data-manager", now=LATER)
    with pytest.raises(DataError, match="blinded"):
        lock(locked, UnblindedRecords(protocol=protocol), actor="data-manager", now=LATER)


def test_a_bad_ledger_stops_everything(locked, records, sealed):
    locked.store.connection.execute("DROP TRIGGER ledger_no_update")
    locked.store.connection.execute("UPDATE ledger SET body = replace(body, 'P03', 'P13')")
    for act in (
        lambda: opened(locked, records, sealed),
        lambda: reveal(locked, sealed.opening, sealed.public),
        lambda: lock(locked, records, actor="x", now=LATER),
    ):
        with pytest.raises(DataError, match="The ledger is bad: row 6"):
            act()


def test_whose_code_was_broken_is_told(chain, arms, records, sealed):
    asked = chain.append(
        "code break asked",
        actor="dr-1",
        now=LATER,
        participant="P02",
        category="adverse event",
        reason=HEX,
        role="physician",
        treatment_differs=True,
    )
    chain.append("code broken", actor="allocator", now=LATER, participant="P02", asked=asked.seq)
    kit = next(
        b["details"]["kit"] for b in chain.acts("allocated") if b["details"]["participant"] == "P05"
    )
    chain.append("card opened", actor="dr-2", now=LATER, kit=kit, category="pregnancy", reason=HEX)
    lock(chain, records, actor="data-manager", now=LATER)
    found = opened(chain, records, sealed)
    events = found.intercurrent_events
    assert dict(zip(events["participant"], events["detail"], strict=True)) == {
        "P02": "adverse event",
        "P05": "pregnancy (paper card)",
    }
    assert set(events["event"]) == {"code broken"}
    assert any("code of 2 participants" in warning for warning in found.warnings)


def test_a_participant_allocated_twice_stops_the_unblinding(chain, arms, records, sealed):
    free = next(k for k in sealed.drawn if k.pool == "s1" and k.index == 5)
    chain.append(
        "allocated", actor="web", now=LATER, participant="P01", stratum="s1", kit=free.code
    )
    lock(chain, records, actor="data-manager", now=LATER)
    with pytest.raises(DataError, match="participant P01 twice"):
        opened(chain, records, sealed)


# reveal


def revealed(ledger, sealed, **changed):
    given = {
        "opening": sealed.opening,
        "public": sealed.public,
        "kits": sealed.boxed,
        "final_key": join_shares(sealed.shares[:2]),
    }
    return reveal(ledger, **(given | changed))


def test_an_honest_trial_passes_and_says_what_was_checked(locked, sealed):
    found = revealed(locked, sealed)
    assert found.passed
    assert len(found.checked) == 5
    assert not found.not_checked
    fewer = revealed(locked, sealed, kits=None, final_key=None)
    assert fewer.passed
    assert len(fewer.not_checked) == 2


@pytest.mark.parametrize("place", range(20))
def test_any_swapped_slot_is_found_with_its_stratum_and_place(locked, sealed, place):
    """Somebody sealed another arm into one slot than the key gives."""
    kit = sealed.boxed[place]
    other = next(a for a in sealed.opening.plan.arms if a != sealed.drawn[place].arm)
    final = bytes.fromhex(sealed.public.final_key)
    box = seal_box(final, other, binding("LSD-1", kit.pool, kit.index, kit.code), 64)
    kits = [*sealed.boxed[:place], replace(kit, final_box=box), *sealed.boxed[place + 1 :]]
    faults = revealed(locked, sealed, kits=kits).faults
    assert "root" in faults[0].what
    assert (faults[1].stratum, faults[1].slot) == (kit.pool, kit.index + 1)
    assert "another arm than the key gives" in str(faults[1])
    assert len(faults) == 2


def test_another_key_or_nonce_does_not_open_the_commitment(locked, sealed):
    other_key = replace(sealed.opening, key=Key(bytes(32)))
    assert "do not open the commitment" in str(
        revealed(locked, sealed, opening=other_key).faults[0]
    )
    other_nonce = replace(sealed.opening, nonce=bytes(32))
    found = revealed(locked, sealed, opening=other_nonce)
    assert [str(f) for f in found.faults] == [
        "plan, key and nonce do not open the commitment in the ledger"
    ]


def test_boxes_that_changed_places_are_found(locked, sealed):
    kits = list(sealed.boxed)
    kits[2], kits[3] = kits[3], kits[2]
    faults = revealed(locked, sealed, kits=kits).faults
    assert {(f.stratum, f.slot) for f in faults if f.slot} == {("s1", 3), ("s1", 4)}


def test_a_missing_box_and_a_foreign_code_are_found(locked, sealed):
    faults = revealed(locked, sealed, kits=sealed.boxed[:-1]).faults
    assert any("19 boxes for 20 kits" in f.what for f in faults)
    codes = {**sealed.public.kits, "s1": ("K7QX-9MRT", *sealed.public.kits["s1"][1:])}
    faults = revealed(locked, sealed, public=replace(sealed.public, kits=codes)).faults
    assert any("K7QX-9MRT is public, and no key gives it" in f.what for f in faults)
    assert any("not among the public codes" in f.what for f in faults)


def test_a_skipped_slot_is_found_where_it_was_skipped(chain, sealed, records):
    lists = [k for k in sealed.drawn if k.pool == "s2"]
    for number, index in enumerate((0, 2)):
        now = T0 + timedelta(hours=number + 1)
        details = {"participant": f"P{number}", "stratum": "s2", "kit": lists[index].code}
        chain.append("allocated", actor="web", now=now, **details)
    lock(chain, records, actor="data-manager", now=LATER)
    (fault,) = revealed(chain, sealed).faults
    assert (fault.stratum, fault.slot) == ("s2", 2)
    assert f"the list has {lists[1].code}" in fault.what


def test_boxes_of_another_final_key_are_found(locked, sealed):
    faults = revealed(locked, sealed, final_key=BoxKey(bytes(32))).faults
    assert len(faults) == 20
    assert "does not open" in faults[0].what


# what anybody may check without opening


def test_a_whole_seal_has_no_fault_and_a_changed_one_has(chain, sealed):
    assert check_seal(chain, sealed.public, sealed.boxed) == ()
    changed = replace(sealed.public, commitment=HEX, box_bytes=100)
    told = check_seal(chain, changed, sealed.boxed)
    assert any("commitment" in fault for fault in told)
    assert any("all must have 100 bytes" in fault for fault in told)
    kits = [replace(sealed.boxed[0], break_box=b"short"), *sealed.boxed[1:]]
    told = check_seal(chain, sealed.public, kits)
    assert any("a box was changed" in fault for fault in told)
    assert root_of(kits) != sealed.public.root


# the account


def test_the_account_tells_consort_17_to_20(locked, records, sealed, protocol, tmp_path):
    opened(locked, records, sealed)
    found = allocation_account(
        locked, sealed.opening, sealed.public, protocol, revealed(locked, sealed)
    )
    assert found.generated_by == "an unblinded statistician who met no participant"
    assert found.procedure == "big stick with limit 3, 1:1"
    assert found.strata == ("London", "Zürich")
    assert "numbers 1, 2 opened it after the lock" in found.mechanism
    assert (found.kits, found.allocated, found.code_broken, found.revealed) == (20, 6, 0, True)
    assert (found.commitment, found.root) == (sealed.public.commitment, sealed.public.root)
    path = tmp_path / "account.json"
    path.write_text(found.to_json(), encoding="utf-8")
    assert read_allocation_account(path) == found


def test_the_account_is_not_written_before_the_lock(chain, sealed, protocol):
    with pytest.raises(DataError, match="after the lock"):
        allocation_account(chain, sealed.opening, sealed.public, protocol)


@pytest.mark.parametrize("raw", ["{", "[]", "{}", '{"format": "equipoise/allocation-account/v1"}'])
def test_a_damaged_account_is_refused(tmp_path, raw):
    path = tmp_path / "account.json"
    path.write_text(raw, encoding="utf-8")
    with pytest.raises(DataError, match="no account of an allocation"):
        read_allocation_account(path)
    with pytest.raises(DataError, match="There is no account"):
        read_allocation_account(tmp_path / "other.json")


def test_a_full_disk_leaves_the_ledger_as_it_was_and_opens_nothing(locked, records, sealed):
    file = locked.store.connection
    file.execute("COMMIT")
    pages = file.execute("PRAGMA page_count").fetchone()[0]
    file.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        fill(locked)
    rows = locked.verify().rows
    with pytest.raises(sqlite3.OperationalError, match="full"):
        opened(locked, records, sealed)
    assert (locked.verify().rows, locked.verify().bad) == (rows, "")


def fill(ledger):
    """Append until the file may not grow, each row in a transaction of its own."""
    while True:
        details = {"custodians": [1], "participants": 6, "code_broken": 0}
        ledger.append("unblinded", actor="statist", now=LATER, **details)
        ledger.store.connection.execute("COMMIT")
