"""Trials taken apart by guess, then pooled on both readings."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.belief import assess
from equipoise.errors import DataError
from equipoise.records import open_source
from equipoise.simulation import SCENARIOS, demo_protocol, simulate
from equipoise.synthesis import checked_effects
from equipoise.synthesis.blinding import (
    decompose_records,
    decomposed,
    pool_decomposed,
    read_belief_file,
)
from equipoise.synthesis.pairwise import random_effects

from .conftest import row


@pytest.fixture(scope="module")
def rehearsed():
    """Three made trials of one plan, in which belief works."""
    return {
        f"trial {seed}": simulate(demo_protocol(), SCENARIOS["drug and belief"], seed=seed)
        for seed in (1, 2, 3)
    }


@pytest.fixture(scope="module")
def apart(rehearsed):
    return decompose_records(rehearsed, "PHQ-9", visit="w1", draws=100)


def test_a_published_trial(trial_data):
    """Effects 3.23 and 1.477 PANAS points, g 0.3247 (R): so 1.477 is g 0.1486."""
    found = assess(open_source("self-blinding-microdose-week1"), "PANAS", draws=100)
    one = decomposed(found, "self-blinding")
    assert_allclose(one.total.estimate, 0.32473, atol=5e-5)
    assert_allclose(one.equal_belief.estimate, 1.477 * 0.32473 / 3.22826, atol=5e-5)
    assert_allclose(one.equal_belief.se, 1.3403 * 0.32473 / 3.22826, rtol=3e-3)


def test_both_readings_are_pooled_and_bracket(apart):
    found = pool_decomposed(apart)
    y = [t.equal_belief.estimate for t in apart]
    v = np.square([t.equal_belief.se for t in apart])
    fit = random_effects(checked_effects(y, v))
    equal, total = (row(found, "decomposed-effect", k) for k in ("belief made equal", "total"))
    assert_allclose([equal.estimate, equal.se], [fit.beta[0], fit.se[0]])
    bounds = row(found, "decomposed-effect", "bounds")
    assert (bounds.low, bounds.high) == tuple(sorted([equal.estimate, total.estimate]))
    assert bounds.estimate is None
    assert any("Sensitivity" in text for text in equal.assumptions)
    assert not total.assumptions
    assert len(found.select(name="trial-effect")) == 9


def test_saved_and_live_trials_agree(rehearsed, apart, tmp_path):
    path = tmp_path / "trial 1.json"
    found = assess(rehearsed["trial 1"], "PHQ-9", visit="w1", draws=100)
    path.write_text(found.to_json(), encoding="utf-8")
    assert decomposed(read_belief_file(path), "trial 1", outcome="PHQ-9") == apart[0]


def test_one_trial_is_shown_and_not_pooled(apart):
    found = pool_decomposed(apart[:1])
    assert len(found) == 3
    assert [r.name for r in found.refused] == ["decomposed-effect"]
    with pytest.raises(DataError, match="twice"):
        pool_decomposed([apart[0], apart[0]])
