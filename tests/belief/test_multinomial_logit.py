import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.multinomial_logit import multinomial_logit
from equipoise.errors import NotIdentifiedError


def test_two_categories_agree_with_r_glm(made_trial, golden):
    rows = made_trial.arm == 1
    got = multinomial_logit(made_trial.x[rows], made_trial.guess[rows], 2)
    fitted = [golden[f"fitted {k}"] for k in range(1, 61)]
    assert_allclose(got.probability[:, 1], fitted, rtol=1e-7)
    intercept = [golden[f"score {k}"] for k in range(1, 61)]
    assert_allclose(got.scores[:, 0], intercept, rtol=1e-7)
    assert_allclose(got.scores.sum(axis=0), 0, atol=1e-7)


def test_three_categories_agree_with_r_multinom(made_trial, golden):
    i = np.arange(1, 121)
    three = np.where(np.cos(5 * i) > 0.6, 2, made_trial.guess)
    got = multinomial_logit(made_trial.x, three, 3)
    expected = [[golden[f"category {k} {row}"] for k in range(3)] for row in i]
    assert_allclose(got.probability, expected, rtol=0, atol=2e-5)  # multinom's own convergence
    ours = -2 * np.log(got.probability[np.arange(120), three]).sum()
    assert ours <= golden["multinomial deviance"] + 1e-6


def test_without_covariates_the_shares_are_fitted():
    got = multinomial_logit(np.empty((10, 0)), np.array([0] * 3 + [1] * 5 + [2] * 2), 4)
    assert_allclose(got.probability, np.tile([0.3, 0.5, 0.2, 0], (10, 1)), atol=1e-9)
    assert_allclose(got.predict(np.empty((1, 0))), [[0.3, 0.5, 0.2, 0]], atol=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_units_of_a_covariate_do_not_matter(seed, shift, scale):
    rng = np.random.default_rng(seed)
    x, guess = rng.normal(size=(80, 2)), rng.integers(0, 3, 80)
    a = multinomial_logit(x, guess, 3)
    b = multinomial_logit(shift + scale * x, guess, 3)
    assert_allclose(b.probability, a.probability, rtol=1e-6)


def test_one_category_is_certain():
    got = multinomial_logit(np.arange(6.0)[:, None], np.ones(6, int), 2)
    assert_allclose(got.probability, np.tile([0, 1], (6, 1)))


def test_a_constant_covariate_changes_nothing():
    x, guess = np.arange(30.0)[:, None] % 7, np.arange(30) % 3 % 2
    a = multinomial_logit(x, guess, 2)
    b = multinomial_logit(np.hstack([x, np.full((30, 1), 4.0)]), guess, 2)
    assert_allclose(b.probability, a.probability, rtol=1e-7)


@pytest.mark.parametrize(
    ("x", "guess"),
    [
        (np.repeat([0, 1], 50), np.repeat([0, 1], 50)),
        (np.repeat([0, 1], [90, 10]), np.repeat([0, 1], [90, 10])),
        (np.repeat([0, 1], 50), np.repeat([0, 1, 0], [25, 25, 50])),  # half separated
        (np.repeat([0, 1], [80, 20]), np.repeat([0, 1, 0], [40, 40, 20])),
        (np.arange(100), np.repeat([0, 1], 50)),
        (np.repeat([0, 1, 2], 30), np.repeat([0, 1, 0, 1, 2], [15, 15, 15, 15, 30])),
    ],
)
def test_covariates_that_separate_the_guesses_are_refused(x, guess):
    with pytest.raises(NotIdentifiedError, match="separate"):
        multinomial_logit(x.astype(float)[:, None], guess, 3)


def test_a_strong_but_overlapping_covariate_is_not_refused(rng):
    x = rng.normal(size=400)
    guess = (rng.random(400) < 1 / (1 + np.exp(-4 * x))).astype(int)
    assert multinomial_logit(x[:, None], guess, 2).beta[1, 1] > 2
