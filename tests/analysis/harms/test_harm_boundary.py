from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.harms import (
    boundary_rows,
    excess_probability,
    one_arm_boundary,
    operating_rows,
    two_arm_boundary,
)
from equipoise.errors import DataError, NotIdentifiedError


def ever_stops(people, stop_at, risk):
    """Walk through every possible course of the trial, person by person."""
    stops = dict(zip(people, stop_at, strict=True))
    total = 0.0
    for course in product((0, 1), repeat=people[-1]):
        chance = np.prod([risk if event else 1 - risk for event in course])
        counts = np.cumsum(course)
        total += chance * any(stop != -1 and counts[n - 1] >= stop for n, stop in stops.items())
    return total


def test_crossing_probability_is_that_of_every_course():
    for people in ([3, 6, 10], list(range(1, 11))):
        rule = one_arm_boundary(0.15, people, alpha=0.1)
        for risk in (0.15, 0.4):
            expected = ever_stops(people, rule.stop_at, risk)
            assert_allclose(rule.probability(risk), expected, rtol=1e-10)


@pytest.mark.parametrize("alpha", [0.02, 0.05, 0.1])
def test_the_boundary_keeps_alpha_and_no_larger_level_would(alpha):
    from scipy.stats import binom  # noqa: PLC0415

    people = list(range(1, 31))
    rule = one_arm_boundary(0.2, people, alpha)
    assert rule.probability(0.2) <= alpha
    used = max(
        binom.sf(s - 1, n, 0.2) for n, s in zip(people, rule.stop_at, strict=True) if s != -1
    )
    tails = {binom.sf(x - 1, n, 0.2) for n in people for x in range(1, n + 1)}
    larger = min(t for t in tails if t > used * (1 + 1e-9))
    looser = [
        next((x for x in range(1, n + 1) if binom.sf(x - 1, n, 0.2) <= larger * (1 + 1e-9)), -1)
        for n in people
    ]
    alive = type(rule)(rule.people, np.array(looser), 0.2, alpha)
    assert alive.probability(0.2) > alpha


def test_a_higher_risk_stops_more_often_and_sooner():
    rule = one_arm_boundary(0.1, range(1, 41))
    chances = [rule.probability(risk) for risk in (0.05, 0.1, 0.2, 0.4)]
    assert chances == sorted(chances)
    assert rule.expected_people(0.4) < rule.expected_people(0.1)


def test_posterior_agrees_with_r_integrate(golden):
    for term, value in golden("posterior").items():
        x1, n1, x0, n0, margin = (float(word) for word in term.split())
        got = excess_probability(x1, int(n1), int(x0), int(n0), margin=margin)
        assert_allclose(got, value, atol=1e-8)


def test_equal_counts_are_even_odds_and_swapping_arms_turns_them():
    assert_allclose(excess_probability(3, 17, 3, 17), 0.5, atol=1e-9)
    one, other = excess_probability(5, 20, 2, 25), excess_probability(2, 25, 5, 20)
    assert_allclose(one + other, 1, atol=1e-9)


def test_two_arms_stop_as_often_as_every_pair_of_counts_says():
    from scipy.stats import binom  # noqa: PLC0415

    rule = two_arm_boundary([6, 12], [5, 12], cut=0.9)
    first, last = (
        np.array([excess_probability(np.arange(n + 1), n, x0, m) for x0 in range(m + 1)]) > 0.9
        for n, m in ((6, 5), (12, 12))
    )
    expected = 0.0
    for a, b in product(range(7), range(6)):
        chance = binom.pmf(a, 6, 0.4) * binom.pmf(b, 5, 0.1)
        if first[b, a]:
            expected += chance
            continue
        more = np.outer(binom.pmf(range(8), 7, 0.1), binom.pmf(range(7), 6, 0.4))
        expected += chance * more[last[b : b + 8, a : a + 7]].sum()
    assert_allclose(rule.probability(0.4, 0.1), expected, rtol=1e-10)


def test_rows_name_looks_and_counts():
    rule = one_arm_boundary(0.2, [5, 10, 15, 20])
    found = boundary_rows(rule)
    assert [row.label for row in found] == ["5 people", "10 people", "15 people", "20 people"]
    assert "Ivanova" in found.rows[0].method
    (row,) = operating_rows(rule, [0.2])
    assert row.estimate == pytest.approx(rule.probability(0.2))
    two = two_arm_boundary([10], [10])
    assert boundary_rows(two).rows[0].label == "10 and 10 people, 0 in control"
    assert operating_rows(two, [(0.3, 0.1)]).rows[0].label == "risk 0.3 in active, 0.1 in control"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: one_arm_boundary(0.2, [5, 5]), "rise from look"),
        (lambda: one_arm_boundary(1.2, [5]), "between 0 and 1"),
        (lambda: two_arm_boundary([5], [5, 6]), "both arms"),
        (lambda: two_arm_boundary([5], [5], margin=-0.1), "margin"),
        (lambda: operating_rows(one_arm_boundary(0.2, [9]), [(0.1, 0.2)]), "one risk for one arm"),
    ],
)
def test_impossible_plans_are_refused(make, says):
    with pytest.raises(DataError, match=says):
        make()


def test_too_few_people_for_alpha_is_said():
    with pytest.raises(NotIdentifiedError, match="observe more people"):
        one_arm_boundary(0.5, [2], alpha=0.01)
