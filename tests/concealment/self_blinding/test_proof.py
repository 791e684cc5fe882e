"""Proof from the rows: it holds for what happened, and each forgery is found at its row."""

import copy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from equipoise.concealment.ledger import export
from equipoise.concealment.self_blinding import Event
from equipoise.concealment.self_blinding.ledgered import answers_hash, issue, record
from equipoise.concealment.self_blinding.proof import IN_ORDER, prove
from equipoise.concealment.verify_ledger import HASH, Row, main
from equipoise.errors import DataError

ORDERED, DOSED = IN_ORDER, "each opened sachet was taken on its day"
GUESSES = "every dose and every guess came before any opening"
CODES = "no code was used twice"
ENDED = "nothing was opened before the last questionnaire"
LINK = "the helper's link was used once at most"


@pytest.fixture(scope="module")
def rows(made, issued, helped):
    return list(made.recorded(issued, helped).store.rows())


@pytest.fixture
def bodies(made, issued):
    return made.bodies_of(made.recorded(issued))


def place_of(bodies, step, number=0):
    found = [k for k, b in enumerate(bodies) if b["details"].get("step") == step]
    return found[number]


def broken(made, bodies):
    """Return the claims that a forged chain breaks, each with its first row."""
    found = prove(made.chained(bodies))
    return {c.what: c.faults[0][0] for c in found.claims if not c.holds}


def moved(bodies, start, end):
    """Move a row to another place, at a time between its new neighbours."""
    body = bodies.pop(start)
    bodies.insert(end, body)
    body["time"] = bodies[end - 1]["time"]


def test_what_happened_is_proved(rows):
    found = prove(rows)
    assert found.passed
    assert found.first_bad_row is None
    assert [one.participant for one in found.progress] == ["P01", "P02"]
    assert {(p.taken, p.answered, p.opened, p.lost) for p in found.progress} == {(3, 3, 3, 0)}
    assert len(found.claims) == 1 + 2 * 6


def test_refused_steps_are_in_the_ledger_and_harm_no_claim(made, issued):
    ledger = made.ledger_of(issued)
    path = made.path_of(issued)
    for event in path[:5]:
        record(ledger, "P01", event, actor="web")
    early = Event("open", path[4].at, path[-1].details)
    told = record(ledger, "P01", early, actor="web")
    assert "stay sealed" in told.refused
    found = prove(ledger.store.rows())
    assert found.passed
    assert found.progress[0].refused == 1


def test_an_opening_before_the_last_questionnaire(made, bodies):
    here = place_of(bodies, "open")
    moved(bodies, here, place_of(bodies, "ask", 2))
    row = place_of(bodies, "open") + 1
    got = broken(made, bodies)
    assert got[ORDERED] == got[ENDED] == row
    assert got[GUESSES] == row + 1  # the guess that came after it


def test_a_guess_left_out(made, bodies):
    del bodies[place_of(bodies, "ask", 1)]
    got = broken(made, bodies)
    assert got == {ORDERED: place_of(bodies, "dose", 2) + 1}


def test_a_dose_that_never_was(made, bodies):
    del bodies[place_of(bodies, "ask", 2)]
    del bodies[place_of(bodies, "dose", 2)]
    got = broken(made, bodies)
    assert got[ORDERED] == place_of(bodies, "finish") + 1
    assert got[DOSED] == place_of(bodies, "open", 2) + 1


def test_a_dose_on_another_day(made, bodies):
    here = place_of(bodies, "dose", 1)
    earlier = datetime.fromisoformat(bodies[here]["time"]) - timedelta(days=1)
    bodies[here]["time"] = earlier.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    got = broken(made, bodies)
    assert got[ORDERED] == got[DOSED] == here + 1


def test_a_label_or_a_card_used_twice(made, bodies):
    first, second = place_of(bodies, "open", 0), place_of(bodies, "open", 1)
    bodies[second]["details"]["inner"] = bodies[first]["details"]["inner"]
    got = broken(made, bodies)
    assert got == {ORDERED: second + 1, CODES: second + 1}
    first, second = place_of(bodies, "dose", 0), place_of(bodies, "dose", 1)
    bodies[second]["details"]["outer"] = bodies[first]["details"]["outer"]
    got = broken(made, bodies)
    assert got[CODES] == got[DOSED] == got[ORDERED] == second + 1


def test_steps_that_changed_places(made, bodies):
    here = place_of(bodies, "shuffle")
    moved(bodies, here, here - 1)
    assert broken(made, bodies) == {ORDERED: here}


def test_the_helpers_link_used_again(made, helped):
    bodies = made.bodies_of(made.recorded(helped))
    here = place_of(bodies, "help")
    bodies.insert(here + 1, copy.deepcopy(bodies[here]))
    got = broken(made, bodies)
    assert got == {ORDERED: here + 2, LINK: here + 2}


def test_another_sheets_link(made, helped):
    bodies = made.bodies_of(made.recorded(helped))
    here = place_of(bodies, "help")
    bodies[here]["details"]["token"] = "cd" * 32
    assert broken(made, bodies) == {ORDERED: here + 1, LINK: here + 1}


def test_cards_issued_twice(made, issued, bodies):
    here = next(k for k, b in enumerate(bodies) if b["act"] == "cards issued")
    bodies.insert(here + 1, copy.deepcopy(bodies[here]))
    assert broken(made, bodies) == {ORDERED: here + 2}
    ledger = made.ledger_of(issued)
    with pytest.raises(DataError, match="has cards already"):
        issue(ledger, issued.public, actor="web", now=made.PACKED)


def test_a_row_that_was_changed_without_chaining_anew(rows):
    for k in (0, 3, 9, len(rows) - 1):
        changed = [*rows]
        changed[k] = Row(rows[k].seq, rows[k].hash, rows[k].body.replace('"seq"', '"seQ"', 1))
        found = prove(changed)
        assert not found.passed
        assert found.first_bad_row == k + 1
    assert prove([*rows[:4], *rows[5:]]).first_bad_row == 5
    assert prove([*rows[:4], rows[5], rows[4], *rows[6:]]).first_bad_row == 5
    assert prove([]).first_bad_row == 1


def test_every_step_dropped_from_a_forged_chain_is_noticed(made, bodies):
    """Any one row before the last opening: with it gone, a claim breaks."""
    for k, body in enumerate(bodies):
        rest = [*copy.deepcopy(bodies[:k]), *copy.deepcopy(bodies[k + 1 :])]
        if body["act"] == "step done" and body["details"]["step"] != "open":
            assert ORDERED in broken(made, rest), body["details"]["step"]


def test_the_ledger_has_no_plain_code_and_no_content(rows, issued, helped):
    text = "".join(export(rows))
    for one in (issued, helped):
        for code in (*one.public.outer, *one.public.inner, *one.public.plan.contents):
            assert code not in text
    assert helped.token not in text


def test_the_one_file_verifier_reads_these_rows(rows, tmp_path, capsys):
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(export(rows)), encoding="utf-8")
    assert main([str(path)]) == 2  # all is well, but no head was given
    assert "OK" in capsys.readouterr().out
    path.write_text("".join(export([rows[0], *rows[2:]])), encoding="utf-8")
    assert main([str(path)]) == 1


def test_steps_need_cards(made, issued):
    ledger = made.ledger_of()
    with pytest.raises(DataError, match="P01 has no cards"):
        record(ledger, "P01", made.path_of(issued)[0], actor="web")


def test_cards_of_another_trial_are_refused(made, issued):
    ledger = made.ledger_of()
    with pytest.raises(DataError, match="for the trial OTHER"):
        issue(ledger, replace(issued.public, trial="OTHER"), actor="web", now=made.PACKED)


def test_free_text_never_enters(made, issued):
    """A step that the machine would take, but the ledger not: nothing is written."""
    ledger = made.ledger_of(issued)
    path = made.path_of(issued)
    for event in path[:5]:
        record(ledger, "P01", event, actor="web")
    before = list(ledger.store.rows())
    with pytest.raises(DataError, match=HASH):
        record(
            ledger, "P01", Event("ask", path[5].at, {"day": 1, "answers": "I felt it"}), actor="web"
        )
    assert list(ledger.store.rows()) == before


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"certainty": 50}, "guess is missing"),
        ({"guess": " ", "certainty": 50}, "guess is missing"),
        ({"guess": "unsure"}, "How certain"),
        ({"guess": "unsure", "certainty": 101}, "How certain"),
        ({"guess": "unsure", "certainty": True}, "How certain"),
    ],
)
def test_answers_have_a_guess_and_how_certain(answers, message):
    with pytest.raises(DataError, match=message):
        answers_hash(answers, b"s" * 16, guess=True)


def test_the_hash_of_answers_needs_a_salt_and_tells_answers_apart():
    said = {"guess": "unsure", "certainty": 0}
    with pytest.raises(DataError, match="16 random bytes"):
        answers_hash(said, b"s" * 15, guess=True)
    one = answers_hash(said, b"s" * 16, guess=True)
    assert one == answers_hash(dict(reversed(said.items())), b"s" * 16, guess=True)
    assert one != answers_hash(said, b"t" * 16, guess=True)
    assert one != answers_hash(said | {"certainty": 1}, b"s" * 16, guess=True)
