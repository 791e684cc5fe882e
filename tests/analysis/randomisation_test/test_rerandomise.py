"""A table of everyone allocated: order, missing values, what is said of the procedure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.allocation import minimisation, permuted_blocks, random_allocation_rule
from equipoise.analysis import (
    logistic_scores,
    randomisation_test,
    rank_scores,
    rerandomise,
)
from equipoise.errors import DataError

GOLDEN = Path(__file__).parents[2] / "golden"


def by_site(table, arms):
    return permuted_blocks(len(table), stratum=table["site"], ratio=(1,) * len(arms))


@pytest.fixture
def trial():
    table = pd.read_csv(GOLDEN / "randomisation_test_trial.csv")
    return table.assign(arm=table["arm"].map({0: "placebo", 1: "drug"}))


def asked(frame, **more):
    settings = {
        "outcome": "score", "arm": "arm", "active": "drug", "control": "placebo",
        "procedure": by_site, "rng": np.random.default_rng(1), "draws": 2000,
    }  # fmt: skip
    return rerandomise(frame, **settings | more)


def test_rows_carry_the_procedure_and_the_null(trial):
    found = asked(trial)
    row = found["randomisation-p"]
    assert row.label == "exact"
    assert row.p == pytest.approx(0.00206356057981865, rel=1e-12)  # coin, in the golden file
    assert row.outcome == "score"
    assert "drug minus placebo" in row.unit
    assert "permuted blocks of 4, 1:1, within 3 strata" in row.method
    assert any(text.startswith("Allocation procedure: permuted") for text in row.assumptions)
    assert any("Sharp null" in text for text in row.assumptions)
    effect = found["randomisation-interval"]
    assert effect.low < effect.estimate < effect.high < 0
    assert effect.level == 0.95
    assert "same amount" in effect.assumptions[-1]
    free = found["free-permutation-p"]
    assert free.p == pytest.approx(0.0018310913859442, rel=1e-12)  # coin without blocks
    assert "comparison only" in free.warnings[-1]
    assert not found.refused


def test_the_order_is_that_of_entry(trial):
    shuffled = trial.sample(frac=1, random_state=3)
    assert asked(shuffled, order="entry")["randomisation-p"].p == asked(trial)["randomisation-p"].p
    with pytest.raises(DataError, match=r"cannot come from permuted blocks.*arm 0 is placebo"):
        asked(shuffled)
    tied = asked(trial.assign(entry=trial["entry"] // 2 * 2), order="entry")
    assert any("share a value of 'entry'" in text for text in tied.warnings)


def test_arms_may_be_numbers(trial):
    for codes in ({"placebo": 0, "drug": 1}, {"placebo": 0.0, "drug": 1.0}):
        found = asked(trial.assign(arm=trial["arm"].map(codes)), active="1", control="0")
        assert found["randomisation-p"].p == asked(trial)["randomisation-p"].p


def test_missing_outcomes_are_counted_and_keep_their_place(trial):
    lost = trial.assign(score=trial["score"].where(trial["entry"] % 10 != 0))
    found = asked(lost)
    arm = (trial["arm"] == "drug").astype(int)
    want = randomisation_test(lost["score"], arm, by_site(trial, "ab"))
    assert found["randomisation-p"].p == want.p
    assert any(text.startswith("9 of 96 people have no outcome") for text in found.warnings)
    assert any("not affected by the arm" in text for text in found.assumptions)


def test_covariates_are_adjusted_for_and_missing_ones_counted(trial):
    lost = trial.assign(base=trial["base"].where(trial["entry"] > 4))
    found = asked(lost, covariates=["base", "site"])
    row = found["randomisation-p"]
    assert row.label == "Monte Carlo"
    assert "residuals of the outcome on the covariates" in row.unit
    assert any("4 of 96 people lack a covariate" in text for text in found.warnings)
    assert any("Monte Carlo standard error" in text for text in row.warnings)
    assert found["randomisation-p-error"].estimate == pytest.approx(
        np.sqrt(row.p * (1 - row.p) / 2001)
    )
    assert found["randomisation-interval"].low is not None


@pytest.mark.parametrize(
    ("scores", "outcome", "event"),
    [("ranks", "score", None), ("logistic", "cured", None), ("log-rank", "time", "event")],
)
def test_scores_without_a_unit_have_no_interval(trial, scores, outcome, event):
    found = asked(trial, scores=scores, outcome=outcome, event=event, covariates=["base"])
    assert 0 < found["randomisation-p"].p <= 1
    (refusal,) = found.refused
    assert refusal.name == "randomisation-interval"
    assert "no effect in units" in refusal.reason


def test_an_outcome_of_two_values_has_no_additive_effect(trial):
    found = asked(trial, outcome="cured")
    assert found["randomisation-p"].label == "exact"
    assert "two values" in found.refused[0].reason


def test_ranks_and_logistic_residuals_are_those_of_the_array_functions(trial):
    arm, blocks = (trial["arm"] == "drug").astype(int), by_site(trial, "ab")
    ranks = randomisation_test(rank_scores(trial["score"]), arm, blocks)
    assert asked(trial, scores="ranks")["randomisation-p"].p == ranks.p
    r = logistic_scores(trial["cured"], trial[["base"]])
    by_hand = randomisation_test(r, arm, blocks, rng=np.random.default_rng(1), draws=2000)
    found = asked(trial, scores="logistic", outcome="cured", covariates=["base"])
    assert found["randomisation-p"].p == by_hand.p


def test_three_arms(trial):
    rng = np.random.default_rng(5)
    third = by_site(trial, "ab")
    procedure = permuted_blocks(96, size=6, ratio=(1, 1, 1))
    names = np.array(["placebo", "drug", "low"])
    table = trial.assign(arm=names[procedure.redraw(rng, 1)[0]])
    found = asked(table, procedure=procedure)
    assert any("given who received the other arms" in text for text in found.assumptions)
    assert found["randomisation-p"].label == "exact"
    every = asked(table, procedure=procedure, statistic="f")
    assert "no single effect" in every.refused[0].reason
    replayed = asked(table, procedure=minimisation({"site": trial["site"]}, arms=3))
    assert any("null hypothesis of all arms" in text for text in replayed.assumptions)
    with pytest.raises(DataError, match="has 2 arms"):
        asked(table, procedure=third)


def test_a_trial_too_small_for_limits(trial):
    small = trial[trial["block"] == "a1"]
    found = asked(small, procedure=random_allocation_rule(4, totals=(2, 2)))
    effect = found["randomisation-interval"]
    assert effect.low is None
    assert effect.high is None
    assert any("Too few allocations" in text for text in effect.warnings)
    found.to_json()  # no infinity in it


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": "pain"}, "no column"),
        ({"active": "low"}, "Two different arms"),
        ({"outcome": "site"}, "must hold numbers"),
        ({"procedure": permuted_blocks(8)}, "allocated 8 people"),
        ({"scores": "log-rank", "outcome": "time"}, "event indicator"),
    ],
)
def test_wrong_questions_are_told(trial, change, told):
    with pytest.raises(DataError, match=told):
        asked(trial, **change)


def test_an_arm_or_place_that_is_missing_is_told(trial):
    for column in ("arm", "entry"):
        lost = trial.assign(**{column: trial[column].where(trial["entry"] > 1)})
        with pytest.raises(DataError, match=rf"Column '{column}' is empty for 1 of 96"):
            asked(lost, order="entry")
