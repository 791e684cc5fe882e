import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.belief.unmeasured_cause import (
    corrected_effect,
    e_value,
    e_value_of_difference,
    sensitivity_grid,
    unmeasured_cause_estimates,
)
from equipoise.errors import DataError


def test_e_value_of_the_paper():
    # VanderWeele & Ding 2017: RR 3.9 (1.8 to 8.7) needs 7.26, its lower limit 3.0
    assert_allclose(e_value([3.9, 1.8]).round(2), [7.26, 3.00])


def test_e_value_of_a_standardised_difference_by_their_formula():
    # d = 0.5, se 0.1: RR exp(0.455), limit exp(0.455 - 1.78 x 0.1), both turned by hand
    ratio, limit = np.exp(0.455), np.exp(0.455 - 1.78 * 0.1)
    got = e_value_of_difference(0.5, 0.5 - 1.956 * 0.1, 0.5 + 1.956 * 0.1, sd=1.0)
    assert_allclose(got[0], ratio + np.sqrt(ratio * (ratio - 1)), rtol=1e-12)
    assert_allclose(got[1], limit + np.sqrt(limit * (limit - 1)), rtol=1e-4)


@given(st.floats(0.01, 100))
def test_e_value_is_a_solution_of_the_bounding_factor(ratio):
    e = float(e_value(ratio))  # Ding & VanderWeele: RR = E E / (E + E - 1)
    assert e * e / (2 * e - 1) == pytest.approx(max(ratio, 1 / ratio), rel=1e-9)


@given(st.floats(-3, 3), st.floats(0.1, 10))
def test_e_value_ignores_sign_and_unit(effect, sd):
    # E = RR + sqrt(RR (RR - 1)) has an infinite slope at RR = 1, where rounding of the unit shows
    assume(all(value == 0 or abs(value) > 1e-6 for value in (effect, effect - 1, effect + 1)))
    one = e_value_of_difference(effect, effect - 1, effect + 1, sd=1.0)
    two = e_value_of_difference(-effect * sd, -(effect + 1) * sd, -(effect - 1) * sd, sd=sd)
    assert_allclose(one, two, rtol=1e-9)


def test_bias_formula_recovers_the_truth_in_the_confounded_null():
    # World W3 of anchors/belief.md: U moves guess and outcome by 0.6 a unit, no effects
    rng = np.random.default_rng(1)
    n = 400_000
    arm, u = np.arange(n) % 2, rng.normal(size=n)
    guess = rng.random(n) < expit(1.2 * u + 1.7 * (arm - 0.5))
    y = 0.6 * u + 0.8 * rng.normal(size=n)

    def standardised(v):
        return sum(
            np.mean(guess == g)
            * (v[(arm == 1) & (guess == g)].mean() - v[(arm == 0) & (guess == g)].mean())
            for g in (0, 1)
        )

    assert standardised(y) == pytest.approx(-0.183, abs=0.02)  # section 5's bias
    got = corrected_effect(standardised(y), -1, 1, delta=standardised(u), gamma=0.6)
    assert float(got.estimate) == pytest.approx(0, abs=0.01)
    assert_allclose(got.high - got.low, 2)


def test_grid_holds_every_pair_and_its_zero_line():
    grid = sensitivity_grid(1.0, 0.5, 1.5, sd=2.0, delta=[0.0, 0.5], gamma_sd=[0.0, 1.0, -1.0])
    assert_allclose(grid.estimate, [[1, 1, 1], [1, 0, 2]])
    assert_allclose(grid.low, [[0.5, 0.5, 0.5], [0.5, -0.5, 1.5]])
    assert_allclose(grid.gamma, [0, 2, -2])


def test_rows():
    got = unmeasured_cause_estimates(-2.0, -3.0, -1.0, sd=4.0, unit="points")
    assert [(r.name, r.label) for r in got] == [
        ("unmeasured-cause", "moves the estimate to 0"),
        ("unmeasured-cause", "moves the interval to 0"),
        ("e-value", "estimate"),
        ("e-value", "interval"),
    ]
    assert [r.estimate for r in got][:2] == [-2.0, -1.0]
    assert "0.71 sd" in got.warnings[0]  # 0.71 x 0.71 x 4 = 2


def test_an_interval_over_zero_needs_no_cause():
    got = unmeasured_cause_estimates(0.5, -1.0, 2.0, sd=1.0)
    assert got.rows[1].estimate == 0
    assert got.rows[3].estimate == 1


def test_no_variation_is_refused():
    got = unmeasured_cause_estimates(0.5, 0.4, 0.6, sd=0.0)
    assert {r.name for r in got.refused} == {"unmeasured-cause", "e-value"}
    with pytest.raises(DataError, match="above 0"):
        e_value_of_difference(0.5, 0.4, 0.6, sd=0.0)
    with pytest.raises(DataError, match="above 0"):
        e_value([1.0, -2.0])
