import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.standardised_effect import common_share_weights
from equipoise.belief.stratum_means import Contrast, stratum_means

seeds = st.integers(0, 10_000)


def some_rows(seed, n=40, categories=2):
    rng = np.random.default_rng(seed)
    return rng.normal(50, 10, n), rng.integers(0, 2, n), rng.integers(0, categories, n)


@pytest.mark.parametrize(
    ("scale", "n", "mean"),  # anchors/belief.md, 2a: AC/AC, AC/PL, PL/AC, PL/PL
    [
        ("PANAS", [48, 44, 39, 102], [19.56, 12.59, 18.36, 10.95]),
        ("intensity", [48, 44, 38, 102], [38.10, 0.27, 35.50, 0.58]),
        ("CPS", [37, 34, 36, 80], [-0.043, -0.056, -0.115, 0.001]),
        ("QIDS", [91, 37, 56, 45], [5.80, 5.65, 6.77, 7.20]),
    ],
)
def test_the_four_strata_of_week_one(week_one_rows, scale, n, mean):
    got = stratum_means(*week_one_rows(scale))
    order = ([1, 1, 0, 0], [1, 0, 1, 0])
    assert got.n[order].tolist() == n
    assert_allclose(got.mean[order], mean, rtol=0, atol=5e-4 if scale == "CPS" else 5.1e-3)


def test_within_guess_and_within_arm_contrasts_of_panas(week_one_answer):
    found = week_one_answer("PANAS")
    drug = found.select(name="within-guess-effect")
    belief = found.select(name="within-arm-belief-effect")
    by_guess = {row.label: row.estimate for row in drug}
    assert_allclose(by_guess["guess microdose"], 1.20, rtol=0, atol=5e-3)
    assert_allclose(by_guess["guess placebo"], 1.64, rtol=0, atol=5e-3)
    by_arm = {row.arm: row.estimate for row in belief}
    assert_allclose(by_arm["microdose"], 6.97, rtol=0, atol=5e-3)
    assert_allclose(by_arm["placebo"], 7.41, rtol=0, atol=5e-3)


def test_contrasts_agree_with_r_welch_and_gls(made_trial, golden):
    strata = stratum_means(made_trial.y, made_trial.arm, made_trial.guess)
    for guess in (0, 1):
        weights = np.zeros((2, 2))
        weights[:, guess] = -1, 1
        got = [float(v) for v in strata.contrast(weights)]
        expected = [golden[f"welch {part} {guess}"] for part in ("estimate", "se", "df")]
        assert_allclose(got, expected, rtol=1e-8)
    got = strata.contrast(common_share_weights(strata.pooled_share))
    expected = [golden[f"plug-in {part}"] for part in ("estimate", "se", "df")]
    assert_allclose([float(v) for v in got], expected, rtol=1e-6)  # gls stops its search there


@given(seeds)
def test_order_of_the_rows_does_not_matter(seed):
    y, arm, guess = some_rows(seed)
    turn = np.random.default_rng(seed).permutation(len(y))
    a, b = stratum_means(y, arm, guess), stratum_means(y[turn], arm[turn], guess[turn])
    assert_allclose(b.mean, a.mean, rtol=1e-12)
    assert_allclose(b.variance, a.variance, rtol=1e-9)


@given(seeds, st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_shift_and_scale_go_through(seed, shift, scale):
    y, arm, guess = some_rows(seed)
    a, b = stratum_means(y, arm, guess), stratum_means(shift + scale * y, arm, guess)
    assert_allclose(b.mean, shift + scale * a.mean, rtol=1e-9, atol=1e-8)
    assert_allclose(b.variance, scale**2 * a.variance, rtol=1e-6, atol=1e-6)


@given(seeds)
def test_a_batch_is_its_trials(seed):
    trials = [some_rows(seed + k) for k in range(3)]
    batch = stratum_means(*(np.stack(part) for part in zip(*trials, strict=True)))
    for k, trial in enumerate(trials):
        one = stratum_means(*trial)
        assert_allclose(batch.mean[k], one.mean, rtol=1e-12)
        assert_allclose(batch.variance[k], one.variance, rtol=1e-9)


@given(seeds)
def test_shares_and_counts_add_up(seed):
    y, arm, guess = some_rows(seed, categories=3)
    got = stratum_means(y, arm, guess, 3)
    assert got.n.sum() == len(y)
    assert_allclose(got.guess_share.sum(axis=-1), 1)
    assert_allclose(got.pooled_share.sum(), 1)


def test_small_strata_have_no_variance_and_are_not_identified():
    y, arm, guess = np.arange(7.0), [1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 1, 0, 0]
    got = stratum_means(y, arm, guess)
    assert np.isnan(got.variance[1, 0])
    assert not got.identified
    assert np.isnan(got.contrast(common_share_weights(got.pooled_share)).se)


def test_no_spread_gives_no_interval_and_no_crash():
    got = stratum_means(np.full(8, 3.0), [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0] * 2)
    found = got.contrast(common_share_weights(got.pooled_share))
    assert found.se == 0
    assert np.isnan(found.interval()).all()
    assert np.isnan(found.p)


def test_t_limits_and_p_agree():
    found = Contrast(np.array(2.5), np.array(1.0), np.array(12.3))
    level = 1 - float(found.p)
    assert_allclose(found.interval(level)[0], 0, atol=1e-12)
