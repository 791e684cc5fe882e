"""Records as a type: the blind, the checks at the border, and the hash."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.records import (
    TABLES,
    BlindedRecords,
    UnblindedRecords,
    content_hash,
    open_source,
    outcome_frame,
    records_from_frames,
)

SCORES = pd.DataFrame(
    {"participant": ["1", "2"], "visit": "w1", "instrument": "focus", "value": [40.0, 60.0]}
)
ARMS = pd.DataFrame({"participant": ["1", "2"], "arm": ["microdose", "placebo"]})


def _records(plan, **tables):
    return records_from_frames(plan, **{"scores": SCORES, "allocations": ARMS, **tables})


def test_neither_type_is_the_other():
    assert not issubclass(UnblindedRecords, BlindedRecords)
    assert not issubclass(BlindedRecords, UnblindedRecords)
    assert not hasattr(BlindedRecords, "allocations")


def test_printing_records_shows_no_cell(plan):
    records = _records(plan)
    assert repr(records) == str(records)
    assert repr(records) == ("<UnblindedRecords of toy: 2 participants, 2 allocations, 2 scores>")


def test_blinding_takes_arms_and_what_the_doses_held(plan):
    doses = pd.DataFrame(
        {"participant": ["1", "1"], "kit": "K1", "substance": ["LSD", "chalk"], "amount": 10}
    )
    blind = _records(plan, doses=doses).blind()
    assert not hasattr(blind, "allocations")
    assert len(blind.doses) == 1
    assert blind.doses[["substance", "amount", "unit", "route"]].isna().all(axis=None)
    assert "microdose" not in repr(blind)


def test_no_hash_of_the_unblinded_follows_the_blinded(plan):
    # of a few people every allocation could be tried until a hash of it fits
    records = _records(plan)
    assert records.source.sha256 is not None
    assert records.blind().source.sha256 is None
    assert records.blind().source.name == records.source.name


@pytest.mark.parametrize(
    "tables",
    [
        {"participants": pd.DataFrame({"participant": ["1"], "arm": [1]})},
        {"participants": pd.DataFrame({"participant": ["1"], "Condition": ["x"]})},
        {"participants": pd.DataFrame({"participant": ["1", "2"], "x": ["placebo", None]})},
        {"expectancy": pd.DataFrame({"participant": ["1"], "value": 3, "scale": "microdose"})},
    ],
)
def test_blinded_records_refuse_what_tells_an_arm(plan, tables):
    with pytest.raises(DataError, match="would tell the arm"):
        BlindedRecords(protocol=plan, **tables)


def test_blinded_records_refuse_what_a_dose_held(plan):
    doses = pd.DataFrame({"participant": ["1"], "substance": ["LSD"]})
    with pytest.raises(DataError, match="cannot say what a dose held"):
        BlindedRecords(protocol=plan, doses=doses)


def test_a_guess_is_no_arm(plan):
    guesses = pd.DataFrame({"participant": ["1"], "guesser": "participant", "guess": "placebo"})
    assert len(BlindedRecords(protocol=plan, guesses=guesses).guesses) == 1


def test_input_is_not_changed(plan):
    scores = SCORES.copy()
    records = _records(plan, scores=scores)
    records.scores.loc[0, "value"] = -1
    pd.testing.assert_frame_equal(scores, SCORES)


def test_empty_records_have_every_column(plan):
    records = UnblindedRecords(protocol=plan)
    for table in TABLES:
        assert list(records.tables[table.name].columns) == [c.name for c in table.columns]
    with pytest.raises(DataError, match="no total score of focus"):
        outcome_frame(records, "focus")


def test_everybody_has_a_row_in_participants_sorted_as_numbers(plan):
    scores = SCORES.assign(participant=["10", "9"])
    people = _records(plan, scores=scores).participants["participant"].tolist()
    assert people == ["1", "2", "9", "10"]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"scores": SCORES.drop(columns="visit")}, r"Table scores lacks the column 'visit'"),
        ({"scores": SCORES.assign(points=1)}, r"Table scores has no column 'points'"),
        ({"scores": SCORES.assign(visit=["w1", None])}, r"scores.visit is empty in row 2"),
        ({"scores": SCORES.assign(value=["1", "x"])}, r"scores.value must be numbers; found '1'"),
        ({"scores": SCORES.assign(value=[1, np.inf])}, r"scores.value has an infinite value"),
        ({"scores": SCORES.assign(value=[1, np.nan])}, r"scores.value is empty in row 2"),
        ({"scores": SCORES.assign(participant="1")}, r"2 rows that repeat the same participant"),
        ({"scores": SCORES.assign(visit="w9")}, r"scores.visit has 'w9', which .* pre, w1, w2"),
        ({"scores": SCORES.assign(instrument="X")}, r"scores.instrument has 'X', .* PHQ, focus"),
        ({"scores": SCORES.assign(unit="a\x00")}, r"no text file can hold"),
        ({"scores": SCORES.assign(unit="\ud800")}, r"no text file can hold"),
        ({"allocations": ARMS.assign(arm="drug")}, r"allocations.arm has 'drug', .* microdose, pl"),
        ({"guesses": ARMS.rename(columns={"arm": "guess"}).assign(guesser="p", certainty=1.5)},
         r"guesses.certainty has 1.5; allowed: 0 to 1"),
        ({"guesses": pd.DataFrame({"participant": ["1"], "guesser": "p", "guess": "dunno"})},
         r"guesses.guess has 'dunno', .* microdose, placebo, unsure"),
        ({"consent": pd.DataFrame({"participant": ["1"], "version": "1", "given": "maybe"})},
         r"consent.given has 'maybe'; allowed: yes, no"),
        ({"participants": pd.DataFrame([["1", "2"]], columns=["participant", "participant"])},
         r"more than one column named 'participant'"),
        ({"score": SCORES}, r"There is no table 'score'"),
        ({"scores": [1, 2]}, r"Table scores must be a data frame, not list"),
    ],
)  # fmt: skip
def test_a_wrong_table_says_which_column(plan, tables, message):
    with pytest.raises(DataError, match=message):
        _records(plan, **tables)


def test_any_frame_that_narwhals_knows(plan):
    narwhals = pytest.importorskip("narwhals")
    wrapped = narwhals.from_native(SCORES)
    assert _records(plan, scores=wrapped).sha256 == _records(plan).sha256


def test_arm_of_the_whole_trial_serves_every_visit(plan):
    scores = pd.concat([SCORES, SCORES.assign(visit="w2")])
    guesses = pd.DataFrame(
        {"participant": ["1", "2"], "guesser": ["participant", "rater"], "guess": "placebo"}
    )
    frame = outcome_frame(_records(plan, scores=scores, guesses=guesses), "focus")
    assert frame["arm"].tolist() == ["microdose", "microdose", "placebo", "placebo"]
    assert frame["guess"].tolist()[:2] == ["placebo", "placebo"]
    assert frame["guess"].isna().tolist() == [False, False, True, True]  # a rater's is not theirs


def test_who_was_never_allocated_is_left_out(plan):
    frame = outcome_frame(_records(plan, allocations=ARMS[:1]), "focus")
    assert frame["participant"].tolist() == ["1"]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_hash_does_not_know_the_order_of_rows_or_columns(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"a": rng.normal(size=9), "b": rng.choice(["x", "y", None], size=9), "c": "same"}
    )
    shuffled = frame.iloc[rng.permutation(9)][list(rng.permutation(frame.columns))]
    assert content_hash({"t": frame}) == content_hash({"t": shuffled})


@settings(max_examples=50, deadline=None)
@given(row=st.integers(0, 3), column=st.sampled_from("ab"), new=st.sampled_from([None, "z", 7.5]))
def test_the_hash_knows_every_cell(row, column, new):
    frame = pd.DataFrame({"a": [1.0, 2.0, None, 0.1], "b": ["x", "y", None, "xy"]}, dtype=object)
    changed = frame.copy()
    changed.loc[row, column] = new
    same = frame.equals(changed)
    assert (content_hash({"t": frame}) == content_hash({"t": changed})) is same


def test_the_hash_tells_neighbouring_cells_apart():
    one = pd.DataFrame({"a": ["x", "y"], "b": ["yz", "z"]})
    two = pd.DataFrame({"a": ["xy", "y"], "b": ["z", "z"]})
    swapped = pd.DataFrame({"a": ["x", "y"], "b": ["z", "yz"]})
    number = pd.DataFrame({"a": [1.0]})
    text = pd.DataFrame({"a": ["1.0"]})
    hashes = {content_hash({"t": f}) for f in (one, two, swapped, number, text)}
    hashes |= {content_hash({"u": one}), content_hash({})}
    assert len(hashes) == 7


def test_the_hash_is_what_its_description_says():
    frame = pd.DataFrame({"b": ["x", None], "a": [1.5, 0.1]})
    text = "t1:t2 t1:at1:b\nn0.1;-\nn1.5;t1:x\n"
    assert content_hash({"t": frame}) == hashlib.sha256(text.encode()).hexdigest()


def test_a_covariate_may_not_take_the_name_of_a_result(plan):
    people = pd.DataFrame({"participant": ["1"], "score": [3]})
    with pytest.raises(DataError, match=r"participants.score .* rename it"):
        _records(plan, participants=people)


def test_the_hash_of_records_is_that_of_their_content_not_of_their_file(toy, rows):
    one, other = open_source(toy.write(rows)), open_source(toy.write(rows[::-1]))
    assert one.sha256 == other.sha256
    assert one.source.sha256 != other.source.sha256
