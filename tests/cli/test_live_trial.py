"""A sealed trial at work, as people type it: kits, a crash between two ledgers, a break, a lock."""

import csv
import importlib.util
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from nacl.pwhash import argon2id

from equipoise.cli import allocate_live
from equipoise.concealment.allocator_home import Home
from equipoise.concealment.opened_ledger import opened_ledger
from equipoise.concealment.seal.zones import Zones
from equipoise.errors import DataError
from equipoise.protocol import read_protocol
from equipoise.records import BlindedRecords, read_folder, write_folder

_spec = importlib.util.spec_from_file_location(
    "postgres", Path(__file__).parents[1] / "concealment" / "postgres.py"
)
assert _spec is not None
assert _spec.loader is not None
postgres = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(postgres)

PROTOCOL = """
identifier: LSD-1
title: A made trial
design: {kind: parallel}
arms:
  - {name: microdose, role: active}
  - {name: placebo, role: placebo}
contrast: [microdose, placebo]
instruments: {PHQ-9: {instrument: PHQ-9, role: primary}}
visits: [{name: baseline, day: 0, baseline: true}, {name: week 6, day: 42}]
allocation:
  procedure: big stick by site
  method: big-stick
  parameters: {limit: 3}
  factors: {site: {levels: [London, Zürich]}}
"""
PASS = "correct horse battery"  # noqa: S105
CHEAP = argon2id.str(PASS.encode(), argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN).decode()
BREAK = ("--by", "dr.low", "--category", "pregnancy", "--reason", "r", "--treatment-differs")
SHARES = ("--share", "sealed/custodians/share-1.txt", "--share", "sealed/custodians/share-3.txt")


@pytest.fixture
def trial(run, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    run("seal", "protocol.yaml", "--out", "sealed", "--no-print", "--slots", "8")
    home = Home(Zones(tmp_path / "sealed"))
    opened = home.open()
    opened.execute("INSERT INTO people VALUES ('dr.low', 'physician', ?)", (CHEAP,))
    opened.close()
    (tmp_path / "passphrase").write_text(PASS + "\n")
    return home


@pytest.fixture
def give(run):
    def call(participant, stratum="London"):
        return run(
            "allocate", "next", "sealed", "--here",
            "--participant", participant, "--stratum", stratum,
        )  # fmt: skip

    return call


@pytest.fixture
def records(tmp_path):
    def write(people, name="records"):
        scores = pd.DataFrame(
            {"participant": people, "visit": "week 6", "instrument": "PHQ-9", "value": 3}
        )
        plan = read_protocol(tmp_path / "protocol.yaml")
        write_folder(BlindedRecords(protocol=plan, scores=scores), tmp_path / name)

    return write


@pytest.fixture
def break_(run):
    return lambda who: run(
        "break", "sealed", who, "--here", "--passphrase-file", "passphrase", *BREAK
    )


def acts(home, chain):
    with opened_ledger(str(home.zones.ledger(chain))) as ledger:
        return [json.loads(row.body) for row in ledger.store.rows()]


def people_of(home, chain, act="allocated"):
    return [b["details"]["participant"] for b in acts(home, chain) if b["act"] == act]


def test_a_program_that_dies_before_the_webs_ledger_is_made_good_by_the_same_request(
    run, trial, give, monkeypatch
):
    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(allocate_live, "tell_web", dies)
        assert give("P1").exit_code != 0
    assert (people_of(trial, "web"), people_of(trial, "allocator")) == ([], ["P1"])
    assert run("verify", "sealed").exit_code == 1
    again = give("P1")
    assert again.stdout.startswith("P1: kit ")
    assert people_of(trial, "web") == ["P1"]
    assert run("verify", "sealed").exit_code == 0
    give("P1")
    assert people_of(trial, "web") == ["P1"]


def test_whoever_writes_first_writes_in_the_allocators_order(run, trial, give):
    asked = {"stratum": "London", "request": "k"}
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert trial.answer(lambda: now, "allocate", participant="P1", **asked)["ok"]
    give("P2")
    give("P1", "Zürich")  # refused, and nothing is written
    assert people_of(trial, "web") == ["P1", "P2"]
    assert run("verify", "sealed").exit_code == 0


def test_a_full_disk_of_the_webs_ledger_is_told_and_made_good(run, trial, give, monkeypatch):
    full = sqlite3.OperationalError("database or disk is full")

    def fails(*args, **kwargs):
        raise full

    with monkeypatch.context() as patch:
        patch.setattr("equipoise.concealment.web_chain.Ledger.append", fails)
        patch.setattr(allocate_live, "answered", _without_ledger(allocate_live.answered))
        told = give("P1")
    assert told.exit_code == 1
    assert "P1 has a kit, which the web's ledger lacks" in told.stderr
    assert "disk is full" in told.stderr
    give("P1")
    assert run("verify", "sealed").exit_code == 0


def _without_ledger(real):
    """Answer `allocate` with what it would have answered; the allocator's disk is well."""

    def answer(home, verb, *, here, **values):
        if verb == "allocate":
            return {"kit": "AAAA-AAAA", "stratum": "s1", "head": "0" * 64, "replayed": False}
        return {"rows": [(9, "1" * 64, ROW)] if not values["after"] else []}

    return answer


ROW = json.dumps({
    "act": "allocated", "actor": "allocator", "seq": 9,
    "details": {"participant": "P1", "stratum": "s1", "kit": "AAAA-AAAA"},
})  # fmt: skip


def test_the_arm_is_shown_at_night_though_the_webs_ledger_fails(
    run, trial, give, break_, monkeypatch
):
    give("P1")

    def fails(*args, **kwargs):
        raise DataError("no disk")

    with monkeypatch.context() as patch:
        patch.setattr("equipoise.cli.break_.tell_web", fails)
        shown = break_("P1")
    assert shown.exit_code == 0
    assert shown.stdout.split(": ")[1].strip() in {"microdose", "placebo"}
    assert "no disk" in shown.stderr
    assert people_of(trial, "web", "code broken") == []
    lacks = run("verify", "sealed")
    assert (lacks.exit_code, "a code break unknown to the web" in lacks.stdout) == (1, True)
    give("P2")
    assert people_of(trial, "web", "code broken") == ["P1"]
    assert [b["actor"] for b in acts(trial, "web") if b["act"] == "code broken"] == ["dr.low"]
    assert run("verify", "sealed").exit_code == 0


def test_no_passphrase_on_the_command_line(run, trial, give):
    give("P1")
    told = run("break", "sealed", "P1", "--here", "--passphrase", PASS, *BREAK)
    assert told.exit_code == 2
    assert "received" not in told.output
    assert run("allocate", "person", "sealed", "n", "--role", "x", "--passphrase", PASS).exit_code


def test_a_lock_stops_the_allocator_and_makes_the_webs_ledger_whole(
    request, run, trial, records, monkeypatch
):
    give, break_ = request.getfixturevalue("give"), request.getfixturevalue("break_")
    for who in ("P1", "P2", "P3"):
        give(who)
    with monkeypatch.context() as patch:
        patch.setattr(allocate_live, "tell_web", lambda *_args, **_named: None)
        patch.setattr("equipoise.cli.break_.tell_web", lambda *_args, **_named: None)
        give("P4", "Zürich")
        break_("P2")
    records(["P1", "P2", "P3", "P4"])
    done = run("lock", "sealed", "records", "--by", "dm")
    assert done.exit_code == 0
    assert "no more kits are given" in done.stdout
    assert [acts(trial, chain)[-1]["act"] for chain in ("web", "allocator")] == ["locked"] * 2
    late = give("P5")
    assert (late.exit_code, "trial is locked" in late.stderr) == (1, True)
    assert people_of(trial, "web") == ["P1", "P2", "P3", "P4"]
    assert run("verify", "sealed").exit_code == 0
    run("unblind", "sealed", "records", *SHARES, "--by", "s", "--out", "open")
    opened = read_folder("open")
    assert len(opened.allocations) == 4
    assert list(opened.intercurrent_events["participant"]) == ["P2"]
    again = run("lock", "sealed", "records", "--by", "dm")
    assert (again.exit_code, "A lock stands" in again.stderr) == (1, True)


def test_a_lock_that_reached_only_the_allocator_is_finished_with_the_same_records(
    run, trial, give, records
):
    give("P1")
    records(["P1"])
    records(["P1", "P9"], "others")
    half = run("lock", "sealed", "records", "--by", "dm", "--ledger", trial.database)
    assert half.exit_code == 0
    other = run("lock", "sealed", "others", "--by", "dm")
    assert (other.exit_code, "locked on" in other.stderr) == (1, True)
    assert "for other records" in other.stderr
    assert run("lock", "sealed", "records", "--by", "dm").exit_code == 0
    assert [b["act"] for b in acts(trial, "web")].count("locked") == 1
    assert [b["act"] for b in acts(trial, "allocator")].count("locked") == 1


def test_a_lock_beside_the_wrong_allocator_is_refused(run, trial, give, records, tmp_path):
    give("P1")
    records(["P1"])
    for end in ("-wal", "-shm"):
        trial.zones.ledger("allocator").with_name(f"ledger.sqlite{end}").unlink(missing_ok=True)
    run("seal", "protocol.yaml", "--out", "second", "--no-print", "--slots", "8")
    (tmp_path / "second/allocator/ledger.sqlite").replace(trial.zones.ledger("allocator"))
    done = run("lock", "sealed", "records", "--by", "dm")
    assert (done.exit_code, "The two ledgers differ" in done.stderr) == (1, True)
    assert "--database" in done.stderr
    assert acts(trial, "web")[-1]["act"] == "allocated"


LOOK = ("--committee", "DMC-1", "--reason", "Charter 4.2: five events", "--by", "dmc.stat")


def test_the_interim_door_is_on_record_and_tells_one_file_alone(run, trial, give, tmp_path):
    for who in ("P1", "P2", "P3"):
        give(who)
    with (tmp_path / "sealed/statistician/list.csv").open(encoding="utf-8") as stream:
        arms = {row["kit"]: row["arm"] for row in csv.DictReader(stream)}
    done = run("interim", "sealed", *SHARES, *LOOK, "--out", "look.csv")
    assert done.exit_code == 0
    assert "3 participants so far, for DMC-1" in done.stdout
    assert not [arm for arm in set(arms.values()) if arm in done.output]
    assert (tmp_path / "look.csv").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "look.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["participant"] for row in rows] == ["P1", "P2", "P3"]
    assert all(arms[row["kit"]] == row["arm"] for row in rows)
    for chain in ("web", "allocator"):
        last = acts(trial, chain)[-1]
        assert (last["act"], last["actor"]) == ("interim door opened", "dmc.stat")
        assert last["details"].keys() == {"committee", "reason", "participants"}
        assert "five events" not in json.dumps(last)
    assert run("verify", "sealed").exit_code == 0
    assert give("P4").exit_code == 0


@pytest.mark.parametrize(
    ("shares", "more", "told"),
    [
        (SHARES[:2], (), "2 shares open the blind, and 1 came"),
        ((), (), "2 shares open the blind, and 0 came"),
        (SHARES, ("--reason", " "), "needs a reason"),
        (SHARES, ("--committee", "DMC one"), "committee of 'interim door opened' must be a code"),
    ],
)
def test_the_interim_door_stays_shut_and_leaves_no_row(request, run, shares, more, told):
    trial, give = request.getfixturevalue("trial"), request.getfixturevalue("give")
    give("P1")
    done = run("interim", "sealed", *shares, *LOOK, *more, "--out", "look.csv")
    assert (done.exit_code, told in done.stderr) == (1, True)
    assert not Path("look.csv").exists()
    for chain in ("web", "allocator"):
        assert "interim door opened" not in [body["act"] for body in acts(trial, chain)]


def test_the_rows_of_the_interim_door_stand_before_a_box_is_opened(run, trial, give, monkeypatch):
    give("P1")

    def fails(*args, **kwargs):
        raise DataError("a box does not open")

    with monkeypatch.context() as patch:
        patch.setattr("equipoise.concealment.interim.open_kit", fails)
        assert run("interim", "sealed", *SHARES, *LOOK, "--out", "look.csv").exit_code == 1
    assert [acts(trial, c)[-1]["act"] for c in ("web", "allocator")] == ["interim door opened"] * 2


def test_no_interim_door_after_the_lock(run, trial, give, records):
    give("P1")
    records(["P1"])
    run("lock", "sealed", "records", "--by", "dm")
    done = run("interim", "sealed", *SHARES, *LOOK, "--out", "look.csv")
    assert (done.exit_code, "The trial is locked" in done.stderr) == (1, True)


def test_a_folder_whose_keys_were_exchanged_is_found_by_a_key_that_somebody_kept(run, trial):
    public = json.loads(trial.zones.public_seal.read_text("utf-8"))
    assert run("verify", "sealed", "--key", public["ledger_keys"]["web"]).exit_code == 0
    done = run("verify", "sealed", "--key", "ab" * 32)
    assert (done.exit_code, "signed by other keys" in done.stdout) == (1, True)


def test_a_whole_trial_whose_allocator_keeps_its_ledger_in_postgresql(run, trial, records):
    if postgres.binaries() is None:
        pytest.skip(postgres.WHY_NOT)
    with postgres.server() as address:
        where = ("--database", address)
        for who in ("P1", "P2"):
            given = ("--here", *where, "--participant", who, "--stratum", "London")
            assert run("allocate", "next", "sealed", *given).exit_code == 0
        records(["P1", "P2"])
        alone = run("lock", "sealed", "records", "--by", "dm")
        assert (alone.exit_code, "name it: --database" in alone.stderr) == (1, True)
        done = run("interim", "sealed", *SHARES, *LOOK, "--out", "look.csv", *where)
        assert done.exit_code == 0
        assert run("lock", "sealed", "records", "--by", "dm", *where).exit_code == 0
        late = ("--here", *where, "--participant", "P3", "--stratum", "London")
        assert "trial is locked" in run("allocate", "next", "sealed", *late).stderr
        assert run("verify", "sealed", *where).exit_code == 0


def test_whatever_stops_a_break_the_paper_card_is_named(run, trial, give):
    give("P1")
    word = ("--passphrase-file", "passphrase")
    down = run("break", "sealed", "P1", *word, *BREAK)
    assert (down.exit_code, "No allocator listens" in down.stderr) == (1, True)
    nobody = run("break", "sealed", "P9", "--here", *word, *BREAK)
    damaged = trial.zones.ledger("allocator")
    for end in ("-wal", "-shm"):
        damaged.with_name(f"ledger.sqlite{end}").unlink(missing_ok=True)
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    broken = run("break", "sealed", "P1", "--here", *word, *BREAK)
    for told in (down, nobody, broken):
        assert told.exit_code == 1
        assert told.stderr.count("emergency card of the kit can be opened at any time") == 1
        assert "Traceback" not in told.output
