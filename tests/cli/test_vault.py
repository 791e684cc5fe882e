"""The verbs of the vault, as people type them: seal, verify, lock, unblind, reveal."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from equipoise.concealment.live_draws import live_kits
from equipoise.concealment.opened_ledger import opened_ledger
from equipoise.concealment.seal.zones import read_opening
from equipoise.protocol import read_protocol
from equipoise.records import BlindedRecords, read_allocation_account, read_folder, write_folder

HEAD = """
identifier: LSD-1
title: A made trial
design: {kind: parallel}
arms:
  - {name: microdose, role: active}
  - {name: placebo, role: placebo}
contrast: [microdose, placebo]
instruments: {PHQ-9: {instrument: PHQ-9, role: primary}}
visits: [{name: baseline, day: 0, baseline: true}, {name: week 6, day: 42}]
"""
BY_SITE = """
allocation:
  procedure: big stick by site
  method: big-stick
  parameters: {limit: 3}
  factors: {site: {levels: [London, Zürich]}}
"""
MINIMISED = """
allocation:
  procedure: minimisation
  method: minimisation
  factors: {site: {levels: [London, Zürich]}}
"""
DATE = ("--date", "2026-11-25T09:00:00")
SHARES = [f"sealed/custodians/share-{k}.txt" for k in (1, 2, 3)]


@pytest.fixture
def seal(run, tmp_path):
    """Write a protocol, and seal it without printing."""

    def call(*options, text=HEAD + BY_SITE):
        (tmp_path / "protocol.yaml").write_text(text, encoding="utf-8")
        return run("seal", "protocol.yaml", "--out", "sealed", "--no-print", *DATE, *options)

    return call


@pytest.fixture
def trial(seal, tmp_path):
    """A sealed trial in which six people were enrolled and measured."""
    assert seal("--slots", 8).exit_code == 0
    with (tmp_path / "sealed/statistician/list.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with opened_ledger(str(tmp_path / "sealed/web/ledger.sqlite")) as ledger:
        for number in range(6):
            stratum = ("s1", "s2")[number % 2]
            own = [row for row in rows if row["stratum"] == stratum]
            ledger.append(
                "allocated",
                actor="web",
                now=datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=number),
                participant=f"P{number}",
                stratum=stratum,
                kit=own[number // 2]["kit"],
            )
    people = [f"P{number}" for number in range(6)]
    scores = pd.DataFrame(
        {"participant": people, "visit": "week 6", "instrument": "PHQ-9", "value": range(6)}
    )
    plan = read_protocol(tmp_path / "protocol.yaml")
    write_folder(BlindedRecords(protocol=plan, scores=scores), tmp_path / "records")
    return {row["kit"]: row["arm"] for row in rows}


def test_sealing_tells_hashes_and_no_secret(seal, tmp_path):
    done = seal("--slots", 8)
    assert done.exit_code == 0
    public = json.loads((tmp_path / "sealed/web/seal.json").read_text(encoding="utf-8"))
    assert public["commitment"] in done.stdout
    assert public["root"] in done.stdout
    assert "16; London: 8; Zürich: 8" in done.stdout
    assert "big stick with limit 3" in done.stderr
    assert "Guess rate of the next arm" in done.stderr
    opening = json.loads((tmp_path / "sealed/statistician/opening.json").read_text("utf-8"))
    secrets = [opening["key"], opening["nonce"], *_key_files(tmp_path)]
    assert not [text for text in secrets if text in done.output]
    assert "microdose" not in done.stdout


def _key_files(folder):
    names = ("allocator/break_key", "allocator/signing_key", "web/signing_key")
    return [(folder / "sealed" / name).read_text().strip() for name in names]


def test_seal_as_json(seal, tmp_path):
    told = json.loads(seal("--slots", 8, "--json").stdout)
    public = json.loads((tmp_path / "sealed/web/seal.json").read_text(encoding="utf-8"))
    assert told["commitment"] == public["commitment"]
    assert (told["kits"], told["custodians"], told["box_bytes"]) == (16, [2, 3], 112)


def test_the_folder_is_its_owners_and_never_written_over(seal, tmp_path):
    seal("--slots", 8)
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o700
    again = seal("--slots", 8)
    assert again.exit_code == 1
    assert "never written over" in again.stderr


@pytest.mark.parametrize(
    ("options", "text", "told"),
    [
        ((), HEAD + BY_SITE, "How long is the list?"),
        (("--slots", 8, "--stratum", "London=8"), HEAD + BY_SITE, "Give one"),
        (("--stratum", "London=8"), HEAD + BY_SITE, "London; Zürich"),
        (("--stratum", "London"), HEAD, "NAME=VALUE"),
        (("--stratum", "London=x"), HEAD, "whole number"),
        (("--stratum", "a=2", "--stratum", "a=3"), HEAD, "twice"),
        (("--slots", 8, "--procedure", "urn"), HEAD + BY_SITE, "leave out"),
        (("--slots", 8), HEAD + "allocation: {procedure: by envelope}", "by envelope"),
        (("--slots", 8), HEAD + MINIMISED, "--arm-kits"),
        (("--slots", 8, "--procedure", "thompson"), HEAD, "looks at outcomes"),
        (("--slots", 8, "--procedure", "nothing"), HEAD, "no procedure"),
        (("--slots", 8, "--parameter", "limt=3"), HEAD, "limt"),
        (("--slots", 8, "--custodians", 2, "--needed", 3), HEAD, "threshold"),
        (("--slots", 8, "--break-key", "missing"), HEAD, "no file missing"),
        (("--beacon", "8f"), HEAD, "There is no file"),
    ],
)
def test_what_cannot_be_sealed_says_why_and_leaves_nothing(seal, tmp_path, options, text, told):
    done = seal(*options, text=text)
    assert done.exit_code in (1, 2)
    assert told in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["protocol.yaml"]


def test_a_live_procedure_seals_kits_and_gives_the_allocator_its_key(seal, tmp_path):
    kits = ("--arm-kits", "microdose=5", "--arm-kits", "placebo=4")
    done = seal(*kits, "--json", text=HEAD + MINIMISED)
    assert json.loads(done.stdout)["strata"] == {"pool": 9}
    assert (tmp_path / "sealed/allocator/opening.json").stat().st_mode & 0o777 == 0o600


def test_the_default_procedure_is_said(seal):
    done = seal("--slots", 20, text=HEAD)
    assert "big stick with limit 5 (hard to guess)" in done.stderr


def test_a_guessable_procedure_is_warned_of(seal):
    blocks = ("--procedure", "permuted-blocks", "--parameter", "size=4")
    done = seal("--slots", 20, *blocks, text=HEAD)
    assert "0.708" in done.stderr  # design.md: blocks of 4
    assert "warning:" in done.stderr


def test_a_beacon_is_announced_first_and_mixed_in_later(seal, run, tmp_path):
    first = seal("--slots", 8, "--announce", "drand round 9000000")
    assert first.exit_code == 0
    assert not (tmp_path / "sealed/web/seal.json").exists()
    second = seal("--beacon", "8f2c00aa")
    assert second.exit_code == 0
    commitment = (tmp_path / "sealed/commitment.txt").read_text().strip()
    assert commitment in first.stdout
    assert commitment in second.stdout
    assert run("verify", "sealed").exit_code == 0
    assert "sealed already" in seal("--beacon", "8f2c00aa").stderr


def test_an_allocators_own_key_leaves_no_private_one_here(seal, tmp_path):
    (tmp_path / "public").write_text("11" * 32)
    assert seal("--slots", 4, "--break-key", "public").exit_code == 0
    assert not (tmp_path / "sealed/allocator/break_key").exists()


def test_the_whole_way_from_seal_to_account(run, trial, tmp_path):
    assert run("verify", "sealed").exit_code == 0
    share = [word for path in SHARES[:2] for word in ("--share", path)]
    early = run("unblind", "sealed", "records", *share, "--by", "s", "--out", "open")
    assert (early.exit_code, "not locked" in early.stderr) == (1, True)
    locked = run("lock", "sealed", "records", "--by", "dm", "--date", "2027-03-01T10:00:00")
    assert locked.exit_code == 0
    one = run("unblind", "sealed", "records", *share[:2], "--by", "s", "--out", "open")
    assert (one.exit_code, "2 shares open the blind" in one.stderr) == (1, True)
    assert not (tmp_path / "open").exists()
    done = run("unblind", "sealed", "records", *share, "--by", "s", "--out", "open", "--json")
    assert json.loads(done.stdout)["participants"] == 6
    with opened_ledger(str(tmp_path / "sealed/web/ledger.sqlite")) as ledger:
        kits = {b["details"]["participant"]: b["details"]["kit"] for b in ledger.acts("allocated")}
    rows = read_folder(tmp_path / "open").allocations
    given = dict(zip(rows["participant"], rows["arm"], strict=True))
    assert given == {person: trial[kit] for person, kit in kits.items()}
    account = ("--protocol", "protocol.yaml", "--account", "account.json")
    found = run("reveal", "sealed", *share, "--by", "s", *account, "--json")
    assert json.loads(found.stdout)["passed"]
    assert read_allocation_account(tmp_path / "account.json").revealed
    assert run("verify", "sealed").exit_code == 0


def test_with_the_allocator_from_the_first_kit_to_the_report(run, seal, tmp_path):
    """Kits and a code break through the allocator's own verbs; the web misses one row of each."""
    assert seal("--slots", 8).exit_code == 0
    for person, site in (("P1", "London"), ("P2", "Zürich"), ("P3", "London")):
        words = ("--participant", person, "--stratum", site, "--here")
        assert run("allocate", "next", "sealed", *words).exit_code == 0
    (tmp_path / "word").write_text("correct horse battery\n")
    word = ("--passphrase-file", "word")
    assert run("allocate", "person", "sealed", "dr", "--role", "physician", *word).exit_code == 0
    why = ("--category", "pregnancy", "--reason", "test", "--treatment-differs", "--here")
    web = tmp_path / "sealed/web/ledger.sqlite"
    aside = web.rename(tmp_path / "aside")  # the web is down: it hears of neither
    broken = run("break", "sealed", "P2", "--by", "dr", *word, *why)
    assert broken.exit_code == 0
    late = ("--participant", "P4", "--stratum", "Zürich", "--here")
    assert run("allocate", "next", "sealed", *late).exit_code == 0
    aside.rename(web)
    verified = run("verify", "sealed")
    assert "allocator row" in verified.stdout
    assert "unknown to the web" in verified.stdout
    write_folder(
        BlindedRecords(protocol=read_protocol(tmp_path / "protocol.yaml")), tmp_path / "records"
    )
    assert run("lock", "sealed", "records", "--by", "dm").exit_code == 0
    refused = run(
        "allocate", "next", "sealed", "--participant", "P5", "--stratum", "London", "--here"
    )
    assert (refused.exit_code, "locked" in refused.stderr) == (1, True)
    share = [word for name in SHARES[:2] for word in ("--share", name)]
    done = run("unblind", "sealed", "records", *share, "--by", "s", "--out", "open", "--json")
    told = json.loads(done.stdout)
    assert (told["participants"], told["code_broken"]) == (4, 1)
    opened = read_folder(tmp_path / "open")
    events = opened.intercurrent_events
    assert list(events["participant"]) == ["P2"]
    assert not any("ledgers differ" in warning for warning in opened.warnings)
    assert run("verify", "sealed").exit_code == 0  # the lock told the web of both
    arm = dict(zip(opened.allocations["participant"], opened.allocations["arm"], strict=True))["P2"]
    assert arm in broken.stdout
    assert run("reveal", "sealed", *share, "--by", "s").exit_code == 0


def test_a_live_trial_is_drawn_again_from_levels(run, seal, tmp_path):
    kits = ("--arm-kits", "microdose=5", "--arm-kits", "placebo=5")
    assert seal(*kits, text=HEAD + MINIMISED).exit_code == 0
    sites = ["London", "Zürich", "London", "London"]
    opening = read_opening(tmp_path / "sealed/allocator/opening.json")
    with opened_ledger(str(tmp_path / "sealed/web/ledger.sqlite")) as ledger:
        for number, kit in enumerate(live_kits(opening, [{"site": site} for site in sites])):
            details = {"participant": f"P{number}", "stratum": "pool", "kit": kit}
            now = datetime(2026, 12, 1, number, tzinfo=UTC)
            ledger.append("allocated", actor="web", now=now, **details)
    plan = read_protocol(tmp_path / "protocol.yaml")
    write_folder(BlindedRecords(protocol=plan), tmp_path / "records")
    run("lock", "sealed", "records", "--by", "dm")
    rows = "".join(f"P{number},{site}\n" for number, site in enumerate(sites))
    (tmp_path / "levels.csv").write_text("participant,site\n" + rows, encoding="utf-8")
    found = json.loads(
        run("reveal", "sealed", "--by", "s", "--people", "levels.csv", "--json").stdout
    )
    assert found["passed"]
    assert "4 arms drawn again, and their kits" in found["checked"]
    (tmp_path / "levels.csv").write_text("who,site\nP0,London\n", encoding="utf-8")
    assert (
        "column participant"
        in run("reveal", "sealed", "--by", "s", "--people", "levels.csv").stderr
    )


def test_reveal_fails_with_the_place_of_a_swapped_box(run, trial, tmp_path):
    run("lock", "sealed", "records", "--by", "dm")
    path = tmp_path / "sealed/allocator/kits.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[2]["final_box"], rows[3]["final_box"] = rows[3]["final_box"], rows[2]["final_box"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    share = [word for name in SHARES[:2] for word in ("--share", name)]
    done = run("reveal", "sealed", *share, "--by", "s")
    assert done.exit_code == 1
    assert done.stdout.startswith("FAIL")
    assert "stratum s1, slot 3: A box belongs to another kit" in done.stdout
    assert "stratum s1, slot 4" in done.stdout
    verified = run("verify", "sealed")
    assert verified.exit_code == 1
    assert "a box was changed" in verified.stdout


def test_verify_finds_a_cut_ledger_by_the_head_that_somebody_kept(run, trial, tmp_path):
    import sqlite3  # noqa: PLC0415

    ledger = tmp_path / "sealed/web/ledger.sqlite"
    connection = sqlite3.connect(ledger)
    connection.execute("DROP TRIGGER ledger_no_delete")
    connection.execute("DELETE FROM ledger WHERE seq > 2")
    connection.commit()
    connection.close()
    done = run("verify", "sealed")
    assert done.exit_code == 1
    assert "cut off; the head knows 3 rows" in done.stdout


def test_verify_of_one_ledger_with_a_head_and_key(run, trial, tmp_path):
    key = json.loads((tmp_path / "sealed/web/seal.json").read_text("utf-8"))["ledger_keys"]["web"]
    words = ("sealed/web/ledger.sqlite", "--head", "sealed/heads/web-3.json", "--key")
    assert run("verify", *words, key).exit_code == 0
    wrong = run("verify", *words, "00" * 32)
    assert (wrong.exit_code, "signature" in wrong.stdout) == (1, True)
    told = json.loads(run("verify", *words, key, "--json").stdout)
    assert told["passed"]
    assert len(told["checked"]) == 2


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "nowhere"),
        ("lock", "nowhere", "records", "--by", "x"),
        ("reveal", "nowhere", "--by", "x"),
        ("unblind", "nowhere", "records", "--by", "x", "--out", "y"),
        ("unblind", "sealed", "records", "--share", "nowhere", "--by", "x", "--out", "y"),
        ("lock", "sealed", "records", "--by", "two words"),
        ("lock", "sealed", "records", "--by", "placebo"),
        ("lock", "sealed", "nowhere", "--by", "x"),
    ],
)
def test_what_is_missing_is_told(run, trial, words):
    done = run(*words)
    assert done.exit_code == 1
    assert done.stderr.startswith("equipoise: ")
    assert done.stdout == ""
