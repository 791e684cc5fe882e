import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.negative_control import (
    adjusted,
    belief_effect,
    holm,
    negative_control_estimates,
    verdict,
)
from equipoise.errors import DataError, NotIdentifiedError

# R's warpbreaks without its first five rows and without tension M, as tests/golden/
# negative_control.R prints them: wool A as the active arm, tension L as the guess "active"
BREAKS = [52, 51, 26, 67, 36, 21, 24, 18, 10, 43, 28, 15, 26, 27, 14, 29]
BREAKS += [19, 29, 31, 41, 20, 44, 20, 21, 24, 17, 13, 15, 15, 16, 28]
ARM = [1] * 13 + [0] * 18
GUESS = [1] * 4 + [0] * 9 + [1] * 9 + [0] * 9
LOOM = np.repeat(np.arange(16), 2)[:31]


def test_agrees_with_gls_and_satterthwaite_by_hand_in_r():
    got = belief_effect(BREAKS, ARM, GUESS)
    assert_allclose([got.estimate, got.se, got.df], [15.734767025, 4.392163088, 6.648161947])


def test_agrees_with_the_clustered_sandwich_of_r():
    got = belief_effect(BREAKS, ARM, GUESS, LOOM)
    assert_allclose([got.estimate, got.se, got.df], [15.734767025, 2.125502558, 15])


def test_holm_agrees_with_r():
    assert_allclose(holm([0.012, 0.4, 0.03, 0.03, 0.9]), [0.06, 0.80, 0.12, 0.12, 0.90])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_the_raw_and_bonferroni(p):
    got = holm(p)
    assert (got >= p).all()
    assert (got <= np.minimum(len(p) * np.array(p), 1) + 1e-15).all()
    assert got.min() == pytest.approx(min(len(p) * min(p), 1))


@given(st.integers(0, 10_000))
def test_swapping_the_guesses_flips_the_sign(seed):
    y = np.random.default_rng(seed).normal(size=31)
    a, b = belief_effect(y, ARM, GUESS), belief_effect(y, ARM, 1 - np.array(GUESS))
    assert_allclose([b.estimate, b.se, b.low], [-a.estimate, a.se, -a.high], atol=1e-12)


def test_objective_scores_of_the_trial_show_no_belief_effect_and_panas_does(trial_data):
    path = trial_data / "sbmd_acute.csv"
    if not path.is_file():
        pytest.skip("sbmd_acute.csv (AGPL) is not in EQUIPOISE_DATA")
    frame = pd.read_csv(path)
    effects = {}
    for scale in ("CPS", "PANAS"):
        rows = frame[frame.scale == scale]
        effects[scale] = belief_effect(rows.score, rows.condition == "AC", rows.guess == "AC")
    # anchors/belief.md 2a: PANAS means by arm and guess, n 48, 44, 39, 102
    by_hand = (92 * (19.56 - 12.59) + 141 * (18.36 - 10.95)) / 233
    assert effects["PANAS"].estimate == pytest.approx(by_hand, abs=0.01)
    by_hand = (71 * (-0.043 + 0.056) + 116 * (-0.115 - 0.001)) / 187
    assert effects["CPS"].estimate == pytest.approx(by_hand, abs=0.001)
    assert effects["CPS"].p > 0.05
    assert effects["PANAS"].p < 0.001


def draw(n, rng, confounded):
    arm, cause = np.arange(n) % 2, rng.normal(size=n)
    guess = rng.random(n) < 1 / (1 + np.exp(-(1.2 * cause * confounded + 1.7 * (arm - 0.5))))
    return 0.6 * cause + 0.8 * rng.normal(size=n), arm, guess


def test_size_without_and_power_with_a_common_cause():
    rng = np.random.default_rng(2)
    none = [belief_effect(*draw(120, rng, False)).p < 0.05 for _ in range(1000)]
    shared = [belief_effect(*draw(120, rng, True)).p < 0.05 for _ in range(200)]
    assert np.mean(none) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 1000))
    assert np.mean(shared) > 0.5


def test_rows_carry_holm_and_one_verdict():
    rng = np.random.default_rng(0)
    moved = belief_effect(np.array(GUESS) + 0.1 * rng.normal(size=31), ARM, GUESS)
    still = belief_effect(rng.normal(size=31), ARM, GUESS)
    got = negative_control_estimates({"a": moved, "b": still}, {"c": "too few"})
    assert [row.outcome for row in got] == ["a", "b"]
    assert got.rows[0].p == pytest.approx(2 * moved.p)
    assert all("Belief goes with a, which" in row.warnings[0] for row in got)
    assert got.refused[0].outcome == "c"


def test_silence_is_not_called_proof():
    rng = np.random.default_rng(1)
    effects = adjusted({"b": belief_effect(rng.normal(size=31), ARM, GUESS)})
    assert "does not prove" in verdict(effects)
    assert "sd are not ruled out" in verdict(effects)


def test_missing_guesses_are_left_out_and_said():
    got = belief_effect([*BREAKS, 1000.0], [*ARM, 1], [*GUESS, np.nan])
    assert got.estimate == pytest.approx(15.734767025)
    assert "1 of 32 rows" in got.warnings[0]


def test_thin_cells_are_not_identified():
    with pytest.raises(NotIdentifiedError, match="active arm, guess control': 1"):
        belief_effect([1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 1, 0, 0])


def test_nothing_to_control_with_is_refused():
    assert "No control outcome" in negative_control_estimates({}).refused[0].reason


def test_impossible_p_values():
    with pytest.raises(DataError):
        holm([0.5, 1.2])
