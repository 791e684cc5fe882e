import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.guess_rate_curve import (
    GRID,
    all_proportional_path,
    curve,
    curve_effect,
    surface_effect,
    surface_weights,
    symmetric_path,
)
from equipoise.belief.resamples import resample
from equipoise.belief.standardised_effect import Observed, influence_contrast
from equipoise.belief.stratum_means import stratum_means
from equipoise.simulation import WORLDS

seeds = st.integers(0, 10_000)
# anchors/belief.md, section 2b
PANAS = [-5.77, -4.54, -3.35, -2.19, -1.04, 0.10, 1.24, 2.38, 3.55, 4.74, 5.98, 7.26, 8.61]
CPS = [
    0.059,
    0.047,
    0.036,
    0.026,
    0.016,
    0.007,
    -0.002,
    -0.010,
    -0.018,
    -0.025,
    -0.031,
    -0.038,
    -0.044,
]
ORIGINAL_32 = [-5.58, -4.61, -3.63, -2.26, -1.14, 0.17, 0.94, 2.58, 3.61, 4.87, 6.13, 7.64, 8.68]


def some_rows(seed, n=60):
    rng = np.random.default_rng(seed)
    y, arm = rng.normal(50, 10, n), np.arange(n) % 2
    guess = np.where(np.arange(n) < 8, np.arange(n) // 2 % 2, rng.integers(0, 2, n))
    return y, arm, guess


def by_the_formula(n, mean, c):
    """The effect in expectation as anchors/belief.md writes it; strata [arm, guess]."""
    a = n[0, 0] / (n[0, 0] + n[1, 1])
    b = n[1, 0] / (n[1, 0] + n[0, 1])
    active = (c * (1 - a) * mean[1, 1] + (1 - c) * b * mean[1, 0]) / (c * (1 - a) + (1 - c) * b)
    control = (c * a * mean[0, 0] + (1 - c) * (1 - b) * mean[0, 1]) / (c * a + (1 - c) * (1 - b))
    return active - control


def original_resampler(y, arm, guess, rate, *, resamples, rng):
    """The published algorithm: kernel of bandwidth 1 raw unit, whole numbers, least squares.

    Shares are not rounded to two decimals here: that moves the target, not the method.
    """
    n = stratum_means(y, arm, guess).n
    total = len(y)
    right = round(rate * total)
    active_right = round(right * n[1, 1] / (n[1, 1] + n[0, 0]))
    active_wrong = round((total - right) * n[1, 0] / (n[1, 0] + n[0, 1]))
    sizes = {
        (1, 1): active_right,
        (0, 0): right - active_right,
        (1, 0): active_wrong,
        (0, 1): total - right - active_wrong,
    }
    estimates = []
    for _ in range(resamples):
        drawn = {0: [], 1: []}
        for (a, g), size in sizes.items():
            picked = rng.choice(y[(arm == a) & (guess == g)], size)
            drawn[a].append(np.rint(picked + rng.normal(size=size)))
        estimates.append(np.concatenate(drawn[1]).mean() - np.concatenate(drawn[0]).mean())
    return np.array(estimates)


@pytest.mark.parametrize(
    ("scale", "printed", "digits"), [("PANAS", PANAS, 5e-3), ("CPS", CPS, 5e-4)]
)
def test_the_whole_curve_of_week_one(week_one_rows, scale, printed, digits):
    got = curve_effect(stratum_means(*week_one_rows(scale)))
    assert_allclose(got, printed, rtol=0, atol=1.02 * digits)


@pytest.mark.parametrize(
    ("scale", "estimate", "se", "low", "high"),  # anchors/belief.md, section 2b
    [
        ("PANAS", 1.237, 1.295, -1.26, 3.83),
        ("CPS", -0.002, 0.082, -0.17, 0.15),
        ("QIDS", -1.176, 0.615, -2.43, -0.03),
    ],
)
def test_half_right_in_week_one(week_one_answer, *, scale, estimate, se, low, high):
    row = week_one_answer(scale).select(name="correct-guess-rate-curve", label="0.500").rows[0]
    assert_allclose(row.estimate, estimate, rtol=0, atol=5e-4)
    # 2,000 draws know their spread to 1 / sqrt(4000) = 1.6 %
    assert_allclose(row.se, se, rtol=3 * 0.016)
    # 0.06 SE is the Monte Carlo error of a printed limit (2,000 draws), 0.02 SE that of ours
    # (20,000), 0.005 half of the digit that is printed
    bound = 3 * np.hypot(0.06, 0.02) * se + 0.005
    assert_allclose([row.low, row.high], [low, high], rtol=0, atol=bound)


def test_printed_runs_of_the_original_lie_within_monte_carlo_error(week_one_rows, rng):
    y, arm, guess = week_one_rows("PANAS")
    closed = curve_effect(stratum_means(y, arm, guess))
    for rate, effect, printed in zip(GRID, closed, ORIGINAL_32, strict=True):
        spread = original_resampler(y, arm, guess, rate, resamples=100, rng=rng).std()
        assert abs(printed - effect) < 4 * spread / np.sqrt(32)


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["PANAS", "QIDS"])
def test_the_original_resampler_approximates_the_closed_form(week_one_rows, scale, rng):
    y, arm, guess = week_one_rows(scale)
    closed = curve_effect(stratum_means(y, arm, guess))
    for rate, effect in zip(GRID, closed, strict=True):
        got = original_resampler(y, arm, guess, rate, resamples=1000, rng=rng)
        assert abs(got.mean() - effect) < 4 * got.std() / np.sqrt(1000)


@given(seeds)
def test_is_the_formula_in_expectation(seed):
    strata = stratum_means(*some_rows(seed))
    expected = [by_the_formula(strata.n, strata.mean, c) for c in GRID]
    assert_allclose(curve_effect(strata), expected, rtol=1e-9, atol=1e-9)


@given(seeds)
def test_at_the_observed_rate_the_curve_is_the_difference_in_means(seed):
    y, arm, guess = some_rows(seed)
    rate = (arm == guess).mean()
    difference = y[arm == 1].mean() - y[arm == 0].mean()
    assert_allclose(curve_effect(stratum_means(y, arm, guess), [rate]), difference)


@given(seeds)
def test_at_the_observed_shares_the_surface_is_the_difference_in_means(seed):
    y, arm, guess = some_rows(seed)
    strata = stratum_means(y, arm, guess)
    pi0, pi1 = (np.array([share]) for share in strata.guess_share[:, 1])
    difference = y[arm == 1].mean() - y[arm == 0].mean()
    assert_allclose(surface_effect(strata.mean, pi1, pi0), difference)
    assert_allclose(strata.contrast(surface_weights(pi1, pi0)).estimate, difference)


@given(seeds, st.floats(0, 1))
def test_symmetric_path_is_the_surface_at_c_and_one_minus_c(seed, c):
    strata = stratum_means(*some_rows(seed))
    expected = surface_effect(strata.mean, np.array([c]), np.array([1 - c]))
    assert_allclose(curve_effect(strata, [c], symmetric=True), expected, atol=1e-12)
    one, zero = symmetric_path(0.5)
    assert one == zero


@given(seeds, st.booleans())
def test_swapping_the_names_of_the_arms_flips_the_curve(seed, symmetric):
    y, arm, guess = some_rows(seed)
    a = curve_effect(stratum_means(y, arm, guess), symmetric=symmetric)
    b = curve_effect(stratum_means(y, 1 - arm, 1 - guess), symmetric=symmetric)
    assert_allclose(b, -a, atol=1e-9)


@given(seeds, st.booleans())
def test_saying_the_opposite_mirrors_the_curve(seed, symmetric):
    y, arm, guess = some_rows(seed)
    a = curve_effect(stratum_means(y, arm, guess), symmetric=symmetric)
    b = curve_effect(stratum_means(y, arm, 1 - guess), symmetric=symmetric)
    assert_allclose(b, a[::-1], atol=1e-9)


@given(seeds)
def test_both_paths_meet_at_the_ends(seed):
    strata = stratum_means(*some_rows(seed))
    a, b = curve_effect(strata), curve_effect(strata, symmetric=True)
    assert_allclose(a[[0, -1]], b[[0, -1]])
    pi1, pi0 = all_proportional_path(strata.n, GRID)
    assert ((pi1 >= 0) & (pi1 <= 1) & (pi0 >= 0) & (pi0 <= 1)).all()


@pytest.mark.parametrize("n", [60, 240])
def test_band_holds_the_curve_and_is_wider_than_the_pointwise_limits(n):
    y, arm, guess = some_rows(4, n)
    strata = stratum_means(y, arm, guess)
    draws = resample(y, arm, guess, np.arange(n), draws=2000, rng=np.random.default_rng(1))
    got = curve(strata, draws)
    assert got.small == (strata.n.min() < 30)
    for low, high in ((got.low, got.high), (got.band_low, got.band_high)):
        assert (low < got.effect).all()
        assert (got.effect < high).all()
    assert (got.band_high - got.band_low > 2 * 1.96 * got.se).all()


def test_same_seed_same_bytes():
    y, arm, guess = some_rows(4, 240)
    strata = stratum_means(y, arm, guess)
    once, twice = (
        curve(
            strata, resample(y, arm, guess, np.arange(240), draws=500, rng=np.random.default_rng(9))
        )
        for _ in range(2)
    )
    assert once.band_low.tobytes() == twice.band_low.tobytes()
    assert once.low.tobytes() == twice.low.tobytes()


def test_small_strata_of_people_who_repeat_are_clustered():
    rng = np.random.default_rng(2)
    person = np.repeat(np.arange(20), 4)
    trait = rng.normal(size=20)[person] * 3
    arm = np.repeat(np.arange(20) % 2, 4)  # one arm a person: rows are worth less than they seem
    guess = np.repeat(np.arange(20) // 2 % 2, 4)
    y = trait + rng.normal(size=80)
    strata = stratum_means(y, arm, guess)
    draws = resample(y, arm, guess, person, draws=300, rng=rng)
    rows = Observed(y, arm, guess, np.empty((80, 0)), person)
    got = curve(strata, draws, rows=rows)
    assert got.small
    weights = surface_weights(got.pi1, got.pi0)
    assert_allclose(got.se[6], influence_contrast(rows, weights[6]).se)
    assert (got.se > 1.5 * curve(strata, draws).se).all()


def test_an_outcome_that_does_not_vary_gives_a_flat_curve_and_no_crash():
    _, arm, guess = some_rows(4)
    y = np.full(60, 5.0)
    draws = resample(y, arm, guess, np.arange(60), draws=100, rng=np.random.default_rng(1))
    got = curve(stratum_means(y, arm, guess), draws)
    assert_allclose(got.effect, 0, atol=1e-12)
    assert_allclose(got.band_high - got.band_low, 0, atol=1e-9)


@pytest.mark.parametrize(("name", "bias"), [("W1", 0.003), ("W4", 0.004), ("W7", 0.041)])
def test_the_original_path_is_biased_by_wishful_guesses_alone(name, bias, rng):
    world = WORLDS[name]
    draw = world.draw(240, 3000, rng)
    strata = stratum_means(draw.outcome, draw.arm, draw.guess)
    error = curve_effect(strata, [0.5])[:, 0] - world.direct_effect
    # anchors/belief.md, section 5: both are means of 3,000 trials
    assert_allclose(error.mean(), bias, rtol=0, atol=4 * np.sqrt(2 / 3000) * error.std() + 5e-4)


def test_the_band_covers_the_whole_curve(rng):
    world, covered, trials = WORLDS["W4"], 0, 300
    truth = np.array([[0.0, 0.5], [0.4, 0.9]])
    draw = world.draw(240, trials, rng)
    for k in range(trials):
        y, arm, guess = draw.outcome[k], draw.arm[k].astype(int), draw.guess[k].astype(int)
        drawn = resample(y, arm, guess, np.arange(240), draws=400, rng=rng)
        got = curve(stratum_means(y, arm, guess), drawn, symmetric=True)
        target = surface_effect(truth, got.pi1, got.pi0)
        covered += ((got.band_low <= target) & (target <= got.band_high)).all()
    # 0.0126 is the Monte Carlo error; the band is a bootstrap of strata of 36 people
    assert covered / trials > 0.95 - 0.02 - 3 * 0.0126
