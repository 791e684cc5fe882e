"""The published trial through the command: the reference numbers that the project was given.

They were computed without this package from the same MIT-licensed files, and are compared to the
digits in which they were printed.
"""

import json

import pytest

QUICK = ("--draws", "100", "--json")


@pytest.fixture
def asked(run, trial_data):
    def ask(*words, code=0):
        result = run(*words)
        assert result.exit_code == code, result.stderr
        return json.loads(result.stdout)

    return ask


def pick(got, name, **wanted):
    rows = [row for row in got["estimates"] if row["name"] == name]
    return next(row for row in rows if all(row[k] == v for k, v in wanted.items()))


def test_all_weeks_panas(asked):
    got = asked("belief", "self-blinding-microdose", "--outcome", "PANAS", *QUICK)
    assert got["source"]["name"] == "self-blinding-microdose"
    total = pick(got, "total-effect", label=None)
    assert [round(total["estimate"], 2), round(total["se"], 2), round(total["p"], 3)] == [
        *(2.22, 0.72, 0.002)
    ]
    assert round(pick(got, "correct-guess-rate", label=None, arm=None)["estimate"], 3) == 0.649
    for arm, rate, bang, se, clustered in (
        ("microdose", 0.493, -0.015, 0.054, 0.057),
        ("placebo", 0.754, 0.508, 0.038, 0.041),
    ):
        assert round(pick(got, "correct-guess-rate", label=None, arm=arm)["estimate"], 3) == rate
        row = pick(got, "bang-index", label=None, arm=arm)
        assert [round(row["estimate"], 3), round(row["se"], 3)] == [bang, se]
        by_person = pick(got, "bang-index", label="person-clustered", arm=arm)
        assert round(by_person["se"], 3) == clustered
    james = pick(got, "james-index", label=None)
    assert [round(james["estimate"], 3), round(james["se"], 3)] == [0.374, 0.017]


def test_arms_are_labelled_microdose_and_placebo(asked):
    for name, outcome in (("", "QIDS"), ("-week1", "PANAS")):
        got = asked("belief", f"self-blinding-microdose{name}", "--outcome", outcome, *QUICK)
        arms = {row["arm"] for row in got["estimates"] if row["name"] == "bang-index"}
        assert arms == {"microdose", "placebo"}


def test_week_one_has_one_row_a_person(asked):
    got = asked("belief", "self-blinding-microdose-week1", "--outcome", "PANAS", *QUICK)
    labels = [r["label"] for r in got["estimates"] if r["name"] == "total-effect"]
    assert labels == [None, "welch"]
    assert pick(got, "belief-standardised-effect")["label"] == "plug-in"


def test_one_visit_is_in_every_row(asked):
    words = ("--outcome", "QIDS", "--visit", "w1s2", *QUICK)
    got = asked("belief", "self-blinding-microdose", *words)
    shared = {"negative-control"}  # other outcomes, measured at visits of their own
    assert {r["visit"] for r in got["estimates"] if r["name"] not in shared} == {"w1s2"}


def test_outcomes_before_and_after_are_for_analyse(asked):
    name = "self-blinding-microdose-outcomes"
    for words in ((), ("--outcome", "RPWB"), ("--outcome", "QIDS")):
        got = asked("belief", name, *words, "--json", code=1)
        assert got["estimates"] == []
        assert "No guesses are recorded" in got["refused"][0]["reason"]
    got = asked("analyse", name, "--outcome", "RPWB", "--outcome", "CPS", "--json")
    rows = {(r["outcome"], r["arm"]): r for r in got["estimates"] if r["name"] == "total-effect"}
    for key, want in (
        (("RPWB", "microdose"), (1.90, -4.51, 8.32, 0.559)),
        (("CPS", "microdose"), (0.16, -0.04, 0.37, 0.113)),
    ):
        row = rows[key]
        effect = tuple(round(row[k], 2) for k in ("estimate", "low", "high"))
        assert (*effect, round(row["p"], 3)) == want


def test_visits_are_listed_when_one_is_unknown(run, trial_data):
    words = ("--outcome", "PANAS", "--visit", "w9", "--json")
    result = run("belief", "self-blinding-microdose", *words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "w1s1, w1s2, w2s1" in result.stderr


def test_fetch_says_where_the_checked_file_is(run, trial_data):
    result = run("datasets", "self-blinding-microdose", "--fetch", "--json")
    (row,) = json.loads(result.stdout)["datasets"]
    assert row["path"] == str(trial_data / "microdose_pacutes.csv")
