from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.belief.standardised_effect import (
    Observed,
    aipw,
    clustered_plug_in,
    common_share_weights,
    g_formula,
    influence_contrast,
    ipw,
    plug_in,
)
from equipoise.belief.stratum_means import stratum_means
from equipoise.errors import NotIdentifiedError
from equipoise.simulation import WORLDS

VALID = ["W0", "W1", "W4", "W6", "W7"]
LEVEL_ERROR = 0.015  # belief.md, section 5: coverage 0.935 to 0.965


def bare(data):
    return replace(data, x=data.x[:, :0])


def some_trial(seed, n=80, p=1):
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    # twelve of each guess in each arm: fewer than ten would be refused
    guess = np.where(np.arange(n) < 48, np.arange(n) // 2 % 2, rng.integers(0, 2, n))
    return Observed(rng.normal(50, 10, n), arm, guess, rng.normal(size=(n, p)), np.arange(n))


def shares(data):
    return stratum_means(data.y, data.arm, data.guess, data.categories).pooled_share


@pytest.mark.parametrize(
    ("scale", "estimate", "se", "digits"),  # anchors/belief.md, section 2b
    [("PANAS", 1.477, 1.340, 5e-4), ("CPS", -0.006, 0.082, 5e-4), ("QIDS", -1.175, 0.607, 5.1e-4)],
)
def test_week_one_of_the_trial(week_one_rows, scale, estimate, se, digits):
    got = plug_in(stratum_means(*week_one_rows(scale)))
    assert_allclose([got.estimate, got.se], [estimate, se], rtol=0, atol=digits)


def test_g_formula_agrees_with_r_lm_and_hc2(made_trial, golden):
    got = g_formula(made_trial, shares(made_trial))
    expected = [golden["g-formula estimate"], golden["g-formula se"]]
    assert_allclose([got.estimate, got.se], expected, rtol=1e-8)


def test_ipw_agrees_with_hajek_weights_of_r_glm(made_trial, golden):
    got = ipw(made_trial, shares(made_trial))
    assert_allclose(got.estimate, golden["ipw estimate"], rtol=1e-7)


def test_repeated_people_agree_with_r_sandwich(made_trial, golden):
    data = replace(bare(made_trial), person=np.arange(120) // 3)
    got = clustered_plug_in(data, shares(data))
    assert_allclose(got.estimate, golden["plug-in estimate"], rtol=1e-8)
    assert_allclose(got.se, golden["clustered E2 se"], rtol=1e-8)
    assert got.df == 39


@given(st.integers(0, 10_000))
def test_without_covariates_all_estimators_are_the_plug_in(seed):
    data = bare(some_trial(seed))
    q = shares(data)
    expected = plug_in(stratum_means(data.y, data.arm, data.guess))
    rng = np.random.default_rng(1)
    found = (
        influence_contrast(data, common_share_weights(q)),
        g_formula(data, q),
        ipw(data, q),
        aipw(data, q, rng),
    )
    for got in found:
        assert_allclose([float(v) for v in got], [float(v) for v in expected], rtol=1e-7)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([g_formula, ipw]))
def test_swapping_the_arms_flips_the_effect(seed, estimator):
    data = some_trial(seed)
    q = shares(data)
    a, b = estimator(data, q), estimator(replace(data, arm=1 - data.arm), q)
    assert_allclose([b.estimate, b.se], [-a.estimate, a.se], rtol=1e-6)


@settings(max_examples=20)
@given(
    st.integers(0, 10_000),
    st.floats(-1e4, 1e4),
    st.floats(0.1, 50),
    st.sampled_from([g_formula, ipw, lambda d, q: aipw(d, q, np.random.default_rng(1))]),
)
def test_shift_and_scale_of_the_outcome(seed, shift, scale, estimator):
    data = some_trial(seed)
    q = shares(data)
    a, b = estimator(data, q), estimator(replace(data, y=shift + scale * data.y), q)
    assert_allclose([b.estimate, b.se], [scale * a.estimate, scale * a.se], rtol=1e-5, atol=1e-6)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([g_formula, ipw]))
def test_units_of_covariates_and_order_of_rows_do_not_matter(seed, estimator):
    data = some_trial(seed, p=2)
    q, turn = shares(data), np.random.default_rng(seed).permutation(len(data.y))
    other = Observed(
        data.y[turn], data.arm[turn], data.guess[turn], 7 - 3 * data.x[turn], data.person
    )
    a, b = estimator(data, q), estimator(other, q)
    assert_allclose([b.estimate, b.se], [a.estimate, a.se], rtol=1e-6, atol=1e-9)


def test_own_shares_of_both_arms_give_the_difference_in_means():
    data = some_trial(3)
    strata = stratum_means(data.y, data.arm, data.guess)
    own = strata.guess_share * [[-1], [1]]
    expected = data.y[data.arm == 1].mean() - data.y[data.arm == 0].mean()
    assert_allclose(strata.contrast(own).estimate, expected)


def test_one_row_a_person_is_clustered_up_to_the_documented_factor(made_trial):
    data = bare(made_trial)
    q = shares(data)
    once = influence_contrast(data, common_share_weights(q)).se
    # the same rows as 120 people of whom one repeats nothing: force the clustered branch
    spare = replace(
        data,
        y=np.append(data.y, data.y[0]),
        arm=np.append(data.arm, data.arm[0]),
        guess=np.append(data.guess, data.guess[0]),
        x=np.empty((121, 0)),
        person=np.append(data.person, 0),
    )
    assert spare.repeated
    n = np.bincount(data.cell)
    clustered = influence_contrast(spare, common_share_weights(q)).se
    # divisors n - 1 in each stratum against G - 1 over all people; one row more
    assert_allclose(clustered, once, rtol=1 / n.min())


def test_a_covariate_that_says_nothing_does_not_cost_the_interval(made_trial):
    q = shares(made_trial)
    more = replace(made_trial, x=np.hstack([made_trial.x, np.full((120, 1), 2.0)]))
    a, b = ipw(made_trial, q), ipw(more, q)
    assert_allclose([b.estimate, b.se], [a.estimate, a.se], rtol=1e-6)


def test_a_repeated_covariate_is_refused_by_the_g_formula(made_trial):
    twice = replace(made_trial, x=np.hstack([made_trial.x, made_trial.x]))
    with pytest.raises(NotIdentifiedError, match="drop it"):
        g_formula(twice, shares(twice))


@pytest.mark.parametrize("estimator", [ipw, lambda d, q: aipw(d, q, np.random.default_rng(1))])
def test_a_small_stratum_is_no_guess_model(made_trial, estimator):
    few = (made_trial.arm == 1) & (made_trial.guess == 0)
    kept = ~few | (np.cumsum(few) <= 9)
    small = Observed(
        *(
            v[kept]
            for v in (
                made_trial.y,
                made_trial.arm,
                made_trial.guess,
                made_trial.x,
                made_trial.person,
            )
        )
    )
    with pytest.raises(NotIdentifiedError, match="9 people in the smallest"):
        estimator(small, shares(small))


def test_same_seed_same_bytes_and_splits_hardly_matter(made_trial):
    q = shares(made_trial)
    found = [aipw(made_trial, q, np.random.default_rng(seed)) for seed in (1, 1, *range(2, 12))]
    assert found[0].estimate.tobytes() == found[1].estimate.tobytes()
    estimates = np.array([one.estimate for one in found])
    assert estimates.std() < 0.2 * found[0].se


@pytest.mark.parametrize("name", VALID)
def test_plug_in_is_unbiased_and_covers_where_it_should(name, rng):
    world = WORLDS[name]
    trials = 4000
    draw = world.draw(240, trials, rng)
    found = plug_in(stratum_means(draw.outcome, draw.arm, draw.guess))
    error = found.estimate - world.direct_effect
    assert abs(error.mean()) < 0.02
    low, high = found.interval()
    covered = ((low <= world.direct_effect) & (world.direct_effect <= high)).mean()
    monte_carlo = np.sqrt(0.95 * 0.05 / trials)
    assert abs(covered - 0.95) < LEVEL_ERROR + 2 * monte_carlo


@pytest.mark.parametrize(
    ("name", "bias"),  # anchors/belief.md, section 5: what must go wrong does
    [("W2", -0.141), ("W3", -0.183), ("W5", -0.317)],
)
def test_plug_in_fails_where_the_guess_is_caused_by_benefit(name, bias, rng):
    world = WORLDS[name]
    draw = world.draw(240, 3000, rng)
    found = plug_in(stratum_means(draw.outcome, draw.arm, draw.guess))
    error = found.estimate - world.direct_effect
    # both are means of 3,000 trials
    assert_allclose(error.mean(), bias, rtol=0, atol=4 * np.sqrt(2 / 3000) * error.std() + 5e-4)


def test_estimators_recover_the_truth_when_the_common_cause_is_measured(rng):
    draw = WORLDS["W3"].draw(240, 300, rng)
    errors = {"g": [], "ipw": [], "aipw": []}
    covered = dict.fromkeys(errors, 0)
    for k in range(300):
        data = Observed(
            draw.outcome[k],
            draw.arm[k].astype(int),
            draw.guess[k].astype(int),
            draw.cause[k][:, None],
            np.arange(240),
        )
        q = shares(data)
        jobs = {"g": g_formula, "ipw": ipw}
        if k < 100:
            jobs["aipw"] = lambda d, q: aipw(d, q, rng)
        for name, job in jobs.items():
            found = job(data, q)
            low, high = found.interval()
            errors[name].append(float(found.estimate))
            covered[name] += low <= 0 <= high
    for name, values in errors.items():
        error = np.array(values)
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(error)), name
        share = covered[name] / len(error)
        assert share > 0.95 - LEVEL_ERROR - 3 * np.sqrt(0.95 * 0.05 / len(error)), name


def test_aipw_is_right_when_only_the_guess_model_is(rng):
    estimates, wrong = [], []
    for _ in range(80):
        x = rng.normal(size=400)
        arm = np.arange(400) % 2
        guess = (rng.random(400) < expit((2 * arm - 1) * x)).astype(int)
        y = 2 * x**2 * guess + arm + rng.normal(size=400)  # no straight line, by guess
        data = Observed(y, arm, guess, x[:, None], np.arange(400))
        estimates.append(float(aipw(data, np.array([0.5, 0.5]), rng).estimate))
        tilted = replace(data, y=y + 3 * np.maximum(x, 0) * guess)
        wrong.append(float(g_formula(tilted, np.array([0.5, 0.5])).estimate))
    spread = np.std(estimates) / np.sqrt(80)
    assert abs(np.mean(estimates) - 1) < 4 * spread
    assert abs(np.mean(wrong) - 1) > 4 * np.std(wrong) / np.sqrt(80)  # else it tests nothing


@pytest.mark.parametrize("switching", [True, False])
def test_person_clustered_error_is_the_spread_over_trials(rng, switching):
    trials = 1500
    draw = WORLDS["W4"].draw_weeks(80, 4, trials, rng, icc=0.5, switching=switching)
    found = []
    for k in range(trials):
        data = Observed(
            draw.outcome[k],
            draw.arm[k].astype(int),
            draw.guess[k].astype(int),
            np.empty((320, 0)),
            draw.person,
        )
        one = clustered_plug_in(data, np.array([0.5, 0.5]))
        found.append((float(one.estimate), float(one.se)))
    estimate, se = np.array(found).T
    assert abs(estimate.mean() - 0.4) < 4 * estimate.std() / np.sqrt(trials)
    # the spread itself is known to 1 / sqrt(2 x 1500) = 1.8 %
    assert_allclose(np.sqrt((se**2).mean()), estimate.std(), rtol=0.05 + 2 * 0.018)
