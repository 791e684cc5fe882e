"""Exact properties: published closed forms, the table of the design notes, and full listing."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from allocation_specs import ABC, list_specs, name_of
from numpy.testing import assert_allclose

from equipoise.allocation import (
    BiasedCoinSpec,
    BigStickSpec,
    ChenSpec,
    CompleteSpec,
    MaximalSpec,
    PermutedBlocksSpec,
    RandomAllocationRuleSpec,
    RandomBlocksSpec,
    TruncatedBinomialSpec,
    UrnSpec,
)
from equipoise.allocation.judgement import (
    all_sequences,
    chain_properties,
    exact_properties,
    expected_largest_imbalance,
    sequence_probability,
)
from equipoise.allocation.judgement.chain import chi_square, imbalance, named


def rules(n):
    return {
        "complete": CompleteSpec(),
        "urn": UrnSpec(alpha=1, beta=1),
        "truncated": TruncatedBinomialSpec(people=n),
        "rar": RandomAllocationRuleSpec(people=n),
        "big stick": BigStickSpec(limit=3),
        "efron": BiasedCoinSpec(probability="2/3"),
        "maximal": MaximalSpec(people=n, limit=3),
        "chen": ChenSpec(limit=3, probability="2/3"),
        "blocks": PermutedBlocksSpec(size=4),
        "random blocks": RandomBlocksSpec(sizes=(2, 4)),
    }


# A Markov recursion of the project's design notes, in fractions at N = 4 and 8, where randomizeR
# 3.0.2 gave the same by listing every sequence: guess rates at N = 48, 100, 200, then loss and
# E|D_N| at N = 100.
TABLE = {
    "complete": (0.500, 0.500, 0.500, 1.000, 7.96),
    "urn": (0.552, 0.539, 0.529, 0.340, 4.61),
    "truncated": (0.557, 0.540, 0.528, 0, 0),
    "rar": (0.581, 0.558, 0.542, 0, 0),
    "big stick": (0.579, 0.581, 0.582, 0.027, 1.33),
    "efron": (0.622, 0.623, 0.624, 0.044, 1.33),
    "maximal": (0.632, 0.629, 0.627, 0, 0),
    "chen": (0.640, 0.641, 0.642, 0.017, 0.86),
    "blocks": (0.708, 0.708, 0.708, 0, 0),
    "random blocks": (0.721, 0.721, 0.722, 0.004, 0.22),
}


@pytest.mark.parametrize("name", TABLE)
def test_table_of_the_design_notes(name):
    *guesses, loss, distance = TABLE[name]
    for n, want in zip((48, 100, 200), guesses, strict=True):
        found = exact_properties(rules(n)[name], n)
        assert found.how == "exact"
        assert_allclose(found.guess, want, rtol=0, atol=0.0005)
        if n == 100:
            assert_allclose(found.loss, loss, rtol=0, atol=0.0005)
            assert_allclose(found.imbalance, distance, rtol=0, atol=0.005)


@pytest.mark.parametrize("n", [4, 20, 100])
def test_closed_forms_of_blackwell_and_hodges(n):
    """Expected right guesses; Blackwell & Hodges 1957."""
    rar = exact_properties(RandomAllocationRuleSpec(people=n), n).guess * n
    assert_allclose(rar, n / 2 + 2 ** (n - 1) / comb(n, n // 2) - 0.5, rtol=1e-12)
    truncated = exact_properties(TruncatedBinomialSpec(people=n), n).guess * n
    assert_allclose(truncated, n / 2 + comb(n, n // 2) * n / 2 ** (n + 1), rtol=1e-12)


def rate_of_late_people(spec):
    """Guess rate of persons 401 to 800, when the chain has long settled."""
    early, late = exact_properties(spec, 400), exact_properties(spec, 800)
    return (800 * late.guess - 400 * early.guess) / 400


def test_limits_of_many_people():
    """Big stick 1/2 + 1/(4 m), Efron p - (p - 1/2)(2 p - 1)/(2 p): what the chains settle at."""
    for limit in (1, 3, 5):
        found = rate_of_late_people(BigStickSpec(limit=limit))
        assert_allclose(found, 0.5 + 1 / (4 * limit), atol=1e-8)
    for p in (2 / 3, 0.8):
        found = rate_of_late_people(BiasedCoinSpec(probability=p))
        assert_allclose(found, p - (p - 0.5) * (2 * p - 1) / (2 * p), atol=1e-8)


def test_complete_randomisation_by_hand():
    found = exact_properties(CompleteSpec(), 4)  # C(4, k)/16
    assert found.final == {0.0: 6 / 16, 2.0: 8 / 16, 4.0: 2 / 16}
    assert (found.guess, found.loss, found.worst, found.certain) == (0.5, 1.0, 4.0, 0.0)
    third = exact_properties(CompleteSpec(ratio=(2, 1)), 90)
    assert_allclose((third.loss, third.best_guess), (1, 2 / 3), rtol=1e-12)


SEQUENCES = {  # AABBAB
    "complete": (CompleteSpec(), Fraction(1, 64)),
    "efron": (BiasedCoinSpec(), Fraction(2, 81)),
    "big stick": (BigStickSpec(limit=2), Fraction(1, 32)),
    "urn": (UrnSpec(), Fraction(3, 140)),
    "rar": (RandomAllocationRuleSpec(people=6), Fraction(1, 20)),
    "truncated": (TruncatedBinomialSpec(people=6), Fraction(1, 32)),
    "maximal": (MaximalSpec(people=6, limit=2), Fraction(1, 18)),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_probability_of_one_sequence(name):
    spec, want = SEQUENCES[name]
    assert sequence_probability(spec, [0, 0, 1, 1, 0, 1]) == want
    assert sequence_probability(spec, [1, 1, 0, 0, 1, 0]) == want  # the other way round


def listed_properties(spec, n):
    """Properties by listing: every sequence, every guess."""
    target = [float(share) for share in spec.target]
    guess = loss = distance = 0.0
    worst = 0.0
    for arms, chance in all_sequences(spec, n).items():
        weight = float(chance)
        counts = [0] * len(target)
        for step, arm in enumerate(arms):
            happened = [float(k == arm) for k in range(len(target))]
            guess += weight * named(tuple(counts), step, tuple(target), tuple(happened))
            counts[arm] += 1
            worst = max(worst, imbalance(tuple(counts), step + 1, tuple(target)))
        distance += weight * imbalance(tuple(counts), n, tuple(target))
        loss += weight * chi_square(tuple(counts), n, tuple(target)) / (len(target) - 1)
    return guess / n, loss, distance, worst


CASES = [(n, k) for n in (4, 6, 8) for k in range(len(list_specs(4)))]


def small(spec, n):
    return len(spec.arms) ** n <= 7000


@pytest.mark.parametrize(("n", "k"), CASES)
def test_recursion_agrees_with_listing(n, k):
    spec = list_specs(n)[k]
    while not small(spec, n):
        n -= 1
    want = listed_properties(spec, n)
    found = exact_properties(spec, n)
    got = (found.guess, found.loss, found.imbalance, found.worst)
    assert_allclose(got, want, rtol=1e-9, atol=1e-12, err_msg=name_of(spec))
    chain = chain_properties(spec, n)
    assert_allclose((chain.guess, chain.loss, chain.imbalance, chain.worst), want, atol=1e-9)
    if found.best_guess is not None and chain.best_guess is not None:
        assert_allclose(found.best_guess, chain.best_guess, atol=1e-12)
        assert_allclose(found.certain, chain.certain, atol=1e-12)
    assert_allclose(sum(found.final.values()), 1, rtol=1e-12)


@pytest.mark.parametrize("n", [5, 8])
def test_tables_hold_the_exact_chances(n):
    for spec in list_specs(8):
        if not hasattr(spec, "table") or len(spec.arms) > 2:
            continue
        table = spec.table(n)
        reached = {arms[:k] for arms in all_sequences(spec, n) for k in range(n)}
        for arms in reached:
            want = float(spec.probabilities(arms)[1])
            assert table[len(arms), sum(arms)] == pytest.approx(want, abs=1e-15), name_of(spec)


def test_largest_imbalance_by_listing():
    for spec in (CompleteSpec(), BiasedCoinSpec(), BigStickSpec(limit=2), UrnSpec()):
        want = 0.0
        for arms, chance in all_sequences(spec, 8).items():
            path = np.abs(np.cumsum(2 * np.array(arms) - 1))
            want += float(chance) * path.max()
        assert_allclose(expected_largest_imbalance(spec.table(8), 0.5), want, rtol=1e-12)


def test_maximal_lists_are_equally_likely():
    lists = all_sequences(MaximalSpec(people=8, limit=2), 8)
    within = [
        arms
        for arms in product((0, 1), repeat=8)
        if np.abs(np.cumsum(2 * np.array(arms) - 1)).max() <= 2 and sum(arms) == 4
    ]
    assert lists == dict.fromkeys(within, Fraction(1, len(within)))


def test_random_blocks_come_as_if_sizes_had_been_drawn():
    """Sum over the sizes of 6 people's blocks: 2 2 2, 2 2 4, 2 4, 4 2, 4 4."""
    got = all_sequences(RandomBlocksSpec(sizes=(2, 4)), 6)
    want = {}
    for arms in product((0, 1), repeat=6):
        total = Fraction(0)
        for sizes in ((2, 2, 2), (2, 2, 4), (2, 4), (4, 2), (4, 4)):
            chance, start = Fraction(1, 2 ** len(sizes)), 0
            for size in sizes:
                left = [size // 2, size // 2]
                for arm in arms[start : start + size]:
                    chance *= Fraction(max(left[arm], 0), max(sum(left), 1))
                    left[arm] -= 1
                start += size
            total += chance
        if total:
            want[arms] = total
    assert got == want


def test_three_arms_are_exact_too():
    found = exact_properties(PermutedBlocksSpec(arms=ABC, size=3), 9)
    assert found.how == "exact"
    assert_allclose(found.guess, (1 / 3 + 1 / 2 + 1) / 3, rtol=1e-12)
