"""The verb from cards to doses, in the folder of a sealed trial."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from click.testing import CliRunner

from equipoise.cli.main import cli
from equipoise.concealment.custody import read_share
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.lock import lock
from equipoise.concealment.seal.zones import read_boxed_kits
from equipoise.concealment.self_blinding.files import read_boxes, read_cards
from equipoise.concealment.self_blinding.unblinded_doses import (
    MISSED,
    NO_CARD,
    DoseDay,
    unblinded_doses,
    with_doses,
)
from equipoise.concealment.unblinding import unblind
from equipoise.errors import DataError
from equipoise.records import read_folder, write_folder

PLAN = """
contents: {sort 1: 4, sort 2: 4}
dose_days: [2027-01-04, 2027-01-07, 2027-01-11]
final_day: 2027-02-01
zone: Europe/London
participants:
  P01: {}
  P02: {zone: America/New_York, helper: yes}
"""


@pytest.fixture
def trial(zones, tmp_path):
    (tmp_path / "sachets.yaml").write_text(PLAN, encoding="utf-8")
    return zones


def equipoise(*words, code=0):
    done = CliRunner().invoke(cli, [str(word) for word in ("self-blind", *words)])
    assert done.exit_code == code, done.output
    return done.output


def step(trial, participant, name, day, *words, code=0, hour=9):
    when = ("--date", f"{day}T{hour:02}:00:00", "--by", "web")
    return equipoise("step", trial.folder, participant, name, *words, *when, code=code)


def share_of(trial, number):
    return trial.folder / "custodians" / f"share-{number}.txt"


@pytest.fixture
def opened(trial, tmp_path):
    """P01 went the whole way: day 2 missed, the card of day 3 lost. P02 has not begun."""
    equipoise("cards", trial.folder, tmp_path / "sachets.yaml", "--no-print")
    web = read_cards(trial.folder / "web" / "self_blinding" / "P01.json")
    answers = tmp_path / "answers.json"
    answers.write_text('{"guess": "unsure", "certainty": 30}', encoding="utf-8")
    step(trial, "P01", "begin", "2027-01-02")
    step(trial, "P02", "begin", "2027-01-02")
    step(trial, "P01", "prepare", "2027-01-02")
    step(trial, "P01", "pack", "2027-01-02", "--count", 4, "--count", 4)
    step(trial, "P01", "shuffle", "2027-01-02", "--drawn", 3, "--discarded")
    labels = [word for code in web.outer for word in ("--label", code)]
    step(trial, "P01", "label", "2027-01-02", *labels)
    for number, day in ((1, "2027-01-04"), (3, "2027-01-11")):
        step(trial, "P01", "dose", day, "--outer", web.outer[number - 1].lower())
        step(trial, "P01", "ask", day, "--day", number, "--answers", answers, hour=18)
        if number == 1:
            step(trial, "P01", "miss", "2027-01-07", "--day", 2, "--why", "could not")
    step(trial, "P01", "finish", "2027-02-01", "--answers", answers)
    card = web.inner[5]
    step(trial, "P01", "open", "2027-02-01", "--outer", web.outer[0], "--inner", card)
    step(trial, "P01", "lost", "2027-02-01", "--outer", web.outer[2])
    return web, card


def unblinded(trial, records, tmp_path):
    """Lock and unblind the sealed trial itself."""
    write_folder(records, tmp_path / "records")
    shares = [read_share(share_of(trial, k).read_text(encoding="utf-8")) for k in (1, 3)]
    connection = open_sqlite(trial.ledger("web"))
    ledger = Ledger(SqliteStore(connection))
    now = datetime(2027, 3, 1, tzinfo=UTC)
    lock(ledger, records, actor="manager", now=now)
    kits = read_boxed_kits(trial.boxed_kits)
    done = unblind(ledger, records, kits, shares, actor="statistician", now=now)
    connection.close()
    write_folder(done, tmp_path / "unblinded")


def test_from_cards_to_doses(trial, opened, records, tmp_path):
    web, card = opened
    listed = (trial.folder / "statistician" / "self_blinding" / "P01.csv").read_text("utf-8")
    meaning = dict(line.replace('"', "").split(",") for line in listed.splitlines()[1:])
    unblinded(trial, records, tmp_path)
    shares = ("--share", share_of(trial, 1), "--share", share_of(trial, 2))
    out = tmp_path / "with-doses"
    told = json.loads(
        equipoise("doses", trial.folder, tmp_path / "unblinded", *shares, "--out", out, "--json")
    )
    assert told["counts"] == {"known": 1, "card missing": 1, "missed": 1, "not reached": 3}
    found = read_folder(out)
    doses = found.doses.set_index("kit")["substance"]
    assert doses[web.outer[0]] == meaning[card]
    assert doses.isna()[web.outer[2]]  # a missing card stays unknown
    assert len(doses) == 2
    events = found.intercurrent_events.set_index("event")
    assert events.loc[MISSED, "detail"] == "dose day 2, could not"
    assert events.loc[NO_CARD, "day"] == 7


def test_doses_need_the_lock_the_unblinding_and_the_issued_boxes(trial, opened, records, tmp_path):
    shares = ("--share", share_of(trial, 1), "--share", share_of(trial, 2))
    write_folder(records, tmp_path / "blinded")
    given = ("doses", trial.folder, tmp_path / "blinded", *shares, "--out", tmp_path / "out")
    assert "is blinded" in equipoise(*given, code=1)
    cards = {
        who: read_cards(trial.folder / "web/self_blinding" / f"{who}.json")
        for who in ("P01", "P02")
    }
    boxes = {
        who: read_boxes(trial.folder / "allocator/self_blinding" / f"{who}.jsonl") for who in cards
    }
    both = [read_share(share_of(trial, k).read_text(encoding="utf-8")) for k in (1, 2)]
    connection = open_sqlite(trial.ledger("web"))
    with pytest.raises(DataError, match="not locked"):
        unblinded_doses(Ledger(SqliteStore(connection)), both, cards, boxes)
    connection.close()
    unblinded(trial, records, tmp_path)
    connection = open_sqlite(trial.ledger("web"))
    ledger = Ledger(SqliteStore(connection))
    assert len(unblinded_doses(ledger, both, cards, boxes)) == 6
    with pytest.raises(DataError, match="2 shares open the blind"):
        unblinded_doses(ledger, both[:1], cards, boxes)
    with pytest.raises(DataError, match="root differs"):
        unblinded_doses(ledger, both, cards, boxes | {"P01": boxes["P01"][::-1]})
    with pytest.raises(DataError, match="not those that the ledger tells of"):
        unblinded_doses(ledger, both, cards | {"P01": cards["P02"]}, boxes)
    with pytest.raises(DataError, match="of P02 are missing"):
        unblinded_doses(ledger, both, {"P01": cards["P01"]}, boxes)
    connection.close()


def test_an_unknown_content_is_told_and_days_can_have_visits(trial, opened, records, tmp_path):
    web, _ = opened
    unblinded(trial, records, tmp_path)
    held = read_folder(tmp_path / "unblinded")
    days = (
        DoseDay("P01", 1, 0, web.outer[0], "sort 1", "known"),
        DoseDay("P01", 3, 7, web.outer[2], "", "card missing"),
    )
    found = with_doses(held, days, {1: "week 6"})
    assert "content of 1 taken sachets is not known" in found.warnings[-1]
    assert list(found.doses["visit"].fillna("")) == ["week 6", ""]
    blinded = pd.DataFrame({"participant": ["P01"], "kit": [web.outer[0]]})
    again = with_doses(replace(held, doses=blinded), days)  # the row of the blinded records goes
    assert list(again.doses["substance"].fillna("")) == ["sort 1", ""]


def test_what_was_recorded_is_proved_and_refusals_are_kept(trial, opened):
    web, _ = opened
    refused = step(
        trial, "P02", "open", "2027-02-02", "--outer", web.outer[0], "--inner", web.inner[0], code=1
    )
    assert "stay sealed" in refused
    told = json.loads(equipoise("prove", trial.folder, "--json"))
    assert told["passed"]
    assert [one["refused"] for one in told["participants"]] == [0, 1]
    words = equipoise("prove", trial.ledger("web"), "--participant", "P01")
    assert "P01: 2 of 3 doses taken, 1 missed, 2 answered; 1 cards opened, 1 reported" in words
    assert "P02" not in words
    assert "has no cards" in equipoise("prove", trial.folder, "--participant", "P09", code=1)


def test_a_changed_ledger_fails_with_its_row(trial, opened, tmp_path):
    copy = tmp_path / "copy.sqlite"
    shutil.copy(trial.ledger("web"), copy)
    connection = open_sqlite(copy)
    connection.execute("DROP TRIGGER ledger_no_update")
    connection.execute("UPDATE ledger SET body = replace(body, 'P01', 'P03') WHERE seq = 9")
    connection.close()
    told = equipoise("prove", copy, "--json", code=1)
    assert '"row": 9' in told


def test_cards_lie_in_their_zones_and_are_issued_once(trial, tmp_path):
    plan = tmp_path / "sachets.yaml"
    told = json.loads(
        "{"
        + equipoise("cards", trial.folder, plan, "--participant", "P02", "--json")
        .split("{", 1)[1]
        .rsplit("}", 1)[0]
        + "}"
    )
    assert [(one["participant"], one["inner"], one["helper"]) for one in told["cards"]] == [
        ("P02", 3, True)
    ]
    found = {
        str(p.relative_to(trial.folder))
        for p in trial.folder.rglob("*")
        if "self_blinding" in str(p) and p.is_file()
    }
    assert found == {
        "web/self_blinding/P02.json",
        "allocator/self_blinding/P02.jsonl",
        "statistician/self_blinding/P02.csv",
        *(
            f"print/self_blinding/P02/{name}.pdf"
            for name in ("instructions", "outer-labels", "helper-sheet-SEAL-UNREAD")
        ),
    }
    web = (trial.folder / "web/self_blinding/P02.json").read_text(encoding="utf-8")
    assert "box" not in web
    for zone in ("allocator", "statistician"):
        for path in (trial.folder / zone / "self_blinding").iterdir():
            assert path.stat().st_mode & 0o077 == 0
    assert "issued once" in equipoise("cards", trial.folder, plan, "--participant", "P02", code=1)
    assert "no participant P07" in equipoise(
        "cards", trial.folder, plan, "--participant", "P07", code=1
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("participants: {P01: {}}", "cannot be read"),
        (PLAN.replace("zone: Europe/London", "zone: Nowhere"), "participant P01"),
        (PLAN.replace("helper: yes", "helper: perhaps"), "helper is yes or no"),
        (PLAN.replace("final_day", "last_day"), "no 'last_day' in a plan"),
        (PLAN.replace("2027-01-07", "7 January"), "cannot be read"),
        ("contents: [", "is no YAML"),
        ("- P01", "must hold contents"),
        ("contents: {a: 1, b: 1}", "names no participants"),
    ],
)
def test_a_plan_that_cannot_be_read_says_where(tmp_path, text, message):
    path = tmp_path / "sachets.yaml"
    path.write_text(text, encoding="utf-8")
    assert message in equipoise("judge", path, code=1)


def test_judging_prints_and_warns(trial, tmp_path):
    plan = tmp_path / "sachets.yaml"
    # by hand: 1/2, 4/7, 3/7 2/3 + 4/7 1/2; their mean is 0.5476
    assert "by the convergence strategy                0.548" in equipoise("judge", plan)
    plan.write_text(
        PLAN.replace("{sort 1: 4, sort 2: 4}", "{sort 1: 2, sort 2: 2}"), encoding="utf-8"
    )
    told = json.loads(equipoise("judge", plan, "--json"))
    assert "we advise against" in told["plans"][0]["warnings"][0]


def test_a_wrong_code_is_told_as_one(trial, opened):
    told = step(trial, "P02", "dose", "2027-02-02", "--outer", "AAAA-AAAA", code=1)
    assert "is no kit code" in told
    assert "There are no cards" in step(trial, "P77", "prepare", "2027-01-02", code=1)
