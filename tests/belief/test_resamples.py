import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from equipoise.belief.resamples import BLOCK, one_arm, person_weights, resample
from equipoise.belief.standardised_effect import Observed, influence_contrast
from equipoise.belief.stratum_means import stratum_means


@given(st.integers(0, 1000), st.integers(1, 30), st.integers(1, 50))
def test_every_resample_holds_as_many_people_in_each_arm(seed, active, control):
    stratum = np.repeat([1, 0], [active, control])
    weights = person_weights(np.random.default_rng(seed), 7, active + control, stratum)
    assert_array_equal(weights[:, :active].sum(axis=1), active)
    assert_array_equal(weights[:, active:].sum(axis=1), control)


def test_same_seed_same_bytes_and_more_draws_only_add():
    y, arm, guess = np.arange(40.0), np.arange(40) % 2, np.arange(40) // 2 % 2
    both = [
        resample(y, arm, guess, np.arange(40), draws=draws, rng=np.random.default_rng(5))
        for draws in (BLOCK, BLOCK, 2 * BLOCK)
    ]
    assert both[0].mean.tobytes() == both[1].mean.tobytes()
    assert_array_equal(both[2].mean[:BLOCK], both[0].mean)


def test_a_resample_is_the_strata_of_the_people_drawn(rng):
    person = np.repeat(np.arange(15), 2)
    y, arm, guess = rng.normal(size=30), np.arange(30) % 2, rng.integers(0, 2, 30)
    weights = person_weights(np.random.default_rng(3), 4, 15)
    got = resample(y, arm, guess, person, draws=4, rng=np.random.default_rng(3))
    for k in range(4):
        rows = np.repeat(np.arange(30), weights[k, person].astype(int))
        expected = stratum_means(y[rows], arm[rows], guess[rows])
        assert_array_equal(got.n[k], expected.n)
        assert_allclose(got.mean[k], expected.mean, rtol=1e-12)


def test_people_keep_their_arm_only_where_they_have_one():
    arm, person = np.array([1, 1, 0, 0]), np.array([0, 0, 1, 2])
    assert_array_equal(one_arm(arm, person), [1, 0, 0])
    assert one_arm(np.array([1, 0, 0, 0]), person) is None


def test_arm_means_and_shares_are_those_of_all_who_answered(rng):
    y, arm, guess = rng.normal(size=60), np.arange(60) % 2, rng.integers(0, 3, 60)
    got = resample(y, arm, guess, np.arange(60), draws=3, rng=rng, categories=3)
    total = np.where(got.n > 0, got.n * got.mean, 0).sum(axis=-1)
    assert_allclose(got.arm_mean * 30, total)
    assert_allclose(got.pooled_share.sum(axis=-1), 1)


@pytest.mark.parametrize("repeated", [False, True])
def test_spread_of_resamples_is_the_closed_form_error(made_trial, rng, repeated):
    d = made_trial
    person = np.arange(120) // 3 if repeated else np.arange(120)
    got = resample(d.y, d.arm, d.guess, person, draws=4000, rng=rng)
    weights = np.array([[0.0, -1.0], [0.0, 1.0]])
    drawn = (weights * got.mean).sum(axis=(1, 2))
    closed = influence_contrast(Observed(d.y, d.arm, d.guess, d.x[:, :0], person), weights).se
    # Monte Carlo error 1.1 %; a bootstrap of strata of 30 lacks n / (n - 1) and has random sizes
    assert_allclose(drawn.std(), closed, rtol=0.06)
