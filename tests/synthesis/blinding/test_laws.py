"""What holds for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.synthesis import checked_effects
from equipoise.synthesis.blinding import (
    ArmOutcome,
    Arms,
    TrialIndex,
    bias_adjusted,
    bias_synthesis,
    bivariate_fit,
    chance_guessing,
    control_arm_share,
    design_adjusted,
    discrepancy,
    gibbs,
    index_of_counts,
    randomised_and_observational,
    share,
    structural_fit,
    tipping_scale,
)
from equipoise.synthesis.blinding.bivariate import DIRECTIONS, _Problem
from equipoise.synthesis.blinding.tipping import limits
from equipoise.synthesis.pairwise import random_effects

from .conftest import row, simulated

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed, k=8, spread=0.3):
    rng = np.random.default_rng(seed)
    S = np.zeros((k, 2, 2))
    S[:, 0, 0], S[:, 1, 1] = rng.uniform(0.01, 0.2, (2, k))
    S[:, 0, 1] = S[:, 1, 0] = rng.uniform(-0.9, 0.9) * np.sqrt(S[:, 0, 0] * S[:, 1, 1])
    root = spread * rng.standard_normal((2, 2))
    true = rng.standard_normal((k, 2)) @ root
    return true + np.einsum("kab,kb->ka", np.linalg.cholesky(S), rng.standard_normal((k, 2))), S


@given(SEEDS, st.booleans(), st.sampled_from([0.0, 0.1, 0.6]))
@settings(max_examples=25)
def test_no_other_t_is_likelier(seed, restricted, spread):
    """Also on the border, where the derivative is no help."""
    y, S = drawn(seed, spread=spread)
    fit = bivariate_fit(y, S, likelihood="REML" if restricted else "ML")
    problem = _Problem(y, S, np.ones((len(y), 1)), restricted)
    top = problem.at(fit.T).loglik
    rng = np.random.default_rng(seed)
    for size in (1e-3, 0.05, 0.5):
        for _ in range(20):
            root = np.linalg.cholesky(fit.T + 1e-12 * np.eye(2)) + size * np.tril(
                rng.standard_normal((2, 2))
            )
            assert problem.at(root @ root.T).loglik <= top + 1e-8


@given(SEEDS, st.booleans())
@settings(max_examples=15)
def test_score_and_information_are_derivatives(seed, restricted):
    y, S = drawn(seed)
    X = np.column_stack([np.ones(len(y)), np.linspace(-1, 1, len(y))])
    problem, T, h = _Problem(y, S, X, restricted), np.array([[0.3, 0.05], [0.05, 0.2]]), 1e-5
    here = problem.at(T)
    for j, E in enumerate(DIRECTIONS):
        up, down = problem.at(T + h * E), problem.at(T - h * E)
        assert_allclose((up.loglik - down.loglik) / (2 * h), here.score[j], rtol=1e-5, atol=1e-6)
        bent = -(up.score - down.score) / (2 * h)
        assert_allclose(bent, here.information[j], rtol=1e-5, atol=1e-4)


@given(SEEDS, st.floats(0.01, 100), st.floats(0.01, 100))
@settings(max_examples=20)
def test_units_of_outcomes_do_not_matter(seed, a, b):
    y, S = drawn(seed)
    by = np.array([a, b])
    one, two = bivariate_fit(y, S), bivariate_fit(y * by, S * np.outer(by, by))
    assert_allclose(two.means, one.means * by, rtol=1e-6, atol=1e-9 * max(a, b))


def test_without_shared_spread_both_outcomes_are_pooled_apart():
    """A correlation of 0 that fits exactly: two univariate REML fits."""
    one = np.array([-1.0, -1.0, 1.0, 1.0, -0.5, -0.5, 0.5, 0.5])
    two = np.array([-1.0, 1.0, -1.0, 1.0, -0.5, 0.5, -0.5, 0.5])
    fit = bivariate_fit(np.column_stack([one, two]), np.tile(0.1 * np.eye(2), (8, 1, 1)))
    apart = random_effects(checked_effects(one, np.full(8, 0.1)))
    assert_allclose(fit.T, apart.tau2 * np.eye(2), atol=1e-10)


@given(SEEDS)
@settings(max_examples=20)
def test_equal_variances_give_the_textbook_correction(seed):
    """With equal sampling errors the slope is S12 / (S11 - w): attenuation undone."""
    rng = np.random.default_rng(seed)
    m = rng.normal(0.3, 0.5, 12)
    y = 0.4 * m + rng.normal(0, 0.4, 12)
    S = np.cov(m, y)
    w, v = 0.2 * S[0, 0], 0.2 * (S[1, 1] - S[0, 1] ** 2 / S[0, 0])
    fit = structural_fit(y, np.full(12, v), m, np.full(12, w))
    slope = S[0, 1] / (S[0, 0] - w)
    if S[1, 1] - v > slope * S[0, 1] + 1e-6:  # tau2 is above 0
        assert_allclose(fit.coefficients[1], slope, rtol=1e-7)
        assert_allclose(fit.index_sd**2, S[0, 0] - w, rtol=1e-7)


def test_without_error_in_the_index_the_structural_fit_is_the_naive_one():
    rng = np.random.default_rng(4)
    y, v, m, _ = (a[0] for a in simulated(rng, 15, tau=0.3))
    fit = structural_fit(y, v, m, np.zeros(15))
    naive = random_effects(checked_effects(y, v), np.column_stack([np.ones(15), m]), test="z")
    # REML sees one coefficient more in the naive model: compare at the same tau2
    again = random_effects(
        checked_effects(y, v), np.column_stack([np.ones(15), m]), test="z", tau2=fit.tau2
    )
    assert_allclose(fit.coefficients, again.beta, rtol=1e-8)
    assert_allclose(fit.coefficients, naive.beta, atol=0.05)


@given(st.floats(-2, 2))
@settings(max_examples=20)
def test_adding_to_all_effects_moves_only_the_effect_at_chance(by):
    rng = np.random.default_rng(4)
    y, v, m, w = (a[0] for a in simulated(rng, 15))
    one, two = structural_fit(y, v, m, w), structural_fit(y + by, v, m, w)
    assert_allclose(two.coefficients - one.coefficients, [by, 0], atol=1e-8)


def test_swapping_right_and_wrong_flips_the_index():
    counts = np.array([[[12, 5, 3], [9, 9, 1]], [[1, 0, 4], [7, 2, 0]]])
    one, two = index_of_counts(counts), index_of_counts(counts[:, :, [1, 0, 2]])
    assert_allclose(one.index, -two.index)
    assert_allclose(one.variance, two.variance)


@given(st.floats(0.01, 2), st.floats(0.02, 0.3), st.booleans())
@settings(max_examples=30)
def test_at_the_tipping_point_the_interval_touches(shift, sd, towards_harm):
    sign = -1 if towards_harm else 1
    y = sign * (shift + np.array([0.9, 1.0, 1.1, 0.95, 1.05]))
    effects = checked_effects(y, np.full(5, 0.01))
    found = bias_synthesis(effects, sd=sd, smallest_important=0.2)
    for label, target in (("no effect", 0.0), ("smallest important difference", 0.2 * sign)):
        rows = found.select(name="bias-tipping-point", label=label).rows
        if rows:
            low, high = limits(bias_adjusted(effects, sign * rows[0].estimate, sd), 0.95)
            assert_allclose(low if sign > 0 else high, target, atol=1e-9)


def test_one_class_for_all_is_the_exact_shift():
    effects = checked_effects([-0.9, -0.6, -1.2, -0.8], [0.04, 0.05, 0.03, 0.06])
    exact = bias_synthesis(effects).select(name="bias-tipping-point").rows[0].estimate
    assert_allclose(0.1 * tipping_scale(effects, np.full(4, -0.1)), exact, rtol=1e-12)


def test_the_curve_ends_in_the_plain_pools():
    effects = checked_effects([-0.9, -0.6, -1.2, -0.8, -2.0], [0.04, 0.05, 0.03, 0.06, 0.1])
    trial = np.array([True, True, True, False, False])
    whole, rct = random_effects(effects), random_effects(effects.take(trial))
    for w, fit in ((1.0, whole), (0.0, rct)):
        assert_allclose(design_adjusted(effects, trial, w).beta, fit.beta)
        assert_allclose(design_adjusted(effects, trial, w).se, fit.se)
    near = design_adjusted(effects, trial, 1e-9)
    assert_allclose(near.beta, rct.beta, atol=1e-6)


def test_swapping_the_classes_flips_the_discrepancy():
    effects = checked_effects([-0.9, -0.6, -1.2, -0.8, -2.0], [0.04, 0.05, 0.03, 0.06, 0.1])
    trial = np.array([True, True, True, False, False])
    one, two = discrepancy(effects, trial), discrepancy(effects, ~trial)
    assert_allclose([one.estimate, one.se, one.df], [-two.estimate, two.se, two.df])
    assert one.beyond(1e-12) == pytest.approx(1)


@given(st.floats(-3, 3), st.floats(-0.02, 0.02))
@settings(max_examples=30)
def test_fieller_holds_the_ratio_and_agrees_with_delta_when_all_is_precise(ratio, cov):
    small = 1e-6 * np.array([[1.0, cov], [cov, 1.0]])
    found = share(2 * ratio, 2.0, small)
    assert found.low < found.estimate < found.high
    assert_allclose(found.high - found.low, 2 * 1.959964 * found.se, rtol=1e-4)


def test_fieller_limits_are_those_shares_that_are_not_rejected():
    cov = np.array([[0.04, 0.01], [0.01, 0.05]])
    found = share(0.8, 2.1, cov, df=9)
    for s in (found.low, found.high):
        contrast = np.array([1.0, -s])
        t = (0.8 - s * 2.1) / np.sqrt(contrast @ cov @ contrast)
        assert_allclose(abs(t), 2.262157, atol=1e-6)


def test_a_trial_alike_in_both_arms_has_the_share_one():
    arm = ArmOutcome(np.array([-1.0, -1.2, -0.9]), np.array([0.01, 0.02, 0.01]))
    found = control_arm_share(Arms(("a", "b", "c"), arm, arm))
    assert_allclose(row(found, "control-arm-share", "all").estimate, 1)
    assert_allclose(row(found, "arm-contrast", "all").estimate, 0, atol=1e-12)


def test_responses_lie_in_range():
    arm = ArmOutcome(np.array([4.0, 5.0, 4.5]), np.array([0.5, 0.5, 0.5]))
    less = ArmOutcome(np.array([-4.0, -5.0, -4.5]), np.array([0.5, 0.5, 0.5]))
    found = control_arm_share(Arms(("a", "b", "c"), arm, less, response=True))
    for r in found.select(name="arm-response"):
        assert 0 < r.low < r.estimate < r.high < 1
    assert_allclose(row(found, "arm-response", "all", "active").estimate, expit(4.5))


def test_same_seed_same_draws(effects, index):
    one, two = (
        gibbs(
            effects.y, effects.v, index.index, index.variance,
            rng=np.random.default_rng(3), draws=50, burn_in=10,
        )
        for _ in range(2)
    )  # fmt: skip
    assert (one.coefficients == two.coefficients).all()


def test_never_one_merged_number(effects, index, made):
    found = chance_guessing(effects, index, draws=100) + randomised_and_observational(
        effects, made["randomised"] == 1
    )
    assert not [r for r in found if r.name == "pooled-effect" and r.label in (None, "all")]
    assert all(r.label for r in found if "effect" in r.name)


def test_extrapolation_is_marked_and_refused_as_a_finding():
    rng = np.random.default_rng(2)
    y, v, m, w = (a[0] for a in simulated(rng, 20))
    far = TrialIndex(np.clip(m + 0.4, 0.3, 1), w)
    found = chance_guessing(checked_effects(y, v), far, draws=100)
    refused = [r for r in found.refused if r.name == "finding-at-chance-guessing"]
    assert len(refused) == 1
    assert "Extrapolated" in refused[0].reason
    for r in found.select(name="effect-at-chance-guessing"):
        assert any("Extrapolated" in text for text in r.warnings)
    near = TrialIndex(m - m.mean(), w)
    assert not any(
        r.name == "finding-at-chance-guessing"
        for r in chance_guessing(checked_effects(y, v), near, draws=100).refused
    )


def test_priors_of_another_scale_are_warned_of(effects, index):
    points = checked_effects(30 * effects.y, 900 * effects.v)
    told = chance_guessing(points, index, draws=200).warnings
    assert any("another scale" in text for text in told)
    assert any("--slope-sd" in text for text in told)
    assert not any("--slope-sd" in text for text in chance_guessing(effects, index).warnings)
