"""The ledger: append-only, sealed, stale when data move, unblinding counted once."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade import lost_blind, risk_of_bias
from equipoise.synthesis.judgement.ledger import Ledger
from equipoise.synthesis.judgement.ledger_file import read_ledger, write_ledger
from equipoise.synthesis.judgement.record import Judgement, decided

WHO = {"author": "A. Reader", "reason": "read the papers", "when": "2026-11-25"}


def imprecise(n=80, decision=None, **more):
    return Judgement("imprecision", "PHQ-9", {"n": n, "limits": (-0.2, 0.2)}, "n >= 400", -1,
                     decision, **more)  # fmt: skip


def test_an_override_needs_author_and_reason():
    with pytest.raises(DataError, match="without author and reason"):
        imprecise(decision=0)
    with pytest.raises(DataError, match="without reason"):
        imprecise(decision=0, author="A. Reader")
    with pytest.raises(DataError, match="without author"):
        imprecise(decision=0, reason="clear enough")
    kept = decided(imprecise(), 0, **WHO)
    assert kept.overridden
    assert kept.confirmed
    assert kept.suggestion == -1


@pytest.mark.parametrize("lacking", ["author", "reason", "when"])
def test_nobody_decides_namelessly(lacking):
    with pytest.raises(DataError, match=r"say|is no day"):
        decided(imprecise(), -1, **(WHO | {lacking: ""}))


def test_the_newest_judgement_holds_and_the_old_one_stays():
    ledger = Ledger().append(imprecise(), decided(imprecise(), 0, **WHO))
    assert len(ledger) == 2
    assert [one.decision for one in ledger] == [-1, 0]
    assert ledger.holds("imprecision", "PHQ-9").decision == 0
    assert ledger.holds("imprecision", "GAD-7") is None


def test_changed_inputs_make_a_judgement_stale_and_say_what_moved():
    ledger = Ledger().append(imprecise(80))
    same = {("imprecision", "PHQ-9"): {"limits": [-0.2, 0.2], "n": 80.0}}
    assert ledger.stale(same) == ()
    moved = {("imprecision", "PHQ-9"): {"n": 95, "limits": [-0.2, 0.2]}}
    assert ledger.stale(moved) == (
        "imprecision of PHQ-9 is stale: n was 80 and is 95. Judge it again.",
    )
    assert ledger.append(imprecise(95)).stale(moved) == ()


def unblinded_bias():
    return risk_of_bias("PHQ-9", ["high", "low"], [0.5, 0.5], by_unblinding=[True, False])


def test_unblinding_counts_once():
    ledger = Ledger().append(unblinded_bias())
    with pytest.raises(DataError, match=r"PHQ-9: unblinding would lower the certainty twice"):
        ledger.append(lost_blind("PHQ-9", bang_active=0.8, bang_control=0.7))
    with pytest.raises(DataError, match="twice"):  # the other way round
        Ledger().append(lost_blind("PHQ-9", bang_active=0.8, bang_control=0.7), unblinded_bias())


def test_unblinding_may_be_moved_to_the_other_domain():
    moved = decided(unblinded_bias(), 0, **WHO)
    ledger = Ledger().append(unblinded_bias(), moved)
    ledger = ledger.append(lost_blind("PHQ-9", bang_active=0.8, bang_control=0.7))
    assert ledger.holds("unblinding", "PHQ-9").decision == -1
    # and of another outcome it is another matter
    ledger.append(risk_of_bias("GAD-7", ["high", "low"], [0.5, 0.5], by_unblinding=[True, False]))


def test_people_may_say_that_a_judgement_is_not_about_unblinding():
    other = decided(unblinded_bias(), -1, **WHO, counts_unblinding=False)
    ledger = Ledger().append(other, lost_blind("PHQ-9", bang_active=0.8, bang_control=0.7))
    assert [one.decision for one in ledger] == [-1, -1]
    assert [one.counts_unblinding for one in read_ledger(write_ledger(ledger))] == [False, True]


def test_a_kept_blind_is_no_double_count():
    Ledger().append(unblinded_bias(), lost_blind("PHQ-9", bang_active=0.1, bang_control=0.0))


def written():
    ledger = Ledger().append(imprecise(80), unblinded_bias(), decided(imprecise(), 0, **WHO))
    return ledger, write_ledger(ledger)


def test_the_file_gives_the_ledger_back():
    ledger, text = written()
    back = read_ledger(text)
    assert back.head == ledger.head
    assert [one.decision for one in back] == [-1, -1, 0]
    assert write_ledger(back) == text
    assert read_ledger("") == Ledger()


def test_a_changed_entry_is_seen():
    _, text = written()
    changed = text.replace("n: 80", "n: 800", 1)
    with pytest.raises(DataError, match=r"entry 1 \(imprecision of PHQ-9\) was changed"):
        read_ledger(changed, name="judgements.yaml")


def test_an_entry_taken_out_or_moved_is_seen():
    _, text = written()
    data = yaml.safe_load(text)
    first, second, third = data["judgements"]
    for kept in ([first, third], [second, third], [second, first, third]):
        with pytest.raises(DataError, match="does not follow"):
            read_ledger(yaml.safe_dump({"judgements": kept}))
    # the newest may be cut off unseen by the file itself: the head, kept elsewhere, tells
    shorter = read_ledger(yaml.safe_dump({"judgements": [first, second]}))
    assert shorter.head != read_ledger(text).head


def test_an_override_typed_into_the_file_is_refused():
    _, text = written()
    data = yaml.safe_load(text)
    data["judgements"][0]["decision"] = 0
    with pytest.raises(DataError, match="without author"):
        read_ledger(yaml.safe_dump(data))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("judgements: {}", "list of entries"),
        ("- a", "one key `judgements`"),
        ("judgements: [{rule: a}]", "entry 1 lacks about"),
        ("judgements: [", "no YAML"),
        (
            "judgements: [{rule: a, about: b, inputs: 3, threshold: c, suggestion: 0, "
            "decision: 0}]",
            "names and values",
        ),
    ],
)
def test_bad_files_are_named(text, says):
    with pytest.raises(DataError, match=re.escape(says)):
        read_ledger(text)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), texts,
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


@given(st.dictionaries(texts, st.one_of(values, st.lists(values, max_size=3)), max_size=4), texts)
def test_any_inputs_come_back_with_their_seal(inputs, about):
    ledger = Ledger().append(Judgement("a-rule", about, inputs, "none", 0))
    assert read_ledger(write_ledger(ledger)).head == ledger.head
