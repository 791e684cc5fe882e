import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.belief.imbens_manski import imbens_manski_interval
from equipoise.belief.principal_strata import principal_strata, principal_strata_estimates
from equipoise.errors import DataError


def resampled(arm, draws, seed=1):
    """Bootstrap row counts within arm, shape (draws, n)."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((draws, len(arm)))
    for a in (0, 1):
        rows = np.flatnonzero(np.asarray(arm) == a)
        counts[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), draws)
    return counts


@pytest.mark.parametrize(
    ("scale", "low", "high", "share"),  # anchors/belief.md, section 2e
    [("PANAS", -4.35, 7.06, 0.75), ("QIDS", -2.99, 0.56, 0.84)],
)
def test_week_one_of_the_self_blinding_trial(trial_data, scale, low, high, share):
    path = trial_data / "sbmd_acute.csv"
    if not path.is_file():
        pytest.skip("sbmd_acute.csv (AGPL) is not in EQUIPOISE_DATA")
    rows = pd.read_csv(path).query("scale == @scale")
    got = principal_strata_estimates(rows.score, rows.condition == "AC", rows.guess == "AC")
    assert_allclose([got.rows[0].low, got.rows[0].high], [low, high], atol=0.005)
    assert got["belief-invariant-share"].estimate == pytest.approx(share, abs=0.005)
    assert got.rows[0].level is None
    assert got.rows[0].estimate is None


def test_fractional_boundary_weight_by_hand():
    # active: guess 1 in 5 of 6 (scores 1..5); control: guess 1 in 3 of 6. Always-guessers are
    # (3/6) / (5/6) of the five: 3 people. Never: 1/6 of all, (1/6) / (3/6) of three: 1 person.
    y = [1, 2, 3, 4, 5, 9, 2, 2, 2, 0, 4, 8]
    arm = [1] * 6 + [0] * 6
    guess = [1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0]
    got = principal_strata(y, arm, guess)
    assert_allclose([got.always.low, got.always.high], [2 - 2, 4 - 2])
    assert_allclose([got.never.low, got.never.high], [9 - 8, 9 - 0])
    assert_allclose(got.invariant.low, (0.5 * 0 + 1 / 6 * 1) / (4 / 6))
    # two of six guess active on control, five of seven on active: the share of always-guessers
    # among the five is (2/6) / (5/7), which makes 7/3 people: two whole and a third of one
    y, arm = [*y, 9], [*arm, 1]
    guess = [1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0]
    got = principal_strata(y, arm, guess)
    assert_allclose(got.always.low, (1 + 2 + 3 / 3) / (7 / 3) - 2)
    assert_allclose(got.always.high, (5 + 4 + 3 / 3) / (7 / 3) - 2)


def lee_variance(y, arm, guess):
    """Variance of the lower always-guesser bound: Lee (2009), proposition 3 (trimmed from above).

    Trimming share p, quantile at 1 - p from below; the control mean is independent of it.
    """
    taken = np.sort(y[(arm == 1) & (guess == 1)])
    control = y[(arm == 0) & (guess == 1)]
    share_d, rate = arm.mean(), np.mean(guess[arm == 0])
    kept = rate / np.mean(guess[arm == 1])
    low = taken[: round(kept * len(taken))]
    edge, n = low[-1], len(y)
    v_p = kept**2 * ((1 - rate / kept) / (share_d * rate / kept) + (1 - rate) / (share_d * rate))
    size = len(taken) / n * kept
    trimmed = low.var() / size + (edge - low.mean()) ** 2 * (1 - kept) / size
    trimmed += ((edge - low.mean()) / kept) ** 2 * v_p
    return (trimmed + control.var() / (len(control) / n)) / n


def test_bootstrap_standard_error_agrees_with_lee_2009():
    rng = np.random.default_rng(5)
    n = 4000
    arm = np.arange(n) % 2
    guess = (rng.random(n) < np.where(arm == 1, 0.7, 0.4)).astype(float)
    y = rng.normal(size=n) + 0.5 * guess
    draws = principal_strata(y, arm, guess, resampled(arm, 1500), trim_nothing=True)
    assert draws.always.low.std() == pytest.approx(lee_variance(y, arm, guess) ** 0.5, rel=0.08)


def world(name, n, rng):
    """Draw a world of anchors/belief.md section 5; return score, arm, guess."""
    arm, e, u, coin = np.arange(n) % 2, rng.normal(size=n), rng.normal(size=n), rng.random(n)
    y = {"W2": 0.5 * arm + e, "W3": 0.6 * u + 0.8 * e, "W5": e}.get(name)
    rate = {
        "W2": lambda: expit(1.5 * (y - 0.25)),
        "W3": lambda: expit(1.2 * u + 1.7 * (arm - 0.5)),
        "W5": lambda: expit(1.5 * y + 1.7 * (arm - 0.5)),
        "W7": lambda: np.where(arm == 1, 0.85, 0.65),
    }.get(name, lambda: np.where(arm == 1, 0.7, 0.3))()
    guess = (coin < rate).astype(float)
    y = {
        "W0": e,
        "W1": 0.7 * guess + e,
        "W4": 0.4 * arm + 0.5 * guess + e,
        "W6": 0.2 * arm + 0.3 * guess + 0.4 * arm * guess + e,
        "W7": 0.7 * guess + e,
    }.get(name, y)
    return y, arm, guess


@pytest.mark.parametrize(
    ("name", "truth"),  # every world is monotone: P(guess active) rises with the arm
    [("W0", 0), ("W1", 0), ("W2", 0.5), ("W3", 0), ("W4", 0.4), ("W5", 0), ("W6", 0.4), ("W7", 0)],
)
def test_bounds_contain_the_truth_in_every_world(name, truth):
    got = principal_strata(*world(name, 20_000, np.random.default_rng(3)))
    assert got.invariant.low < truth < got.invariant.high


def test_bounds_are_sharp_where_the_followers_score_highest():
    rng = np.random.default_rng(8)
    n = 40_000
    kind = rng.choice(["always", "never", "follows"], n, p=[0.3, 0.2, 0.5])
    arm = np.arange(n) % 2
    guess = np.where(kind == "follows", arm, kind == "always")
    effect = np.select([kind == "always", kind == "never"], [1.0, -2.0], 0.5)
    # far above the always-guessers on active, far below the never-guessers on control
    place = np.where(kind == "follows", np.where(arm == 1, 20.0, -20.0), 0.0)
    y = rng.normal(size=n) + place + effect * arm
    got = principal_strata(y, arm, guess)
    assert_allclose(got.always.low, 1.0, atol=0.1)
    assert_allclose(got.never.low, -2.0, atol=0.1)
    assert_allclose(got.invariant.low, (0.3 * 1.0 + 0.2 * -2.0) / 0.5, atol=0.1)
    assert_allclose(got.invariant.share, 0.5, atol=0.02)


def test_interval_covers_the_truth_in_the_least_favourable_world():
    covered = []
    for trial in range(200):  # truth sits on the lower bound
        rng = np.random.default_rng(trial)
        n = 160
        kind = rng.choice(["always", "never", "follows"], n, p=[0.4, 0.4, 0.2])
        arm = np.arange(n) % 2
        guess = np.where(kind == "follows", arm, kind == "always")
        place = np.where(kind == "follows", np.where(arm == 1, 6.0, -6.0), 0.0)
        y = rng.normal(size=n) + place
        got = principal_strata_estimates(y, arm, guess, weights=resampled(arm, 100, trial))
        row = got.rows[1]
        assert row.label == "belief-invariant, with sampling uncertainty"
        covered.append(row.low <= 0 <= row.high)
    assert np.mean(covered) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 200)


@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_scale_and_sign(seed, shift, factor):
    y, arm, guess = world("W1", 60, np.random.default_rng(seed))
    one = principal_strata(y, arm, guess)
    two = principal_strata(shift - factor * y, arm, guess)  # reversing the scale swaps the ends
    assert_allclose(two.invariant.low, -factor * one.invariant.high, atol=1e-9)
    assert_allclose(two.always.high, -factor * one.always.low, atol=1e-9)


@given(st.integers(0, 10_000))
def test_integer_weights_are_repeated_rows(seed):
    rng = np.random.default_rng(seed)
    y, arm, guess = world("W1", 40, rng)
    weights = rng.integers(0, 3, 40)
    a = principal_strata(y, arm, guess, weights[None, :])
    b = principal_strata(*(np.repeat(v, weights) for v in (y, arm, guess)))
    assert_allclose(a.invariant.low[0], b.invariant.low, atol=1e-12)
    assert_allclose(a.never.high[0], b.never.high, atol=1e-12)


def test_a_batch_of_trials_is_each_trial_by_itself():
    rng = np.random.default_rng(0)
    trials = [world("W1", 50, rng) for _ in range(4)]
    batch = principal_strata(*(np.stack(v) for v in zip(*trials, strict=True)))
    for k, trial in enumerate(trials):
        assert_allclose(batch.invariant.low[k], principal_strata(*trial).invariant.low)


def test_no_difference_in_guessing_gives_a_point():
    y = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]
    got = principal_strata(y, [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0])
    assert_allclose(got.invariant.low, got.invariant.high)
    assert_allclose(got.invariant.share, 1)


def test_wrong_order_of_rates_is_refused_with_the_rates():
    got = principal_strata_estimates(range(8), [1, 1, 1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 1, 1, 0])
    assert not got.rows
    assert {r.name for r in got.refused} == {"principal-strata-bounds", "belief-invariant-share"}
    assert "0.250 guess active on active, 0.750 on control" in got.refused[0].reason


def test_empty_cells_give_what_can_be_had():
    arm = [1, 1, 1, 1, 0, 0, 0, 0]
    nobody = principal_strata_estimates(range(8), arm, [1, 1, 0, 0, 0, 0, 0, 0])
    assert "this stratum" in nobody.refused[0].reason  # no always-guesser
    assert nobody["principal-strata-bounds"].high == pytest.approx(2.5 - 4.5)  # never, lowest 2
    assert nobody["principal-strata-bounds"].low == pytest.approx(2.5 - 6.5)
    broken = principal_strata_estimates(range(8), arm, [1, 1, 1, 1, 0, 0, 0, 0])
    assert "Every guess follows the arm" in broken.refused[0].reason
    silent = principal_strata_estimates(range(8), arm, [np.nan] * 4 + [0, 0, 1, 1])
    assert "one arm has none" in silent.refused[0].reason


def test_a_single_person_in_a_cell_and_missing_guesses_are_said():
    arm = [1, 1, 1, 1, 1, 0, 0, 0, 0]
    got = principal_strata_estimates(range(9), arm, [1, 1, 0, 0, np.nan, 1, 0, 0, 0])
    assert any("holds one person" in warning for warning in got.warnings)
    assert any("1 of 9 rows have no guess" in warning for warning in got.warnings)


@pytest.mark.parametrize(
    ("y", "arm", "guess"),
    [
        ([1.0, np.nan], [0, 1], [0, 1]),
        ([1.0, 2.0], [0, 2], [0, 1]),
        ([1.0, 2.0], [0, 1], [0, 3]),
        ([1.0, 2.0, 3.0], [0, 1], [0, 1]),
    ],
)
def test_bad_codes_are_refused(y, arm, guess):
    with pytest.raises(DataError):
        principal_strata(y, arm, guess)


def test_imbens_manski_quantile_solves_their_equation():
    from scipy.special import ndtr  # noqa: PLC0415

    low, high = imbens_manski_interval([0.0, 0.0], [0.5, 2.0], [1.0, 0.5], [0.8, 1.0])
    c = -low / [1.0, 0.5]
    assert_allclose(ndtr(c + np.array([0.5, 2.0])) - ndtr(-c), 0.95, atol=1e-12)
    assert_allclose(high, np.array([0.5, 2.0]) + c * [0.8, 1.0])
