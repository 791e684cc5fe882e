"""A plan before it is used: against exact counting by hand and by listing, and a simulation."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, permutations
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2, hypergeom

from equipoise.concealment.self_blinding import SachetPlan
from equipoise.concealment.self_blinding.judging import (
    drawn_counts,
    judge_plan,
    sequence_chance,
    simulated_sequences,
    smallest_pool,
)
from equipoise.errors import DataError


def plan(contents, days):
    first = date(2027, 1, 1)
    return SachetPlan(contents, tuple(first + timedelta(days=k) for k in range(days)))


def listed(contents, days):
    """Every order of single sachets, all equally likely: sequences and their chances."""
    pool = [k for k, n in enumerate(contents.values()) for _ in range(n)]
    every = Counter(order[:days] for order in permutations(pool))
    whole = sum(every.values())
    return {sequence: ways / whole for sequence, ways in every.items()}


@pytest.mark.parametrize(
    ("contents", "days"),
    [({"a": 3, "b": 3}, 4), ({"a": 4, "b": 2}, 3), ({"a": 2, "b": 2, "c": 2}, 3)],
)
def test_guess_rates_equal_those_of_every_order_listed(contents, days):
    """Two strategies, played against every order of single sachets."""
    chances, counts = listed(contents, days), list(contents.values())
    total = sum(counts)
    convergence, most_left, last = 0.0, 0.0, 0.0
    for sequence, chance in chances.items():
        for day in range(days):
            past = Counter(sequence[:day])
            behind = [day * n / total - past[k] for k, n in enumerate(counts)]
            tied = [k for k, b in enumerate(behind) if b > max(behind) - 1e-9]
            weight = sum(counts[k] for k in tied)
            if sequence[day] in tied:
                convergence += chance * counts[sequence[day]] / weight / days
            left = [n - past[k] for k, n in enumerate(counts)]
            best = [k for k, n in enumerate(left) if n == max(left)]
            right = chance * (sequence[day] in best) / len(best)
            most_left += right / days
            last += right * (day == days - 1)
    found = judge_plan(plan(contents, days))
    assert found.guess == pytest.approx(convergence, abs=1e-12)
    assert found.best_guess == pytest.approx(most_left, abs=1e-12)
    assert found.last_guess == pytest.approx(last, abs=1e-12)


def test_counts_drawn_are_hypergeometric():
    found = drawn_counts(plan({"a": 8, "b": 8}, 6))
    for drawn in range(7):
        assert found[drawn, 6 - drawn] == pytest.approx(hypergeom(16, 8, 6).pmf(drawn), abs=1e-12)
    three = drawn_counts(plan({"a": 2, "b": 3, "c": 4}, 5))
    assert three[1, 2, 2] == pytest.approx(comb(2, 1) * comb(3, 2) * comb(4, 2) / comb(9, 5))
    assert sum(three.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("contents", "days"), [({"a": 3, "b": 3}, 4), ({"a": 2, "b": 1, "c": 2}, 3)]
)
def test_simulated_sequences_come_as_often_as_they_should(contents, days):
    what, draws = plan(contents, days), 20_000
    got = simulated_sequences(what, draws=draws, rng=np.random.default_rng(20261125))
    seen = Counter(tuple(int(k) for k in row) for row in got)
    exact = listed(contents, days)
    assert set(seen) == set(exact)
    statistic = sum((seen[s] - draws * p) ** 2 / (draws * p) for s, p in exact.items())
    assert statistic < chi2(len(exact) - 1).ppf(0.999)
    for sequence, chance in exact.items():
        assert sequence_chance(what, sequence) == pytest.approx(chance, abs=1e-12)


def test_a_small_pool_is_warned_of_and_told_how_to_mend():
    found = judge_plan(plan({"sort 1": 4, "sort 2": 4}, 6))
    assert "pack 5 of 'sort 1' and 5 of 'sort 2'" in found.warnings[0]
    assert not judge_plan(plan({"sort 1": 5, "sort 2": 5}, 6)).warnings
    assert smallest_pool({"sort 1": 4, "sort 2": 4}, 6) == 5


def test_the_more_is_thrown_away_the_less_can_be_guessed():
    rates = [judge_plan(plan({"a": m, "b": m}, 8)).last_guess for m in range(5, 20)]
    assert all(later < before for before, later in pairwise(rates))
    assert rates[-1] > 0.5


def test_all_alike():
    assert judge_plan(plan({"a": 3, "b": 3}, 3)).all_alike == pytest.approx(2 / 20)


def test_draws_out_of_range_are_refused():
    with pytest.raises(DataError, match="`draws`"):
        simulated_sequences(plan({"a": 3, "b": 3}, 4), draws=0, rng=np.random.default_rng(1))
