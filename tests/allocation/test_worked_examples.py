"""Examples worked by hand, step by step, and minimisation by another program."""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.allocation import (
    ConstrainedSpec,
    DOptimalSpec,
    DoublyAdaptiveSpec,
    HuHuSpec,
    MinimisationSpec,
    ThompsonSpec,
    WeeklySwitchingSpec,
    WilliamsSpec,
    doubly_adaptive_chances,
    outcome_adaptive_trial,
    probability_best,
    williams_rows,
)
from equipoise.allocation.judgement import all_sequences

GOLDEN = Path(__file__).parents[1] / "golden" / "minimisation_smallerize.json"
SMALLERIZE = json.loads(GOLDEN.read_text())


def counted(spec, cells):
    """A minimisation state from counts: cells[factor][level] holds the people of each share."""
    assert len(cells) == len(spec.factors)
    return tuple(tuple(tuple(level) for level in factor) for factor in cells)


PS = {"age": ("under 50", "50 or over"), "stage": ("I", "II", "III")}


@pytest.mark.parametrize(
    ("measure", "want"),
    [
        # The next person is 50 or over, stage II. So far A, B, C have 4, 5, 3 people of 50 or
        # over and 2, 2, 1 of stage II. What each arm would leave (Pocock & Simon 1975, section 2):
        #   A: age 5, 5, 3 stage 3, 2, 1     B: age 4, 6, 3 stage 2, 3, 1
        #   C: age 4, 5, 4 stage 2, 2, 2
        ("range", (2 + 2, 3 + 2, 1 + 0)),
        # variances with divisor 2: 5 5 3 -> 4/3, 3 2 1 -> 1; 4 6 3 -> 7/3, 2 3 1 -> 1; 1/3, 0
        ("variance", (Fraction(4, 3) + 1, Fraction(7, 3) + 1, Fraction(1, 3))),
    ],
)
def test_pocock_and_simon_by_hand(measure, want):
    arms = ("A", "B", "C")
    spec = MinimisationSpec(arms=arms, factors=PS, measure=measure, probability="3/4")
    state = counted(spec, [[(9, 9, 9), (4, 5, 3)], [(5, 5, 5), (2, 2, 1), (6, 7, 6)]])
    person = spec.person({"age": "50 or over", "stage": "II"})
    assert spec.imbalances(state, person) == tuple(map(Fraction, want))
    assert spec.chances(state, person) == (Fraction(1, 8), Fraction(1, 8), Fraction(3, 4))


def test_weights_and_ties_by_hand():
    """Two arms: age leads by one for A, stage by one for B; age weighs twice, then they tie."""
    factors = [{"name": "age", "levels": ["y", "o"], "weight": 2}, {"name": "s", "levels": "ab"}]
    spec = MinimisationSpec(factors=tuple(factors), probability="4/5")
    state = counted(spec, [[(2, 1), (0, 0)], [(0, 1), (2, 0)]])
    # A leaves |3-1| * 2 + |1-1| = 4, B leaves |2-2| * 2 + |0-2| = 2
    assert spec.imbalances(state, (0, 0)) == (4, 2)
    assert spec.chances(state, (0, 0)) == (Fraction(1, 5), Fraction(4, 5))
    even = MinimisationSpec(factors={"age": "yo", "s": "ab"}, probability="4/5")
    assert even.imbalances(state, (0, 0)) == (2, 2)
    assert even.chances(state, (0, 0)) == (Fraction(1, 2), Fraction(1, 2))


def test_shares_at_two_to_one_by_hand():
    """A owns shares 0 and 1. Counts 1, 0 | 1 of the level: share 1 evens them out."""
    spec = MinimisationSpec(factors={"s": "ab"}, ratio=(2, 1), probability="4/5")
    state = counted(spec, [[(1, 0, 1), (0, 0, 0)]])
    assert spec.chances(state, (0,)) == (Fraction(1, 10), Fraction(4, 5), Fraction(1, 10))
    assert spec.in_arms(spec.chances(state, (0,))) == (Fraction(9, 10), Fraction(1, 10))


@pytest.mark.parametrize("case", SMALLERIZE["cases"])
def test_minimisation_agrees_with_smallerize(case):
    factors = tuple(
        {"name": f"f{k}", "levels": tuple(map(str, range(size))), "weight": float(weight)}
        for k, (size, weight) in enumerate(zip(case["sizes"], case["weights"], strict=True))
    )
    spec = MinimisationSpec(
        arms=tuple("ABCD"[: case["arms"]]),
        factors=factors,
        measure=case["measure"],
        probability=case["p"],
    )
    state = spec.state_after(case["given"], [tuple(p) for p in case["people"]])
    compared = 0
    for step in case["steps"]:
        person = tuple(step["person"])
        imbalance = [float(x) for x in spec.imbalances(state, person)]
        assert_allclose(imbalance, step["imbalance"], rtol=1e-12)
        score = spec._scores(state, person)
        assert (
            np.argsort(score, kind="stable").tolist()
            == np.argsort(np.round(imbalance, 9), kind="stable").tolist()
        )
        if step["chance"] is not None:
            compared += 1
            assert_allclose([float(x) for x in spec.chances(state, person)], step["chance"])
    assert compared >= 6


@pytest.mark.parametrize("coin", SMALLERIZE["biased_coin"], ids=lambda c: str(c["ratio"]))
def test_probabilities_of_the_biased_coin_agree_with_smallerize(coin):
    ratio = tuple(coin["ratio"])
    arms = tuple("ABCD"[: len(ratio)])
    spec = MinimisationSpec(
        arms=arms, ratio=ratio, factors={"s": "ab"}, probability=coin["p"], unequal="biased-coin"
    )
    for favoured, want in enumerate(coin["favoured"]):
        ahead = [3 * part for part in ratio]  # all arms but one have three sets more
        ahead[favoured] = 0
        state = counted(spec, [[tuple(ahead), (0,) * len(ratio)]])
        assert_allclose([float(x) for x in spec.chances(state, (0,))], want, rtol=1e-12)


def test_hu_and_hu_by_hand():
    """Leads of arm 1: trial 1, sex m -1, site b 2, stratum (m, b) 1; weights 1, 3, 1, 2."""
    factors = (
        {"name": "sex", "levels": ("f", "m"), "weight": 3},
        {"name": "site", "levels": ("a", "b"), "weight": 1},
    )
    spec = HuHuSpec(factors=factors, overall=1, stratum=2, probability="9/10")
    # (f, a) +1, (f, b) +1, (m, a) -2, (m, b) +1
    people = [(0, 0), (0, 1), (1, 0), (1, 0), (1, 1)]
    state = spec.state_after([1, 1, 0, 0, 1], people)
    assert spec.lead(state, (1, 1)) == 1 * 1 + 3 * -1 + 1 * 2 + 2 * 1
    assert spec.chances(state, (1, 1)) == (Fraction(9, 10), Fraction(1, 10))
    assert spec.lead(state, (0, 1)) == 1 + 3 * 2 + 2 + 2
    # without the stratum's weight the trial, sex and site of (m, b) cancel: 1 - 3 + 2 = 0
    even = HuHuSpec(factors=factors, overall=1, stratum=0, probability="9/10")
    assert even.chances(state, (1, 1)) == (Fraction(1, 2), Fraction(1, 2))


def test_d_optimal_by_hand():
    """One factor, levels f and m; f: A, A, B, m: A, B, B, B. Rows (1, 0) and (1, 1).

    F'F = [[7, 4], [4, 4]] with inverse 1/12 [[4, -4], [-4, 7]], b = (-1, -2), t = +1 for A.
    For f: v = (1, 0) inverse b = (4 (-1) - 4 (-2)) / 12 = 1/3, the mean of t among f.
    For m: the mean of t among m, -1/2. Chance of A: (1 - v)^2 / ((1 - v)^2 + (1 + v)^2).
    """
    spec = DOptimalSpec(factors={"sex": ("f", "m")})
    state = spec.state_after([0, 0, 1, 0, 1, 1, 1], [(0,)] * 3 + [(1,)] * 4)
    assert state == (((7, 4), (4, 4)), (-1, -2))
    assert (spec.lean(state, (0,)), spec.lean(state, (1,))) == (Fraction(1, 3), Fraction(-1, 2))
    assert spec.chances(state, (0,)) == (Fraction(1, 5), Fraction(4, 5))
    assert spec.chances(state, (1,)) == (Fraction(9, 10), Fraction(1, 10))


def test_d_optimal_with_two_factors_agrees_with_least_squares():
    """v is the fitted value of t for the person's row."""
    spec = DOptimalSpec(factors={"a": "xyz", "b": "pq"})
    rng = np.random.default_rng(3)
    people = [
        tuple(row) for row in np.column_stack([rng.integers(0, 3, 30), rng.integers(0, 2, 30)])
    ]
    people = [(int(a), int(b)) for a, b in people]
    given = rng.integers(0, 2, 30).tolist()
    rows = np.array([spec.row(person) for person in people], dtype=float)
    fit, *_ = np.linalg.lstsq(rows, 1.0 - 2 * np.array(given), rcond=None)
    state = spec.state_after(given, people)
    for person in ((0, 0), (1, 1), (2, 0)):
        assert_allclose(float(spec.lean(state, person)), np.array(spec.row(person)) @ fit)


def test_a_level_that_nobody_had_gets_a_fair_coin():
    spec = DOptimalSpec(factors={"a": "xyz"})
    state = spec.state_after([0, 0, 0], [(0,), (0,), (1,)])
    assert spec.chances(state, (2,)) == (Fraction(1, 2), Fraction(1, 2))
    assert spec.chances(state, (0,)) == (0, 1)


def test_doubly_adaptive_by_hand():
    """Half of the people in each arm, 60 % wanted in A, gamma 2: .6 (1.2)^2 : .4 (.8)^2."""
    got = doubly_adaptive_chances(np.array([0.5, 0.5]), np.array([0.6, 0.4]), 2)
    assert_allclose(got, [0.864 / 1.12, 0.256 / 1.12], rtol=1e-14)
    reached = doubly_adaptive_chances(np.array([0.3, 0.7]), np.array([0.3, 0.7]), 5)
    assert_allclose(reached, [0.3, 0.7], rtol=1e-14)
    none = doubly_adaptive_chances(np.array([0.5, 0.5]), np.array([0.6, 0.4]), 0)
    assert_allclose(none, [0.6, 0.4], rtol=1e-14)


def test_doubly_adaptive_steps_by_hand():
    """A 3 of 4 known, B 1 of 4; rates 3.5/5 and 1.5/5; Neyman: equal, as .7 .3 = .3 .7.

    rsihr: sqrt(.7) : sqrt(.3), share so far 1/2 each, gamma 0: sqrt(.7)/(sqrt(.7) + sqrt(.3)).
    """
    state = None
    for aim, want in (("neyman", 0.5), ("rsihr", 0.7**0.5 / (0.7**0.5 + 0.3**0.5)), ("urn", 0.7)):
        spec = DoublyAdaptiveSpec(aim=aim, gamma=0, burn_in=4)
        state = spec.state_after([0, 1] * 4)
        for arm, success in ((0, 1), (0, 1), (0, 1), (0, 0), (1, 1), (1, 0), (1, 0), (1, 0)):
            state = spec.observe(state, arm, bool(success))
        chances = spec.chances(state)
        assert_allclose(float(chances[0]), want, rtol=1e-15)
        assert sum(chances) == 1
        assert (chances[0] * 2**53).denominator == 1


def test_probability_best_by_hand():
    """Uniform priors, A one success, B none: P(A > B) = integral of 2 x x = 2/3.

    A one success and B one failure: integral of 2 x (1 - (1 - x)^2) = 5/6.
    """
    assert_allclose(probability_best(np.array([1, 0]), np.array([0, 0])), [2 / 3, 1 / 3])
    assert_allclose(probability_best(np.array([1, 0]), np.array([0, 1])), [5 / 6, 1 / 6])
    assert_allclose(probability_best(np.zeros(4, int), np.zeros(4, int)), [0.25] * 4)
    beta = np.random.default_rng(2).beta([[21, 15, 18]], [[11, 17, 14]], size=(200_000, 3))
    drawn = np.bincount(beta.argmax(axis=1), minlength=3) / 200_000
    got = probability_best(np.array([20, 14, 17]), np.array([10, 16, 13]))
    assert_allclose(got, drawn, atol=0.005)  # 4 standard errors


def test_thompson_tempering_floor_and_control():
    arms = ("control", "low", "high")
    plain = ThompsonSpec(arms=arms, power=1, floor=0, burn_in=1)
    state = plain.state_after([0, 1, 2])
    for arm, success in ((0, False), (1, False), (2, True)):
        state = plain.observe(state, arm, success)
    best = probability_best(np.array([0, 0, 1]), np.array([1, 1, 0]))
    assert_allclose([float(x) for x in plain.chances(state)], best, rtol=1e-12)
    half = np.sqrt(best) / np.sqrt(best).sum()
    tempered = ThompsonSpec(arms=arms, floor=0, burn_in=1)
    assert_allclose([float(x) for x in tempered.chances(state)], half, rtol=1e-12)
    slow = ThompsonSpec(arms=arms, people=30, floor=0, burn_in=1)  # c = 3/60
    assert_allclose(
        [float(x) for x in slow.chances(state)], best**0.05 / (best**0.05).sum(), rtol=1e-12
    )
    fixed = ThompsonSpec(arms=arms, power=1, floor=0, burn_in=1, control="fixed").chances(state)
    assert_allclose(float(fixed[0]), 1 / 3, rtol=1e-12)
    assert_allclose(float(fixed[2] / fixed[1]), best[2] / best[1], rtol=1e-12)
    matched = ThompsonSpec(arms=arms, power=1, floor=0, burn_in=1, control="matched").chances(state)
    assert_allclose(float(matched[0]), float(matched[2]), rtol=1e-12)
    floored = ThompsonSpec(arms=arms, power=9, floor=0.2, burn_in=1).chances(state)
    assert_allclose([float(x) for x in floored], [0.2, 0.2, 0.6], rtol=1e-12)


def test_outcomes_are_known_only_after_the_delay():
    """With everybody's outcome beyond the end, nothing adapts."""
    spec = ThompsonSpec(power=1, burn_in=1, floor=0)
    rng = np.random.default_rng(4)
    trial = outcome_adaptive_trial(spec, (0.0, 1.0), 30, rng, delay=40)
    assert set(trial.allocation.probabilities[2:]) == {(Fraction(1, 2), Fraction(1, 2))}
    adapted = outcome_adaptive_trial(spec, (0.0, 1.0), 30, rng)
    assert sum(adapted.allocation.arms) > 24
    assert adapted.success.tolist() == [bool(arm) for arm in adapted.allocation.arms]


@pytest.mark.parametrize("t", [2, 3, 4, 5, 6, 7])
def test_williams_squares(t):
    """Each treatment once a row, as often in each period, after each other one as often."""
    rows = williams_rows(t)
    assert len(rows) == (t if t % 2 == 0 else 2 * t)
    assert len(set(rows)) == len(rows)
    assert all(sorted(row) == list(range(t)) for row in rows)
    for period in zip(*rows, strict=True):
        assert {period.count(k) for k in range(t)} == {len(rows) // t}
    follows = [pair for row in rows for pair in pairwise(row)]
    pairs = {(a, b): follows.count((a, b)) for a in range(t) for b in range(t) if a != b}
    assert set(pairs.values()) == {len(rows) // t}
    assert sum(pairs.values()) == len(follows)


def test_williams_square_of_four_as_published():
    """The usual square of four: ABDC BCAD CDBA DACB (Williams 1949)."""
    rows = {"".join("ABCD"[k] for k in row) for row in williams_rows(4)}
    assert rows == {"ABDC", "BCAD", "CDBA", "DACB"}
    assert WilliamsSpec(treatments=("x", "y", "z")).size == 6


def test_weekly_switching_by_hand():
    """Groups of 0, 2 or 4 weeks of four. After one active week: 0 is out, 2 half as likely as 4.

    P(active, group 4) = 1/3, P(active, group 2) = 1/6: next 2/3 * 1 + 1/3 * 1/3 = 7/9.
    """
    spec = WeeklySwitchingSpec(arms=("active", "placebo"))
    assert spec.probabilities([0]) == (Fraction(7, 9), Fraction(2, 9))
    assert spec.probabilities([0, 1, 0]) == (0, 1)
    lists = all_sequences(spec, 4)  # a third each: none, all, and six orders of two
    assert lists.pop((0,) * 4) == lists.pop((1,) * 4) == Fraction(1, 3)
    assert list(lists.values()) == [Fraction(1, 18)] * 6


def test_constrained_by_listing_by_hand():
    """Sizes 1, 2, 3, 4: halves' means differ by 2, 1, 0, 0, 1, 2."""
    spec = ConstrainedSpec(covariates=((1,), (2,), (3,), (4,)), tolerance=(0,))
    assert (spec.acceptable, spec.possible) == (2, 6)
    assert sorted(map(tuple, spec.allocations.tolist())) == [(0, 1, 1, 0), (1, 0, 0, 1)]
    assert spec.tied_pairs == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    wide = ConstrainedSpec(covariates=((1,), (2,), (3,), (4,)), tolerance=(1,))
    # 12|34 and 34|12 are out: 1 and 2 never share an arm with arms sized alike
    assert wide.acceptable == 4
    assert wide.tied_pairs == ((0, 1), (2, 3))
    assert wide.probabilities([0]) == (0, 1)
