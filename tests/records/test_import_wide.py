"""Importing a wide CSV: a row a participant, or a row a participant and visit."""

import numpy as np
import pytest

from equipoise.errors import DataError
from equipoise.records import open_source, outcome_frame

START = """
layout: wide
csv: trial.csv
protocol: protocol.yaml
participant: id
"""
PER_PERSON = (
    START
    + """
arm: {column: {w1: arm_1, w2: arm_2}}
guess: {column: {w1: guess_1, w2: guess_2}, missing: ["-"]}
reason: {w1: why_1}
scores:
  phq_0: {instrument: PHQ, visit: pre}
  phq_1: {instrument: PHQ, visit: w1}
  phq_2: {instrument: PHQ, visit: w2}
  focus_1: {instrument: focus, visit: w1, baseline: focus_0}
"""
)
PEOPLE = """id,arm_1,arm_2,guess_1,guess_2,why_1,phq_0,phq_1,phq_2,focus_0,focus_1
a,microdose,placebo,placebo,-,tired,20,12,14,40,50
b,placebo,microdose,unsure,microdose,,18,NA,9,30,35
"""
PER_VISIT = (
    START
    + """
visit: {column: week, codes: {"1": w1, "2": w2}}
arm: {column: arm}
scores: {phq: {instrument: PHQ}}
"""
)
VISITS = "id,week,arm,phq\na,1,microdose,12\na,2,placebo,14\nb,1,placebo,3\n"
ITEMS = (
    START
    + "visit: {constant: w1}\narm: {column: arm}\nitems:\n"
    + "".join(f"  q{i}: {{instrument: PHQ, item: {i}}}\n" for i in range(1, 10))
)
FORMS = (
    "id,arm," + ",".join(f"q{i}" for i in range(1, 10)) + "\n"
    "a,placebo,0,1,2,3,0,1,2,3,0\n"
    "b,microdose,3,3,3,3,3,3,3,3,3\n"
)


def _open(toy, content, mapping):
    path = toy.csv(content)
    path.write_text(mapping)
    return open_source(path)


def test_a_row_a_participant(toy):
    records = _open(toy, PEOPLE, PER_PERSON)
    frame = outcome_frame(records, "PHQ")
    got = frame[["participant", "visit", "arm", "score", "baseline", "guess"]].to_numpy().tolist()
    assert got[0] == ["a", "w1", "microdose", 12.0, 20.0, "placebo"]
    assert got[1][:5] == ["a", "w2", "placebo", 14.0, 20.0]
    assert np.isnan(got[1][5])  # an answer that was not given stays a row
    assert got[2] == ["b", "w2", "microdose", 9.0, 18.0, "microdose"]
    assert outcome_frame(records, "focus")["baseline"].tolist() == [40.0, 30.0]
    reasons = records.guesses.dropna(subset=["reason"])
    assert reasons[["participant", "visit", "reason"]].to_numpy().tolist() == [["a", "w1", "tired"]]
    assert "1 scores are empty" in records.warnings[0]


def test_a_row_a_visit(toy):
    frame = outcome_frame(_open(toy, VISITS, PER_VISIT), "PHQ")
    assert frame[["participant", "visit", "arm", "score"]].to_numpy().tolist() == [
        ["a", "w1", "microdose", 12.0],
        ["a", "w2", "placebo", 14.0],
        ["b", "w1", "placebo", 3.0],
    ]


def test_items_are_totalled_by_the_instruments_rule(toy):
    records = _open(toy, FORMS, ITEMS)
    frame = outcome_frame(records, "PHQ")
    assert frame["score"].tolist() == [12.0, 27.0]
    items = records.scores[records.scores["item"].notna()]
    assert len(items) == 18
    assert set(items["item"]) == {str(i) for i in range(1, 10)}


def test_an_answer_that_the_form_does_not_have(toy):
    with pytest.raises(DataError, match=r"trial.csv.*PHQ-9 item 4: found 7; allowed: 0, 1, 2, 3"):
        _open(toy, FORMS.replace("0,1,2,3,0", "0,1,2,7,0"), ITEMS)


def test_an_item_number_is_whole(toy):
    with pytest.raises(DataError, match=r"PHQ has no item '4.5'; items are numbered from 1"):
        _open(toy, FORMS, ITEMS.replace("item: 4}", "item: '4.5'}"))


def test_a_form_that_cannot_be_totalled_is_counted(toy):
    records = _open(toy, FORMS.replace("b,microdose,3,3,3", "b,microdose,,,"), ITEMS)
    assert outcome_frame(records, "PHQ")["participant"].tolist() == ["a"]
    assert any("1 form of PHQ has too few answers" in w for w in records.warnings)


@pytest.mark.parametrize(
    ("content", "mapping", "message"),
    [
        (PEOPLE, PER_PERSON.replace("visit: w2}", "visit: w9}"), r"scores.phq_2.visit` names 'w9'"),
        (PEOPLE, PER_PERSON.replace("PHQ, visit: pre", "HAMD, visit: pre"), r"'HAMD', not an in"),
        (PEOPLE, PER_PERSON.replace("w2: arm_2", "w9: arm_2"), r"`arm` names 'w9', not a visit"),
        (PEOPLE.replace("tired", "x,y"), PER_PERSON, r"line 2: 12 cells where the header has 11"),
        (PEOPLE.replace(",12,", ",28,"), PER_PERSON, r"line 2: column 'phq_1': PHQ is 28"),
        (PEOPLE + "a" + PEOPLE.splitlines()[1][1:] + "\n", PER_PERSON, r"lines 2, 4: parti"),
        (VISITS, PER_VISIT.replace("{instrument: PHQ}", "{instrument: PHQ, visit: w1}"),
         r"`scores.phq.visit` says 'w1', but `visit` says it for each row"),
        (VISITS, PER_VISIT.replace('visit: {column: week, codes: {"1": w1, "2": w2}}', ""),
         r"`scores.phq` needs a `visit`"),
        (VISITS.replace("a,2", "a,1"), PER_VISIT, r"lines 2, 3: participant a, visit w1, PHQ"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(toy, content, mapping, message):
    with pytest.raises(DataError, match=message):
        _open(toy, content, mapping)
