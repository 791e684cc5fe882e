"""Laws of every procedure: what the design notes list under "properties to test"."""

from collections import defaultdict
from fractions import Fraction
from inspect import signature
from itertools import permutations

import numpy as np
import pytest
from allocation_specs import ABC, FACTORS, factor_specs, list_specs, name_of
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.allocation import (
    BiasedCoinSpec,
    BigStickSpec,
    BlockUrnSpec,
    BrickTunnelSpec,
    ChenSpec,
    GeneratorDraws,
    MaximalSpec,
    MinimisationSpec,
    OutcomeAdaptiveSpec,
    PermutedBlocksSpec,
    RandomBlocksSpec,
    StratifiedSpec,
    allocate_sequence,
    apply_spec,
    spec_from_dict,
)
from equipoise.allocation.judgement import all_sequences

people_of = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=5)


@pytest.mark.parametrize("spec", list_specs(6), ids=name_of)
def test_probabilities_of_all_lists_sum_to_one(spec):
    n = 6 if len(spec.arms) < 4 else 4
    assert sum(all_sequences(spec, n).values()) == 1


@given(people=people_of)
@settings(max_examples=15)
def test_so_do_those_of_procedures_that_look_at_people(people):
    for spec in factor_specs():
        assert sum(all_sequences(spec, len(people), people).values()) == 1, name_of(spec)


def margin(spec, n, people=None):
    """Everyone's unconditional chance of each arm."""
    lists = all_sequences(spec, n, people)
    out = [[Fraction(0)] * len(spec.arms) for _ in range(n)]
    for arms, chance in lists.items():
        for place, arm in enumerate(arms):
            out[place][arm] += chance
    return [tuple(row) for row in out]


KEEP_RATIO = [
    spec
    for spec in list_specs(6)
    if spec.name != "constrained" and (spec.name != "block-urn" or spec.equal or spec.sets == 1)
]


@pytest.mark.parametrize("spec", KEEP_RATIO, ids=name_of)
def test_everyone_has_the_ratio_at_every_place(spec):
    n = 6 if len(spec.arms) < 4 else 4
    assert margin(spec, n) == [spec.target] * n


@given(people=people_of)
@settings(max_examples=10)
def test_minimisation_by_shares_keeps_the_ratio_for_everyone(people):
    for spec in factor_specs():
        if getattr(spec, "unequal", "") != "biased-coin":
            assert margin(spec, len(people), people) == [spec.target] * len(people), name_of(spec)


def test_the_block_urn_keeps_an_unequal_ratio_only_roughly():
    """The urn of two sets, AAAABB, is a block of 6 only until the first set goes back."""
    spec = BlockUrnSpec(ratio=(2, 1), sets=2)
    found = [row[1] for row in margin(spec, 5)]
    assert found[:4] == [Fraction(1, 3)] * 4
    lists = all_sequences(spec, 4)
    fifth = Fraction(0)
    for arms, chance in lists.items():
        ones = sum(arms)
        back = min((4 - ones) // 2, ones)
        balls = (4 + 2 * back - (4 - ones), 2 + back - ones)
        fifth += chance * Fraction(balls[1], sum(balls))
    assert found[4] == fifth != Fraction(1, 3)
    for sets in (2, 3):
        for row in margin(BlockUrnSpec(ratio=(2, 1), sets=sets), 9):
            assert abs(row[1] - Fraction(1, 3)) < Fraction(3, 100)


def test_the_biased_coin_of_minimisation_does_not():
    """Kuznetsova & Tymofyeyev 2012: the first person is likely to get the larger arm."""
    spec = MinimisationSpec(factors=FACTORS, ratio=(2, 1), unequal="biased-coin", probability=0.8)
    assert margin(spec, 1, [(0, 0)]) == [(Fraction(9, 10), Fraction(1, 10))]


@given(a=st.integers(1, 6), b=st.integers(1, 6), n=st.integers(1, 10))
@settings(max_examples=40)
def test_brick_tunnel_keeps_any_ratio_and_within_one_person(a, b, n):
    spec = BrickTunnelSpec(ratio=(a, b))
    assert margin(spec, n) == [spec.target] * n
    for arms in all_sequences(spec, n):
        for place in range(1, n + 1):
            assert abs(sum(arms[:place]) - place * spec.target[1]) < 1


@given(a=st.integers(1, 4), b=st.integers(1, 4), sets=st.integers(1, 3))
@settings(max_examples=25)
def test_block_urn_never_strays_beyond_its_block(a, b, sets):
    """No arm is ahead by more than its balls, at any prefix, given any past."""
    spec = BlockUrnSpec(ratio=(a, b), sets=sets)
    for arms in all_sequences(spec, 9):
        for place in range(1, 10):
            ones = sum(arms[:place])
            counts = (place - ones, ones)
            whole = min(counts[0] // a, counts[1] // b)
            assert counts[0] <= a * (whole + sets)
            assert counts[1] <= b * (whole + sets)


@given(limit=st.integers(1, 6), seed=st.integers(0, 2**32), coin=st.sampled_from(["1/2", "2/3", 1]))
@settings(max_examples=30)
def test_the_imbalance_never_exceeds_its_limit(limit, seed, coin):
    for spec in (
        BigStickSpec(limit=limit),
        ChenSpec(limit=limit, probability=coin),
        MaximalSpec(people=60, limit=limit),
    ):
        got = allocate_sequence(spec, 60, GeneratorDraws(np.random.default_rng(seed)))
        assert np.abs(np.cumsum(2 * np.array(got.arms) - 1)).max() <= limit


@given(
    seed=st.integers(0, 2**32),
    stratum=st.lists(st.integers(0, 2), min_size=1, max_size=40),
    sizes=st.sampled_from([(4,), (2, 4), (2, 4, 6)]),
)
@settings(max_examples=40)
def test_blocks_are_even_within_each_stratum(seed, stratum, sizes):
    within = RandomBlocksSpec(sizes=sizes) if len(sizes) > 1 else PermutedBlocksSpec(size=sizes[0])
    spec = StratifiedSpec(within=within, factors={"site": ("a", "b", "c")})
    people = [(k,) for k in stratum]
    draws = GeneratorDraws(np.random.default_rng(seed))
    got = allocate_sequence(spec, len(people), draws, people)
    for site in range(3):
        arms = [arm for arm, where in zip(got.arms, stratum, strict=True) if where == site]
        path = np.cumsum(2 * np.array(arms, dtype=int) - 1)
        assert np.abs(path).max(initial=0) <= max(sizes) // 2
        if len(sizes) == 1:
            ends = path[sizes[0] - 1 :: sizes[0]]
            assert (ends == 0).all()


class Keyed:
    """Draws that depend on stratum and place in it alone, as a keyed stream does."""

    def __init__(self, seed, site, place):
        self.rng = np.random.default_rng([seed, site, place])

    def below(self, n):
        return int(self.rng.integers(n))


@given(
    seed=st.integers(0, 2**32),
    order=st.permutations([0] * 6 + [1] * 6),
    other=st.permutations([0] * 6 + [1] * 6),
)
@settings(max_examples=30)
def test_a_stratum_does_not_depend_on_who_enrols_elsewhere(seed, order, other):
    spec = StratifiedSpec(within=RandomBlocksSpec(), factors={"site": ("a", "b")})

    def arms_by_site(sites):
        place = [sites[:k].count(site) for k, site in enumerate(sites)]
        people = [(site,) for site in sites]
        got = allocate_sequence(spec, 12, lambda k: Keyed(seed, sites[k], place[k]), people)
        found = defaultdict(list)
        for arm, site in zip(got.arms, sites, strict=True):
            found[site].append(arm)
        return dict(found)

    assert arms_by_site(list(order)) == arms_by_site(list(other))


def relabelled(spec, order):
    """The same spec with its arms in another order."""
    data = spec.to_dict()
    arms = [data["arms"][k] for k in order]
    ratio = [data["ratio"][k] for k in order]
    if "within" in data:
        data["within"] |= {"arms": arms, "ratio": ratio}
    return spec_from_dict(data | {"arms": arms, "ratio": ratio})


FIXED = {"williams", "weekly-switching"}  # their arms are sequences, or play different parts


@pytest.mark.parametrize("spec", [s for s in list_specs(6) if s.name not in FIXED], ids=name_of)
def test_names_of_arms_do_not_matter(spec):
    n = 5 if len(spec.arms) < 4 else 3
    lists = all_sequences(spec, n)
    for order in permutations(range(len(spec.arms))):
        again = all_sequences(relabelled(spec, order), n)
        place = {arm: k for k, arm in enumerate(order)}
        assert {tuple(place[a] for a in arms): p for arms, p in lists.items()} == again


@given(people=people_of)
@settings(max_examples=5)
def test_nor_with_factors(people):
    for spec in factor_specs():
        lists = all_sequences(spec, len(people), people)
        for order in permutations(range(len(spec.arms))):
            again = all_sequences(relabelled(spec, order), len(people), people)
            place = {arm: k for k, arm in enumerate(order)}
            assert {tuple(place[a] for a in arms): p for arms, p in lists.items()} == again


@given(seed=st.integers(0, 2**32), people=people_of)
@settings(max_examples=20)
def test_stored_chances_are_those_in_force(seed, people):
    for spec in [*factor_specs(), BlockUrnSpec(arms=ABC, ratio=(2, 1, 1)), BiasedCoinSpec()]:
        who = people if hasattr(spec, "factors") else None
        got = allocate_sequence(spec, len(people), GeneratorDraws(np.random.default_rng(seed)), who)
        for place, (arm, chances) in enumerate(zip(got.arms, got.probabilities, strict=True)):
            person = people[place] if who else ()
            before = people[:place] if who else None
            assert chances == spec.probabilities(got.shares[:place], person, before)
            assert chances[arm] > 0
            assert sum(chances) == 1


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_same_draws_same_list(seed):
    for spec in list_specs(8):
        first, second = (
            allocate_sequence(spec, 6, GeneratorDraws(np.random.default_rng(seed)))
            for _ in range(2)
        )
        assert first == second


def test_only_outcome_adaptive_procedures_can_be_shown_an_outcome():
    """Minimisation never reads outcomes: there is no way to hand it one."""
    for spec in [*list_specs(8), *factor_specs()]:
        assert not isinstance(spec, OutcomeAdaptiveSpec)
        assert spec.kind != "outcome-adaptive"
        assert not hasattr(spec, "observe")
        assert set(signature(spec.chances).parameters) == {"state", "person"}
        assert set(signature(spec.after).parameters) == {"state", "share", "person"}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=3)
def test_what_can_be_drawn_is_possible(seed):
    rng = np.random.default_rng(seed)
    people = [tuple(row) for row in rng.integers(0, 2, size=(8, 2)).tolist()]
    for spec in [*list_specs(8), *factor_specs()]:
        procedure = apply_spec(spec, people if hasattr(spec, "factors") else 8)
        for arm in procedure.redraw(rng, 3):
            assert procedure.impossible(arm) is None, name_of(spec)
