"""Weights of the user's in every part of `pool`, and shuffled moderators.

Against metafor 5.0-1: tests/golden/pairwise_weights.R.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.estimates import Estimates
from equipoise.synthesis import checked_effects
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.pairwise.permutation import permutation_test
from equipoise.synthesis.pairwise.pool_table import PoolPlan, pool_table
from equipoise.synthesis.study_table import Columns, study_tables

GOLDEN = pd.read_csv(Path(__file__).parents[2] / "golden" / "pairwise_weights.csv")
TESTS = {"z": "z", "knha": "hartung-knapp"}


@pytest.fixture(scope="module")
def trials(evidence: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    table = evidence("psilocybin_main12")
    return table.assign(w=table.n_arm1 + table.n_arm2)


def golden(model: str, quantity: str) -> np.ndarray:
    rows = GOLDEN[(GOLDEN.model == model) & (GOLDEN.quantity == quantity)]
    return rows.value.to_numpy()


def pooled(trials: pd.DataFrame, **plan: object) -> Estimates:
    columns = Columns(effect="g", se="g_se", study="study")
    return pool_table(study_tables(trials, columns)[0], PoolPlan(**plan))  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["DL", "REML", "GENQ"])
@pytest.mark.parametrize("test", ["z", "knha"])
def test_weights_reach_moderators_and_subgroups(
    trials: pd.DataFrame, method: str, test: str
) -> None:
    model = f"{method} {test}"
    found = pooled(
        trials, method=method, test=TESTS[test], weights="w", moderators="time_weeks",
        subgroup="blinding",
    )  # fmt: skip
    assert_allclose(found["tau2"].se, golden(model, "tau2_se")[0], rtol=1e-7)
    rows = found.select(name="coefficient").rows
    assert_allclose([row.estimate for row in rows], golden(model, "beta"), rtol=1e-7)
    assert_allclose([row.se for row in rows], golden(model, "se"), rtol=1e-7)
    row = found["moderator-test"]
    assert_allclose([row.estimate, row.p], golden(model, "test"), rtol=1e-7)
    row = found.select(name="subgroup-test", label="common tau2").rows[0]
    assert_allclose([row.estimate, row.p], golden(model, "subgroup_test"), rtol=1e-7)
    row = found.select(name="subgroup-effect", label="double-blind").rows[0]
    assert_allclose([row.estimate, row.se], golden(model, "subgroup"), rtol=1e-7)


@pytest.mark.parametrize("method", ["DL", "REML"])
@pytest.mark.parametrize("test", ["z", "knha"])
def test_moderators_are_shuffled(trials: pd.DataFrame, method: str, test: str) -> None:
    found = pooled(
        trials.head(6), method=method, test=TESTS[test], moderators="time_weeks + n_arm1",
        permutations=99,
    )  # fmt: skip
    rows = {row.label: row.p for row in found.select(name="permutation-test")}
    got = [rows["time_weeks"], rows["n_arm1"], rows["all moderators"]]
    assert_allclose(got, golden(f"{method} {test}", "shuffled"), rtol=1e-12)
    assert None in rows


def test_one_heavy_study_leaves_the_permutation_exact() -> None:
    """With two studies the smallest p of all four arrangements is 1/2, rounding or not."""
    fit = random_effects(checked_effects([-0.31, -0.52], [1e-6, 0.16]))
    assert permutation_test(fit, np.random.default_rng(1)).p[0] >= 0.5
