"""Limits are where the one-sided tests turn, by redoing the test at every effect."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from enumeration import blocks, coin, difference, sequential
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.allocation import (
    biased_coin,
    complete_randomisation,
    minimisation,
    permuted_blocks,
    random_allocation_rule,
)
from equipoise.analysis import randomisation_test
from equipoise.analysis.randomisation_test.inversion import Roots
from equipoise.errors import DataError


def tails(listed, scores, arm, effect):
    """Both one-sided p values once the effect is taken off, by enumeration."""
    shifted = [Fraction(s) - effect * a for s, a in zip(scores, arm, strict=True)]
    own = difference(shifted, arm)
    values = [(difference(shifted, other), q) for other, q in listed]
    return sum(q for v, q in values if v >= own), sum(q for v, q in values if v <= own)


def is_limit(listed, trial, limit, area, side):
    """Whether the one-sided test accepts at the limit and rejects a little beyond it."""
    at = Fraction(limit).limit_denominator(1000)
    assert abs(float(at) - limit) < 1e-9
    beyond = at + Fraction(-1 if side == 0 else 1, 10**9)
    accepts = tails(listed, *trial, at)[side] > area
    return accepts and tails(listed, *trial, beyond)[side] <= area


def efron(so_far):
    ahead = 2 * sum(so_far) - len(so_far)
    return Fraction(1, 2) if ahead == 0 else Fraction(3, 4) if ahead < 0 else Fraction(1, 4)


FREE = [
    (tuple(int(k in chosen) for k in range(8)), Fraction(1, 70))
    for chosen in combinations(range(8), 4)
]
CASES = {
    "blocks": (permuted_blocks(8), list(blocks([4, 4], (0, 0, 1, 1)))),
    "free": (random_allocation_rule(8, totals=(4, 4)), FREE),
    "coin": (biased_coin(8, probability=0.75), list(sequential(8, efron))),
    "complete": (complete_randomisation(8), list(coin(8, [Fraction(1, 2)] * 2))),
}


@pytest.mark.parametrize("case", list(CASES))
@settings(max_examples=8)
@given(scores=st.lists(st.integers(0, 9), min_size=8, max_size=8), data=st.data())
def test_exact_limits_are_where_the_tests_turn(case, scores, data):
    procedure, listed = CASES[case]
    mixed = [arms for arms, _ in listed if 3 <= sum(arms) <= 5]
    arm = mixed[data.draw(st.integers(0, len(mixed) - 1))]
    found = randomisation_test(scores, arm, procedure, level=0.8, exact=True)
    area = Fraction(1, 10)
    assert found.low <= found.effect <= found.high
    for side, limit in ((0, found.low), (1, found.high)):
        if np.isfinite(limit):
            assert is_limit(listed, (scores, arm), limit, area, side)


def test_limits_of_a_published_program_are_corrected():
    """exactRankTests gives 8.0 at 95%: the one-sided p at 8.1 is 0.02502, by listing."""
    scores = [12, 15, 9, 14, 18, 11, 16, 10, 7, 13, 6, 8, 9, 11, 5]
    arm = [1] * 7 + [0] * 8
    found = randomisation_test(scores, arm, random_allocation_rule(15, totals=(8, 7)), level=0.95)
    assert (found.low, found.high) == pytest.approx((5 / 3, 8.25), rel=1e-12)
    for effect, accepted in ((8.25, True), (8.2501, False)):
        shifted = np.array(scores) - effect * np.array(arm)
        sums = [shifted[list(c)].sum() for c in combinations(range(15), 7)]
        assert (np.mean(np.array(sums) <= shifted[:7].sum() + 1e-9) > 0.025) == accepted


@pytest.mark.parametrize("covariate", [False, True])
@pytest.mark.parametrize("kind", ["blocks", "coin", "minimisation"])
def test_drawn_limits_are_those_of_testing_again(rng, kind, covariate):
    """With the same seed, a test of y - d T rejects just outside the limits and not inside."""
    n = 60
    site = rng.integers(0, 2, n)
    procedure = {
        "blocks": permuted_blocks(n, stratum=site),
        "coin": biased_coin(n, probability=0.6),
        "minimisation": minimisation({"site": site}),
    }[kind]
    arm = procedure.redraw(rng, 1)[0]
    x = rng.standard_normal((n, 1))
    y = x[:, 0] + 0.7 * arm + rng.standard_normal(n)
    y[:3] = np.nan
    ask = {"covariates": x if covariate else None, "exact": False, "draws": 999}
    found = randomisation_test(y, arm, procedure, level=0.95, rng=np.random.default_rng(3), **ask)
    step = 1e-6
    for limit, side in ((found.low, "greater"), (found.high, "less")):
        for effect in (limit - step, limit + step):
            p = randomisation_test(
                y - effect * arm, arm, procedure, alternative=side,
                rng=np.random.default_rng(3), **ask,
            ).p  # fmt: skip
            assert (p > 0.025) == (found.low < effect < found.high)


def test_any_statistic_is_inverted_by_bisection(rng):
    """The difference of means as a function gives the limits of the closed form."""
    n = 40
    procedure = permuted_blocks(n)
    arm = procedure.redraw(rng, 1)[0]
    y = 0.8 * arm + rng.standard_normal(n)

    def mean_difference(scores, arms):
        return arms @ scores / arms.sum(axis=1) - (1 - arms) @ scores / (1 - arms).sum(axis=1)

    drawn = procedure.redraw(np.random.default_rng(9), 500)

    class Same:  # the same redraws for both
        people, arms, symmetric, description = n, 2, True, "fixed redraws"

        def redraw(self, _, draws):
            return drawn[:draws]

        def impossible(self, _):
            return None

    ask = {"level": 0.9, "draws": 500, "rng": rng}
    a = randomisation_test(y, arm, Same(), **ask)
    b = randomisation_test(y, arm, Same(), statistic=mean_difference, **ask)
    assert a.p == pytest.approx(b.p, abs=0.1)  # one by distance, one by twice a tail
    assert (b.low, b.high) == pytest.approx((a.low, a.high), abs=1e-5)
    assert b.effect == pytest.approx(a.effect, abs=1e-5)


def test_roots_that_count_downwards(rng):
    """Against a count at every effect, with slopes of both signs."""
    gap, slope = rng.standard_normal(400), rng.standard_normal(400) + 1.2
    slope[:20] = 0
    roots, area = Roots(gap, slope, None), 0.25
    grid = np.linspace(-8, 8, 32_001)
    counts = (gap[:, None] <= grid * slope[:, None] + 1e-12).sum(axis=0)
    p = (1 + counts) / 401
    low = grid[np.argmax(p > area)]
    assert roots.lowest(area) == pytest.approx(low, abs=6e-4)


def test_too_few_allocations_leave_the_effect_unbounded():
    found = randomisation_test([1, 2, 3, 9], [0, 0, 1, 1], permuted_blocks(4), level=0.95)
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert found.p == pytest.approx(1 / 3)


def test_one_sided_limits(rng):
    y, arm = rng.integers(0, 20, 40), permuted_blocks(40).redraw(rng, 1)[0]
    both = randomisation_test(y, arm, permuted_blocks(40), level=0.9)
    greater = randomisation_test(y, arm, permuted_blocks(40), level=0.95, alternative="greater")
    less = randomisation_test(y, arm, permuted_blocks(40), level=0.95, alternative="less")
    assert (greater.low, less.high) == (both.low, both.high)
    assert (greater.high, less.low) == (np.inf, -np.inf)


def test_all_arms_have_no_single_effect():
    with pytest.raises(DataError, match="no single effect"):
        randomisation_test([1, 2], [0, 1], permuted_blocks(2), statistic="f", level=0.95)
