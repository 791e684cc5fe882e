"""Exact p values are those of listing every allocation, to the last digits."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from enumeration import blocks, centred_sum, coin, difference, p_values, sequential, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.allocation import (
    IndependentBlocks,
    biased_coin,
    complete_randomisation,
    listed_blocks,
    maximal_procedure,
    permuted_blocks,
    random_allocation_rule,
    wei_urn,
)
from equipoise.analysis import randomisation_test
from equipoise.analysis.randomisation_test.exact_null import null_distribution
from equipoise.errors import NotIdentifiedError

SCORES = st.lists(st.integers(-6, 12), min_size=9, max_size=9)


def ours(scores, arm, procedure, statistic):
    y = [np.nan if s is None else float(s) for s in scores]
    return [
        randomisation_test(y, arm, procedure, statistic=statistic, alternative=side, exact=True).p
        for side in ("two-sided", "greater", "less")
    ]


CASES = {
    "blocks, last one unfilled": (
        permuted_blocks(9, size=4),
        list(blocks([4, 4, 1], (0, 0, 1, 1))),
    ),
    "blocks at 2:1": (
        permuted_blocks(9, size=3, ratio=(2, 1)),
        list(blocks([3, 3, 3], (0, 0, 1))),
    ),
    "listed blocks": (
        listed_blocks([1] * 2 + [2] * 4 + [3] * 3, size=[2] * 2 + [4] * 7),
        [(a + b, p * q) for a, p in blocks([2], (0, 1)) for b, q in blocks([4, 3], (0, 0, 1, 1))],
    ),
    "complete": (complete_randomisation(9), list(coin(9, [Fraction(1, 2)] * 2))),
    "complete at 2:1": (
        complete_randomisation(9, ratio=(2, 1)),
        list(coin(9, [Fraction(2, 3), Fraction(1, 3)])),
    ),
    "random allocation rule": (
        random_allocation_rule(9, totals=(4, 5)),
        list(shuffled((0,) * 4 + (1,) * 5, 9)),
    ),
    "random allocation rule, list not used up": (
        random_allocation_rule(9, totals=(5, 5)),
        [],
    ),
}


def efron(so_far):
    ahead = 2 * sum(so_far) - len(so_far)
    return Fraction(1, 2) if ahead == 0 else Fraction(3, 4) if ahead < 0 else Fraction(1, 4)


def wei(so_far):
    if not so_far:
        return Fraction(1, 2)
    return Fraction(len(so_far) - sum(so_far), len(so_far))


CASES["biased coin"] = (biased_coin(9, probability=0.75), list(sequential(9, efron)))
CASES["urn"] = (wei_urn(9), list(sequential(9, wei)))


def within_two():
    """Yield every list of 10 that ends in balance within an imbalance of 2; its first 9."""
    lists = [
        arms for arms, _ in coin(10, [Fraction(1, 2)] * 2)
        if max(abs(d) for d in np.cumsum(2 * np.array(arms) - 1)) <= 2 and sum(arms) == 5
    ]  # fmt: skip
    for arms in lists:
        yield arms[:9], Fraction(1, len(lists))


CASES["maximal"] = (maximal_procedure(9, tolerance=2, planned=10), list(within_two()))


def _shuffled_ahead():
    """Yield the first 9 of a list of 10 by hypergeometric chances, not by 10! orders."""
    for arms, _ in coin(9, [Fraction(1, 2)] * 2):
        left, probability = [5, 5], Fraction(1)
        for arm in arms:
            probability *= Fraction(left[arm], sum(left))
            left[arm] -= 1
        if probability:
            yield arms, probability


CASES["random allocation rule, list not used up"][1].extend(_shuffled_ahead())


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("statistic", ["difference", "sum"])
@settings(max_examples=8)
@given(data=st.data(), scores=SCORES)
def test_exact_equals_enumeration(case, statistic, data, scores):
    procedure, listed = CASES[case]
    both = [arms for arms, _ in listed if len(set(arms)) == 2]
    arm = both[data.draw(st.integers(0, len(both) - 1))]
    rule = difference if statistic == "difference" else centred_sum
    want = p_values(listed, lambda arms: rule(scores, arms), arm)
    got = ours(scores, arm, procedure, statistic)
    assert_allclose(got, [float(p) for p in want], rtol=1e-12, atol=0)


@pytest.mark.parametrize("case", list(CASES))
def test_people_whose_outcome_is_missing_keep_their_place(case, rng):
    procedure, listed = CASES[case]
    if not isinstance(procedure, IndependentBlocks):
        return  # a walk is exact where everybody was observed
    scores = [3, None, 5, 7, 1, None, 2, 9, 4]
    arm = next(arms for arms, _ in listed[3:] if len({arms[0], *arms[2:5], *arms[6:]}) == 2)
    for statistic, rule in (("difference", difference), ("sum", centred_sum)):
        want = p_values(listed, lambda arms, rule=rule: rule(scores, arms), arm)
        got = ours(scores, arm, procedure, statistic)
        assert_allclose(got, [float(p) for p in want], rtol=1e-12, atol=0)


def test_two_arms_of_three_are_compared_given_the_third():
    procedure = permuted_blocks(9, size=6, ratio=(1, 1, 1))
    arm = (0, 2, 1, 2, 0, 1, 1, 1, 0)
    scores = [4, 1, 9, 3, 3, 8, 7, 6, 2]
    listed = {}
    for arms, q in blocks([6, 3], (0, 0, 1, 1, 2, 2)):  # keep those with arm 2 where it was
        if [a == 2 for a in arms] == [a == 2 for a in arm]:
            listed[arms] = listed.get(arms, 0) + q
    total = sum(listed.values())
    given_third = [(arms, q / total) for arms, q in listed.items()]
    want = p_values(given_third, lambda arms: difference(scores, arms), arm)
    assert_allclose(ours(scores, arm, procedure, "difference"), [float(p) for p in want], 1e-12)


def test_strata_are_blocked_apart():
    stratum = [0, 1, 0, 1, 0, 0, 1, 1]
    arm = np.array([1, 0, 1, 0, 0, 0, 1, 1])
    scores = np.array([5, 2, 7, 1, 3, 3, 9, 8])
    listed = []
    for arms, q in blocks([4, 4], (0, 0, 1, 1)):  # the first four in stratum 0
        entry = np.empty(8, dtype=int)
        entry[np.argsort(stratum, kind="stable")] = arms
        listed.append((tuple(entry), q))
    want = p_values(listed, lambda arms: difference(scores.tolist(), arms), arm)
    got = ours(scores.tolist(), arm, permuted_blocks(8, stratum=stratum), "difference")
    assert_allclose(got, [float(p) for p in want], rtol=1e-12)


def test_several_sums_at_once_have_the_joint_distribution(rng):
    scores = np.column_stack([rng.integers(-3, 9, 9), rng.integers(0, 2, 9), rng.integers(0, 4, 9)])
    for procedure, listed in CASES.values():
        if not isinstance(procedure, IndependentBlocks):
            continue
        null = null_distribution(procedure.groups, scores)
        got = {tuple(v): p for v, p in zip(null.values.tolist(), null.probability, strict=True)}
        want = {}
        for arms, q in listed:
            sums = tuple((np.array(arms) @ scores).tolist())
            want[sums] = want.get(sums, 0) + q
        assert got.keys() == want.keys()
        for key, probability in want.items():
            assert got[key] == pytest.approx(float(probability), rel=1e-12)


def test_large_blocks(rng):
    """Two lists of 22, too long for a table: against shuffles made in another way."""
    y = rng.integers(0, 20, 44)
    stratum = np.repeat(["a", "b"], 22)
    arm = np.concatenate([rng.permutation(np.repeat([0, 1], 11)) for _ in range(2)])
    procedure = random_allocation_rule(44, totals=(11, 11), stratum=stratum)
    found = randomisation_test(y, arm, procedure, exact=True)
    draws = 40_000
    order = np.argsort(rng.random((draws, 2, 22)), axis=2)
    drawn = np.concatenate([order[:, 0] < 11, order[:, 1] < 11], axis=1)
    values = np.abs(drawn @ y - y.sum() / 2)
    p = (values >= abs(y[arm == 1].sum() - y.sum() / 2) - 1e-9).mean()
    assert abs(p - found.p) < 4 * np.sqrt(p * (1 - p) / draws)


@pytest.mark.parametrize(
    ("people", "treated", "cured"), [(60, 20, 31), (1500, 740, 600), (1800, 3, 900)]
)
def test_two_outcomes_are_fishers_exact_test(rng, people, treated, cured):
    """The hypergeometric distribution, in whole numbers of any length."""
    arm = rng.permutation(np.arange(people) < treated).astype(int)
    y = rng.permutation(np.arange(people) < cured).astype(int)
    both = int(y @ arm)
    at_least = sum(
        comb(cured, k) * comb(people - cured, treated - k)
        for k in range(both, min(treated, cured) + 1)
    )
    rule = random_allocation_rule(people, totals=(people - treated, treated))
    found = randomisation_test(y, arm, rule, alternative="greater", exact=True)
    assert found.p == pytest.approx(float(Fraction(at_least, comb(people, treated))), rel=1e-11)


def test_strata_of_walks_that_end_in_balance():
    stratum = [0, 1, 0, 1, 0, 0, 1, 1]
    procedure = maximal_procedure(8, tolerance=1, stratum=stratum)  # pairs, in each stratum
    scores = [5, 2, 7, 1, 3, 3, 9, 8]
    arm = procedure.redraw(np.random.default_rng(4), 1)[0]
    pairs = permuted_blocks(8, size=2, stratum=stratum)
    assert_allclose(
        ours(scores, arm, procedure, "difference"), ours(scores, arm, pairs, "difference"), 1e-12
    )
    with pytest.raises(NotIdentifiedError, match="replayed"):
        ours(scores, arm, biased_coin(8, stratum=stratum), "difference")


def test_fisher_on_darwins_maize():
    """Fisher (1935), The Design of Experiments, section 21: 1726 of 32,768 sign changes."""
    gains = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]  # eighths of an inch
    scores = np.ravel([(gain, 0) for gain in gains])
    found = randomisation_test(scores, [1, 0] * 15, permuted_blocks(30, size=2), exact=True)
    assert found.p == pytest.approx(1726 / 2**15, rel=1e-12)


def test_the_lady_tasting_tea():
    """The same book, section 5: one chance in 70."""
    cups = [1, 0, 0, 1, 1, 0, 1, 0]
    tea = random_allocation_rule(8, totals=(4, 4))
    found = randomisation_test(cups, cups, tea, alternative="greater", exact=True)
    assert found.p == pytest.approx(1 / 70, rel=1e-12)


def test_the_far_tail_keeps_its_digits():
    y = np.tile([0, 0, 1, 1], 100)
    found = randomisation_test(y, y, permuted_blocks(400), alternative="greater", exact=True)
    assert found.p == pytest.approx(6.0**-100, rel=1e-12)  # one allocation of 6^100


def test_few_allocations_are_listed_whatever_the_scores():
    scores = [0.123, 2.718281828, 3.14159265, 1.41421356, 1e9, 0.57721566, 7.1, 2.2]
    arm = (0, 1, 1, 0, 1, 1, 0, 0)
    listed = list(blocks([4, 4], (0, 0, 1, 1)))
    want = p_values(listed, lambda arms: difference(scores, arms), arm)
    got = ours(scores, arm, permuted_blocks(8), "difference")
    assert_allclose(got, [float(p) for p in want], rtol=1e-12)


@pytest.mark.parametrize(
    ("scores", "told"), [(lambda e: e, "whole numbers"), (lambda e: e.round(8) * 1e8, "too long")]
)
def test_exact_refuses_where_it_cannot(rng, scores, told):
    procedure = permuted_blocks(40)
    y, arm = scores(rng.standard_normal(40)), procedure.redraw(rng, 1)[0]
    with pytest.raises(NotIdentifiedError, match=told):
        randomisation_test(y, arm, procedure, exact=True)
