import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.answers import blinding
from equipoise.belief.comparison import Comparison
from equipoise.belief.guess_rates import correct_guess_rate, difference_index, fisher_exact

arms = st.tuples(st.integers(1, 200), st.integers(1, 200)).flatmap(
    lambda n: st.tuples(st.tuples(st.integers(0, n[0]), st.integers(0, n[1])), st.just(n))
)


def test_newcombe_1998_56_of_70_against_48_of_80():
    got = difference_index([56, 48], [70, 80])
    assert_allclose([got.estimate, got.low, got.high], [0.2, 0.0524, 0.3339], rtol=0, atol=5e-5)


@pytest.mark.parametrize(
    ("outcome", "row", "low", "high"),  # anchors/belief.md, section 2a
    [("PANAS", 0.245, 0.117, 0.365), ("QIDS", 0.156, 0.031, 0.277)],
)
def test_newcombe_in_week_one(week_one, outcome, row, low, high):
    found = blinding.answer(Comparison(week_one, outcome, draws=100))["belief-difference-index"]
    assert_allclose([found.estimate, found.low, found.high], [row, low, high], rtol=0, atol=5.1e-4)


@pytest.mark.parametrize(
    ("outcome", "rate", "low", "high", "active", "control"),  # anchors/belief.md, section 2a
    [
        ("PANAS", 0.644, 0.580, 0.702, 0.522, 0.723),
        ("QIDS", 0.594, 0.529, 0.655, 0.711, 0.446),
    ],
)
def test_correct_guess_rates_of_week_one(week_one, *, outcome, rate, low, high, active, control):
    found = blinding.answer(Comparison(week_one, outcome, draws=100))
    rows = found.select(name="correct-guess-rate")
    whole = rows.select(arm=None).rows[0]
    assert_allclose([whole.estimate, whole.low, whole.high], [rate, low, high], rtol=0, atol=5e-4)
    by_arm = [rows.select(arm=arm).rows[0].estimate for arm in ("microdose", "placebo")]
    assert_allclose(by_arm, [active, control], rtol=0, atol=5e-4)


@pytest.mark.parametrize(
    ("outcome", "rate", "active", "control"),  # anchors/belief.md, section 2a
    [("PANAS", 0.649, 0.493, 0.754), ("QIDS", 0.605, 0.636, 0.570)],
)
def test_correct_guess_rates_of_all_weeks(weekly_answer, outcome, rate, active, control):
    rows = weekly_answer(outcome).select(name="correct-guess-rate", label=None)
    got = [rows.select(arm=arm).rows[0].estimate for arm in (None, "microdose", "placebo")]
    assert_allclose(got, [rate, active, control], rtol=0, atol=5e-4)


def test_clustered_difference_agrees_with_r_sandwich(toy, made_trial, golden):
    names = np.array(["placebo", "drug"])
    person = np.arange(120) // 3
    records = toy(
        names[made_trial.arm],
        names[made_trial.guess],
        made_trial.y,
        person=person,
        visit=[f"w{k % 3 + 1}" for k in range(120)],
    )
    found = blinding.answer(Comparison(records, "mood", draws=100))
    row = found.select(name="belief-difference-index", label="person-clustered").rows[0]
    assert_allclose(row.se, golden["clustered difference se"], rtol=1e-9)


@given(arms)
def test_difference_lies_in_its_interval_and_range(case):
    said, n = case
    got = difference_index(said, n)
    assert -1 <= got.low <= got.estimate <= got.high <= 1


@given(arms)
def test_swapping_the_arms_flips_the_difference(case):
    said, n = case
    a, b = difference_index(said, n), difference_index(said[::-1], n[::-1])
    assert_allclose([b.estimate, b.low, b.high], [-a.estimate, -a.high, -a.low], atol=1e-12)


@given(arms)
def test_saying_the_other_arm_flips_the_difference(case):
    said, n = np.array(case[0]), np.array(case[1])
    a, b = difference_index(said, n), difference_index(n - said, n)
    assert_allclose([b.estimate, b.low, b.high], [-a.estimate, -a.high, -a.low], atol=1e-12)


@given(st.integers(1, 500), st.data())
def test_the_rate_lies_in_its_interval_and_range(n, data):
    right = data.draw(st.integers(0, n))
    got = correct_guess_rate(right, n)
    assert 0 <= got.low <= got.estimate <= got.high <= 1
    wrong = correct_guess_rate(n - right, n)
    assert_allclose([wrong.low, wrong.high], [1 - got.high, 1 - got.low], atol=1e-12)


def test_fisher_agrees_with_r():
    # fisher.test(matrix(c(48, 44, 39, 102), 2))$p.value and c(91, 37, 56, 45), R 4.2.2
    assert_allclose(fisher_exact([48, 39], [92, 141]), 0.000186015086069433, rtol=1e-12)
    assert_allclose(fisher_exact([91, 56], [128, 101]), 0.0181659598783305, rtol=1e-12)
