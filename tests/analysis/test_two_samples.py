import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import stdtr

from equipoise.analysis import difference_in_means, two_samples
from equipoise.errors import DataError, NotIdentifiedError

SCORES = st.lists(st.integers(0, 50), min_size=3, max_size=20).filter(lambda y: len(set(y)) > 1)


def test_agrees_with_r_t_test_and_hedges_formula(trial, golden):
    first = trial[trial["week"] == 1]
    by_arm = {arm: rows.to_numpy() for arm, rows in first.groupby("arm")["score"]}
    rows = difference_in_means(by_arm["high"], by_arm["placebo"])
    for row, what in zip(rows, ("pooled", "welch", "hedges"), strict=True):
        r = golden(what).loc["high"]
        assert_allclose([row.estimate, row.se], [r.estimate, r.se], rtol=1e-11)
        if what != "hedges":
            assert_allclose([row.df, row.p], [r.df, r.p], rtol=1e-10)
            limits = golden(what).loc["limits"]
            assert_allclose([row.low, row.high], [limits.estimate, limits.se], rtol=1e-11)


@given(SCORES, SCORES, st.floats(-100, 100), st.floats(0.1, 10))
def test_shift_does_nothing_and_scale_scales(active, control, shift, scale):
    a, c = np.array(active, float), np.array(control, float)
    plain, moved = two_samples(a, c), two_samples(scale * a + shift, scale * c + shift)
    assert_allclose(moved.difference, scale * plain.difference, rtol=1e-7, atol=1e-9)
    assert_allclose(moved.pooled_se, scale * plain.pooled_se, rtol=1e-7)
    assert_allclose(moved.welch_df, plain.welch_df, rtol=1e-7)
    assert_allclose(moved.hedges_g, plain.hedges_g, rtol=1e-7, atol=1e-9)


@given(SCORES, SCORES)
def test_swapping_arms_flips_the_sign_only(active, control):
    one, other = two_samples(active, control), two_samples(control, active)
    assert_allclose(one.difference, -other.difference, atol=1e-12)
    assert_allclose(one.hedges_g, -other.hedges_g, atol=1e-12)
    assert_allclose(
        [one.pooled_se, one.welch_se, one.welch_df],
        [other.pooled_se, other.welch_se, other.welch_df],
        rtol=1e-12,
    )


@given(SCORES)
def test_equal_sizes_make_pooled_and_welch_errors_equal(scores):
    result = two_samples(scores, list(reversed(scores)))
    assert_allclose(result.pooled_se, result.welch_se, rtol=1e-12)


def test_a_batch_is_its_trials_one_by_one(rng):
    active, control = rng.normal(size=(3, 2, 9)), rng.normal(size=(3, 2, 7))
    batch = two_samples(active, control)
    assert batch.difference.shape == (3, 2)
    one = two_samples(active[2, 1], control[2, 1])
    assert_allclose(batch.welch_df[2, 1], one.welch_df)
    assert_allclose(batch.hedges_se[2, 1], one.hedges_se)


def test_welch_covers_with_unequal_variances(rng):
    trials = 20_000
    result = two_samples(rng.normal(1, 3, (trials, 12)), rng.normal(0, 1, (trials, 30)))
    ratio = np.abs(result.difference - 1) / result.welch_se
    p = 2 * stdtr(result.welch_df, -ratio)
    error = 4 * np.sqrt(0.05 * 0.95 / trials)
    assert abs(np.mean(p < 0.05) - 0.05) < error + 0.003  # Welch is itself an approximation
    assert abs(result.difference.mean() - 1) < 4 * np.sqrt((9 / 12 + 1 / 30) / trials)


def test_bad_input_is_refused_with_what_to_do():
    with pytest.raises(NotIdentifiedError, match="at least 2"):
        two_samples([1.0], [2.0, 3.0])
    with pytest.raises(NotIdentifiedError, match="no standard error"):
        two_samples([1, 1, 1], [2, 2])
    with pytest.raises(DataError, match="finite"):
        two_samples([1, np.nan, 1], [2, 2])
    with pytest.raises(DataError, match="finite"):
        two_samples(3.0, [2, 2])
