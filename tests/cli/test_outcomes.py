"""The verbs for remission, ordered categories, counts and time to an event."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.outcomes import (
    counts,
    ordinal,
    percent_response,
    response,
    survival,
)

TRIAL = Path(__file__).parents[1] / "golden/outcomes_trial.csv"
CONTROL = ("--control", "placebo")
SURVIVAL = ("survival", TRIAL, "--time", "weeks", "--event", "remitted", *CONTROL)
COMMANDS = {
    "response": ("response", TRIAL, "remission ~ arm + baseline", *CONTROL),
    "ordinal": ("ordinal", TRIAL, "improvement ~ arm + baseline", *CONTROL, "--strata", "sex"),
    "counts": ("counts", TRIAL, "relapses ~ arm", *CONTROL, "--exposure", "years"),
    "survival": (*SURVIVAL, "--covariate", "baseline", "--at", "4", "--at", "8", "--tau", "12"),
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(TRIAL)


def answer(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize("verb", COMMANDS)
def test_verbs_print_what_their_functions_return(run, table, verb):
    expected = {
        "response": lambda: response(table, "remission ~ arm + baseline", control="placebo"),
        "ordinal": lambda: ordinal(
            table, "improvement ~ arm + baseline", control="placebo", strata="sex"
        ),
        "counts": lambda: counts(table, "relapses ~ arm", control="placebo", exposure="years"),
        "survival": lambda: survival(
            table, time="weeks", event="remitted", control="placebo", covariates=["baseline"],
            at=(4, 8), tau=12,
        ),
    }[verb]()  # fmt: skip
    got = answer(run(*COMMANDS[verb], "--json"))
    assert [row["name"] for row in got["estimates"]] == [row.name for row in expected]
    assert_allclose(
        [row["estimate"] for row in got["estimates"]], expected.column("estimate"), rtol=1e-12
    )
    assert len(got["source"]["sha256"]) == 64


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_terminal_fits_and_names_method_and_assumptions(run, verb):
    result = run(*COMMANDS[verb])
    assert result.exit_code == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert "\nMethod\n" in result.stdout
    assert "\nAssumptions\n" in result.stdout


def test_responders_are_made_of_scores_and_counted(run, write, table):
    score = table["baseline"] - 4 * table["improvement"]
    rows = [
        [arm, f"{before:g}", "" if k < 3 else f"{after:g}"]
        for k, (arm, before, after) in enumerate(
            zip(table["arm"], table["baseline"], score, strict=True)
        )
    ]
    path = write("scores.csv", rows, header="arm,HAMD_0,HAMD")
    how = ("response", path, "HAMD ~ arm + HAMD_0", *CONTROL, "--json")
    got = answer(run(*how, "--percent", "50", "--before", "HAMD_0"))
    after = score.where(score.index >= 3)
    made = percent_response(after, table["baseline"])
    ours = pd.DataFrame({"arm": table["arm"], "HAMD_0": table["baseline"], "HAMD": made.response})
    expected = response(ours, "HAMD ~ arm + HAMD_0", control="placebo")
    assert_allclose([r["estimate"] for r in got["estimates"]], expected.column("estimate"))
    note = "3 of 150 people without a score or baseline count as non-responders"
    assert note in got["estimates"][0]["warnings"]
    assert "favours high" in got["estimates"][3]["unit"]
    left_out = answer(run(*how, "--threshold", "8", "--missing-score", "exclude"))
    assert "3 of 150 people without a score were left out" in left_out["estimates"][0]["warnings"]


def test_the_plot_is_a_picture_with_its_words(run, tmp_path):
    result = run(*SURVIVAL, "--plot", "curves.svg")
    assert result.exit_code == 0, result.stderr
    assert "Wrote curves.svg" in result.stderr
    svg = (tmp_path / "curves.svg").read_text("utf-8")
    words = re.findall(r">([^<>]+)</text>", svg)
    assert {"placebo", "high", "low", "weeks", "at risk, placebo"} <= set(words)
    first = (tmp_path / "curves.svg").read_bytes()
    run(*SURVIVAL, "--plot", "curves.svg")
    assert (tmp_path / "curves.svg").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("response", TRIAL, "remission ~ arm"), "--control"),
        ((*COMMANDS["response"], "--threshold", "3", "--percent", "50"), "two definitions"),
        ((*COMMANDS["response"], "--percent", "50"), "--before"),
        ((*SURVIVAL, "--plot", "curves.doc"), "must end in .svg"),
        ((*SURVIVAL, "--plot", "missing/curves.svg"), "There is no folder"),
        ((*SURVIVAL, "--tau", "0"), "--tau"),
    ],
)
def test_wrong_usage_says_what_to_do(run, tmp_path, words, told):
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("response", "none.csv", "y ~ arm", *CONTROL), "There is no file"),
        (("response", TRIAL, "remission ~ arm", "--control", "dummy"), "is no arm"),
        (("ordinal", TRIAL, "sex ~ arm", *CONTROL), "from low to high"),
        (("counts", TRIAL, "baseline ~ arm", *CONTROL), "whole numbers"),
        (("survival", TRIAL, "--time", "x", "--event", "y", *CONTROL), "no column"),
        (("response", TRIAL, "age ~ arm", "--threshold", "3", *CONTROL), "no column"),
    ],
)
def test_wrong_data_exits_with_1(run, words, told):
    result = run(*words)
    assert result.exit_code == 1
    assert told in result.stderr
