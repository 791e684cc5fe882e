import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.belief.bang_index import bang_index, certainty_weighted_bang
from equipoise.belief.index_intervals import clustered_se
from equipoise.errors import DataError

CRISP = [[82, 25, 170], [29, 27, 83]]  # Bang et al. 2004, table 7: right, wrong, don't know
counts = arrays(np.int64, (3, 3), elements=st.integers(0, 400)).filter(
    lambda c: c.any(axis=1).all()
)


def test_crisp_agrees_with_r_package_bi():  # BI 1.2.0
    got = bang_index(CRISP, interval="wald")
    assert_allclose(got.estimate, [0.2057762, 0.0143885], rtol=0, atol=5e-8)
    assert_allclose(got.se, [0.0352371, 0.0538230], rtol=0, atol=5e-8)


def test_the_published_three_by_two_table():  # anchors: treatment 48, 4, 330; placebo 30, 22, 319
    got = bang_index([[48, 4, 330], [30, 22, 319]], interval="wald")
    assert_allclose(got.estimate, [0.115, 0.022], rtol=0, atol=5e-4)
    assert_allclose(got.se, [0.018, 0.019], rtol=0, atol=5e-4)
    assert_allclose(got.low, [0.080, -0.016], rtol=0, atol=5e-4)
    assert_allclose(got.high, [0.150, 0.060], rtol=0, atol=5e-4)


@given(counts)
def test_swapping_right_and_wrong_flips_the_index_and_its_interval(table):
    a, b = bang_index(table), bang_index(table[:, [1, 0, 2]])
    assert_allclose(b.estimate, -a.estimate, atol=1e-15)
    assert_allclose(b.se, a.se, atol=1e-15)
    assert_allclose([b.low, b.high], [-a.high, -a.low], atol=1e-9)


@given(counts, st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_the_default_interval_holds_the_index_and_stays_in_range(table, level):
    got = bang_index(table, level=level)
    assert (got.low >= -1).all()
    assert (got.high <= 1).all()
    assert (got.low <= got.estimate + 1e-12).all()
    assert (got.high >= got.estimate - 1e-12).all()


@given(counts, st.integers(2, 9))
def test_more_people_in_the_same_shares_narrow_the_interval(table, times):
    few, many = bang_index(table), bang_index(table * times)
    assert_allclose(many.estimate, few.estimate, atol=1e-15)
    assert_allclose(many.se, few.se / np.sqrt(times), atol=1e-15)
    assert (many.high - many.low < few.high - few.low).all()


@given(st.integers(1, 300), st.integers(0, 300))
def test_forced_guesses_give_twice_a_share(right, wrong):
    got = bang_index([[right, wrong, 0]])
    assert_allclose(got.estimate, 2 * right / (right + wrong) - 1, atol=1e-14)


@pytest.mark.parametrize("bad", [[[1, 2]], [[0, 0, 0]], [[3, -1, 2]], [[np.nan, 1, 1]]])
def test_counts_that_are_none_are_refused(bad):
    with pytest.raises(DataError, match="right, wrong, don't know"):
        bang_index(bad)


@pytest.mark.parametrize(
    ("outcome", "arm", "index", "se", "low", "high"),  # anchors/belief.md, section 2a
    [
        ("PANAS", "microdose", 0.043, 0.104, -0.161, 0.248),
        ("PANAS", "placebo", 0.447, 0.075, 0.299, 0.594),
        ("QIDS", "microdose", 0.422, 0.080, 0.265, 0.579),
        ("QIDS", "placebo", -0.109, 0.099, -0.303, 0.085),
    ],
)
def test_week_one_of_the_trial(week_one_answer, *, outcome, arm, index, se, low, high):
    row = week_one_answer(outcome).select(name="bang-index", arm=arm, label=None).rows[0]
    assert_allclose(
        [row.estimate, row.se, row.low, row.high], [index, se, low, high], rtol=0, atol=5.1e-4
    )


@pytest.mark.parametrize(
    ("outcome", "arm", "index", "naive", "clustered"),  # anchors/belief.md, section 2a
    [
        ("PANAS", "microdose", -0.015, 0.054, 0.057),
        ("PANAS", "placebo", 0.508, 0.038, 0.041),
        ("QIDS", "microdose", 0.271, 0.045, 0.047),
        ("QIDS", "placebo", 0.141, 0.050, 0.056),
    ],
)
def test_repeated_weeks_sum_within_people(weekly_answer, *, outcome, arm, index, naive, clustered):
    rows = weekly_answer(outcome).select(name="bang-index", arm=arm)
    one, person = rows.select(label=None).rows[0], rows.select(label="person-clustered").rows[0]
    assert_allclose([one.estimate, person.estimate], index, rtol=0, atol=5e-4)
    assert_allclose([one.se, person.se], [naive, clustered], rtol=0, atol=5e-4)
    assert any("independent" in warning for warning in one.warnings)


def test_clustered_error_agrees_with_r_sandwich(made_trial, golden):
    on = made_trial.arm == 1
    signed = 2.0 * (made_trial.guess == made_trial.arm)[on] - 1
    person = (np.arange(120) // 3)[on]
    got = clustered_se(signed - signed.mean(), person)
    assert_allclose(got, golden["clustered Bang se"], rtol=1e-9)


def test_one_row_a_person_differs_from_the_multinomial_by_the_factor_alone():
    signed = np.repeat([1.0, -1.0, 0.0], [12, 7, 5])
    residual = signed - signed.mean()
    plain = bang_index([[12, 7, 5]]).se[0]
    assert_allclose(clustered_se(residual), plain)
    assert_allclose(clustered_se(residual, np.arange(24)), plain * np.sqrt(24 / 23))


@given(st.integers(0, 10_000))
def test_full_certainty_is_bang_and_none_is_blind(seed):
    rng = np.random.default_rng(seed)
    signed = rng.choice([-1.0, 0.0, 1.0], 30)
    sure = certainty_weighted_bang(signed, np.ones(30))
    right, wrong = (signed > 0).sum(), (signed < 0).sum()
    assert_allclose(sure[:2], [v[0] for v in bang_index([[right, wrong, 30 - right - wrong]])[:2]])
    assert certainty_weighted_bang(signed, np.zeros(30)).estimate == 0
    weighted = certainty_weighted_bang(signed, rng.random(30))
    assert -1 <= weighted.low <= weighted.estimate <= weighted.high <= 1


def test_certainty_outside_its_range_is_refused():
    with pytest.raises(DataError, match="divide a 0-100 answer by 100"):
        certainty_weighted_bang([1, -1], [80, 20])


@given(st.integers(0, 200), st.integers(0, 200).filter(bool))
def test_an_unsure_answer_in_another_arm_moves_nothing(right, wrong):
    alone = bang_index([[right, wrong, 0]])
    beside = bang_index([[right, wrong, 0], [3, 2, 1]])
    assert_allclose([v[0] for v in beside], [v[0] for v in alone], atol=1e-9)
