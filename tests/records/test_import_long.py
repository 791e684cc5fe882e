"""Importing a long CSV: what arrives, and what must be refused."""

import numpy as np
import pytest

from equipoise.errors import DataError
from equipoise.records import open_source, outcome_frame

LONG_BASELINE = "baseline: {visit: pre}\n"


def test_every_cell_arrives(toy, rows):
    records = open_source(toy.write())
    frame = outcome_frame(records, "PHQ")
    expected = {(r["person"], r["tp"]): r for r in rows if r["test"] == "PHQ" and r["tp"] != "pre"}
    assert len(frame) == len(expected) == 24
    arms = {"MD": "microdose", "PL": "placebo"}
    guesses = arms | {"DK": "unsure", "": None}
    pre = {r["person"]: float(r["score"]) for r in rows if r["tp"] == "pre"}
    for row in frame.itertuples():
        want = expected[row.participant, row.visit]
        assert row.arm == arms[want["condition"]]
        assert row.score == float(want["score"])
        assert row.baseline == pre[row.participant]
        assert (row.guess if isinstance(row.guess, str) else None) == guesses[want["guess"]]
        assert row.age == float(want["age"])
        assert row.sex == want["sex"]
        if want["sure"]:
            assert row.certainty == float(want["sure"]) / 100
        else:
            assert np.isnan(row.certainty)


def test_rows_are_sorted_by_participant_then_by_the_protocols_visits(toy, rows):
    frame = outcome_frame(open_source(toy.write(rows[::-1])), "PHQ")
    assert list(zip(frame["participant"], frame["visit"], strict=True)) == [
        (f"{person:03d}", visit) for person in range(1, 13) for visit in ("w1", "w2")
    ]


def test_one_visit_is_picked_and_baseline_only_when_asked(toy):
    records = open_source(toy.write())
    assert set(outcome_frame(records, "PHQ", "w2")["visit"]) == {"w2"}
    assert set(outcome_frame(records, "PHQ")["visit"]) == {"w1", "w2"}
    with pytest.raises(DataError, match=r"Nobody .* was allocated"):
        outcome_frame(records, "PHQ", "pre")


@pytest.mark.parametrize(
    ("outcome", "visit", "message"),
    [
        ("QIDS", None, "no outcome 'QIDS'. Its outcomes: PHQ, focus"),
        ("PHQ", "w9", "no visit 'w9'. Its visits: pre, w1, w2"),
        ("focus", "pre", "no score of focus at visit 'pre'. There are scores at: w1, w2"),
    ],
)
def test_asking_for_what_is_not_there(toy, outcome, visit, message):
    records = open_source(toy.write())
    with pytest.raises(DataError, match=message):
        outcome_frame(records, outcome, visit)


def test_spaces_bom_and_crlf_are_harmless(toy):
    clean = open_source(toy.write())
    text = (toy.folder / "trial.csv").read_text(encoding="utf-8")
    padded = text.replace(",MD,", ", MD ,").replace(",PHQ,", ",PHQ  ,")
    messy = open_source(toy.csv("\ufeff".encode() + padded.replace("\n", "\r\n").encode()))
    assert messy.sha256 == clean.sha256
    assert messy.source.sha256 != clean.source.sha256


def test_codes_that_yaml_would_change_stay_text(toy, rows):
    codes = {"MD": "yes", "PL": "no", "DK": "NULL"}
    changed = [
        {**r, "condition": codes.get(r["condition"], ""), "guess": codes.get(r["guess"], "")}
        for r in rows
    ]
    mapping = toy.write(changed).read_text()
    for old, new in codes.items():
        mapping = mapping.replace(f"{old}:", f"{new}:")
    assert "no: placebo" in mapping
    records = open_source(toy.write(changed, mapping))
    assert records.sha256 == open_source(toy.write()).sha256


def test_a_guess_on_one_row_of_a_visit_is_enough(toy, rows):
    once = [{**r, "guess": "", "sure": ""} if r["test"] == "focus" else r for r in rows]
    assert open_source(toy.write(once)).sha256 == open_source(toy.write(rows)).sha256


def test_empty_scores_are_left_out_and_counted(toy, rows):
    rows[3]["score"] = "NA"
    records = open_source(toy.write(rows))
    assert len(records.scores) == len(rows) - 1
    assert records.warnings == ("1 scores are empty in trial.csv: left out.",)


def test_baseline_from_a_difference_has_the_digits_of_the_file(toy, rows):
    for row in rows:
        row |= {"score": "0.3", "age": "0.1", "test": "focus"}
    mapping = LONG_BASELINE.replace("visit: pre", "column: score, minus: age")
    path = toy.write([r for r in rows if r["tp"] == "w1"][::2])
    path.write_text(path.read_text() + mapping)
    assert set(open_source(path).scores["baseline"]) == {0.2}  # 0.3 - 0.1 is 0.19999999999999998


def test_a_column_comes_before_the_visit_and_the_difference_is_counted(toy, rows):
    for row in rows:
        row["age"] = "3"
    path = toy.write(rows)
    path.write_text(path.read_text() + "baseline: {column: age, visit: pre}\n")
    records = open_source(path)
    assert set(records.scores["baseline"]) == {3.0}
    pre = {r["person"]: r["score"] for r in rows if r["tp"] == "pre"}
    differ = sum(pre[r["person"]] != "3" for r in rows if r["test"] == "PHQ")
    assert f"in {differ} rows (PHQ); the columns are used" in records.warnings[0]


def test_decimal_commas_are_read_when_declared(toy, rows):
    rows = [{**r, "score": f"{int(r['score'])},5"} for r in rows if r["test"] == "focus"]
    rows = [r for r in rows if r["score"] != "100,5"]
    path = toy.write(rows)
    text = (toy.folder / "trial.csv").read_text().replace('"', "")
    text = text.replace(",5,", "#5,").replace(",", ";").replace("#", ",")
    (toy.folder / "trial.csv").write_text(text)
    path.write_text(path.read_text() + 'decimal: ","\ndelimiter: ";"\n')
    scores = open_source(path).scores["value"]
    assert sorted(scores) == sorted(float(r["score"].replace(",", ".")) for r in rows)


def test_numbers_of_codes_with_leading_zeros_stay_text(toy, rows):
    for row in rows:
        row["age"] = f"0{int(row['person']) % 3}"
    people = open_source(toy.write(rows)).participants
    assert set(people["age"]) == {"00", "01", "02"}
    assert people["participant"].tolist()[:2] == ["001", "002"]


def test_a_score_outside_the_range_is_kept_where_the_mapping_says_why(toy, rows):
    rows[0]["score"] = "31"
    declared = "observed_range:\n  PHQ: {low: 0, high: 31, reason: the paper says so}\n"
    path = toy.write(rows)
    path.write_text(path.read_text() + declared)
    records = open_source(path)
    assert records.scores["value"].max() >= 31
    (warning,) = records.warnings
    assert "1 of 36 scores lie outside the instrument's range 0 to 27" in warning
    assert "the paper says so" in warning
    rows[0]["score"] = "32"
    toy.write(rows)
    path.write_text(path.read_text() + declared)
    with pytest.raises(DataError, match=r"line 2: .* PHQ is 32; .* \(0 to 31 declared\)"):
        open_source(path)


def _one(column, value, row=4):
    def change(rows):
        rows[row][column] = value

    return change


def _copy(rows):
    rows.append(rows[4] | {"score": "1"})


def _second_arm(rows):
    rows[1]["condition"] = {"MD": "PL", "PL": "MD"}[rows[1]["condition"]]


BAD = {
    "unknown arm": (
        _one("condition", "XX"),
        r"trial.csv, column 'condition' \(arm\): unknown code "
        r"'XX' \(line 6\). Known: 'MD', 'PL'",
    ),
    "unknown guess": (_one("guess", "maybe"), r"column 'guess' .*'maybe' \(line 6\)"),
    "unknown visit": (_one("tp", "w7"), r"column 'tp' \(visit\): unknown code 'w7' \(line 6\)"),
    "unknown test": (_one("test", "HAMD"), r"column 'test' \(instrument\).*'HAMD'.*'PHQ', 'focus'"),
    "empty arm": (_one("condition", ""), r"trial.csv, line 6: the arm is empty"),
    "empty person": (_one("person", ""), r"trial.csv, line 6: column 'person' is empty"),
    "out of range": (
        _one("score", "28", 0),
        r"trial.csv, line 2: column 'score': PHQ is 28; .*"
        r"ranges from 0 to 27",
    ),
    "not a number": (_one("score", "high"), r"line 6: column 'score' has 'high', not a number"),
    "python number": (_one("score", "1_0"), r"line 6: column 'score' has '1_0', not a number"),
    "infinite": (_one("score", "inf"), r"line 6: .*'inf', not a number. Numbers must be finite"),
    "overflow": (_one("score", "1e999"), r"line 6: .*'1e999', not a number"),
    "decimal comma": (_one("score", "3,5"), r"line 6: .*'3,5'.*decimal: \",\""),
    "certainty": (_one("sure", "101", 1), r"line 3: column 'sure' \(certainty\) has 101"),
    "covariate": (_one("age", "17.5"), r"lines 2, 6: column 'age' differs .* participant 001"),
    "duplicate": (_copy, r"lines 6, 62: participant 001, visit w2, focus comes 2 times"),
    "two arms": (_second_arm, r"lines 3, 4: participant 001 has more than one arm at visit w1"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_names_file_line_and_value(toy, rows, case):
    change, message = BAD[case]
    change(rows)
    path = toy.write(rows)
    with pytest.raises(DataError, match=message):
        open_source(path)


@pytest.mark.parametrize("field", ["expectancy: {column: age, scale: hope}",
                                   "doses: {substance: sex, amount: age, unit: ug}"])  # fmt: skip
def test_expectancy_and_doses_outside_their_range(toy, rows, field):
    for row in rows:
        row["age"] = "-1" if row["person"] == "002" else "50"
    path = toy.write(rows)
    path.write_text(path.read_text() + field)
    with pytest.raises(DataError, match=r"trial.csv, line 7: column 'age' has -1; allowed: 0 to"):
        open_source(path)


def test_doses_and_expectancy_arrive(toy, rows):
    path = toy.write(rows)
    more = "expectancy: {column: age, scale: hope}\n"
    more += "doses: {substance: sex, amount: age, unit: ug, route: sex}\n"
    path.write_text(path.read_text() + more)
    records = open_source(path)
    ages = {r["person"]: float(r["age"]) for r in rows}
    assert dict(records.expectancy[["participant", "value"]].to_numpy()) == ages
    assert dict(records.doses[["participant", "amount"]].to_numpy()) == ages
    assert set(records.doses["unit"]) == {"ug"}


def test_mixed_units_are_refused(toy, rows):
    for row in rows:
        row["sure"] = "points"
    rows[7]["sure"] = "percent"
    path = toy.write(rows)
    text = path.read_text().replace("certainty: {column: sure, from: [0, 100]}", "unit: sure")
    path.write_text(text)
    with pytest.raises(DataError, match=r"line 9: focus has mixed units, 'points', 'percent'"):
        open_source(path)


def test_a_message_never_tells_a_persons_arm(toy, rows):
    _second_arm(rows)
    with pytest.raises(DataError) as error:
        open_source(toy.write(rows))
    told = str(error.value).lower()
    assert not any(word in told for word in ("microdose", "placebo", "md", "'pl'"))
