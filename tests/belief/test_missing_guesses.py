from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from equipoise.belief.missing_guesses import (
    missing_counts,
    missing_guesses_estimates,
    weighted_effect,
)
from equipoise.belief.worst_case_guesses import guess_rows, worst_case
from equipoise.errors import DataError, NotIdentifiedError


def standardised(y, arm, guess, categories):
    """Sum of q(g) [mean(active, g) - mean(control, g)], NaN where a needed cell is empty."""
    total = 0.0
    for g in range(categories):
        q = np.mean(guess == g)
        cells = [y[(arm == a) & (guess == g)] for a in (0, 1)]
        if q and not all(cell.size for cell in cells):
            return np.nan
        if q:
            total += q * (cells[1].mean() - cells[0].mean())
    return total


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([2, 3]))
def test_worst_case_is_the_extreme_of_every_completion(seed, categories):
    rng = np.random.default_rng(seed)
    gaps = rng.integers(1, 6 if categories == 2 else 4, 2)
    whole = np.repeat(np.arange(categories), rng.integers(1, 4, categories))
    parts = [np.concatenate([whole, np.full(k, -1)]) for k in gaps]
    guess, arm = np.concatenate(parts), np.repeat([0, 1], [p.size for p in parts])
    y = rng.integers(0, 12, guess.size).astype(float)
    values = []
    for answers in product(range(categories), repeat=int(gaps.sum())):
        filled = guess.copy()
        filled[guess < 0] = answers
        values.append(standardised(y, arm, filled, categories))
    got = worst_case(guess_rows(y, arm, guess, categories=categories))
    assert_allclose([got.inner_low, got.inner_high], [np.min(values), np.max(values)], atol=1e-9)
    assert got.low <= got.inner_low
    assert got.high >= got.inner_high
    assert not got.emptying


def test_completions_that_empty_a_stratum_are_left_out_and_said():
    y, arm = [1.0, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]
    got = missing_guesses_estimates(y, arm, [1, np.nan, np.nan, 1, 0, 0])
    assert any("stratum empty" in warning for warning in got.warnings)
    # the active arm must keep a 0: (2), (3) or none of the two stays with guess 1
    values = [
        standardised(np.array(y), np.array(arm), np.array([1, *pair, 1, 0, 0]), 2)
        for pair in ((0, 0), (0, 1), (1, 0))
    ]
    row = got.select(label="missing guesses: worst case").rows[0]
    assert_allclose([row.low, row.high], [min(values), max(values)])


def test_no_gap_is_the_plug_in_effect_and_one_row_an_arm():
    y, arm, guess = [1.0, 2, 4, 8, 3, 5, 6, 9], [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0]
    got = worst_case(guess_rows(y, arm, guess))
    assert got.inner_low == pytest.approx(got.inner_high)
    assert got.inner_low == pytest.approx(0.5 * (1.5 - 4) + 0.5 * (6 - 7.5))
    rows = missing_guesses_estimates(y, arm, guess, arms=("drug", "placebo"))
    assert [(r.label, r.arm, r.estimate) for r in rows] == [
        ("count", "drug", 0),
        ("share", "drug", 0),
        ("count", "placebo", 0),
        ("share", "placebo", 0),
    ]


def test_counts_by_arm():
    got = missing_counts(guess_rows(range(6), [1, 1, 1, 0, 0, 0], [1, np.nan, np.nan, 1, 0, -1]))
    assert got.tolist() == [[1, 3], [2, 3]]


def draw(n, rng, gap):
    """World W4 of anchors/belief.md (drug 0.4); `gap` makes a guess go missing."""
    arm = np.arange(n) % 2
    guess = (rng.random(n) < np.where(arm == 1, 0.7, 0.3)).astype(float)
    y = 0.4 * arm + 0.5 * guess + rng.normal(size=n)
    full = guess.copy()
    guess[rng.random(n) < gap(y, arm, full)] = np.nan
    return y, arm, guess


def gap_by_outcome(y, arm, guess):
    """Those who felt better on active, or worse on control, answer less."""
    return expit(-1.3 + np.where(arm == 1, 1.0, -1.0) * y)


def test_weights_repair_a_gap_that_goes_with_the_outcome():
    rng = np.random.default_rng(3)
    errors, naive, covered = [], [], []
    for _ in range(400):
        y, arm, guess = draw(300, rng, gap_by_outcome)
        got = weighted_effect(guess_rows(y, arm, guess))
        errors.append(float(got.estimate) - 0.4)
        low, high = got.interval()
        covered.append(low <= 0.4 <= high)
        naive.append(standardised(*(v[~np.isnan(guess)] for v in (y, arm, guess)), 2) - 0.4)
    assert abs(np.mean(errors)) < 0.03
    assert abs(np.mean(naive)) > 0.15  # what dropping them would have done
    assert np.mean(covered) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 400))


def test_bounds_hold_whatever_made_the_guesses_go_missing():
    rng = np.random.default_rng(5)
    for _ in range(100):
        y, arm, full = draw(80, rng, lambda y, *_: np.zeros_like(y))
        guess = full.copy()
        guess[(full == 1) & (y > 1.0)] = np.nan  # not at random
        got = worst_case(guess_rows(y, arm, guess))
        truth = standardised(y, arm, full, 2)
        assert got.inner_low - 1e-9 <= truth <= got.inner_high + 1e-9


@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0.1, 5))
@settings(max_examples=20, deadline=None)
def test_shift_and_scale(seed, shift, factor):
    rng = np.random.default_rng(seed)
    y, arm, guess = draw(60, rng, lambda y, *_: np.full_like(y, 0.3))
    one, two = (guess_rows(v, arm, guess) for v in (y, shift + factor * y))
    assert_allclose(worst_case(two).inner_low, factor * worst_case(one).inner_low, atol=1e-8)
    try:
        a, b = weighted_effect(one), weighted_effect(two)
    except NotIdentifiedError:
        return
    assert_allclose([b.estimate, b.se], [factor * a.estimate, factor * a.se], rtol=1e-5, atol=1e-8)


def test_repeating_every_row_of_a_person_leaves_the_clustered_se():
    y, arm, guess = draw(200, np.random.default_rng(1), gap_by_outcome)
    once = weighted_effect(guess_rows(y, arm, guess))
    thrice = weighted_effect(
        guess_rows(*(np.repeat(v, 3) for v in (y, arm, guess, np.arange(200))))
    )
    assert_allclose(thrice.estimate, once.estimate)
    assert_allclose(thrice.se, once.se * np.sqrt(196 / 199), rtol=1e-6)  # df 199 for 196


def test_few_missing_guesses_are_bounded_but_not_modelled():
    y, arm, guess = draw(100, np.random.default_rng(2), lambda y, *_: np.zeros_like(y))
    guess[:4] = np.nan
    got = missing_guesses_estimates(y, arm, guess, level=0.9)
    assert "4 missing guesses are too few" in got.refused[0].reason
    bounds, wide = got.select(name="belief-standardised-effect").rows
    assert wide.low < bounds.low < bounds.high < wide.high
    assert (bounds.level, wide.level) == (None, 0.9)


def test_too_many_completions_are_refused_not_waited_for():
    n = 600
    guess = np.where(np.arange(n) < 400, np.nan, np.arange(n) // 2 % 3)
    got = missing_guesses_estimates(np.arange(n), np.arange(n) % 2, guess, categories=3)
    assert any("too many completions" in r.reason for r in got.refused)


def test_nobody_answered():
    got = missing_guesses_estimates(range(6), [1, 1, 1, 0, 0, 0], [np.nan] * 6)
    assert got.rows[0].estimate == 3
    assert got.refused


def test_bad_input():
    with pytest.raises(DataError, match="0 to 1"):
        guess_rows([1.0, 2], [0, 1], [2, 0])
    with pytest.raises(DataError, match="one value a row"):
        guess_rows([1.0, 2], [0, 1], [0])
    with pytest.raises(DataError, match="finite"):
        guess_rows([1.0, np.nan], [0, 1], [0, 1])
    y, arm, guess = draw(100, np.random.default_rng(2), lambda y, *_: np.full_like(y, 0.3))
    with pytest.raises(DataError, match="complete"):
        weighted_effect(guess_rows(y, arm, guess), np.full(100, np.nan))
