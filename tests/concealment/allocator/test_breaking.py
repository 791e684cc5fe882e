"""One code, for one person, with a reason, on the record before it is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from equipoise.concealment.allocator import (
    Asked,
    RefusedError,
    Request,
    allocate,
    break_code,
    enter_person,
)
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.people import remove_person
from equipoise.errors import DataError

from .conftest import NOW

PASS = "correct horse battery"  # noqa: S105


@pytest.fixture
def asked(database, clock):
    enter_person(database, "dr.low", "physician", PASS, now=NOW)
    for k in range(3):
        allocate(database, Asked("s1", f"P{k}", f"k{k}"), now=clock())
    return Request("P1", "dr.low", PASS, "overdose or poisoning", "Took all at once", True)


def acts(database):
    return [json.loads(row.body)["act"] for row in ledger_of(database).store.rows()]


def test_the_arm_of_one_participant(database, clock, break_key, asked):
    wanted = {"P0": "Verum, 10 µg", "P1": "Placebo", "P2": "Placebo"}
    for participant, arm in wanted.items():
        one = replace(asked, participant=participant)
        broken = break_code(database, break_key, one, now=clock())
        assert (broken.participant, broken.arm) == (participant, arm)
        assert arm not in repr(broken)


def test_the_record_stands_before_the_box_is_opened(database, clock, asked):
    with pytest.raises(DataError, match="does not open"):
        break_code(database, BoxKey(b"x" * 32), asked, now=clock())
    assert acts(database)[-2:] == ["code break asked", "code broken"]


def test_the_ledger_holds_no_arm_and_no_text(database, clock, break_key, asked):
    break_code(database, break_key, asked, now=clock())
    told = "".join(row.body for row in ledger_of(database).store.rows())
    assert "Took all" not in told
    assert "Placebo" not in told
    assert "Verum" not in told
    assert not ledger_of(database).verify().bad
    reason = next(ledger_of(database).acts("code break asked"))["details"]
    assert reason["role"] == "physician"
    assert reason["treatment_differs"] is True


@pytest.mark.parametrize(
    "case",
    [
        ({"name": "dr.no"}, "role", r"may not break codes here.*card"),
        ({"passphrase": "wrong wrong wrong"}, "re-authentication", r"passphrase is wrong.*card"),
        ({"participant": "P9"}, "unknown participant", "No participant P9 was allocated"),
    ],
)
def test_what_is_refused_is_kept(database, clock, break_key, asked, case):
    change, why, message = case
    with pytest.raises(RefusedError, match=message):
        break_code(database, break_key, replace(asked, **change), now=clock())
    assert [body["details"]["why"] for body in ledger_of(database).acts("code break refused")] == [
        why
    ]
    assert "code broken" not in acts(database)


@pytest.mark.parametrize("change", [{"category": "curious"}, {"reason": "  "}])
def test_a_reason_is_needed(database, clock, break_key, asked, change):
    with pytest.raises(DataError, match="needs a reason in words and one of these categories"):
        break_code(database, break_key, replace(asked, **change), now=clock())


def test_a_limit_in_an_hour_and_the_paper_after_it(database, clock, break_key, asked):
    for _ in range(2):
        break_code(database, break_key, asked, now=clock(), per_hour=2)
    with pytest.raises(RefusedError, match=r"within an hour.*emergency card"):
        break_code(database, break_key, asked, now=clock(), per_hour=2)
    clock.now += timedelta(hours=1)
    assert break_code(database, break_key, asked, now=clock(), per_hour=2).arm == "Placebo"


def test_who_may_break_is_entered_with_role_and_passphrase(database):
    with pytest.raises(DataError, match="no role 'nurse'"):
        enter_person(database, "n", "nurse", PASS, now=NOW)
    with pytest.raises(DataError, match="12 characters"):
        enter_person(database, "n", "physician", "short", now=NOW)
    enter_person(database, "n", "physician", PASS, now=NOW)
    with pytest.raises(DataError, match="entered already"):
        enter_person(database, "n", "physician", PASS, now=NOW)
    stored = database.execute("SELECT passphrase FROM people")
    assert PASS not in str(stored)


def test_who_may_break_is_on_record_and_can_be_taken_back(database, clock, break_key, asked):
    remove_person(database, "dr.low", now=clock())
    with pytest.raises(RefusedError, match="may not break codes here"):
        break_code(database, break_key, asked, now=clock())
    with pytest.raises(DataError, match=r"Nobody named 'dr\.low' is entered"):
        remove_person(database, "dr.low", now=clock())
    told = [body["details"] for body in ledger_of(database).acts("person entered")]
    assert told == [{"person": "dr.low", "role": "physician"}]
    assert next(ledger_of(database).acts("person removed"))["details"] == {"person": "dr.low"}
    assert not ledger_of(database).verify().bad
