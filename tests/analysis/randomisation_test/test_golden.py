"""R says the same: tests/golden/randomisation_test_coin.R prints these numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.allocation import permuted_blocks, random_allocation_rule
from equipoise.analysis import (
    log_rank_scores,
    logistic_scores,
    randomisation_test,
    rank_scores,
    residual_scores,
)

GOLDEN = Path(__file__).parents[2] / "golden"
SIDES = {"two-sided": "two.sided", "greater": "greater", "less": "less"}
DRAWS = 400_000


@pytest.fixture(scope="module")
def trial():
    return pd.read_csv(GOLDEN / "randomisation_test_trial.csv")


@pytest.fixture(scope="module")
def golden():
    return pd.read_csv(GOLDEN / "randomisation_test_results.csv").set_index("what")


@pytest.fixture(scope="module")
def blocks(trial):
    return permuted_blocks(len(trial), size=4, stratum=trial["site"])


@pytest.fixture(scope="module")
def covariates(trial):
    return np.column_stack([trial["base"], trial["site"] == "b", trial["site"] == "c"])


@pytest.mark.parametrize("ours", list(SIDES))
def test_exact_p_in_permuted_blocks_is_that_of_coin(trial, golden, blocks, ours):
    found = randomisation_test(trial["score"], trial["arm"], blocks, alternative=ours, exact=True)
    want = golden.loc[f"blocks score {SIDES[ours]}", "value"]
    assert_allclose(found.p, want, rtol=1e-12)


@pytest.mark.parametrize("ours", list(SIDES))
@pytest.mark.parametrize("what", ["score", "ranks"])
def test_exact_p_of_free_permutation_is_that_of_coin(trial, golden, ours, what):
    scores = trial["score"] if what == "score" else rank_scores(trial["score"])
    free = random_allocation_rule(96, totals=(48, 48))
    found = randomisation_test(scores, trial["arm"], free, alternative=ours, exact=True)
    assert_allclose(found.p, golden.loc[f"free {what} {SIDES[ours]}", "value"], rtol=1e-12)


def within_errors(found, golden, what):
    error = np.hypot(found.p_error, golden.loc[what, "error"])
    return abs(found.p - golden.loc[what, "value"]) < 4 * error


def test_drawn_p_is_that_of_coin(trial, golden, blocks, covariates, rng):
    ask = {"procedure": blocks, "arm": trial["arm"], "draws": DRAWS, "rng": rng}
    found = randomisation_test(trial["real"], exact=False, **ask)
    assert within_errors(found, golden, "blocks real")
    found = randomisation_test(trial["score"], covariates=covariates, **ask)
    assert within_errors(found, golden, "blocks residual")
    found = randomisation_test(log_rank_scores(trial["time"], trial["event"]), **ask)
    assert within_errors(found, golden, "blocks log-rank")


def test_all_arms_at_once_is_that_of_coin(trial, golden, rng):
    free = random_allocation_rule(96, totals=(32, 32, 32))
    third = trial["third"].map({"x": 0, "y": 1, "z": 2})
    found = randomisation_test(trial["score"], third, free, statistic="f", draws=40_000, rng=rng)
    assert within_errors(found, golden, "free f")


def test_scores_are_those_of_glm_and_survdiff(trial, golden, covariates):
    r = logistic_scores(trial["cured"], covariates)
    assert_allclose(r[trial["arm"] == 1].sum(), golden.loc["logistic sum", "value"], rtol=1e-10)
    ends = golden.loc[["logistic first", "logistic last"], "value"]
    assert_allclose(r[[0, -1]], ends, rtol=1e-10)
    r = log_rank_scores(trial["time"], trial["event"])
    assert_allclose(r[trial["arm"] == 1].sum(), golden.loc["log-rank sum", "value"], rtol=1e-12)


def test_covariates_are_residuals(trial, blocks, covariates):
    """The same test whether we adjust, or are handed least-squares residuals."""
    ask = {"procedure": blocks, "arm": trial["arm"], "exact": False, "draws": 1000}
    r = residual_scores(trial["score"], covariates)
    by_hand = randomisation_test(r, rng=np.random.default_rng(1), **ask)
    adjusted = randomisation_test(
        trial["score"], covariates=covariates, rng=np.random.default_rng(1), **ask
    )
    assert adjusted.p == by_hand.p
    assert adjusted.statistic == pytest.approx(by_hand.statistic)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_lower_limit_is_that_of_exact_rank_tests(golden, level):
    """Its upper limits exclude effects that it does not reject: test_interval lists them."""
    x, y = [12, 15, 9, 14, 18, 11, 16], [10, 7, 13, 6, 8, 9, 11, 5]
    free = random_allocation_rule(15, totals=(8, 7))
    found = randomisation_test(x + y, [1] * 7 + [0] * 8, free, level=level)
    assert found.effect_draws is None
    assert found.low == pytest.approx(golden.loc[f"interval low {level}", "value"], rel=1e-12)
    assert found.p == pytest.approx(golden.loc["interval p", "value"], rel=1e-12)
