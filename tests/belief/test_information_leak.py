import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.belief.information_leak import (
    information_leak,
    information_leak_estimates,
    mutual_information,
)
from equipoise.errors import DataError

# R's HairEyeColor: hair (black, brown, red, blond) by eye (brown, blue, hazel, green)
HAIR_EYE = [[68, 20, 15, 5], [119, 84, 54, 29], [26, 17, 14, 14], [7, 94, 10, 16]]
SMALL = [[68, 20], [7, 94]]


def rows_of(table):
    """Unfold a table of counts into arm and guess, one row a person."""
    arm, guess = np.indices(np.shape(table)).reshape(2, -1)
    return np.repeat(arm, np.ravel(table)), np.repeat(guess, np.ravel(table))


@pytest.mark.parametrize(
    ("table", "bits"),  # tests/golden/information_leak.R
    [(HAIR_EYE, 0.178440392247), (SMALL, 0.414880868744)],
)
def test_agrees_with_the_g_statistic_of_r(table, bits, rng):
    assert_allclose(mutual_information(table), bits, rtol=0, atol=5e-13)
    got = information_leak(*rows_of(table), rng=rng, draws=99)
    assert_allclose(got.bits, bits, rtol=0, atol=5e-13)
    assert got.p == 1 / 100
    assert got.df == (len(table) - 1) ** 2


def test_interval_is_the_scaled_noncentral_chi_square_of_r(rng):
    p = (np.array(SMALL) + 1) / (np.sum(SMALL) + 4)
    ratio = np.log(p / np.outer(p.sum(1), p.sum(0)))
    mean = (p * ratio).sum()
    scale = (p * (ratio - mean) ** 2).sum() / (2 * mean)
    to_bits = 2 * np.sum(SMALL) * np.log(2)
    got = information_leak(*rows_of(SMALL), rng=rng, draws=9)
    g = 108.702784678 / scale
    assert_allclose(got.high, scale * (np.sqrt(g) + 1.959963985) ** 2 / to_bits, rtol=1e-8)
    # for one df the upper tail beyond sqrt(G) is normal to 1e-20 here: (sqrt(G) - z)^2,
    # as R's uniroot on pchisq(ncp) says for the unscaled G (71.67482848)
    assert_allclose((np.sqrt(108.702784678) - 1.959963985) ** 2, 71.67482848, rtol=1e-8)
    assert_allclose(got.low, scale * (np.sqrt(g) - 1.959963985) ** 2 / to_bits, rtol=1e-8)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


tables = arrays(
    np.int64, st.tuples(st.integers(2, 4), st.integers(2, 4)), elements=st.integers(1, 50)
)


@given(tables)
def test_it_is_symmetric_and_between_0_and_both_entropies(table):
    bits = mutual_information(table)
    assert_allclose(mutual_information(table.T), bits, atol=1e-12)
    for axis in (0, 1):
        share = table.sum(axis=axis) / table.sum()
        assert 0 <= bits <= -(share * np.log2(share)).sum() + 1e-12


@given(tables)
def test_more_of_the_same_says_the_same(table):
    assert_allclose(mutual_information(7 * table), mutual_information(table), atol=1e-12)


@given(tables)
def test_merging_two_answers_never_tells_more(table):
    merged = np.column_stack([table[:, 0] + table[:, 1], table[:, 2:]])
    assert mutual_information(merged) <= mutual_information(table) + 1e-12


@given(tables, st.integers(0, 1000))
def test_interval_stays_in_range(table, seed):
    got = information_leak(*rows_of(table), rng=np.random.default_rng(seed), draws=1)
    assert 0 <= got.low <= got.bits <= got.arm_entropy + 1e-12
    assert got.low <= got.high <= got.arm_entropy
    assert 0 <= got.miller_madow <= got.arm_entropy


def test_a_perfect_leak_is_the_entropy_and_stays_uncertain(rng):
    got = information_leak(["a"] * 5 + ["b"] * 5, ["x"] * 5 + ["y"] * 5, rng=rng, draws=999)
    assert got.bits == pytest.approx(1)
    assert got.low < 0.7
    assert got.high == 1


def test_one_answer_for_all_tells_nothing(rng):
    got = information_leak([0, 0, 1, 1], [1, 1, 1, 1], rng=rng, draws=99)
    assert (got.bits, got.low, got.high, got.p) == (0, 0, 0, 1)


def test_permutation_p_agrees_with_fisher_where_people_are_fixed(rng):
    table = [[8, 2], [3, 7]]  # Fisher's exact two-sided p in R: 0.06977851
    got = information_leak(*rows_of(table), rng=rng, draws=20_000)
    assert got.p == pytest.approx(0.06977851, abs=4 * np.sqrt(0.07 * 0.93 / 20_000))


def test_coverage_and_size_of_independent_guesses():
    rng = np.random.default_rng(4)
    hits, rejections = [], []
    truth = float(mutual_information([[0.35, 0.15], [0.15, 0.35]]))
    for _ in range(400):
        arm = np.repeat([1, 0], 60)
        leak = rng.random(120) < np.where(arm == 1, 0.7, 0.3)
        got = information_leak(arm, leak, rng=rng, draws=1)
        hits.append(got.low <= truth <= got.high)
        none = information_leak(arm, rng.random(120) < 0.5, rng=rng, draws=99)
        rejections.append(none.p <= 0.05)
    assert np.mean(hits) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 400))
    assert np.mean(rejections) <= 0.05 + 4 * np.sqrt(0.95 * 0.05 / 400)


def test_coverage_and_size_when_people_repeat():
    rng = np.random.default_rng(6)
    people, hits, rejections = 80, [], []
    person, arm = np.repeat(np.arange(people), 4), np.tile([0, 1, 0, 1], people)
    z = np.random.default_rng(0).normal(size=1_000_000)  # marginal rates of a logit-normal guess
    rate = [(1 / (1 + np.exp(-(1.5 * z + shift)))).mean() for shift in (0.6, -0.6)]
    truth = float(mutual_information([[r, 1 - r] for r in rate]))
    for _ in range(300):
        habit = 1.5 * rng.normal(size=people)[person]
        tells = rng.random(arm.size) < 1 / (1 + np.exp(-(habit + 1.2 * (arm - 0.5))))
        blind = rng.random(arm.size) < 1 / (1 + np.exp(-habit))
        got = information_leak(arm, tells, rng=rng, cluster=person, draws=1)
        hits.append(got.low <= truth <= got.high)
        none = information_leak(arm, blind, rng=rng, cluster=person, draws=99)
        rejections.append(none.p <= 0.05)
    assert np.mean(hits) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 300))
    assert np.mean(rejections) <= 0.05 + 4 * np.sqrt(0.95 * 0.05 / 300)


def test_people_of_one_arm_are_dealt_whole():
    # guesses repeat within people exactly: as rows this would look 10 times surer than it is
    rng = np.random.default_rng(9)
    arm, guess = np.array([1, 1, 1, 0, 0, 0]), np.array([1, 1, 0, 0, 0, 1])
    person = np.repeat(np.arange(6), 10)
    once = information_leak(arm, guess, rng=rng, draws=4000)
    tenfold = information_leak(arm[person], guess[person], rng=rng, cluster=person, draws=4000)
    assert tenfold.p == pytest.approx(once.p, abs=0.04)
    assert tenfold.bits == pytest.approx(once.bits)


def test_rows_say_bits_and_how_many_there_could_be(rng):
    got = information_leak_estimates(*rows_of(SMALL), rng=rng, draws=99)
    assert [row.label for row in got] == ["plug-in", "miller-madow"]
    # df / (2 n ln 2) with df 1: Miller (1955)
    assert got.rows[1].estimate == pytest.approx(0.414880868744 - 1 / (2 * 189 * np.log(2)))
    assert "0.997 unblinded" in got.rows[0].unit


def test_bad_input(rng):
    with pytest.raises(DataError, match="no guess"):
        information_leak([0, 1], [np.nan, 1], rng=rng)
    with pytest.raises(DataError, match="one value a row"):
        information_leak([0, 1, 1], [0, 1], rng=rng)
    with pytest.raises(DataError, match="identifier"):
        information_leak([0, 1], [0, 1], rng=rng, cluster=[1])
    refused = information_leak_estimates([1, 1], [0, 1], rng=rng).refused
    assert "at least two arms" in refused[0].reason
