"""Bias, coverage and size of n-of-1 analyses, one person and series."""

import numpy as np
import pytest
from scipy.special import stdtrit

from equipoise.analysis.n_of_1 import one_stage, order_test, random_effects, serial_regression
from equipoise.analysis.n_of_1.paired_cycles import within_variance
from equipoise.analysis.n_of_1.random_effects import welch_test
from equipoise.analysis.n_of_1.uncertain_spread import uncertain_prediction, uncertain_shrinkage

MEAN, CYCLE_SD = 0.8, 1.0


def within(share, nominal, trials, slack=4.0):
    return abs(share - nominal) < slack * np.sqrt(nominal * (1 - nominal) / trials)


def series(rng, people, tau):
    """Differences of three to five cycles each."""
    effects = rng.normal(MEAN, tau, people)
    differences = [rng.normal(e, CYCLE_SD, 3 + k % 3) for k, e in enumerate(effects)]
    return effects, differences


def pooled(differences):
    s2, df = within_variance(differences)
    y = np.array([d.mean() for d in differences])
    return random_effects(y, s2 / np.array([len(d) for d in differences])), df


def covers(effect, truth):
    return abs(effect.estimate - truth) <= stdtrit(effect.df, 0.975) * effect.se


def test_mean_effect_covers_and_the_interaction_test_keeps_its_size(rng):
    trials, covered, found = 400, [], []
    for _ in range(trials):
        fit, df = pooled(series(rng, 12, 0.0)[1])
        covered.append(covers(fit.mean, MEAN))
        found.append(fit.f_test(df).p < 0.05)
    assert within(np.mean(found), 0.05, trials)
    assert np.mean(covered) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.slow
@pytest.mark.parametrize("people", [12, 24, 60])
@pytest.mark.parametrize("tau", [0.0, 0.5, 1.5])
def test_mean_and_spread(rng, people, tau):
    trials = 1500
    means, mean_in, one_in, tau_in, found = ([] for _ in range(5))
    for _ in range(trials):
        _, differences = series(rng, people, tau)
        fit, df = pooled(differences)
        means.append(fit.mean.estimate)
        mean_in.append(covers(fit.mean, MEAN))
        one_in.append(covers(one_stage(differences).mean, MEAN))
        low, high = fit.tau2_interval()
        tau_in.append(low <= tau**2 <= high)
        found.append(fit.f_test(df).p < 0.05)
    assert abs(np.mean(means) - MEAN) < 4 * np.std(means) / np.sqrt(trials)
    # a spread of 0 can only be overestimated: there both intervals of the mean are conservative
    most = 0.975 if tau > 0 else 0.99
    assert 0.93 <= np.mean(mean_in) <= most
    assert 0.93 <= np.mean(one_in) <= most
    assert np.mean(tau_in) >= 0.93
    if tau == 0:
        assert within(np.mean(found), 0.05, trials)


@pytest.mark.slow
@pytest.mark.parametrize("people", [12, 24, 60])
@pytest.mark.parametrize("tau", [0.5, 1.5])
def test_next_person_and_those_seen(rng, people, tau):
    trials = 800
    next_in, plain_in, own_in = [], [], []
    for k in range(trials):
        effects, differences = series(rng, people, tau)
        fit, _ = pooled(differences)
        new = rng.normal(MEAN, tau)
        low, high = uncertain_prediction(fit.effects, fit.variances)
        next_in.append(low <= new <= high)
        low, high = fit.prediction_interval()
        plain_in.append(low <= new <= high)
        if k % 8 == 0:
            low, high = uncertain_shrinkage(fit.effects, fit.variances)
            own_in.append(np.mean((low <= effects) & (effects <= high)))
    assert np.mean(next_in) >= 0.92
    assert np.mean(own_in) >= 0.91  # 0.93 at 12 people and a spread near the noise, else 0.94
    if tau == 0.5 and people < 60:  # why the main prediction does not take tau2 as estimated
        assert np.mean(plain_in) < 0.92


@pytest.mark.slow
@pytest.mark.parametrize("cycles", [5, 8, 12])
def test_the_order_test_never_errs_more_often_than_it_says(rng, cycles):
    trials = 5000
    p = np.array([order_test(rng.standard_t(3, cycles)).p for _ in range(trials)])
    for level in (0.05, 0.1, 0.25):
        attainable = np.floor(level * 2 ** (cycles - 1)) / 2 ** (cycles - 1)
        assert np.mean(p <= level) < attainable + 4 * np.sqrt(level / trials)


@pytest.mark.slow
@pytest.mark.parametrize(("days", "low"), [(48, 0.92), (160, 0.935)])
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_daily_measures_with_serial_errors(rng, days, low, rho):
    trials, estimates, covered = 600, [], []
    block = np.arange(days) // 4
    for _ in range(trials):
        drawn = rng.random(days // 8) < 0.5
        active = np.where(block % 2 == 0, drawn[block // 2], ~drawn[block // 2]).astype(float)
        shocks = rng.normal(0, np.sqrt(1 - rho**2), days)
        shocks[0] = rng.normal()
        error = np.empty(days)
        error[0] = shocks[0]
        for t in range(1, days):
            error[t] = rho * error[t - 1] + shocks[t]
        X = np.column_stack((np.ones(days), active))
        effect = serial_regression(MEAN * active + error, X, np.arange(days)).contrast([0, 1])
        estimates.append(effect.estimate)
        covered.append(covers(effect, MEAN))
    assert abs(np.mean(estimates) - MEAN) < 4 * np.std(estimates) / np.sqrt(trials)
    assert low <= np.mean(covered) <= 0.975


@pytest.mark.slow
@pytest.mark.parametrize(("cycles", "most"), [(4, 0.12), (8, 0.07)])
def test_equal_effects_with_variances_of_their_own(rng, cycles, most):
    """Welch's test is near its size where Cochran's Q errs in half of all trials or more."""
    trials, people = 3000, 12
    d = rng.normal(MEAN, CYCLE_SD, (trials, people, cycles))
    y, v = d.mean(axis=2), d.var(axis=2, ddof=1) / cycles
    df = np.full(people, cycles - 1)
    found = np.mean([welch_test(*both, df).p < 0.05 for both in zip(y, v, strict=True)])
    assert 0.03 < found < most
