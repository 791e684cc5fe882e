"""The ledger: what it takes and refuses, its clock, its heads, and the verifier on its own."""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment import verify_ledger
from equipoise.concealment.ledger import Ledger, export, never_of, next_row
from equipoise.concealment.ledger_heads import SigningKey, signed_head, verify_against
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.verify_ledger import ACTS, verify_rows
from equipoise.errors import DataError

from .conftest import T0

KEY = SigningKey(bytes(range(32)))
HEX = "ab" * 32
FILE = Path(verify_ledger.__file__)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(file):
    connection = open_sqlite(file, new=True)
    made = Ledger(SqliteStore(connection), never_of("A", "placebo"))
    made.begin("T-1", "web", actor="statistician", now=T0)
    for number in range(1, 6):
        add(made, number)
    connection.execute("COMMIT")
    yield made
    connection.close()


def add(ledger, number, **changed):
    details = {"participant": f"P{number}", "stratum": "s1", "kit": f"K7QX-9MR{number}"}
    now = changed.pop("now", T0 + timedelta(minutes=number))
    act = changed.pop("act", "allocated")
    return ledger.append(act, actor=changed.pop("actor", "web"), now=now, **(details | changed))


def test_a_ledger_that_nobody_touched_is_well(ledger):
    found = ledger.verify()
    assert (found.rows, found.bad, found.trial, found.chain) == (6, "", "T-1", "web")


def test_a_row_is_what_the_specification_says(ledger):
    """By the words of verify_ledger.py, with hashlib alone."""
    from hashlib import sha256  # noqa: PLC0415

    rows = list(ledger.store.rows())
    start = sha256(b'equipoise/ledger-genesis/v1\n{"chain":"web","trial":"T-1"}').hexdigest()
    body = (
        '{"act":"began","actor":"statistician","details":{"chain":"web","trial":"T-1"},'
        f'"prev":"{start}","seq":1,"time":"2026-11-25T09:00:00.000000Z"}}'
    )
    assert rows[0].body == body
    assert rows[0].hash == sha256(f"equipoise/ledger-row/v1\n{body}".encode()).hexdigest()
    assert json.loads(rows[1].body)["prev"] == rows[0].hash


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"arm": "A"}, "has no field 'arm'"),
        ({"note": "felt something"}, "has no field 'note'"),
        ({"participant": "placebo"}, "participant of 'allocated' is the name of an arm"),
        ({"participant": "PLACEBO"}, "is the name of an arm"),
        ({"actor": "a"}, "no arm"),
        ({"participant": "two words"}, "participant of 'allocated' must be a code"),
        ({"participant": 7}, "must be a code"),
        ({"kit": "placebo"}, "kit of 'allocated' must be a kit"),
        ({"kit": None}, "must be a kit"),
        ({"act": "told the arm"}, "none that a ledger knows"),
        ({"act": "began"}, "begins once"),
        ({"allocator_head": "xyz"}, "must be a hash"),
    ],
)
def test_what_a_ledger_cannot_hold_is_refused_and_nothing_written(ledger, changed, told):
    with pytest.raises(DataError, match=told):
        add(ledger, 6, **changed)
    assert ledger.verify().rows == 6


def test_no_act_has_a_field_for_an_arm_or_for_free_text():
    kinds = {verify_ledger.HASH, verify_ledger.CODE, verify_ledger.KIT, verify_ledger.COUNT}
    kinds |= {verify_ledger.FLAG, verify_ledger.COUNTS, verify_ledger.HASHES, verify_ledger.ZONE}
    for act, fields in ACTS.items():
        assert all(isinstance(kind, tuple) or kind in kinds for kind in fields.values()), act
        assert not {"arm", "treatment", "group", "text", "note"} & set(fields), act


def test_a_field_that_is_needed_is_asked_for(ledger):
    with pytest.raises(DataError, match="lacks kit, stratum"):
        ledger.append("allocated", actor="web", now=T0, participant="P9")


def test_a_clock_that_ran_back_is_written_down_and_does_not_stop_a_code_break(ledger):
    add(ledger, 6, now=T0 - timedelta(hours=1, milliseconds=1))
    row = list(ledger.store.rows())[-1]
    assert json.loads(row.body)["clock_back"] == 3901  # 1 h 5 min and 1 ms, rounded up
    found = ledger.verify()
    assert (found.bad, found.clock_back) == ("", [7])
    add(ledger, 7, now=T0)
    assert ledger.verify().clock_back == [7]  # it goes on from where the clock is


@pytest.mark.parametrize("claimed", [None, 1, 3900])
def test_a_clock_that_ran_back_silently_is_a_fault(ledger, claimed):
    rows = list(ledger.store.rows())
    honest = next_row(
        rows[-1], "anchored", actor="web", now=T0, details={"head_seq": 6, "head": HEX}
    )
    body = json.loads(honest.body)
    assert body.pop("clock_back") == 300
    if claimed:
        body["clock_back"] = claimed
    text = verify_ledger.canonical(body)
    rows.append(verify_ledger.Row(7, verify_ledger.row_hash(text), text))
    assert "its time is before that of the row before" in verify_rows(rows).bad


def test_a_time_is_taken_in_any_zone_and_needs_one(ledger):
    add(ledger, 6, now=datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=2))))
    assert '"time":"2026-11-25T10:00:00.000000Z"' in list(ledger.store.rows())[-1].body
    with pytest.raises(DataError, match="time zone"):
        add(ledger, 7, now=datetime(2026, 11, 25))  # noqa: DTZ001  (the fault itself)


def test_a_head_shows_a_cut_tail_and_a_tail_written_anew(ledger, file):
    head = signed_head(ledger, KEY, now=T0)
    assert not verify_against(ledger, head, KEY.public).bad
    rows = list(ledger.store.rows())
    found = verify_rows(rows[:-1], watch=[6])
    assert not found.bad  # the chain alone cannot tell
    assert "row 6: cut off" in verify_ledger.verify_head(found, head, KEY.public).bad
    other = next_row(
        rows[-2],
        "allocated",
        actor="web",
        now=T0 + timedelta(minutes=5),
        details={"participant": "P5", "stratum": "s2", "kit": "K7QX-9MR5"},
    )
    anew = [*rows[:-1], other]
    found = verify_rows(anew, watch=[6])
    assert not found.bad
    assert "written anew" in verify_ledger.verify_head(found, head, KEY.public).bad


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seq": 5}, "signature"),
        ({"hash": HEX}, "signature"),
        ({"time": "2027-01-01T00:00:00.000000Z"}, "signature"),
        ({"signature": "00" * 64}, "signature"),
        ({"signature": "zz"}, "signature"),
        ({"trial": "T-2"}, "another trial"),
        ({"chain": "allocator"}, "another trial or chain"),
    ],
)
def test_a_head_that_was_changed_does_not_hold(ledger, change, told):
    head = signed_head(ledger, KEY, now=T0) | change
    assert told in verify_against(ledger, head, KEY.public).bad


def test_a_head_signed_by_somebody_else_does_not_hold(ledger):
    head = signed_head(ledger, SigningKey(bytes(32)), now=T0)
    assert "signature" in verify_against(ledger, head, KEY.public).bad
    unchecked = verify_against(ledger, head, None)
    assert not unchecked.bad
    assert unchecked.unchecked == ["signature of the head: give the key (--key)"]


def test_a_bad_ledger_is_never_signed(ledger, file):
    ledger.store.connection.execute("DROP TRIGGER ledger_no_update")
    ledger.store.connection.execute("UPDATE ledger SET body = replace(body, 'P3', 'P8')")
    with pytest.raises(DataError, match="row 4: its hash is not that of its body"):
        signed_head(ledger, KEY, now=T0)


def test_a_signing_key_never_shows_itself():
    assert KEY.seed.hex() not in repr(KEY)
    assert "seed" not in repr(KEY)


def verify_alone(*arguments, isolated=True):
    """Run the one file with Python and the standard library; -S hides installed packages."""
    flags = ["-I", "-S"] if isolated else ["-I"]
    return subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, *flags, str(FILE), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_an_inspector_can_run_the_one_file_alone(ledger, file, tmp_path):
    head = tmp_path / "head.json"
    head.write_text(json.dumps(signed_head(ledger, KEY, now=T0)), encoding="utf-8")
    text = tmp_path / "ledger.jsonl"
    text.write_text("".join(export(ledger.store.rows())), encoding="utf-8")
    for where in (file, text):
        alone = verify_alone(where)
        assert (alone.returncode, alone.stdout.splitlines()[0][:11]) == (2, "OK   6 rows")
        assert "a cut tail does not show" in alone.stdout
        assert "install PyNaCl" in verify_alone(where, "--head", head, "--key", KEY.public).stdout
        whole = verify_alone(where, "--head", head, "--key", KEY.public, isolated=False)
        assert (whole.returncode, whole.stdout.count("note")) == (0, 0)


def test_the_one_file_names_the_first_bad_row(ledger, tmp_path):
    lines = list(export(ledger.store.rows()))
    for place, bad in ((2, lines[2].replace("P2", "P9")), (4, "nonsense\n"), (0, "\n")):
        text = tmp_path / "bad.jsonl"
        text.write_text("".join([*lines[:place], bad, *lines[place + 1 :]]), encoding="utf-8")
        said = verify_alone(text)
        assert said.returncode == 1
        assert said.stdout.startswith(f"BAD  row {place + 1}: ")


def test_an_arm_as_a_code_is_found_by_the_one_file(ledger, tmp_path):
    rows = list(ledger.store.rows())
    body = {"participant": "drug", "stratum": "s1", "kit": "K7QX-9MR7"}
    rows.append(
        next_row(rows[-1], "allocated", actor="w", now=T0 + timedelta(hours=1), details=body)
    )
    assert not verify_rows(rows).bad
    assert "row 7: participant of 'allocated' is the name of an arm" in (
        verify_rows(rows, never_of("Drug")).bad
    )


def test_the_one_file_is_one_idea_and_imports_only_the_standard_library():
    text = FILE.read_text(encoding="utf-8")
    imported = [
        line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))
    ]
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert len(text.splitlines()) < 350  # an inspector can still read it in one sitting


def test_an_empty_ledger_is_bad():
    assert "empty" in verify_rows([]).bad


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_and_never_crash(raw):
    row = verify_ledger.Row(1, HEX, raw.decode("utf-8", "surrogateescape"))
    assert verify_rows([row]).bad_row == 1


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_is_judged_and_never_crashes(value):
    text = json.dumps({"seq": 1, "act": value, "details": value, "prev": value, "time": value})
    row = verify_ledger.Row(1, verify_ledger.row_hash(text), text)
    assert verify_rows([row]).bad_row == 1


@pytest.mark.parametrize("forged", ["true", "1.0"])
def test_a_number_written_in_another_way_is_a_fault(ledger, forged):
    """JSON's true and 1.0 equal 1 in Python; a row has one form."""
    first = next(ledger.store.rows())
    body = first.body.replace('"seq":1', f'"seq":{forged}')
    assert body != first.body
    row = verify_ledger.Row(1, verify_ledger.row_hash(body), body)
    assert "calls itself row" in verify_rows([row]).bad


def test_a_deep_nest_is_judged_and_never_crashes():
    text = "[" * 100_000
    assert verify_rows([verify_ledger.Row(1, verify_ledger.row_hash(text), text)]).bad
