import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.expectancy_moderation import (
    expectancy_moderation,
    expectancy_moderation_estimates,
    natural_spline,
)
from equipoise.errors import DataError, NotIdentifiedError

# R's mtcars, as tests/golden/expectancy_and_direct_effect.R prints it
MPG = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4]
MPG += [14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4]
AM = [1, 1, 1, *[0] * 14, 1, 1, 1, *[0] * 5, *[1] * 7]
HP = [110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215]
HP += [230, 66, 52, 65, 97, 150, 150, 245, 175, 66, 91, 113, 264, 175, 335, 109]
QSEC = [16.46, 17.02, 18.61, 19.44, 17.02, 20.22, 15.84, 20, 22.9, 18.3, 18.9, 17.4, 17.6, 18]
QSEC += [17.98, 17.82, 17.42, 19.47, 18.52, 19.9, 20.01, 16.87, 17.3, 15.41, 17.05, 18.9, 16.7]
QSEC += [16.9, 14.5, 15.5, 14.6, 18.6]


def three(contrast):
    return [contrast.estimate, contrast.se, contrast.df]


@pytest.fixture(scope="module")
def cars():
    return expectancy_moderation(MPG, AM, HP, x=QSEC)


def test_line_agrees_with_clubsandwich(cars):
    assert_allclose(
        three(cars.slope), [-0.003517156422, 0.016207795775, 10.191228048760], rtol=1e-8
    )
    assert cars.at == (96.5, 123, 180)
    assert_allclose(three(cars.effects[0]), [6.205680164, 1.868710191, 13.142120878], rtol=1e-8)
    assert_allclose(cars.effects[0].interval(0.95), [2.173010704, 10.238349624], rtol=1e-8)
    assert_allclose(three(cars.effects[2]), [5.911997603, 1.479387189, 6.730531813], rtol=1e-8)


# R's CO2: seven concentrations of each of twelve plants, chilled or not by plant in threes
UPTAKE = [16, 30.4, 34.8, 37.2, 35.3, 39.2, 39.7, 13.6, 27.3, 37.1, 41.8, 40.6, 41.4, 44.3, 16.2]
UPTAKE += [32.4, 40.3, 42.1, 42.9, 43.9, 45.5, 14.2, 24.1, 30.3, 34.6, 32.5, 35.4, 38.7, 9.3]
UPTAKE += [27.3, 35, 38.8, 38.6, 37.5, 42.4, 15.1, 21, 38.1, 34, 38.9, 39.6, 41.4, 10.6, 19.2]
UPTAKE += [26.2, 30, 30.9, 32.4, 35.5, 12, 22, 30.6, 31.8, 32.4, 31.1, 31.5, 11.3, 19.4, 25.8]
UPTAKE += [27.9, 28.5, 28.1, 27.8, 10.5, 14.9, 18.1, 18.9, 19.5, 22.2, 21.9, 7.7, 11.4, 12.3, 13]
UPTAKE += [12.5, 13.7, 14.4, 10.6, 18, 17.9, 17.9, 17.9, 18.9, 19.9]


def test_clustered_slope_agrees_with_clubsandwich():
    plant = np.repeat(np.arange(12), 7)
    concentration = np.tile([95, 175, 250, 350, 500, 675, 1000], 12)
    got = expectancy_moderation(UPTAKE, plant // 3 % 2, concentration, cluster=plant)
    assert_allclose(three(got.slope), [-0.004187991855, 0.004230399432, 10], rtol=1e-8)


def test_johnson_neyman_region_agrees_with_uniroot(cars):
    assert_allclose(cars.regions, [(52, 305.3634451)], rtol=1e-8)


def test_spline_agrees_with_ns_and_clubsandwich(cars):
    assert_allclose(cars.spline_any.statistic, 0.2841481746, rtol=1e-7)
    assert cars.spline_any.df == (3, 23)
    assert_allclose(cars.spline_any.p, 0.8363085468, rtol=1e-7)
    assert_allclose(
        three(cars.spline_effects[1]), [3.041358015, 2.141763836, 12.146810740], rtol=1e-7
    )


def test_natural_spline_is_straight_outside_its_knots():
    basis = natural_spline(np.array([-9.0, -5.0, -1.0, 9.0, 11.0, 13.0]), [0, 1, 3, 8])
    assert_allclose(np.diff(basis[:3], 2, axis=0), 0, atol=1e-9)
    assert_allclose(np.diff(basis[3:], 2, axis=0), 0, atol=1e-9)


@given(st.floats(-50, 50), st.floats(0.1, 10))
def test_effect_at_a_person_does_not_depend_on_the_scale_of_expectancy(shift, factor):
    one = expectancy_moderation(MPG, AM, HP, x=QSEC)
    two = expectancy_moderation(MPG, AM, shift + factor * np.array(HP), x=QSEC)
    assert_allclose(two.slope.estimate, one.slope.estimate / factor, rtol=1e-6)
    assert_allclose(three(two.effects[1]), three(one.effects[1]), rtol=1e-6)
    assert_allclose(two.spline_any.statistic, one.spline_any.statistic, rtol=1e-5)
    assert_allclose(two.regions, shift + factor * np.array(one.regions), rtol=1e-6, atol=1e-6)


def test_swapping_arms_flips_the_sign(cars):
    got = expectancy_moderation(MPG, 1 - np.array(AM), HP, x=QSEC)
    assert_allclose(three(got.slope), [-cars.slope.estimate, cars.slope.se, cars.slope.df])


def draw(people, rng, slope, weeks=1):
    """Arms change weekly; half the variance is the person's (ICC 0.5); the true slope is known."""
    person = np.repeat(np.arange(people), weeks)
    arm = (np.tile(np.arange(weeks), people) + person) % 2
    hoped = rng.uniform(0, 100, people)[person]
    own = rng.normal(size=people)[person] if weeks > 1 else 0.0
    noise = rng.normal(size=arm.size)
    return own + noise + arm * (0.2 + slope * (hoped - 50)), arm, hoped, person


@pytest.mark.parametrize(("weeks", "people"), [(1, 80), (4, 40)])
@pytest.mark.parametrize("slope", [0.0, 0.02])
def test_coverage_of_the_slope(weeks, people, slope):
    rng = np.random.default_rng(12)
    hits, moved, bent = [], [], []
    for _ in range(300):
        y, arm, hoped, person = draw(people, rng, slope, weeks)
        got = expectancy_moderation(y, arm, hoped, cluster=person)
        low, high = got.slope.interval(0.95)
        hits.append(low <= slope <= high)
        bent.append(got.spline_bend.p < 0.05)
        moved.append(got.spline_any.p < 0.05)
    noise = 4 * np.sqrt(0.95 * 0.05 / 300)
    assert np.mean(hits) == pytest.approx(0.95, abs=noise)
    assert np.mean(bent) == pytest.approx(0.05, abs=noise)
    if slope:
        assert np.mean(moved) > 0.5


def test_rows_say_what_they_are():
    got = expectancy_moderation_estimates(
        [*MPG, 20.0], [*AM, 1], [*HP, np.nan], x=[*QSEC, 18], unit="miles"
    )
    labels = [row.label for row in got]
    assert labels[0] == "slope"
    assert "at median (123)" in labels
    assert "at median (123), spline" in labels
    assert "region where the interval excludes 0" in labels
    assert any("1 rows without expectancy" in warning for warning in got.warnings)
    assert any("an expectancy nobody had" in warning for warning in got.warnings)
    assert any("not randomised" in warning for warning in got.warnings)
    assert got.rows[0].unit == "miles a point of expectancy"


def test_no_region_and_no_spline_are_refused_with_reasons():
    rng = np.random.default_rng(4)
    y, arm = rng.normal(size=40), np.arange(40) % 2
    got = expectancy_moderation_estimates(y, arm, np.repeat([1.0, 2, 3, 4], 10))
    assert {r.label for r in got.refused} <= {
        "region where the interval excludes 0",
        "any moderation, spline",
    }
    few = expectancy_moderation_estimates(y, arm, np.arange(40) // 2 % 3)
    assert any("too few different values" in r.reason for r in few.refused)


def test_constant_expectancy_is_not_identified():
    got = expectancy_moderation_estimates(MPG, AM, np.full(32, 50.0))
    assert "fewer than three different expectancies" in got.refused[0].reason
    with pytest.raises(NotIdentifiedError):
        expectancy_moderation(MPG[:4], AM[:4], HP[:4])


def test_bad_input():
    with pytest.raises(DataError, match="one value a row"):
        expectancy_moderation(MPG, AM, HP[:-1])
    with pytest.raises(DataError, match="must be 1"):
        expectancy_moderation(MPG, [*AM[:-1], 2], HP)
