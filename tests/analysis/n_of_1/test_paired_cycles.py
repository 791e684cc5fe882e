from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.n_of_1 import one_stage, order_test, paired_fit, random_effects
from equipoise.analysis.n_of_1.uncertain_spread import uncertain_prediction
from equipoise.errors import DataError, NotIdentifiedError

DIFFERENCES = st.lists(st.integers(-9, 9), min_size=1, max_size=9)


@given(DIFFERENCES)
def test_every_order_is_counted(differences):
    """Against plain enumeration; integers, so that ties are exact."""
    seen = abs(sum(differences))
    signs = product((-1, 1), repeat=len(differences))
    sums = [abs(sum(s * d for s, d in zip(row, differences, strict=True))) for row in signs]
    test = order_test(differences)
    assert test.p == sum(s >= seen for s in sums) / len(sums)
    assert test.p >= test.smallest_p == min(1, 2 ** (1 - len(differences)))


@given(DIFFERENCES, st.floats(0.01, 100))
def test_units_and_direction_do_not_matter(differences, scale):
    assert order_test(differences).p == order_test([-scale * d for d in differences]).p


def test_many_cycles_are_counted_exactly(rng):
    """36 cycles: close to the paired t, which holds there; 2^36 orders in two halves."""
    d = rng.normal(0.4, 1, 36)
    assert_allclose(order_test(d).p, paired_fit(d).contrast([1]).p, atol=0.01)
    with pytest.raises(NotIdentifiedError, match="paired t"):
        order_test(np.ones(41))


def test_bad_differences_are_refused():
    for wrong in ([], [[1.0]], [1.0, np.nan]):
        with pytest.raises(DataError, match="one finite number a cycle"):
            order_test(wrong)
    with pytest.raises(NotIdentifiedError, match="same in every cycle"):
        paired_fit([2.0, 2.0, 2.0])
    with pytest.raises(NotIdentifiedError, match="more are needed"):
        paired_fit([2.0])


@given(st.lists(st.integers(-20, 20), min_size=3, max_size=12).filter(lambda y: len(set(y)) > 2))
@example([0, 14, -14])
def test_balanced_two_stage_is_one_stage_is_the_t_of_people(effects):
    """Law: equal cycles, common variance and a spread above 0: three roads, one interval."""
    noise = np.array([-1.0, 0.2, 0.8])
    differences = [10.0 * effect + noise * (1 + 0.1 * (k % 3)) for k, effect in enumerate(effects)]
    s2 = np.mean([d.var(ddof=1) for d in differences])
    y = np.array([d.mean() for d in differences])
    two = random_effects(y, np.full(len(y), s2 / 3))
    whole = one_stage(differences)
    t = paired_fit(y).contrast([1])
    rounding = 1e-12 * np.abs(y).max()  # effects that cancel leave the rounding of their size
    assert_allclose(two.mean, t, rtol=1e-9, atol=rounding)
    assert_allclose(whole.mean, t, rtol=1e-6, atol=rounding)
    assert_allclose(two.tau2, whole.tau2, rtol=1e-6)
    assert_allclose(two.tau2, y.var(ddof=1) - s2 / 3, rtol=1e-8)


@given(
    st.lists(st.floats(-10, 10), min_size=3, max_size=8),
    st.floats(-5, 5),
    st.floats(0.1, 10),
)
def test_shift_and_scale_of_effects(effects, shift, scale):
    y = np.array(effects) + np.sin(np.arange(len(effects)))
    v = 0.5 + 0.3 * np.arange(len(y))
    plain, moved = random_effects(y, v), random_effects(scale * y + shift, scale**2 * v)
    assert_allclose(moved.tau2, scale**2 * plain.tau2, rtol=1e-6, atol=1e-9)
    assert_allclose(moved.mean.estimate, scale * plain.mean.estimate + shift, atol=1e-7)
    assert_allclose(moved.q, plain.q, rtol=1e-9, atol=1e-9)


def test_shrunken_effects_lie_between_own_and_mean():
    fit = random_effects([-1.0, 4.0, 9.0], [1.0, 2.0, 6.0])
    between = (fit.shrunken - fit.mean.estimate) / (fit.effects - fit.mean.estimate)
    assert ((between > 0) & (between < 1)).all()
    assert (np.diff(between) < 0).all()  # the less certain, the more it is drawn in
    same = random_effects([1.0, 1.1, 0.9], [4.0, 4.0, 4.0])
    assert same.tau2 == 0
    assert_allclose(same.shrunken, same.mean.estimate)
    assert same.tau2_interval()[0] == 0


@given(st.floats(-5, 5), st.floats(0.01, 100))
def test_prediction_moves_with_shift_and_unit(shift, scale):
    y, v = np.array([-1.0, 0.4, 2.0, 0.9]), np.array([0.5, 1.0, 0.7, 2.0])
    plain = np.array(uncertain_prediction(y, v))
    moved = uncertain_prediction(scale * y + shift, scale**2 * v)
    assert_allclose(moved, scale * plain + shift, rtol=1e-6, atol=1e-6 * scale)


def test_a_higher_level_and_a_wider_spread_predict_wider():
    y, v = np.array([-1.0, 0.4, 2.0, 0.9]), np.full(4, 0.7)
    low, high = uncertain_prediction(y, v, 0.95)
    inner = uncertain_prediction(y, v, 0.8)
    assert low < inner[0] < inner[1] < high
    wide = uncertain_prediction(3 * y, v)
    assert wide[1] - wide[0] > high - low
    alike = uncertain_prediction(np.ones(4), v)  # all equal: a spread is still not excluded
    assert alike[0] <= 1 <= alike[1]


def test_bad_effects_are_refused():
    with pytest.raises(NotIdentifiedError, match="3 participants"):
        uncertain_prediction([1.0, 2.0], [1.0, 1.0])
    with pytest.raises(DataError, match="level"):
        uncertain_prediction([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 95)
    with pytest.raises(DataError, match="one a participant"):
        random_effects([1.0, 2.0], [1.0])
    with pytest.raises(DataError, match="above 0"):
        random_effects([1.0, 2.0], [1.0, 0.0])
    with pytest.raises(NotIdentifiedError, match="at least 2"):
        random_effects([1.0], [1.0])
    with pytest.raises(NotIdentifiedError, match="3 participants"):
        random_effects([1.0, 2.0], [1.0, 1.0]).prediction_interval()
