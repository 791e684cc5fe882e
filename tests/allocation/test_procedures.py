"""Each procedure draws what its paper says, by listing all allocations of a few people."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.allocation import (
    biased_coin,
    complete_randomisation,
    listed_blocks,
    maximal_procedure,
    minimisation,
    permuted_blocks,
    random_allocation_rule,
    random_blocks,
    wei_urn,
)
from equipoise.errors import DataError

DRAWS = 40_000


@pytest.fixture
def rng():
    return np.random.default_rng(20250712)


def listed(people, chance, arms=2):
    """Chance of every allocation, person by person; chance(so far) gives that of each arm."""
    found = {}
    for sequence in product(range(arms), repeat=people):
        probability = 1.0
        for k, arm in enumerate(sequence):
            probability *= chance(sequence[:k])[arm]
        if probability:
            found[sequence] = probability
    return found


def check(procedure, want, rng, draws=DRAWS):
    """Every allocation that can come does, as often as it should, within 5 standard errors."""
    arm = procedure.redraw(rng, draws)
    assert arm.shape == (draws, procedure.people)
    assert arm.dtype == np.int8
    got, count = np.unique(arm, axis=0, return_counts=True)
    share = {tuple(row): k / draws for row, k in zip(got.tolist(), count.tolist(), strict=True)}
    assert share.keys() <= want.keys()
    assert sum(want.values()) == pytest.approx(1)
    for sequence, p in want.items():
        assert abs(share.get(sequence, 0) - p) < 5 * np.sqrt(p * (1 - p) / draws), sequence
        assert procedure.impossible(np.array(sequence, dtype=np.int8)) is None
    never = set(product(range(procedure.arms), repeat=procedure.people)) - want.keys()
    return [procedure.impossible(np.array(sequence, dtype=np.int8)) for sequence in sorted(never)]


def places(composition, so_far, start=0):
    """Chances from the places left in a block that began at `start`."""
    left = [c - so_far[start:].count(k) for k, c in enumerate(composition)]
    return [n / sum(left) if n > 0 else 0.0 for n in left]


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1)])
def test_permuted_blocks(rng, ratio):
    size = 2 * sum(ratio)
    want = listed(7, lambda a: places([2 * r for r in ratio], a, len(a) // size * size))
    told = check(permuted_blocks(7, size=size, ratio=ratio), want, rng)
    assert all("block of person" in why for why in told)


def test_three_arms_in_a_block(rng):
    want = listed(6, lambda a: places((3, 2, 1), a), arms=3)
    assert all(check(permuted_blocks(6, size=6, ratio=(3, 2, 1)), want, rng))


def test_listed_blocks(rng):
    procedure = listed_blocks(["x", "y", "x", "y", "y"], size=[2, 4, 2, 4, 4])
    want = listed(2, lambda a: places((1, 1), a))
    rest = listed(3, lambda a: places((2, 2), a))
    both = {(x[0], y[0], x[1], y[1], y[2]): p * q for x, p in want.items() for y, q in rest.items()}
    assert all(check(procedure, both, rng))


def test_random_blocks(rng):
    """Condition on each cut into blocks of 2 and 4."""
    want = {}
    cuts = [((2, 2, 2), 0.125), ((2, 2, 4), 0.125), ((2, 4), 0.25), ((4, 2), 0.25), ((4, 4), 0.25)]
    for sizes, chance in cuts:
        starts = np.cumsum([0, *sizes])

        def of_places(a, sizes=sizes, starts=starts):
            block = int(np.searchsorted(starts, len(a), side="right")) - 1
            return places([sizes[block] // 2] * 2, a, int(starts[block]))

        for sequence, p in listed(5, of_places).items():
            want[sequence] = want.get(sequence, 0) + chance * p
    assert all(check(random_blocks(5, sizes=(2, 4)), want, rng))


def test_complete_randomisation(rng):
    check(complete_randomisation(4, ratio=(1, 2)), listed(4, lambda _: (1 / 3, 2 / 3)), rng)
    check(
        complete_randomisation(3, ratio=(1, 1, 2)), listed(3, lambda _: (0.25, 0.25, 0.5), 3), rng
    )


def test_random_allocation_rule(rng):
    want = listed(5, lambda a: places((4, 2), a))
    assert all(check(random_allocation_rule(5, totals=(4, 2)), want, rng))


def test_efron(rng):
    def chance(a):
        ahead = 2 * sum(a) - len(a)
        one = 0.5 if ahead == 0 else 0.7 if ahead < 0 else 0.3
        return 1 - one, one

    check(biased_coin(6, probability=0.7), listed(6, chance), rng)


@pytest.mark.parametrize(("alpha", "beta"), [(0, 1), (1, 1), (2, 3)])
def test_wei(rng, alpha, beta):
    def chance(a):
        balls = [alpha + beta * (len(a) - a.count(k)) for k in (0, 1)]
        return [b / sum(balls) for b in balls] if sum(balls) else [0.5, 0.5]

    told = check(wei_urn(6, alpha=alpha, beta=beta), listed(6, chance), rng)
    assert all("could not have got" in why for why in told)


@pytest.mark.parametrize("tolerance", [1, 2, 3])
@pytest.mark.parametrize(
    ("people", "planned", "balanced"), [(8, 8, True), (6, 10, True), (7, 7, False)]
)
def test_the_maximal_procedure_is_uniform(rng, tolerance, people, planned, balanced):
    """Count the admissible lists; each start is as likely as it has ends."""
    starts = {}
    for sequence in product((0, 1), repeat=planned):
        walk = np.cumsum(2 * np.array(sequence) - 1)
        if abs(walk).max() <= tolerance and (walk[-1] == 0 or not balanced):
            starts[sequence[:people]] = starts.get(sequence[:people], 0) + 1
    total = sum(starts.values())
    procedure = maximal_procedure(
        people, tolerance=tolerance, planned=planned, balanced_end=balanced
    )
    want = {sequence: count / total for sequence, count in starts.items()}
    (walk,) = procedure.walks
    for sequence, p in want.items():  # by the table itself, to the last digits
        d, chance = walk.chance.shape[1] // 2, 1.0
        for step, arm in enumerate(sequence):
            chance *= walk.chance[step, d] if arm else 1 - walk.chance[step, d]
            d += 2 * arm - 1
        assert chance == pytest.approx(p, rel=1e-12)
    assert all(check(procedure, want, rng))


def pocock_simon(levels, weights, probability, arms, measure):
    """Return the chance of each arm by the paper: score every arm, favour the least."""

    def chance(a):
        now, scores = len(a), []
        for arm in range(arms):
            total = 0.0
            for factor, weight in weights.items():
                column = levels[factor]
                alike = [k for k in range(now) if column[k] == column[now]]
                counts = [sum(a[k] == j for k in alike) + (j == arm) for j in range(arms)]
                spread = max(counts) - min(counts) if measure == "range" else np.var(counts)
                total += weight * spread
            scores.append(round(total, 9))
        best = [arm for arm in range(arms) if scores[arm] == min(scores)]
        rest = (1 - probability) / (arms - 1)
        chances = np.full(arms, rest)
        for arm in best:  # a tie is broken at random, then the favoured one has `probability`
            chances[arm] += (probability - rest) / len(best)
        return chances

    return chance


@pytest.mark.parametrize("measure", ["range", "variance"])
@pytest.mark.parametrize(("arms", "people"), [(2, 7), (3, 5)])
@pytest.mark.parametrize("probability", [0.8, 1])
def test_minimisation(rng, measure, arms, people, probability):
    levels = {"site": list("aabbaba")[:people], "sex": list("fmfmffm")[:people]}
    weights = {"site": 1.0, "sex": 2.0}
    want = listed(people, pocock_simon(levels, weights, probability, arms, measure), arms)
    procedure = minimisation(
        levels, arms=arms, probability=probability, weights=weights, measure=measure
    )
    assert all(check(procedure, want, rng, draws=20_000))


def test_minimisation_keeps_margins_even(rng):
    n = 100
    factors = {"site": rng.integers(0, 5, n), "sex": rng.integers(0, 2, n)}
    arm = minimisation(factors, probability=0.9).redraw(rng, 300)
    men = factors["sex"] == 1
    imbalance = np.abs(2 * arm[:, men].sum(axis=1) - men.sum())
    assert imbalance.mean() < 3  # complete randomisation: about 5.6


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40), st.integers(0, 2**32))
def test_blocks_are_even_within_each_stratum(stratum, seed):
    rng = np.random.default_rng(seed)
    procedures = [
        permuted_blocks(len(stratum), size=4, stratum=stratum),
        random_blocks(len(stratum), sizes=(2, 4), stratum=stratum),
        maximal_procedure(len(stratum), tolerance=2, planned=40, stratum=stratum),
    ]
    for procedure in procedures:
        arm = procedure.redraw(rng, 5)
        for name in set(stratum):
            inside = arm[:, np.array(stratum) == name]
            assert np.abs(np.cumsum(2 * inside - 1, axis=1)).max() <= 2
        assert all(procedure.impossible(row) is None for row in arm)


def test_same_seed_same_allocation():
    levels = {"site": np.arange(30) % 3}
    for procedure in (
        permuted_blocks(30), random_blocks(30), complete_randomisation(30),
        random_allocation_rule(30, totals=(15, 15)), biased_coin(30), wei_urn(30),
        maximal_procedure(30), minimisation(levels),
    ):  # fmt: skip
        a, b = (procedure.redraw(np.random.default_rng(7), 50) for _ in range(2))
        assert (a == b).all()
        assert procedure.description


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: permuted_blocks(8, size=5), "multiple of 2"),
        (lambda: permuted_blocks(8, ratio=(1,)), "two or more arms"),
        (lambda: permuted_blocks(8, ratio=(1, 0)), "two or more arms"),
        (lambda: permuted_blocks(0), "at least one person"),
        (lambda: permuted_blocks(8, stratum=[1, 2]), "one value a person"),
        (lambda: listed_blocks([1, 1, 1]), "planned with"),
        (lambda: listed_blocks([1, 1, 1, 1], size=2), "one value a person"),
        (lambda: listed_blocks([1, 1, 1, 1], size=[2] * 4), "cannot have 4 members"),
        (lambda: listed_blocks([1, 1], size=[2, 4]), "differ in its size"),
        (lambda: random_allocation_rule(8, totals=(3, 3)), "cannot serve 8"),
        (lambda: random_allocation_rule(8, totals=(9,)), "two or more arms"),
        (lambda: biased_coin(8, probability=0.3), "between 0.5 and 1"),
        (lambda: wei_urn(8, alpha=-1), "alpha, beta >= 0"),
        (lambda: maximal_procedure(7), "even where it ends in balance"),
        (lambda: maximal_procedure(8, planned=6), "cannot serve 8"),
        (lambda: maximal_procedure(8, tolerance=0), "tolerance"),
        (lambda: minimisation({}), "one or more factors"),
        (lambda: minimisation({"a": [1, 2], "b": [1]}), "a level a person"),
        (lambda: minimisation({"a": [1, 2]}, probability=0.5), "above 1/arms"),
        (lambda: minimisation({"a": [1, 2]}, weights={"b": 1}), "Weights"),
        (lambda: minimisation({"a": [1, 2]}, weights={"a": 0}), "Weights"),
    ],
)
def test_a_wrong_plan_is_told(make, told):
    with pytest.raises(DataError, match=told):
        make()
