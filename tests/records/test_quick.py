"""A table whose columns are named on the spot."""

import numpy as np
import pytest

from equipoise.errors import DataError
from equipoise.records import outcome_frame, quick_table

TABLE = """id,treatment,guess,HAMD,sure,age
007,drug,drug,12,80,30
008,placebo,placebo,15,50,40
009,drug,,9,,50
010,placebo,DK,14,0,60
"""
ASK = {"participant": "id", "arm": "treatment", "outcome": "HAMD"}


def _quick(folder, text=TABLE, **asked):
    path = folder / "my trial.csv"
    path.write_text(text)
    return quick_table(path, **(ASK | asked))


def test_a_row_a_participant(tmp_path):
    records = _quick(
        tmp_path, guess="guess", unsure=["DK"], certainty="sure", certainty_range=(0, 100),
        covariates=["age"],
    )  # fmt: skip
    frame = outcome_frame(records, "HAMD")
    assert frame["participant"].tolist() == ["007", "008", "009", "010"]
    assert frame["arm"].tolist() == ["drug", "placebo", "drug", "placebo"]
    assert [g if isinstance(g, str) else None for g in frame["guess"]] == [
        "drug", "placebo", None, "unsure",
    ]  # fmt: skip
    np.testing.assert_array_equal(frame["certainty"], [0.8, 0.5, np.nan, 0])
    assert frame["age"].tolist() == [30, 40, 50, 60]
    plan = records.protocol
    assert plan.contrast == ("drug", "placebo")
    assert (plan.design.kind, plan.design.repeated) == ("parallel", False)
    assert plan.blinding.guess is not None
    assert plan.blinding.guess.dont_know
    assert plan.status_of("difference-in-means", "HAMD") == "exploratory"


def test_without_a_guess(tmp_path):
    records = _quick(tmp_path)
    assert records.protocol.blinding.guess is None
    assert outcome_frame(records, "HAMD")["guess"].isna().all()


def test_repeated_visits_with_switching(tmp_path):
    text = "id,wk,arm,y\n1,a,0,2\n1,b,1,3\n2,a,1,4\n2,b,0,5\n"
    records = _quick(tmp_path, text, arm="arm", outcome=["y"], visit="wk", active="1", control="0")
    assert records.protocol.design.kind == "crossover"
    assert records.protocol.design.repeated
    assert outcome_frame(records, "y")["arm"].tolist() == ["0", "1", "1", "0"]


def test_a_baseline_visit_becomes_the_baseline(tmp_path):
    text = "id,wk,arm,y\n1,0,A,2\n1,8,A,3\n2,0,B,4\n2,8,B,5\n"
    records = _quick(
        tmp_path, text, arm="arm", outcome="y", visit="wk", baseline_visit="0", active="A"
    )
    assert records.protocol.contrast == ("A", "B")
    assert (records.protocol.design.kind, records.protocol.design.repeated) == ("parallel", False)
    frame = outcome_frame(records, "y")
    assert frame[["visit", "score", "baseline"]].to_numpy().tolist() == [["8", 3, 2], ["8", 5, 4]]


def test_a_baseline_column(tmp_path):
    frame = outcome_frame(_quick(tmp_path, baseline="age"), "HAMD")
    assert frame["baseline"].tolist() == [30, 40, 50, 60]


def test_a_column_named_as_an_instrument_is_that_instrument(tmp_path):
    text = TABLE.replace("HAMD", "phq-9")
    records = _quick(tmp_path, text, outcome="phq-9")
    assert records.protocol.instrument("phq-9").higher == "worse"
    with pytest.raises(DataError, match=r"ranges from 0 to 27"):
        _quick(tmp_path, text.replace(",12,", ",28,"), outcome="phq-9")


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        (TABLE, {"arm": "arm"}, r"lacks the column 'arm'. Its columns are: id, treatment"),
        (TABLE, {"active": "LSD"}, r"no arm is 'LSD' in column 'treatment'; found: 'drug'"),
        (TABLE.replace("placebo", "B"), {}, r"which arms .*--active and --control"),
        (TABLE.replace("010,placebo", "010,mixed"), {}, r"Found: 'drug', 'placebo', 'mixed'"),
        (TABLE, {"active": "drug", "control": "drug"}, r"which arms"),
        (TABLE, {"guess": "guess"}, r"column 'guess' \(guess\): unknown code 'DK' \(line 5\)"),
        (TABLE, {"guess": "guess", "unsure": ["drug"]}, r"'drug' cannot be both an arm and unsure"),
        (TABLE, {"guess": "guess", "unsure": ["DK"], "certainty": "sure"},
         r"\(certainty\) has 80; allowed: 0 to 1"),
        (TABLE + "007,drug,drug,13,1,30\n", {}, r"more than one row .*5 rows, 4 .*--visit"),
        (TABLE, {"arm": "id", "participant": "id"}, r"which arms"),
        (TABLE, {"visit": "treatment", "baseline_visit": "x"}, r"no visit is 'x'"),
        (TABLE, {"baseline": "age", "outcome": ["HAMD", "sure"]}, r"goes with one outcome, not 2"),
        (TABLE.replace("age", "score"), {"covariates": ["score"]}, r"participants.score .*rename"),
        (TABLE.replace("12", "1,2"), {}, r"line 2: 7 cells where the header has 6"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, text, asked, message):
    with pytest.raises(DataError, match=message):
        _quick(tmp_path, text, **asked)


def test_three_arms_when_two_are_named(tmp_path):
    text = TABLE.replace("010,placebo", "010,mixed")
    records = _quick(tmp_path, text, active="drug", control="placebo")
    assert records.protocol.arm_names == ("drug", "placebo", "mixed")
