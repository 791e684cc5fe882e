import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis import arm_design, random_intercept_fit
from equipoise.analysis.mixed_model import _derivatives, _strata
from equipoise.errors import DataError, NotIdentifiedError


@pytest.mark.parametrize("reml", [True, False])
def test_agrees_with_r_lmertest(trial, design, golden, reml):
    fit = random_intercept_fit(trial["score"], design.matrix, trial["id"], reml=reml)
    r = golden("reml" if reml else "ml")
    for row, term in zip(np.eye(5), design.columns, strict=True):
        got, want = fit.contrast(row), r.loc[term]
        assert_allclose([*got, got.p], [want.estimate, want.se, want.df, want.p], rtol=1e-6)
    assert_allclose([fit.s2b, fit.s2], r.loc[["s2b", "s2"], "estimate"], rtol=1e-6)
    assert_allclose(fit.deviance, r.loc["deviance", "estimate"], rtol=1e-11)
    assert fit.deviance <= r.loc["deviance", "estimate"] + 1e-9  # ours is the optimum
    assert fit.score_norm < 1e-9
    assert not fit.boundary


def test_variance_at_the_edge_is_least_squares_with_residual_df(trial, design, golden):
    repelled = trial["score"] + np.where(trial["week"] % 2 == 0, 12, -12)
    fit = random_intercept_fit(repelled, design.matrix, trial["id"])
    assert fit.boundary
    assert fit.s2b == 0
    r = golden("boundary")
    for row, term in zip(np.eye(5), design.columns, strict=True):
        got, want = fit.contrast(row), r.loc[term]
        assert_allclose([*got, got.p], [want.estimate, want.se, want.df, want.p], rtol=1e-9)
    assert_allclose(fit.deviance, r.loc["deviance", "estimate"], rtol=1e-9)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("theta", [(0.5, 9.0), (4.0, 2.0)])
def test_score_and_information_are_the_derivatives_of_the_deviance(trial, design, theta, reml):
    q, _ = np.linalg.qr(design.matrix)
    strata = _strata(trial["score"].to_numpy(), q, trial["id"], reml=reml)
    at, step = np.array(theta), 1e-4
    here = _derivatives(strata, at)
    for j, direction in enumerate(np.eye(2) * step):
        up, down = _derivatives(strata, at + direction), _derivatives(strata, at - direction)
        assert_allclose(here.gradient[j], (up.deviance - down.deviance) / (2 * step), rtol=1e-5)
        assert_allclose(here.hessian[j], (up.gradient - down.gradient) / (2 * step), rtol=1e-5)
        slope = (up.covariance - down.covariance) / (2 * step)
        assert_allclose(here.covariance_gradient[j], slope, rtol=1e-5, atol=1e-9)


def test_deviance_is_that_of_the_full_covariance_matrix(trial, design):
    """The strata are an identity, not an approximation."""
    X, y = design.matrix, trial["score"].to_numpy()
    fit = random_intercept_fit(y, X, trial["id"])
    same = trial["id"].to_numpy()[:, None] == trial["id"].to_numpy()
    V = fit.s2 * np.eye(len(y)) + fit.s2b * same
    information = X.T @ np.linalg.solve(V, X)
    beta = np.linalg.solve(information, X.T @ np.linalg.solve(V, y))
    residual = y - X @ beta
    deviance = (
        np.linalg.slogdet(V)[1]
        + np.linalg.slogdet(information)[1]
        + residual @ np.linalg.solve(V, residual)
        + (len(y) - X.shape[1]) * np.log(2 * np.pi)
    )
    assert_allclose(fit.coefficients, beta, rtol=1e-9)
    assert_allclose(fit.covariance, np.linalg.inv(information), rtol=1e-8)
    assert_allclose(fit.deviance, deviance, rtol=1e-12)


def test_balanced_weeks_are_the_paired_t_test(rng):
    """Everybody once in each arm: the mixed model is the paired comparison, df and all."""
    person = np.repeat(rng.normal(0, 2, 20), 2).reshape(20, 2)
    scores = person + rng.normal(0, 1, (20, 2)) + [0.0, 0.8]
    change = scores[:, 1] - scores[:, 0]
    X = np.column_stack((np.ones(40), np.tile([0.0, 1.0], 20)))
    effect = random_intercept_fit(scores.ravel(), X, np.repeat(np.arange(20), 2)).contrast([0, 1])
    assert_allclose(effect, [change.mean(), change.std(ddof=1) / np.sqrt(20), 19], rtol=1e-8)


@settings(max_examples=30, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_shift_and_scale(trial, design, shift, scale):
    plain = random_intercept_fit(trial["score"], design.matrix, trial["id"])
    moved = random_intercept_fit(scale * trial["score"] + shift, design.matrix, trial["id"])
    one, other = plain.contrast([0, 1, 0, 0, 0]), moved.contrast([0, 1, 0, 0, 0])
    assert_allclose([other.estimate, other.se], [scale * one.estimate, scale * one.se], rtol=1e-6)
    assert_allclose([other.df, moved.icc], [one.df, plain.icc], rtol=1e-6)


def test_swapping_arms_flips_the_sign_only(trial):
    two = trial[trial["arm"] != "low"]
    arm, people = two["arm"].to_numpy(dtype=object), two["id"]
    designs = (arm_design(arm, order) for order in (("placebo", "high"), ("high", "placebo")))
    one, other = (
        random_intercept_fit(two["score"], d.matrix, people).contrast([0, 1]) for d in designs
    )
    assert_allclose(
        [one.estimate, one.se, one.df], [-other.estimate, other.se, other.df], rtol=1e-8
    )


def test_order_of_rows_and_names_of_people_do_not_matter(trial, design, rng):
    shuffled = rng.permutation(len(trial))
    named = np.array([f"P{i:03d}" for i in trial["id"]], dtype=object)
    one = random_intercept_fit(trial["score"], design.matrix, trial["id"])
    other = random_intercept_fit(
        trial["score"].to_numpy()[shuffled], design.matrix[shuffled], named[shuffled]
    )
    assert_allclose(one.coefficients, other.coefficients, rtol=1e-9)
    assert_allclose(one.covariance, other.covariance, rtol=1e-9)


def test_the_trial_twice_halves_the_variance(trial, design):
    """Duplicated people carry double the information (ML: REML also counts coefficients)."""
    one = random_intercept_fit(trial["score"], design.matrix, trial["id"], reml=False)
    twice = random_intercept_fit(
        np.tile(trial["score"], 2),
        np.tile(design.matrix, (2, 1)),
        np.concatenate((trial["id"], 1000 + trial["id"])),
        reml=False,
    )
    assert_allclose(twice.coefficients, one.coefficients, rtol=1e-7)
    assert_allclose(twice.covariance, one.covariance / 2, rtol=1e-6)
    effect, before = twice.contrast([0, 1, 0, 0, 0]), one.contrast([0, 1, 0, 0, 0])
    assert_allclose(effect.df, 2 * before.df, rtol=1e-6)


def test_what_cannot_be_estimated_is_refused(trial, design):
    X, y = design.matrix, trial["score"].to_numpy()
    with pytest.raises(NotIdentifiedError, match="one with several rows"):
        random_intercept_fit(y, X, np.arange(len(y)))
    with pytest.raises(NotIdentifiedError, match="at least 2 participants"):
        random_intercept_fit(y, X, np.zeros(len(y)))
    with pytest.raises(NotIdentifiedError, match="do not vary within"):
        random_intercept_fit(trial["id"] % 5, np.ones((len(y), 1)), trial["id"])
    with pytest.raises(NotIdentifiedError, match="do not vary"):
        random_intercept_fit(X @ np.arange(5.0), X, trial["id"])
    with pytest.raises(NotIdentifiedError, match="'arm twice'"):
        random_intercept_fit(y, X[:, [0, 1, 1]], trial["id"], columns=["1", "arm", "arm twice"])
    with pytest.raises(DataError, match="cluster labels"):
        random_intercept_fit(y, X, [1, 2, 3])


def _simulated(rng, people, icc):
    """One trial of weekly switching: effect 0.3 sd, four weeks, a quarter of them missing."""
    arm = rng.integers(0, 2, (people, 4)).astype(float)
    noise = rng.normal(0, np.sqrt(1 - icc), (people, 4))
    y = 0.3 * arm + rng.normal(0, np.sqrt(icc), (people, 1)) + noise
    kept = rng.random((people, 4)) < 0.75
    who = np.broadcast_to(np.arange(people)[:, None], (people, 4))[kept]
    return y[kept], np.column_stack((np.ones(len(who)), arm[kept])), who


def _coverage(rng, trials, people, icc):
    effects = [
        random_intercept_fit(*_simulated(rng, people, icc)).contrast([0, 1]) for _ in range(trials)
    ]
    limits = np.array([effect.interval(0.95) for effect in effects])
    estimates = np.array([effect.estimate for effect in effects])
    covered = np.mean((limits[:, 0] <= 0.3) & (limits[:, 1] >= 0.3))
    return estimates.mean() - 0.3, estimates.std() / np.sqrt(trials), covered


def test_unbiased_and_covers_in_small_trials(rng):
    trials = 500
    bias, error, covered = _coverage(rng, trials, 20, 0.5)
    assert abs(bias) < 4 * error
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.slow
@pytest.mark.parametrize("people", [10, 40, 240])
@pytest.mark.parametrize("icc", [0.1, 0.5, 0.9])
def test_coverage_is_nominal(rng, people, icc):
    """10 people with ICC 0.1 sit at the edge of the range half the time: the hard corner."""
    trials = 4_000
    bias, error, covered = _coverage(rng, trials, people, icc)
    assert abs(bias) < 4 * error
    assert 0.935 <= covered <= 0.965


COVARIATES = {
    "energy": ("expectation", "psychiatric_past", "sex"),
    "intensity": ("expectation",),
    "QIDS": ("psychiatric_past", "sss"),
    "STAIT": ("psychiatric_past", "sss"),
    "SCS": ("psychiatric_past",),
    "CPS": ("age", "sex"),
    **dict.fromkeys(
        ("PANAS", "positive", "negative", "mood", "creativity", "focus", "temper", "WEMWB"),
        ("expectation", "psychiatric_past"),
    ),
}


def test_all_twenty_weekly_outcomes_agree_with_r_lmertest(trial_data, weekly_golden):
    data = pd.read_csv(trial_data / "microdose_pacutes.csv")
    assert len(weekly_golden) == 60
    for (test, model), expected in weekly_golden.groupby(["test", "model"]):
        rows = data[data["test_name"] == test]
        names = COVARIATES.get(test, ("age",))
        covariates = {name: rows[name].to_numpy() for name in names}
        design = arm_design(rows["condition"].to_numpy(dtype=object), ("PL", "MD"), covariates)
        X = design.matrix
        if model == "arm+guess":
            X = np.insert(X, 2, rows["guess"] == "MD", axis=1)
        fit = random_intercept_fit(rows["value"], X, rows["trial_id"])
        for r in expected.itertuples():
            weights = np.zeros(X.shape[1])
            weights[1 if r.term == "conditionMD" else 2] = 1
            got = fit.contrast(weights)
            assert_allclose(got, [r.estimate, r.se, r.df], rtol=1e-6)
            assert_allclose([fit.s2b, fit.s2], [r.s2b, r.s2], rtol=1e-6)
        assert (fit.rows, fit.clusters) == (r.rows, r.people)
