"""Every closed form against tests/golden/double_programming.py, written without seeing ours."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.belief import assess

SECOND = Path(__file__).parent.parent / "golden" / "double_programming.py"
WEEK_TWO = ["PANAS", "QIDS", "STAIT", "intensity", "energy", "rotations"]


@pytest.fixture(scope="module")
def second_answers():
    spec = importlib.util.spec_from_file_location("double_programming", SECOND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.answers


def assert_agrees(ours, theirs, arms):
    for (name, label, arm), fields in theirs.items():
        (row,) = [
            r
            for r in ours.rows
            if r.name == name and r.label == label and r.arm == (None if arm is None else arms[arm])
        ]
        for field, expected in fields.items():
            assert_allclose(
                getattr(row, field), expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {label}"
            )


@pytest.mark.parametrize("seed", range(4))
def test_a_made_trial(toy, second_answers, seed):
    rng = np.random.default_rng(seed)
    arm = (rng.random(90 + 31 * seed) < 0.4).astype(int)
    guess = (rng.random(len(arm)) < np.where(arm, 0.7, 0.35)).astype(int)
    score = np.clip(rng.gamma(2, 12, len(arm)) + 6 * guess + 4 * arm, 0, 100).round(1)
    names = np.array(["placebo", "drug"])
    answer = assess(toy(names[arm], names[guess], score), "mood", draws=100)
    assert_agrees(answer, second_answers(score, arm, guess), names)


def test_week_one_of_the_published_trial_on_every_scale(trial_data, week_one, second_answers):
    rows = pd.read_csv(trial_data / "sbmd_acute.csv")
    for scale, x in rows.groupby("scale"):
        arm, guess = ((x[c] == "AC").to_numpy(int) for c in ("condition", "guess"))
        expected = second_answers(x["score"].to_numpy(float), arm, guess)
        assert_agrees(assess(week_one, scale, draws=100), expected, ["placebo", "microdose"])


@pytest.mark.parametrize("scale", WEEK_TWO)
def test_week_two_of_the_published_trial(trial_data, all_weeks, second_answers, scale):
    rows = pd.read_csv(trial_data / "microdose_pacutes.csv")
    x = rows[(rows["test_name"] == scale) & rows["tp"].str.startswith("w2")]
    arm, guess = ((x[c] == "MD").to_numpy(int) for c in ("condition", "guess"))
    expected = second_answers(x["value"].to_numpy(float), arm, guess)
    answer = assess(all_weeks, scale, visit=x["tp"].iloc[0], draws=100)
    assert_agrees(answer, expected, ["placebo", "microdose"])
