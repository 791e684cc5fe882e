"""Laws: what must hold whatever the studies are."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, stats

from equipoise.synthesis import checked_effects
from equipoise.synthesis.small_study import (
    begg,
    excess_significance,
    funnel_regression,
    kendall,
    pet_peese,
    selection_model,
    selection_ratio,
    trim_and_fill,
)
from equipoise.synthesis.small_study.selection.fit import _bound
from equipoise.synthesis.small_study.selection.likelihood import log_likelihood
from equipoise.synthesis.small_study.selection.p_values import p_value
from equipoise.synthesis.small_study.selection.weights import log_weight

ALTERNATIVES = ("greater", "less", "two.sided")
FUNCTIONS = [
    ("stepfun", [0.025, 1.0]), ("stepfun", [0.01, 0.2, 0.7, 1.0]), ("beta", []),
    ("beta", [0.02, 0.9]),
    ("halfnorm", []), ("halfnorm", [0.05]), ("negexp", []), ("logistic", [0.1]), ("power", []),
]  # fmt: skip


@st.composite
def studies(draw, least=5, most=25):
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    k = draw(st.integers(least, most))
    v = rng.uniform(0.01, 0.4, k)
    return rng.normal(0.2, 0.3, k) + np.sqrt(v) * rng.normal(size=k), v


def bound(y, v, *, kind, cuts, alternative, imprecision=None):
    effects = checked_effects(y, v)
    family, function, _ = _bound(effects, kind, np.array(cuts), alternative, imprecision)
    ones = np.ones((len(y), 1))
    return family, lambda theta: log_likelihood(effects.y, effects.v, ones, function, theta)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize(("kind", "cuts"), FUNCTIONS)
def test_gradient_and_hessian_are_the_derivatives(kind, cuts, alternative):
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 0.5, 12)
    y = rng.normal(0.3, 0.5, 12)
    imprecision = None if kind == "stepfun" else np.sqrt(v)
    family, objective = bound(
        y, v, kind=kind, cuts=cuts, alternative=alternative, imprecision=imprecision
    )
    theta = np.concatenate([[0.25, 0.15], rng.uniform(0.6, 1.8, family.parameters)])
    _, gradient, hessian = objective(theta)
    step = 1e-5 * np.eye(len(theta))
    slopes = [(objective(theta + h)[0] - objective(theta - h)[0]) / 2e-5 for h in step]
    curves = [(objective(theta + h)[1] - objective(theta - h)[1]) / 2e-5 for h in step]
    assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-6)
    assert_allclose(hessian, curves, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("delta", [0.3, 2.0, 30.0])
@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("kind", ["halfnorm", "negexp", "logistic", "power", "beta"])
def test_the_chance_of_being_seen_agrees_with_adaptive_quadrature(kind, alternative, delta):
    y, v, mean, tau2 = np.array([0.4]), np.array([0.09]), 0.2, 0.3
    family, objective = bound(y, v, kind=kind, cuts=[], alternative=alternative)
    deltas = np.full(family.parameters, delta)
    s = np.sqrt(v[0] + tau2)

    def log_w(x):
        p = np.clip(p_value(np.atleast_1d(x / 0.3), alternative), family.censor, 1 - family.censor)
        return log_weight(kind, p, deltas)[0]

    tails = [1e-5, 5e-6, 0.5 * (1 - 1e-5), 0.5]  # p is censored, or folded, there
    kinks = 0.3 * stats.norm.ppf(tails)
    edges = np.unique(np.concatenate([np.linspace(-4, 4, 81), kinks, -kinks]))
    chance = sum(
        integrate.quad(
            lambda x: float(np.exp(log_w(x))[0] * stats.norm.pdf(x, mean, s)), a, b, epsrel=1e-12
        )[0]
        for a, b in pairwise(edges)
    )
    want = float(log_w(y[0])[0]) + stats.norm.logpdf(y[0], mean, s) - np.log(chance)
    got = objective(np.concatenate([[mean, tau2], deltas]))[0]
    assert_allclose(got, want, atol=3e-9)  # the tails beyond 4 hold 1e-9


@given(studies())
def test_a_selection_fit_is_no_worse_than_no_selection_and_flips_with_the_sign(rows):
    y, v = rows
    fit = selection_model(checked_effects(y, v))
    assert fit.log_likelihood >= fit.without_selection - 1e-9
    mirrored = selection_model(checked_effects(-y, v), alternative="less")
    assert_allclose(mirrored.log_likelihood, fit.log_likelihood, atol=1e-8)
    if fit.converged and not fit.at_bound:
        assert_allclose(mirrored.effect.estimate, -fit.effect.estimate, atol=1e-5)


def test_no_selection_at_fixed_weights_of_one_is_maximum_likelihood():
    rng = np.random.default_rng(5)
    effects = checked_effects(rng.normal(0.3, 0.5, 20), rng.uniform(0.02, 0.2, 20))
    fit = selection_model(effects, steps=[0.025, 0.5], weights=[1, 1])
    assert_allclose(fit.log_likelihood, fit.without_selection, rtol=1e-12)
    assert np.isnan(fit.p)


@given(studies(), st.floats(0.1, 50))
def test_regressions_scale_with_the_effects(rows, factor):
    y, v = rows
    one = funnel_regression(y, v)
    other = funnel_regression(factor * y, factor**2 * v)
    assert_allclose(other.slope.statistic, one.slope.statistic, rtol=1e-6, atol=1e-8)
    assert_allclose(other.intercept.estimate, factor * one.intercept.estimate, rtol=1e-6, atol=1e-8)


@given(studies())
def test_trim_and_fill_mirrors(rows):
    y, v = rows
    left = trim_and_fill(checked_effects(y, v), side="left", method="EE")
    right = trim_and_fill(checked_effects(-y, v), side="right", method="EE")
    assert left.missing == right.missing
    assert_allclose(left.fit.beta, -right.fit.beta, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("ties", [False, True])
def test_kendall_agrees_with_scipy(seed, ties):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 15))
    if ties:
        x, y = np.round(x), np.round(2 * y)
    want = stats.kendalltau(x, y, method="asymptotic" if ties else "exact")
    got = kendall(x, y)
    assert_allclose([got.tau, got.p], [want.statistic, want.pvalue], rtol=1e-10)


@given(studies())
def test_the_ratio_of_selection_moves_the_mean_to_the_target(rows):
    y, v = rows
    found = selection_ratio(y, v)
    if found.estimate is None or found.estimate == 1:
        return
    affirmative = y / np.sqrt(v) > stats.norm.ppf(0.975)
    w = np.where(affirmative, 1, found.estimate) / v
    assert_allclose((w * y).sum() / w.sum(), 0, atol=1e-10)
    if found.limit not in (None, 1.0):
        r = np.where(affirmative, 1, found.limit)
        mean, se = (r * y / v).sum(), np.sqrt((r**2 / v).sum())
        assert_allclose(mean, stats.norm.ppf(0.975) * se, rtol=1e-6)


def test_pet_peese_takes_peese_where_there_is_an_effect():
    rng = np.random.default_rng(2)
    v = rng.uniform(0.002, 0.1, 40)
    strong = pet_peese(1 + np.sqrt(v) * rng.normal(size=40), v)
    none = pet_peese(np.sqrt(v) * rng.normal(size=40) * 0.1, v)
    assert (strong.chosen, none.chosen) == ("PEESE", "PET")


@given(studies())
def test_the_excess_is_exact_where_power_is_equal(rows):
    y, _ = rows
    v = np.full(len(y), 0.05)
    exact = excess_significance(y, v, test="exact")
    binomial = excess_significance(y, v, test="binomial")
    assert_allclose(exact.p, binomial.p, rtol=1e-9, atol=1e-12)
    if exact.limit is not None:
        again = excess_significance(y, v, test="exact", theta=exact.limit)
        assert_allclose(again.p, 0.10, rtol=1e-9)


def test_begg_is_symmetric():
    rng = np.random.default_rng(0)
    y, v = rng.normal(size=20), rng.uniform(0.1, 1, 20)
    assert begg(y, v).tau == -begg(-y, v).tau


@pytest.mark.slow
def test_the_three_parameter_model_is_consistent():
    """300 studies, results with one-sided p above 0.025 seen with chance 0.3; 60 worlds."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(60):
        v = rng.uniform(0.02, 0.2, 3000)
        y = 0.3 + np.sqrt(v + 0.04) * rng.normal(size=3000)
        p = stats.norm.sf(y / np.sqrt(v))
        seen = np.flatnonzero(rng.random(3000) < np.where(p <= 0.025, 1, 0.3))[:300]
        fit = selection_model(checked_effects(y[seen], v[seen]))
        found.append(
            (fit.effect.estimate, fit.tau2.estimate, fit.weights[0].estimate, fit.effect.se)
        )
    effect, tau2, weight, se = np.array(found).T
    assert abs(effect.mean() - 0.3) < 3 * effect.std() / 60**0.5
    assert abs(tau2.mean() - 0.04) < 0.01
    assert abs(weight.mean() - 0.3) < 0.06
    assert 0.75 < se.mean() / effect.std(ddof=1) < 1.3


@pytest.mark.slow
def test_size_of_the_classical_test():
    rng = np.random.default_rng(12)
    v = rng.uniform(0.02, 0.3, 20)
    p = [funnel_regression(0.4 + np.sqrt(v) * rng.normal(size=20), v).slope.p for _ in range(4000)]
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 4000)
