import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import stdtrit

from equipoise.belief.belief_share import (
    belief_part,
    belief_share,
    fieller_interval,
    resampled_parts,
)
from equipoise.belief.bracket import bracket_of_strata
from equipoise.belief.resamples import resample
from equipoise.belief.stratum_means import stratum_means
from equipoise.errors import NotIdentifiedError
from equipoise.simulation import WORLDS

PRINTED_DRAWS = 2000  # anchors/belief.md says so of its bootstrap


def both(y, arm, guess, draws=2000, seed=1):
    strata = stratum_means(y, arm, guess)
    drawn = resample(y, arm, guess, np.arange(len(y)), draws=draws, rng=np.random.default_rng(seed))
    return bracket_of_strata(strata), drawn


def some_trial(seed, drug=8.0, belief=8.0, n=120):
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    guess = (rng.random(n) < np.where(arm == 1, 0.7, 0.3)).astype(int)
    return rng.normal(50, 5, n) + drug * arm + belief * guess, arm, guess


def is_a_limit_of(printed, draws, tail, digit=0.005):
    """Whether a limit from 2,000 draws (an order statistic of them) may come from `draws`."""
    error = 3 * np.sqrt(tail * (1 - tail) / PRINTED_DRAWS)
    low, high = np.quantile(draws, [max(tail - error, 0), min(tail + error, 1)])
    return low - digit <= printed <= high + digit


@pytest.mark.parametrize(
    ("scale", "part", "part_limits", "share", "share_limits"),  # anchors/belief.md, section 2e
    [
        ("PANAS", 1.75, (0.74, 2.94), 0.54, (0.19, 1.86)),
        ("QIDS", -0.03, (-0.27, 0.19), 0.02, (-0.31, 0.33)),
    ],
)
def test_week_one_of_the_trial(week_one_rows, *, scale, part, part_limits, share, share_limits):
    path, drawn = both(*week_one_rows(scale), draws=20_000)
    got = belief_part(path, drawn)
    assert_allclose(got.estimate, part, rtol=0, atol=5e-3)
    # within 0.1 SE and half of the digit that is printed
    assert_allclose([got.low, got.high], part_limits, rtol=0, atol=0.1 * got.se + 0.005)
    ratio = belief_share(path, drawn)
    assert_allclose(ratio.estimate, share, rtol=0, atol=5e-3)
    total, standardised = resampled_parts(drawn)
    shares = 1 - standardised[total != 0] / total[total != 0]
    for printed, tail in zip(share_limits, (0.025, 0.975), strict=True):
        assert is_a_limit_of(printed, shares, tail)


def test_no_share_where_the_total_covers_zero(week_one_rows):
    path, drawn = both(*week_one_rows("CPS"))
    for ask in (lambda: belief_share(path, drawn), lambda: fieller_interval(path)):
        with pytest.raises(NotIdentifiedError, match="covers 0"):
            ask()
    assert np.isfinite(belief_part(path, drawn)).all()


@given(st.integers(0, 3000))
def test_a_share_is_given_exactly_where_the_total_excludes_zero(seed):
    path, _ = both(*some_trial(seed, drug=1, belief=2), draws=100)
    low, high = path.at([1.0]).interval()
    if low[0] <= 0 <= high[0]:
        with pytest.raises(NotIdentifiedError):
            fieller_interval(path)
    else:
        assert np.isfinite(fieller_interval(path)).all()


@given(st.integers(0, 3000), st.sampled_from([0.8, 0.95, 0.99]))
def test_fieller_limits_are_where_the_test_of_the_share_turns(seed, level):
    path, _ = both(*some_trial(seed), draws=100)
    ends = path.at([1.0, 0.0])
    low, high = ends.interval(level)
    assume(not low[0] <= 0 <= high[0])
    critical = stdtrit(ends.df[0], (1 + level) / 2)
    for share in fieller_interval(path, level):
        mix = np.array([1 - share, -1.0])
        distance = abs(mix @ ends.estimate) / np.sqrt(mix @ path.covariance() @ mix)
        assert_allclose(distance, critical, rtol=1e-6)
    first, last = fieller_interval(path, level)
    assert first <= 1 - ends.estimate[1] / ends.estimate[0] <= last


@given(st.integers(0, 3000), st.floats(0.1, 10), st.floats(-100, 100))
def test_units_of_the_outcome_do_not_matter_to_the_share(seed, scale, shift):
    y, arm, guess = some_trial(seed)
    (a, drawn_a), (b, drawn_b) = (both(v, arm, guess, 100) for v in (y, shift + scale * y))
    assert_allclose(fieller_interval(b), fieller_interval(a), rtol=1e-5, atol=1e-7)
    assert_allclose(belief_share(b, drawn_b)[0], belief_share(a, drawn_a)[0], rtol=1e-6, atol=1e-8)
    assert_allclose(belief_part(b, drawn_b)[:1], scale * belief_part(a, drawn_a)[0], atol=1e-7)


@given(st.integers(0, 3000))
def test_names_of_the_arms_do_not_matter_to_the_share(seed):
    y, arm, guess = some_trial(seed)
    (a, _), (b, _) = both(y, arm, guess, 100), both(y, 1 - arm, guess, 100)
    assert_allclose(fieller_interval(b), fieller_interval(a), rtol=1e-7)


def test_fieller_and_bootstrap_agree_where_the_total_is_clear():
    path, drawn = both(*some_trial(3, n=2000), draws=8000)
    ratio, limits = belief_share(path, drawn), fieller_interval(path)
    assert_allclose([ratio.low, ratio.high], limits, rtol=0, atol=0.15 * ratio.se)


def test_a_resample_whose_total_is_zero_is_left_out_in_silence():
    y = np.array([0, 2, 2, 4, 0, 2, 2, 4, 3, 3, 5, 5, 3, 3, 5, 5])
    arm, guess = np.repeat([0, 1], 8), np.arange(16) // 2 % 2
    path, drawn = both(y, arm, guess, draws=20_000)
    assert (resampled_parts(drawn)[0] == 0).any()  # whole numbers: it happens
    assert np.isfinite(belief_share(path, drawn)).all()


def test_an_outcome_without_spread_has_no_share():
    arm, guess = np.arange(20) % 2, np.arange(20) // 2 % 2
    path, drawn = both(10.0 * arm, arm, guess)
    with pytest.raises(NotIdentifiedError, match="does not vary"):
        belief_share(path, drawn)


def test_belief_part_covers(rng):
    world, trials, covered = WORLDS["W4"], 300, 0
    truth = world.total_effect - world.direct_effect
    draw = world.draw(240, trials, rng)
    for k in range(trials):
        arm, guess = draw.arm[k].astype(int), draw.guess[k].astype(int)
        got = belief_part(*both(draw.outcome[k], arm, guess, draws=500, seed=k))
        covered += got.low <= truth <= got.high
    # 0.0126 is the Monte Carlo error
    assert abs(covered / trials - 0.95) < 0.02 + 3 * 0.0126
