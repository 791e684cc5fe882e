import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.belief.james_index import james_gradient, james_index, james_value
from equipoise.errors import DataError

PUBLISHED = np.array([[48, 22], [4, 30], [330, 319]])
tables = st.integers(2, 4).flatmap(
    lambda k: arrays(np.int64, (k + 1, k), elements=st.integers(1, 200))
)


def by_definition(table):
    """James et al. 1996 as written: Kd from conditional shares, weights 0, 1/2."""
    p = table / table.sum()
    unsure = p[-1].sum()
    guessed = p[:-1]
    k = guessed.shape[1]
    weight = 0.5 * (1 - np.eye(k))
    do = (weight * guessed / (1 - unsure)).sum()
    rows, columns = guessed.sum(axis=1), p.sum(axis=0) - p[-1]
    de = (weight * np.outer(rows, columns)).sum() / (1 - unsure) ** 2
    return (1 + unsure + (1 - unsure) * (do - de) / de) / 2


def test_the_published_three_by_two_table():
    got = james_index(PUBLISHED, interval="wald")
    assert_allclose(list(got), [0.896, 0.011, 0.875, 0.918], rtol=0, atol=5e-4)


@given(tables)
def test_is_the_index_of_the_paper(table):
    assert_allclose(james_value(table / table.sum()), by_definition(table), rtol=1e-10)


@given(tables)
def test_gradient_is_the_derivative(table):
    p = table / table.sum()
    gradient, step = james_gradient(p), 1e-6
    for cell in np.ndindex(p.shape):
        up, down = p.copy(), p.copy()
        up[cell] += step
        down[cell] -= step
        slope = (james_value(up) - james_value(down)) / (2 * step)
        assert_allclose(gradient[cell], slope, rtol=2e-3, atol=2e-4)


@given(tables, st.permutations([0, 1]))
def test_names_of_the_arms_do_not_matter(table, order):
    rest = list(range(2, table.shape[1]))
    arms = [*order, *rest]
    turned = table[[*arms, -1]][:, arms]
    a, b = james_index(table, interval="wald"), james_index(turned, interval="wald")
    assert_allclose(b[:2], a[:2], rtol=1e-12)


def test_anchors_all_right_chance_and_all_unsure():
    assert james_value(np.array([[30, 0], [0, 30], [0, 0]]) / 60) == 0
    assert_allclose(james_value(np.full((3, 2), [[15.0], [15], [0]]) / 60), 0.5)
    assert james_value(np.array([[0, 0], [0, 0], [30, 30]]) / 60) == 1


@pytest.mark.parametrize(
    "table",
    [
        [[0, 0], [0, 0], [5, 5]],
        [[5, 0], [0, 5], [0, 0]],
        [[0, 5], [5, 0], [0, 0]],
        [[5, 5], [0, 0], [0, 0]],
        [[5, 0], [0, 0], [0, 5]],
        [[1, 0], [0, 1], [0, 0]],
        [[9, 1, 0], [0, 8, 0], [1, 1, 9], [0, 0, 1]],
    ],
)
def test_extreme_tables_stay_in_range(table):
    got = james_index(table)
    assert 0 <= got.low <= got.estimate <= got.high <= 1
    assert np.isfinite(got.se)


@pytest.mark.parametrize(
    ("outcome", "index", "se", "low", "high"),  # anchors/belief.md, section 2a
    [("PANAS", 0.376, 0.032, 0.313, 0.440), ("QIDS", 0.420, 0.032, 0.357, 0.484)],
)
def test_week_one_of_the_trial(week_one_answer, *, outcome, index, se, low, high):
    row = week_one_answer(outcome)["james-index"]
    assert_allclose(
        [row.estimate, row.se, row.low, row.high], [index, se, low, high], rtol=0, atol=5.1e-4
    )
    assert any("cancel" in warning for warning in row.warnings)


@pytest.mark.parametrize(("outcome", "index"), [("PANAS", 0.374), ("QIDS", 0.397)])
def test_all_weeks_of_the_trial(weekly_answer, outcome, index):
    rows = weekly_answer(outcome).select(name="james-index")
    assert_allclose(rows.column("estimate"), index, rtol=0, atol=5e-4)
    assert_allclose(rows.select(label=None).rows[0].se, 0.017, rtol=0, atol=5e-4)


def test_default_interval_agrees_with_the_bootstrap(rng):
    forced = np.array([[102, 44], [39, 48], [0, 0]])
    drawn = rng.multinomial(233, forced.ravel() / 233, 4000).reshape(-1, 3, 2)
    limits = np.quantile(james_value(drawn / 233), [0.025, 0.975])
    got = james_index(forced)
    # each of 4,000 draws' limits has a Monte Carlo sd of 0.04 SE; the prior moves them by less
    assert_allclose([got.low, got.high], limits, rtol=0, atol=0.25 * got.se)


@pytest.mark.parametrize(
    "bad", [[[1, 2], [3, 4]], [[1, 0], [2, 0], [3, 0]], [[1, 2], [3, -4], [0, 0]]]
)
def test_tables_that_are_none_are_refused(bad):
    with pytest.raises(DataError, match="don't know"):
        james_index(bad)
