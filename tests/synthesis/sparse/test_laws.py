"""What must hold whatever the data: symmetry, studies without events, one study."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.synthesis.sparse import (
    TwoByTwo,
    glmm_odds_ratio,
    pooled_peto,
    pooled_two_by_two,
    two_by_two,
)
from equipoise.synthesis.sparse.kernels import hypergeometric


@st.composite
def tables(draw: st.DrawFn) -> TwoByTwo:
    k = draw(st.integers(3, 6))
    n = [draw(st.lists(st.integers(5, 40), min_size=k, max_size=k)) for _ in range(2)]
    x = [[draw(st.integers(0, most)) for most in sizes] for sizes in n]
    x[0][0], x[1][0] = 2, 1  # both arms have events and people without one
    return two_by_two(x[0], n[0], x[1], n[1])


def swapped(t: TwoByTwo) -> TwoByTwo:
    return TwoByTwo(t.study, t.c, t.n2, t.a, t.n1)


@given(tables())
def test_exchanging_arms_turns_the_sign(t):
    for measure in ("OR", "RR", "RD"):
        one, two = pooled_two_by_two(t, measure), pooled_two_by_two(swapped(t), measure)
        assert_allclose([-one.estimate, one.se], [two.estimate, two.se], atol=1e-10)
    assert_allclose(-pooled_peto(t)[0].estimate, pooled_peto(swapped(t))[0].estimate, atol=1e-10)


@given(tables(), st.integers(3, 50), st.integers(3, 50))
def test_a_study_without_events_says_nothing_of_a_ratio(t, n1, n2):
    more = two_by_two([*t.a, 0], [*t.n1, n1], [*t.c, 0], [*t.n2, n2])
    for measure in ("OR", "RR"):
        one, two = pooled_two_by_two(t, measure), pooled_two_by_two(more, measure)
        assert_allclose([one.estimate, one.se], [two.estimate, two.se], rtol=1e-12, atol=1e-12)


@given(st.integers(1, 19), st.integers(1, 29))
def test_one_study_is_its_own_odds_ratio(a, c):
    t = two_by_two([a], [20], [c], [30])
    got = pooled_two_by_two(t, "OR")
    se = np.sqrt(1 / a + 1 / (20 - a) + 1 / c + 1 / (30 - c))
    assert_allclose([got.estimate, got.se], [np.log(a * (30 - c) / (c * (20 - a))), se], atol=1e-10)


@given(tables(), st.floats(-3, 3))
def test_derivatives_of_the_hypergeometric_law(t, theta):
    kernel = hypergeometric(t.a, t.n1, t.c, t.n2)
    at = np.full((len(t), 1, 1), theta)
    h = 1e-5
    _, first, second = kernel(at)
    up, down = kernel(at + h), kernel(at - h)
    assert_allclose(first, (up[0] - down[0]) / (2 * h), atol=1e-5)
    assert_allclose(second, (up[1] - down[1]) / (2 * h), atol=1e-5)


@pytest.mark.parametrize("model", ["CM.EL", "UM.FS", "UM.RS"])
def test_models_of_events_do_not_mind_which_arm_is_first(zeros, model):
    one, two = glmm_odds_ratio(zeros, model), glmm_odds_ratio(swapped(zeros), model)
    assert_allclose(-one.coefficients, two.coefficients, atol=1e-9)
    assert_allclose(one.fit.log_likelihood, two.fit.log_likelihood, rtol=1e-11)


@pytest.mark.parametrize("model", ["CM.EL", "CM.AL", "UM.FS", "UM.RS"])
def test_the_slope_at_the_maximum_is_nothing(tables, model):
    for table in tables.values():
        fit = glmm_odds_ratio(table, model).fit
        assert fit.converged
        assert fit.gradient < 1e-9
        assert fit.quadrature < 1e-10


@pytest.mark.slow
def test_coverage_where_events_are_rare():
    """Two per cent in the controls, odds ratio 2, no heterogeneity: 95% intervals hold."""
    rng = np.random.default_rng(4)
    truth, hits, peto_hits, runs = np.log(2), 0, 0, 0
    for _ in range(400):
        n = rng.integers(60, 200, 12)
        c = rng.binomial(n, 0.02)
        a = rng.binomial(n, 1 / (1 + np.exp(-(np.log(0.02 / 0.98) + truth))))
        t = two_by_two(a, n, c, n)
        if (~t.uninformative).sum() < 3:
            continue
        runs += 1
        for found in (pooled_two_by_two(t, "OR"),):
            hits += abs(found.estimate - truth) <= 1.96 * found.se
        exact = glmm_odds_ratio(t, "CM.EL")
        peto_hits += abs(exact.coefficients[0] - truth) <= 1.96 * exact.se[0]
    assert 0.92 <= hits / runs <= 0.98
    assert 0.92 <= peto_hits / runs <= 0.99
