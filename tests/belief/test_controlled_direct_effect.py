import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.belief.controlled_direct_effect import (
    controlled_direct_effect_estimates,
    direct_effect_rows,
    doubly_robust,
    g_estimation,
)
from equipoise.errors import DataError, NotIdentifiedError

# R's mtcars, as tests/golden/expectancy_and_direct_effect.R prints it:
# mpg, am (arm), hp (baseline), qsec, vs (guess), wt (after), cyl
PRINTED = """21 1 110 16.46 0 2.62 6   21 1 110 17.02 0 2.875 6   22.8 1 93 18.61 1 2.32 4
    21.4 0 110 19.44 1 3.215 6   18.7 0 175 17.02 0 3.44 8   18.1 0 105 20.22 1 3.46 6
    14.3 0 245 15.84 0 3.57 8   24.4 0 62 20 1 3.19 4   22.8 0 95 22.9 1 3.15 4
    19.2 0 123 18.3 1 3.44 6   17.8 0 123 18.9 1 3.44 6   16.4 0 180 17.4 0 4.07 8
    17.3 0 180 17.6 0 3.73 8   15.2 0 180 18 0 3.78 8   10.4 0 205 17.98 0 5.25 8
    10.4 0 215 17.82 0 5.424 8   14.7 0 230 17.42 0 5.345 8   32.4 1 66 19.47 1 2.2 4
    30.4 1 52 18.52 1 1.615 4   33.9 1 65 19.9 1 1.835 4   21.5 0 97 20.01 1 2.465 4
    15.5 0 150 16.87 0 3.52 8   15.2 0 150 17.3 0 3.435 8   13.3 0 245 15.41 0 3.84 8
    19.2 0 175 17.05 0 3.845 8   27.3 1 66 18.9 1 1.935 4   26 1 91 16.7 0 2.14 4
    30.4 1 113 16.9 1 1.513 4   15.8 1 264 14.5 0 3.17 8   19.7 1 175 15.5 0 2.77 6
    15 1 335 14.6 0 3.57 8   21.4 1 109 18.6 1 2.78 4"""
CARS = np.array(PRINTED.split(), dtype=float).reshape(-1, 7)
MPG, AM, HP, _, VS, WT, CYL = CARS.T


def test_g_estimation_agrees_with_the_stacked_equations_in_r():
    rows, _ = direct_effect_rows(MPG, AM, VS, after=WT, baseline=HP)
    got = g_estimation(rows, 0.4375)
    assert_allclose([got.estimate, got.se], [5.217867660, 1.106209455], rtol=1e-7)
    assert got.df == 32 - 6


def test_clustered_g_estimation_agrees_with_r():
    rows, _ = direct_effect_rows(MPG, AM, VS, after=WT, baseline=HP, cluster=CYL)
    got = g_estimation(rows, 0.4375)
    assert_allclose([got.estimate, got.se], [5.217867660, 0.999437955], rtol=1e-7)
    assert got.df == 2


def test_doubly_robust_without_a_say_of_l_or_x_is_the_difference_of_cells():
    # a covariate that is unrelated to everything by construction leaves the cell means
    y = np.array([1.0, 3, 2, 6, 0, 4, 1, 9] * 2)
    arm = np.array([1, 1, 1, 1, 0, 0, 0, 0] * 2)
    guess = np.array([1, 1, 0, 0, 1, 1, 0, 0] * 2)
    noise = np.repeat([-1.0, 1.0], 8)
    rows, _ = direct_effect_rows(y, arm, guess, after=noise)
    assert_allclose(doubly_robust(rows, 1.0).contrast.estimate, 2 - 2, atol=1e-9)
    assert_allclose(doubly_robust(rows, 0.25).contrast.estimate, 0.75 * (4 - 5), atol=1e-9)
    assert_allclose(g_estimation(rows, 0.25).estimate, 0.75 * (4 - 5), atol=1e-9)


def confounded_null(n, rng):
    """World W3 of anchors/belief.md section 5; the truth is 0."""
    arm, u = np.arange(n) % 2, rng.normal(size=n)
    guess = (rng.random(n) < expit(1.2 * u + 1.7 * (arm - 0.5))).astype(float)
    return 0.6 * u + 0.8 * rng.normal(size=n), arm, guess, u


def felt(n, rng):
    """What people feel comes from the arm, moves the guess and the outcome; the truth is 0.6.

    Of it 0.3 runs through the feeling: adjusting for it in one regression would lose that.
    """
    arm = np.arange(n) % 2
    after = 0.5 * arm + rng.normal(size=n)
    guess = (rng.random(n) < expit(1.2 * (after - 0.25) + 0.8 * (arm - 0.5))).astype(float)
    return 0.3 * arm + 0.5 * guess + 0.6 * after + 0.8 * rng.normal(size=n), arm, guess, after


@pytest.mark.parametrize("given_as", ["after", "baseline"])
@pytest.mark.parametrize("method", ["g-estimation", "aipw"])
def test_confounded_null_is_recovered_when_the_cause_is_measured(method, given_as):
    bias, covered = simulated(confounded_null, 0.0, method, given_as, n=240, trials=250)
    assert abs(bias) < 0.02
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 250))


@pytest.mark.parametrize("method", ["g-estimation", "aipw"])
def test_the_path_through_side_effects_is_kept(method):
    bias, covered = simulated(felt, 0.6, method, "after", n=240, trials=250)
    assert abs(bias) < 0.02
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 250))


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 80, 600])
@pytest.mark.parametrize("method", ["g-estimation", "aipw"])
@pytest.mark.parametrize("world", [(confounded_null, 0.0, "baseline"), (felt, 0.6, "after")])
def test_bias_and_coverage_at_other_sizes(world, method, n):
    draw, truth, given_as = world
    bias, covered = simulated(draw, truth, method, given_as, n=n, trials=4000)
    assert abs(bias) < 0.02
    assert 0.935 <= covered <= 0.965


def simulated(draw, truth, method, given_as, *, n, trials):
    estimates, covered = [], []
    rng = np.random.default_rng(7)
    for _ in range(trials):
        y, arm, guess, cause = draw(n, rng)
        try:
            rows, _ = direct_effect_rows(y, arm, guess, **{given_as: cause})
            at = rows.guess.mean()
            got = g_estimation(rows, at) if method != "aipw" else doubly_robust(rows, at).contrast
        except NotIdentifiedError:
            continue
        low, high = got.interval()
        estimates.append(got.estimate)
        covered.append(low <= truth <= high)
    return np.mean(estimates) - truth, np.mean(covered)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-5, 5))
def test_scale_and_a_known_effect_of_the_arm(seed, factor, more):
    y, arm, guess, cause = felt(80, np.random.default_rng(seed))
    rows, _ = direct_effect_rows(y, arm, guess, after=cause)
    other, _ = direct_effect_rows(3 + factor * y + more * arm, arm, guess, after=cause)
    for estimator in (g_estimation, lambda r, q: doubly_robust(r, q).contrast):
        one, two = estimator(rows, 0.5), estimator(other, 0.5)
        assert_allclose(two.estimate, factor * one.estimate + more, atol=1e-7)
        assert_allclose(two.se, factor * one.se, rtol=1e-6)


def test_the_belief_between_is_the_mixture_of_beliefs():
    rows, _ = direct_effect_rows(MPG, AM, VS, after=WT, baseline=HP)
    ends = [g_estimation(rows, at).estimate for at in (0.0, 1.0)]
    assert_allclose(g_estimation(rows, 0.3).estimate, 0.7 * ends[0] + 0.3 * ends[1])


def test_rows_and_their_assumptions():
    got = controlled_direct_effect_estimates(
        MPG, AM, VS, after=WT, baseline=HP, arms=("drug", "placebo")
    )
    labels = [row.label for row in got.rows] + [r.label for r in got.refused]
    assert "g-estimation" in labels
    assert "g-estimation, all believe drug" in labels
    assert "Nothing unmeasured" in got.assumptions[0]


def test_nothing_measured_is_refused_with_the_reason():
    got = controlled_direct_effect_estimates(MPG, AM, VS)
    assert "needs measured side effects or early response" in got.refused[0].reason


def test_incomplete_rows_are_counted():
    after = WT.copy()
    after[:3] = np.nan
    guess = VS.copy()
    guess[5] = np.nan
    got = controlled_direct_effect_estimates(MPG, AM, guess, after=after)
    assert any("3 of 32 rows" in warning for warning in got.warnings)
    assert any("1 of 32 rows have no guess" in warning for warning in got.warnings)


def test_separated_guesses_refuse_only_the_estimator_that_needs_a_model():
    rng = np.random.default_rng(3)
    y, arm, guess, _ = confounded_null(80, rng)
    got = controlled_direct_effect_estimates(y, arm, guess, after=guess + 0.1 * rng.random(80))
    assert "g-estimation" in [row.label for row in got]
    assert any(r.label == "aipw" for r in got.refused)


def test_bad_input():
    with pytest.raises(NotIdentifiedError, match="fewer than two"):
        direct_effect_rows([1, 2, 3, 4], [1, 1, 0, 0], [1, 0, 1, 0], after=[1, 2, 3, 4])
    with pytest.raises(DataError, match="a column a covariate"):
        direct_effect_rows(MPG, AM, VS, after=[1.0, 2.0])
    with pytest.raises(DataError, match="infinite"):
        direct_effect_rows(MPG, AM, VS, after=np.full(32, np.inf))
    rows, _ = direct_effect_rows(MPG, AM, VS, after=np.ones(32))
    with pytest.raises(NotIdentifiedError, match="constant or repeats"):
        g_estimation(rows, 0.5)
