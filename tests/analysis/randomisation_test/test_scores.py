"""Scores: laws and bad input; R's numbers are in test_golden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis import log_rank_scores, logistic_scores, rank_scores, residual_scores
from equipoise.analysis.randomisation_test.integer_scores import integer_scores
from equipoise.errors import DataError, NotIdentifiedError


@given(st.integers(0, 2**32))
def test_residuals_know_nothing_of_the_covariates(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    r = residual_scores(y, X)
    assert_allclose(r @ np.column_stack([np.ones(20), X]), 0, atol=1e-10)
    assert_allclose(residual_scores(y + X @ [1, 2, 3] + 4, X), r, atol=1e-10)


@given(st.integers(0, 2**32))
def test_logistic_residuals_solve_the_score_equations(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 2))
    y = (rng.random(60) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    r = logistic_scores(y, X)
    assert_allclose(r @ np.column_stack([np.ones(60), X]), 0, atol=1e-7)
    assert (np.abs(r) < 1).all()


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 1)), min_size=1, max_size=30))
def test_log_rank_scores_sum_to_zero(rows):
    time, event = np.array(rows).T
    scores = log_rank_scores(time, event)
    assert scores.sum() == pytest.approx(0, abs=1e-9)
    assert (scores <= 1).all()


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_midranks(values):
    by_hand = [sum(w < v for w in values) + (sum(w == v for w in values) + 1) / 2 for v in values]
    assert rank_scores(values).tolist() == by_hand


@pytest.mark.parametrize(
    ("scores", "step"),
    [([1, 2, 5], 1), ([1.5, 3, 2], 0.5), ([0.1, 0.3, 0.2], 0.1), ([10, 30, 40], 10), ([3, 3], 1)],
)
def test_whole_numbers_are_found(scores, step):
    found = integer_scores(np.array(scores, dtype=float))
    assert found.step == pytest.approx(step)
    assert_allclose(found.origin + found.step * found.whole, scores)
    assert found.whole.min() == 0


def test_other_numbers_are_not_called_whole(rng):
    assert integer_scores(rng.standard_normal(20)) is None
    assert integer_scores(np.array([0, 1, 2.0001])) is None


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: residual_scores([1, np.nan], [[1], [2]]), "finite value"),
        (lambda: residual_scores([1, 2, 3], [[1], [2]]), "finite value"),
        (lambda: residual_scores([1, 2, 3], [1, 2, 3]), "shape"),
        (lambda: logistic_scores([0, 1, 2], [[1], [2], [4]]), "0 and 1"),
        (lambda: log_rank_scores([1, 2], [0, 2]), "event of 0 or 1"),
        (lambda: log_rank_scores([1, np.nan], [0, 1]), "finite time"),
    ],
)
def test_bad_data(call, told):
    with pytest.raises(DataError, match=told):
        call()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: residual_scores([1, 2, 3], [[1, 2], [2, 4], [3, 6]]), "combination"),
        (lambda: residual_scores([1, 2], [[1], [2]]), "too many"),
        (lambda: logistic_scores([0, 0, 1, 1], [[1], [2], [3], [4]]), "tell the outcome apart"),
    ],
)
def test_what_cannot_be_fitted(call, told):
    with pytest.raises(NotIdentifiedError, match=told):
        call()
