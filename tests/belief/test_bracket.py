"""The ends of E(lambda) are the printed rows, and what lies between them is belief."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis import random_intercept_fit
from equipoise.belief.bracket import bracket_of_strata
from equipoise.belief.comparison import Comparison
from equipoise.belief.standardised_effect import plug_in
from equipoise.belief.stratum_means import stratum_means
from equipoise.simulation import WORLDS


def trial(seed, n=80):
    rng = np.random.default_rng(seed)
    arm, guess = np.arange(n) % 2, np.arange(n) // 2 % 2
    guess = np.where(rng.random(n) < 0.3, 1 - guess, guess)
    return rng.normal(50, 10, n) + 3 * guess, arm, guess


@given(st.integers(0, 5000))
def test_the_ends_are_the_pooled_difference_and_the_plug_in(seed):
    y, arm, guess = trial(seed)
    strata = stratum_means(y, arm, guess)
    ends = bracket_of_strata(strata).at([1.0, 0.0])
    treated, control = y[arm == 1], y[arm == 0]
    pooled = np.sqrt((treated.var(ddof=1) + control.var(ddof=1)) / 2 * 2 / 40)
    assert_allclose(ends.estimate[0], treated.mean() - control.mean(), atol=1e-10)
    assert_allclose(ends.se[0], pooled)
    assert_allclose(ends.df[0], 78)
    expected = plug_in(strata)
    assert_allclose([v[1] for v in ends], [float(v) for v in expected])


@pytest.mark.parametrize("outcome", ["PANAS", "STAIT", "QIDS"])
def test_repeated_weeks_bracket_with_the_headline_and_its_twin(all_weeks, outcome):
    c = Comparison(all_weeks, outcome, draws=100)
    headline = c.headline["total-effect"]
    one, zero = c.bracket.at([1.0, 0.0]).estimate
    assert one == headline.estimate
    assert c.bracket.at([1.0]).se[0] == headline.se
    # the twin by hand: random intercept, arm x guess, at the pooled share of guesses
    x, complete = c.covariates(c.planned_covariates)
    g = c.guesses.take(complete)
    arm, guess = g.arm.astype(float), (g.guess == 1).astype(float)
    design = np.column_stack([np.ones(len(arm)), arm, guess, arm * guess, x[complete]])
    fit = random_intercept_fit(c.y[complete], design, g.person)
    share = (c.guesses.guess == 1).mean()
    assert_allclose(zero, fit.coefficients[1] + share * fit.coefficients[3], rtol=1e-9)
    assert 0.5 < c.bracket.correlation < 1  # two models of the same rows


def test_the_part_of_repeated_weeks_is_as_precise_as_its_bootstrap(all_weeks):
    c = Comparison(all_weeks, "PANAS", draws=100)
    rng = np.random.default_rng(5)
    g, y = c.guesses, c.y
    arm, guess = g.arm.astype(float), (g.guess == 1).astype(float)
    share, parts = guess.mean(), []
    rows_of = [np.flatnonzero(g.person == p) for p in range(g.person.max() + 1)]
    for _ in range(300):
        picked = rng.integers(0, len(rows_of), len(rows_of))
        rows = np.concatenate([rows_of[p] for p in picked])
        person = np.repeat(np.arange(len(picked)), [len(rows_of[p]) for p in picked])
        one = np.ones(len(rows))
        plain = random_intercept_fit(y[rows], np.column_stack([one, arm[rows]]), person)
        both = np.column_stack([one, arm[rows], guess[rows], arm[rows] * guess[rows]])
        full = random_intercept_fit(y[rows], both, person).coefficients
        parts.append(plain.coefficients[1] - full[1] - share * full[3])
    # 4 % is the bootstrap's own Monte Carlo error, and it knows of no covariates
    assert_allclose(c.bracket.part.se, np.std(parts, ddof=1), rtol=0.12)


@pytest.mark.parametrize("name", ["W2", "W3", "W5"])
def test_the_union_covers_where_estimators_given_belief_fail(name, rng):
    world, trials = WORLDS[name], 2000
    draw = world.draw(80, trials, rng)
    strata = stratum_means(draw.outcome, draw.arm, draw.guess)
    low, high = bracket_of_strata(strata).at(np.linspace(0, 1, 11)).interval()
    truth = world.direct_effect
    covered = ((low.min(axis=-1) <= truth) & (truth <= high.max(axis=-1))).mean()
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / trials)
