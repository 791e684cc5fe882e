"""Worlds: their truths, and the biases that belief.md's own simulation printed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from equipoise.errors import DataError
from equipoise.simulation import UNKNOWN, WORLDS, TrialStreams, World, scenario_key

TRIALS = 2_000
N = 240


def drawn(name, **options):
    key = scenario_key({"world": name}, seed=11)
    return WORLDS[name].draw(N, TRIALS, TrialStreams(key, 0, TRIALS), **options)


def cell_means(draw):
    """Mean outcome by guess and arm, and the share of guesses "active"."""
    means = {}
    for g in (0, 1):
        for a in (0, 1):
            means[g, a] = draw.outcome[(draw.guess == g) & (draw.arm == a)].mean()
    return means, (draw.guess == 1).sum() / (draw.guess != UNKNOWN).sum()


def standardised(draw):
    means, q = cell_means(draw)
    return q * (means[1, 1] - means[1, 0]) + (1 - q) * (means[0, 1] - means[0, 0])


def total(draw):
    return draw.outcome[draw.arm == 1].mean() - draw.outcome[draw.arm == 0].mean()


# belief.md section 5: bias of the unadjusted and the belief-standardised estimate of the direct
# effect, from 3,000 trials of 240 (another program, other random numbers)
PRINTED = {
    "W0": (0.0, -0.004, -0.004),
    "W1": (0.0, 0.281, 0.002),
    "W2": (0.5, -0.001, -0.141),
    "W3": (0.0, -0.002, -0.183),
    "W4": (0.4, 0.200, 0.003),
    "W5": (0.0, -0.004, -0.317),
    "W6": (0.4, 0.202, 0.000),
    "W7": (0.0, 0.142, 0.002),
}


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_biases_are_those_of_the_printed_simulation(name):
    truth, unadjusted, belief_standardised = PRINTED[name]
    draw = drawn(name)
    assert WORLDS[name].direct_effect == pytest.approx(truth, abs=1e-12)
    # SE of a printed bias is about .14/sqrt(3000) = .0026; ours .0031: 4 SE of the difference
    assert total(draw) - truth == pytest.approx(unadjusted, abs=0.016)
    assert standardised(draw) - truth == pytest.approx(belief_standardised, abs=0.016)


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_total_effects_are_the_closed_forms(name):
    assert total(drawn(name)) == pytest.approx(WORLDS[name].total_effect, abs=0.0125)


def test_guesses_follow_the_stated_chances():
    for name, active, placebo in (("W0", 0.7, 0.3), ("W7", 0.85, 0.65)):
        draw = drawn(name)
        assert (draw.guess[draw.arm == 1]).mean() == pytest.approx(active, abs=0.004)
        assert (draw.guess[draw.arm == 0]).mean() == pytest.approx(placebo, abs=0.004)
    w2 = drawn("W2")
    near = (w2.outcome > 0.9) & (w2.outcome < 1.1)
    assert w2.guess[near].mean() == pytest.approx(expit(1.5 * 0.75), abs=0.01)


def test_which_worlds_are_valid_and_monotone():
    assert {n for n, w in WORLDS.items() if w.valid} == {"W0", "W1", "W4", "W6", "W7"}
    assert all(w.monotone for w in WORLDS.values())
    assert not World("", guess_active=0.2, guess_placebo=0.4).monotone


def test_the_invariant_stratum_has_the_effect_of_those_who_never_change_their_guess():
    # always-guessers 0.65, never-guessers 0.15; effects 0.2 + 0.4 and 0.2
    world = World("", guess_active=0.85, guess_placebo=0.65, drug=0.2, interaction=0.4)
    assert world.invariant_effect == pytest.approx((0.65 * 0.6 + 0.15 * 0.2) / 0.8)


def test_arms_are_equal_halves_in_turn():
    arm = drawn("W0").arm
    assert arm[0, :4].tolist() == [1, 0, 1, 0]
    assert (arm.sum(axis=1) == N // 2).all()


def test_only_the_confounded_world_has_a_cause():
    assert {n for n in WORLDS if drawn(n).cause is not None} == {"W3"}


@pytest.mark.parametrize("noise", ["normal", "skewed", "bounded"])
def test_noise_of_any_shape_keeps_mean_variance_and_truth(noise):
    draw = drawn("W4", noise=noise)
    residual = draw.outcome - 0.4 * draw.arm - 0.5 * draw.guess
    assert residual.mean() == pytest.approx(0, abs=4 / np.sqrt(N * TRIALS))
    # kurtosis 9 of the exponential: SD of its variance is sqrt(8/n)
    assert residual.var() == pytest.approx(1, abs=4 * np.sqrt(8 / (N * TRIALS)))
    skew = ((residual - residual.mean()) ** 3).mean()
    assert skew == pytest.approx({"skewed": 2.0}.get(noise, 0.0), abs=0.15)
    if noise == "bounded":
        assert np.abs(residual).max() <= np.sqrt(3)


def test_missing_guesses_by_arm():
    draw = drawn("W4", missing=(0.05, 0.20))
    gone = draw.guess == UNKNOWN
    assert gone[draw.arm == 0].mean() == pytest.approx(0.05, abs=0.003)
    assert gone[draw.arm == 1].mean() == pytest.approx(0.20, abs=0.004)
    assert standardised(draw) == pytest.approx(0.4, abs=0.016)


@pytest.mark.parametrize("switching", [True, False])
def test_repeated_weeks_share_a_person(switching):
    key = scenario_key({"weeks": switching})
    rng = TrialStreams(key, 0, 500)
    draw = WORLDS["W4"].draw_weeks(120, 4, 500, rng, icc=0.5, switching=switching)
    residual = (draw.outcome - 0.4 * draw.arm - 0.5 * draw.guess).reshape(500, 120, 4)
    week = residual.reshape(-1, 4)
    corr = np.corrcoef(week.T)[np.triu_indices(4, 1)]
    assert corr == pytest.approx(0.5, abs=4 * 0.75 / np.sqrt(60_000))
    assert draw.person.tolist() == np.repeat(np.arange(120), 4).tolist()
    arms = draw.arm[0].reshape(120, 4)
    assert arms.mean() == 0.5
    assert (arms.std(axis=1) > 0).all() == switching


@given(st.integers(-3, 41).filter(lambda n: n < 2 or n % 2))
def test_odd_numbers_of_people_are_refused(people):
    with pytest.raises(DataError, match="even number of people"):
        WORLDS["W0"].draw(people, 3, np.random.default_rng(1))


def test_a_guess_cannot_be_cause_and_effect():
    with pytest.raises(ValueError, match="both cause"):
        World("", guess_active=0.5, guess_placebo=0.5, belief=0.5, from_outcome=1.0)


def test_a_total_effect_without_closed_form_is_not_made_up():
    world = World("", guess_active=0.7, guess_placebo=0.3, belief=0.5, from_cause=1.0)
    assert world.total_effect is None
