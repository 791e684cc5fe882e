import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.belief_share import resampled_parts
from equipoise.belief.resamples import resample
from equipoise.belief.standardised_effect import (
    Observed,
    clustered_plug_in,
    common_share_weights,
    plug_in,
)
from equipoise.belief.stratum_means import stratum_means
from equipoise.belief.total_and_standardised import EffectPath
from equipoise.simulation import WORLDS

seeds = st.integers(0, 10_000)


def some_trial(seed, n=80, categories=2):
    rng = np.random.default_rng(seed)
    guess = np.where(
        np.arange(n) < 4 * categories,
        np.arange(n) // 2 % categories,
        rng.integers(0, categories, n),
    )
    return rng.normal(50, 10, n) + 3 * guess, np.arange(n) % 2, guess


def path_of(y, arm, guess, categories=2):
    strata = stratum_means(y, arm, guess, categories)
    return EffectPath(strata, strata.pooled_share)


@given(seeds, st.integers(2, 4))
def test_ends_are_the_difference_in_means_and_the_plug_in(seed, categories):
    y, arm, guess = some_trial(seed, categories=categories)
    path = path_of(y, arm, guess, categories=categories)
    one, zero = path.at([1.0, 0.0]).estimate
    assert_allclose(one, y[arm == 1].mean() - y[arm == 0].mean())
    expected = plug_in(path.strata)
    assert_allclose(zero, expected.estimate)
    assert_allclose(path.at([0.0]).se[0], expected.se)
    assert_allclose(path.at([0.0]).df[0], expected.df)


@given(seeds, st.floats(0, 1))
def test_the_path_is_straight_and_its_variance_a_parabola(seed, lam):
    path = path_of(*some_trial(seed))
    one, zero = path.at([1.0, 0.0]).estimate
    assert_allclose(path.at([lam]).estimate[0], lam * one + (1 - lam) * zero, atol=1e-10)
    mix = np.array([lam, 1 - lam])
    assert_allclose(path.at([lam]).se[0] ** 2, mix @ path.covariance() @ mix, rtol=1e-9)


@given(seeds)
def test_error_of_the_total_is_welch_up_to_the_divisors(seed):
    y, arm, guess = some_trial(seed)
    welch = np.sqrt(sum(y[arm == a].var(ddof=1) / (arm == a).sum() for a in (0, 1)))
    # strata have divisors n_g - 1, the arm n - 1: they differ by (strata - 1) / n of the variance
    assert_allclose(path_of(y, arm, guess).at([1.0]).se[0], welch, rtol=1 / 40)


def test_repeated_people_agree_with_r_sandwich(made_trial, golden):
    m, person = made_trial, np.arange(120) // 3
    rows = Observed(m.y, m.arm, m.guess, np.empty((120, 0)), person)
    found = clustered_plug_in(rows, stratum_means(m.y, m.arm, m.guess).pooled_share)
    assert_allclose(found.se, golden["clustered E2 se"], rtol=1e-8)


def test_third_beliefs_and_unsure_weigh_as_often_as_they_are_held():
    y, arm, guess = some_trial(4, categories=4)
    path = path_of(y, arm, guess, categories=4)
    by_hand = sum(
        (guess == g).mean()
        * (y[(arm == 1) & (guess == g)].mean() - y[(arm == 0) & (guess == g)].mean())
        for g in range(4)
    )
    assert_allclose(path.at([0.0]).estimate[0], by_hand)
    assert_allclose(common_share_weights(path.q).sum(), 0, atol=1e-15)


@given(seeds)
def test_swapping_the_arms_flips_the_whole_path(seed):
    y, arm, guess = some_trial(seed)
    lam = [0.0, 0.3, 1.0]
    a, b = path_of(y, arm, guess).at(lam), path_of(y, 1 - arm, guess).at(lam)
    assert_allclose(b.estimate, -a.estimate)
    assert_allclose(b.se, a.se)


def test_covariance_agrees_with_the_bootstrap(rng):
    y, arm, guess = some_trial(5, n=600)
    drawn = resample(y, arm, guess, np.arange(600), draws=8000, rng=rng)
    expected = np.cov(*resampled_parts(drawn))
    # Monte Carlo 1.6 %; the closed form holds q fixed, which here costs little
    assert_allclose(path_of(y, arm, guess).covariance(), expected, rtol=0.08)


@pytest.mark.parametrize("name", ["W2", "W3", "W5"])
def test_the_union_over_lambda_covers_where_estimators_given_belief_fail(name, rng):
    world, trials = WORLDS[name], 2000
    draw = world.draw(240, trials, rng)
    strata = stratum_means(draw.outcome, draw.arm, draw.guess)
    path = EffectPath(strata, strata.pooled_share)
    low, high = path.at(np.linspace(0, 1, 11)).interval()
    truth = world.direct_effect
    covered = ((low.min(axis=-1) <= truth) & (truth <= high.max(axis=-1))).mean()
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_every_point_of_the_path_covers(lam, rng):
    world, trials = WORLDS["W4"], 3000
    draw = world.draw(80, trials, rng)
    strata = stratum_means(draw.outcome, draw.arm, draw.guess)
    found = EffectPath(strata, strata.pooled_share).at([lam])
    kept = strata.identified
    truth = lam * world.total_effect + (1 - lam) * world.direct_effect
    low, high = found.interval()
    covered = ((low <= truth) & (truth <= high))[kept].mean()
    assert abs(covered - 0.95) < 0.015 + 2 * np.sqrt(0.95 * 0.05 / trials)
