import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.dose_response import greenland_longnecker, hamling
from equipoise.synthesis.dose_response.count_contrasts import count_contrasts
from equipoise.synthesis.dose_response.greenland_longnecker import fitted_cases
from equipoise.synthesis.dose_response.hamling import effective_counts
from equipoise.synthesis.dose_response.mean_contrasts import mean_contrasts

Y, V = np.array([0.15, 0.4, 0.7]), np.array([0.04, 0.05, 0.09])
CASES, PEOPLE = np.array([60, 70, 50, 30]), np.array([200, 210, 130, 60])
counts = st.lists(st.tuples(st.integers(2, 80), st.integers(2, 80)), min_size=3, max_size=5)


def total_of(design):
    return PEOPLE * (100 if design == "ir" else 1)


@pytest.mark.parametrize("design", ["cc", "ir"])
def test_fitted_counts_agree_with_dosresmeta(golden, design):
    theirs = golden("made", design, "greenland-longnecker")
    ours = fitted_cases(Y, CASES, total_of(design), design)
    assert_allclose(ours, [theirs[f"cases{i}"] for i in range(1, 5)], rtol=1e-10)


@pytest.mark.parametrize("design", ["cc", "ir"])
def test_greenland_longnecker_agrees_with_dosresmeta(golden, design):
    theirs = golden("made", design, "greenland-longnecker")
    S = greenland_longnecker(Y, V, CASES, total_of(design), design)
    assert_allclose(S.ravel(), [theirs[f"S{i}"] for i in range(1, 10)], rtol=1e-10)


@pytest.mark.parametrize("design", ["cc", "ir"])
def test_hamling_is_near_dosresmeta_which_stops_short(golden, design):
    """Its effective counts come from a general optimiser: they miss the margins by 1e-3."""
    theirs = golden("made", design, "hamling")
    S = hamling(Y, V, CASES, total_of(design), design)
    assert_allclose(S.ravel(), [theirs[f"S{i}"] for i in range(1, 10)], rtol=2e-3)


@pytest.mark.parametrize("design", ["cc", "ci", "ir"])
def test_effective_counts_give_back_ratios_variances_and_margins(design):
    n = total_of(design)
    a, b = effective_counts(Y, V, CASES, n, design)
    assert_allclose(np.log(a[1:] / b[1:] / (a[0] / b[0])), Y, rtol=1e-12)
    each = 1 / a + {"cc": 1 / b, "ci": -1 / b, "ir": 0 * b}[design]
    assert_allclose(each[1:] + each[0], V, rtol=1e-12)
    other = n - CASES if design == "cc" else n
    assert_allclose(b[0] / b.sum(), other[0] / other.sum(), rtol=1e-10)
    assert_allclose(b.sum() / a.sum(), other.sum() / CASES.sum(), rtol=1e-10)


@given(counts, st.sampled_from(["cc", "ci", "ir"]))
def test_crude_ratios_get_back_their_own_covariance(cells, design):
    """With nothing adjusted, both methods must return what the counts say exactly."""
    a, b = np.array(cells, dtype=float).T
    n = a + b
    y, S, empty = count_contrasts(a, n, {"cc": "or", "ci": "rr", "ir": "irr"}[design])
    assert not empty
    v = np.diag(S)
    assert_allclose(greenland_longnecker(y, v, a, n, design), S, rtol=1e-9)
    assert_allclose(hamling(y, v, a, n, design), S, rtol=1e-6)


@pytest.mark.parametrize("measure", ["cohen-d", "smd", "glass-delta", "md"])
def test_differences_of_means_agree_with_dosresmeta(golden, measure):
    theirs = golden("means", measure, "covariance")
    y, S = mean_contrasts([20, 15, 12], [5, 6, 4.5], [30, 28, 33], measure)
    assert_allclose(y, [theirs["y1"], theirs["y2"]], rtol=1e-12)
    assert_allclose(S.ravel(), [theirs[f"S{i}"] for i in range(1, 5)], rtol=1e-12)


def test_pooled_mean_differences_share_the_pooled_variance():
    y, S = mean_contrasts([20, 15, 12], [5, 6, 4.5], [30, 28, 33], shared="pooled")
    pooled = (29 * 25 + 27 * 36 + 32 * 20.25) / 88
    assert_allclose(S, pooled * np.array([[1 / 28 + 1 / 30, 1 / 30], [1 / 30, 1 / 33 + 1 / 30]]))
    assert_allclose(y, [-5, -8])


def test_impossible_counts_are_refused():
    with pytest.raises(DataError, match="cannot belong together"):
        greenland_longnecker([2.0, 3.0], [0.1, 0.1], [30, 30, 30], [60, 60, 35], "ci")
    with pytest.raises(DataError, match="Greenland-Longnecker"):
        hamling([5.0, -5.0], [0.001, 10.0], [1, 1, 100], [2, 200, 101], "ci")
    with pytest.raises(DataError, match="events are from 0 to the total"):
        count_contrasts([10, 60], [50, 50])
    with pytest.raises(DataError, match="SDs are above 0"):
        mean_contrasts([1, 2], [0, 1], [10, 10])
