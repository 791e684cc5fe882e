"""Laws of pooling: shifts, scales, order, and what tau2 must solve."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.synthesis import Effects, checked_effects
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.pairwise.heterogeneity import q_profile
from equipoise.synthesis.pairwise.permutation import permutation_test
from equipoise.synthesis.pairwise.tau2 import METHODS
from equipoise.synthesis.pairwise.tau2.likelihood import log_likelihood
from equipoise.synthesis.pairwise.weighted import at_tau2

ITERATED = ("ML", "REML", "PM", "PMM")


@st.composite
def some_effects(draw: st.DrawFn) -> Effects:
    k = draw(st.integers(3, 12))
    y = draw(arrays(np.float64, k, elements=st.floats(-3, 3)))
    v = draw(arrays(np.float64, k, elements=st.floats(0.01, 2)))
    return checked_effects(y, v)


@given(some_effects(), st.sampled_from(sorted(METHODS)), st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale(effects: Effects, method: str, shift: float, scale: float) -> None:
    one = random_effects(effects, method=method)
    moved = checked_effects(scale * effects.y + shift, scale**2 * effects.v)
    two = random_effects(moved, method=method)
    unit = float(effects.v.max() + effects.y.var())
    assert_allclose(two.tau2 / scale**2, one.tau2, rtol=1e-5, atol=1e-7 * unit)
    assert_allclose(two.beta, scale * one.beta + shift, rtol=1e-5, atol=1e-5 * scale)


@given(some_effects(), st.sampled_from(sorted(METHODS)), st.integers(0, 1000))
def test_order_does_not_matter(effects: Effects, method: str, seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(len(effects))
    one, two = (random_effects(e, method=method) for e in (effects, effects.take(rows)))
    assert_allclose(two.tau2, one.tau2, rtol=1e-6, atol=1e-9)


@given(some_effects())
def test_paule_mandel_solves_its_equation(effects: Effects) -> None:
    fit = random_effects(effects, method="PM")
    q = float(at_tau2(effects.y, effects.v, fit.x, fit.tau2).ypy)
    if fit.tau2 > 0:
        assert_allclose(q, fit.k - 1, rtol=1e-9)
    else:
        assert q <= (fit.k - 1) * (1 + 1e-12)


@given(some_effects(), st.sampled_from([True, False]), st.floats(0, 20))
def test_no_tau2_is_likelier(effects: Effects, restricted: bool, other: float) -> None:
    fit = random_effects(effects, method="REML" if restricted else "ML")
    best, value = (
        float(log_likelihood(effects.y, effects.v, fit.x, t, restricted=restricted))
        for t in (fit.tau2, other)
    )
    assert best >= value - 1e-9 * abs(value)


@given(some_effects())
def test_q_profile_holds_paule_mandel_where_it_is_no_edge(effects: Effects) -> None:
    fit = random_effects(effects, method="PMM")
    low, high = q_profile(fit)
    assert low <= fit.tau2 <= high


@given(some_effects())
def test_equal_variances_make_all_moment_methods_agree(effects: Effects) -> None:
    same = checked_effects(effects.y, np.full(len(effects), 0.3))
    values = [random_effects(same, method=m).tau2 for m in ("DL", "HE", "PM", "REML")]
    assert_allclose(values, values[0], rtol=1e-6, atol=1e-9)


@given(some_effects(), st.sampled_from(ITERATED))
def test_a_batch_is_its_problems_one_by_one(effects: Effects, method: str) -> None:
    y = np.stack([effects.y, -effects.y, effects.y**2, effects.y * 0])
    v = np.broadcast_to(effects.v, y.shape)
    x = np.ones((len(effects), 1))
    whole = METHODS[method].estimate(y, v, x)
    each = [METHODS[method].estimate(one, effects.v, x) for one in y]
    assert_allclose(whole, each, rtol=1e-9, atol=1e-12)


def test_several_tops_are_all_looked_at() -> None:
    # two groups of precise studies, one of vague ones: the likelihood has two tops
    y = np.array([0.0, 0.001, 0.002, 5.0, -5.0, 6.0, -6.0])
    v = np.array([1e-6, 1e-6, 1e-6, 0.1, 0.1, 0.1, 0.1])
    fit = random_effects(checked_effects(y, v), method="ML")
    grid = np.concatenate([[0], np.logspace(-9, 3, 4000)])
    values = [float(log_likelihood(y, v, fit.x, t, restricted=False)) for t in grid]
    best = float(log_likelihood(y, v, fit.x, fit.tau2, restricted=False))
    assert best >= max(values) - 1e-9


@given(some_effects())
def test_flipping_all_signs_keeps_the_permutation_p(effects: Effects) -> None:
    assume(np.ptp(effects.y) > 1e-3)
    fits = [
        random_effects(checked_effects(sign * effects.y, effects.v), method="DL", test="z")
        for sign in (1, -1)
    ]
    p = [permutation_test(fit, np.random.default_rng(1)).p[0] for fit in fits]
    assert p[0] == pytest.approx(p[1], abs=1e-12)
    assert p[0] >= 2 / 2 ** len(effects) * (1 - 1e-12)


def test_random_flips_agree_with_all_of_them() -> None:
    rng = np.random.default_rng(7)
    effects = checked_effects(rng.normal(0.3, 0.4, 12), rng.uniform(0.02, 0.2, 12))
    fit = random_effects(effects, test="z")
    exact = permutation_test(fit, rng).p[0]
    repeated = checked_effects(np.tile(effects.y, 2), np.tile(effects.v, 2))
    assert permutation_test(random_effects(repeated), rng, 999).draws == 1000
    assert 0 < exact < 1
