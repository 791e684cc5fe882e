import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.index_intervals import clustered_se, tango, wilson

counts = st.integers(1, 300).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda b: st.tuples(st.just(b), st.integers(0, n - b), st.just(n))
    )
)


def limits(b, c, n, level=0.95):
    return np.array(tango(*(np.array([float(v)]) for v in (b, c, n)), level))[:, 0]


def test_wilson_agrees_with_r_prop_test(golden):
    low, high = wilson(150, 233)
    assert_allclose([low, high], [golden["wilson low"], golden["wilson high"]], rtol=1e-9)


@pytest.mark.parametrize("case", [(82, 25, 277), (29, 27, 139), (3, 2, 9)])
def test_tango_agrees_with_a_likelihood_maximised_by_r(case, golden):
    name = "tango " + " ".join(map(str, case))
    expected = [golden[f"{name} low"], golden[f"{name} high"]]
    assert_allclose(limits(*case), expected, rtol=0, atol=2e-7)  # R's optimize stops there


@given(counts)
def test_tango_holds_the_estimate_and_stays_in_range(case):
    b, c, n = case
    low, high = limits(*case)
    assert -1 <= low <= (b - c) / n <= high <= 1


@given(counts)
def test_tango_of_the_swapped_counts_is_its_mirror(case):
    b, c, n = case
    assert_allclose(limits(c, b, n), -limits(b, c, n)[::-1], atol=1e-9)


@given(counts)
def test_one_more_right_guess_moves_tango_up(case):
    b, c, n = case
    if b + c < n:
        assert (limits(b + 1, c, n) >= limits(b, c, n) - 1e-9).all()


@given(counts)
def test_a_higher_level_gives_a_wider_tango(case):
    inner, outer = limits(*case, 0.8), limits(*case, 0.99)
    assert outer[0] <= inner[0] + 1e-9
    assert outer[1] >= inner[1] - 1e-9


def test_tango_with_nobody_unsure_all_right_ends_at_one():
    assert limits(5, 0, 5)[1] == 1
    assert limits(0, 5, 5)[0] == -1


@pytest.mark.parametrize(("p1", "p2", "n"), [(0.3, 0.1, 40), (0.5, 0.45, 25), (0.9, 0.05, 40)])
def test_tango_covers(p1, p2, n, rng):
    table = rng.multinomial(n, [p1, p2, 1 - p1 - p2], 4000).astype(float)
    low, high = tango(table[:, 0], table[:, 1], np.full(4000, float(n)))
    covered = ((low <= p1 - p2) & (p1 - p2 <= high)).mean()
    # a score interval of discrete counts wavers about its level; 0.0034 is the Monte Carlo error
    assert 0.93 < covered < 0.985


def test_rows_of_one_person_count_once():
    once = np.array([0.5, -0.5, 0.25, -0.25])
    people = np.arange(4)
    doubled, twice = np.repeat(once, 2), np.repeat(people, 2)
    assert_allclose(clustered_se(doubled, twice), clustered_se(once, people))


def test_labels_of_people_need_not_be_consecutive():
    residual = np.array([1.0, -2.0, 0.5, 0.5])
    assert clustered_se(residual, [0, 9, 9, 40]) == clustered_se(residual, [2, 1, 1, 0])
