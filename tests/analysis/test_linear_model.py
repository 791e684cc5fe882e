import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis import cluster_robust, least_squares, robust_covariance
from equipoise.errors import DataError, NotIdentifiedError


@pytest.fixture
def fit(trial, design):
    return least_squares(trial["score"], design.matrix, design.columns)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_heteroscedastic_errors_agree_with_r_sandwich(fit, golden, kind):
    r = golden(kind).loc[list(fit.columns)]
    assert_allclose(fit.coefficients, r["estimate"], rtol=1e-10)
    assert_allclose(np.sqrt(np.diag(robust_covariance(fit, kind))), r["se"], rtol=1e-10)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2"])
def test_cluster_errors_agree_with_r_clubsandwich(fit, trial, golden, kind):
    robust = cluster_robust(fit, trial["id"], kind)
    for row, term in zip(np.eye(5), fit.columns, strict=True):
        r = golden(kind).loc[term]
        effect = robust.contrast(row)
        assert_allclose([effect.estimate, effect.se], [r.estimate, r.se], rtol=1e-9)
        assert_allclose(effect.df, r.df if kind == "CR2" else 27, rtol=1e-9)


def test_clusters_of_one_row_are_hc0_and_hc2(fit, trial):
    alone = np.arange(len(trial))
    assert_allclose(cluster_robust(fit, alone, "CR0").covariance, robust_covariance(fit, "HC0"))
    assert_allclose(cluster_robust(fit, alone, "CR2").covariance, robust_covariance(fit, "HC2"))


def test_order_of_rows_and_names_of_clusters_do_not_matter(trial, design, rng):
    shuffled = rng.permutation(len(trial))
    labels = np.array([f"person {i * 7 % 31}" for i in trial["id"]], dtype=object)
    one = cluster_robust(least_squares(trial["score"], design.matrix), trial["id"])
    other = cluster_robust(
        least_squares(trial["score"].to_numpy()[shuffled], design.matrix[shuffled]),
        labels[shuffled],
    )
    assert_allclose(one.contrast([0, 1, 0, 0, 0]), other.contrast([0, 1, 0, 0, 0]), rtol=1e-10)


def test_every_row_twice_in_its_cluster_leaves_cr0_alone(fit, trial, design):
    twice = least_squares(np.tile(trial["score"], 2), np.tile(design.matrix, (2, 1)))
    got = cluster_robust(twice, np.tile(trial["id"], 2), "CR0").covariance
    assert_allclose(got, cluster_robust(fit, trial["id"], "CR0").covariance, rtol=1e-9)


def test_cr2_is_unbiased_for_independent_errors(trial, design):
    """The expectation of CR2 under the working model is the true covariance: a law of algebra."""
    X, n = design.matrix, len(trial)
    unscaled = np.linalg.inv(X.T @ X)
    total = np.zeros((5, 5))
    residual_maker = np.eye(n) - X @ unscaled @ X.T
    values, vectors = np.linalg.eigh(residual_maker)
    for vector in vectors[:, values > 0.5].T:  # E[e e'] = M = sum of v v'
        total += cluster_robust(least_squares(vector, X), trial["id"], "CR2").covariance
    assert_allclose(total, unscaled, rtol=1e-8, atol=1e-12)


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale(shift, scale):
    X = np.column_stack((np.ones(6), [0, 0, 0, 1, 1, 1], [1, 2, 4, 1, 3, 5]))
    y = np.array([1.0, 2, 2, 3, 5, 4])
    plain, moved = least_squares(y, X), least_squares(scale * y + shift, X)
    assert_allclose(moved.coefficients - [shift, 0, 0], scale * plain.coefficients, atol=1e-9)
    assert_allclose(moved.covariance, scale**2 * plain.covariance, atol=1e-9)


def test_f_test_of_one_row_is_the_squared_t(fit):
    effect, f = fit.contrast([0, 1, 0, 0, 0]), fit.f_test([0, 1, 0, 0, 0])
    assert_allclose(f.statistic, (effect.estimate / effect.se) ** 2)
    assert_allclose(f.p, effect.p, rtol=1e-10)


def test_a_batch_is_its_fits_one_by_one(design, rng):
    y = rng.normal(size=(4, len(design.matrix)))
    batch, one = least_squares(y, design.matrix), least_squares(y[3], design.matrix)
    assert_allclose(batch.coefficients[3], one.coefficients)
    assert_allclose(batch.covariance[3], one.covariance)


def test_dependent_column_is_refused_by_name(design, trial):
    columns = [*design.columns, "twice baseline"]
    X = np.column_stack((design.matrix, 2 * design.matrix[:, 3] - 1))
    with pytest.raises(NotIdentifiedError, match="'twice baseline'"):
        least_squares(trial["score"], X, columns)
    with pytest.raises(NotIdentifiedError, match="'empty'"):
        least_squares([1, 2, 3], [[1, 0], [1, 0], [1, 0]], ["one", "empty"])


def test_bad_input_is_refused(fit, trial):
    with pytest.raises(DataError, match="n rows"):
        least_squares([1, 2], np.eye(3))
    with pytest.raises(DataError, match="missing values"):
        least_squares([1, np.nan, 2], np.ones((3, 1)))
    with pytest.raises(DataError, match="2 names"):
        least_squares([1, 2, 3], np.ones((3, 1)), ["a", "b"])
    with pytest.raises(NotIdentifiedError, match="cannot estimate"):
        least_squares([1, 2], np.eye(2))
    with pytest.raises(DataError, match="labels"):
        cluster_robust(fit, [1, 2, 3])
    with pytest.raises(NotIdentifiedError, match="at least 2"):
        cluster_robust(fit, np.zeros(len(trial)))
