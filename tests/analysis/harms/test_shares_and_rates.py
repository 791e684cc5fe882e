import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.harms import (
    clopper_pearson,
    difference_of_ratios,
    fisher,
    koopman,
    log_ratio_of_ratios,
    miettinen_nurminen,
    newcombe,
    poisson_rate,
    rate_difference,
    rate_ratio,
    ratio_in_one_arm,
    stratified_miettinen_nurminen,
    totals,
    wilson,
)
from equipoise.errors import DataError, NotIdentifiedError

# Newcombe 1998, Stat Med 17:873-890, table II: methods 6 (Miettinen-Nurminen) and 10 (hybrid)
NEWCOMBE_II = {
    (56, 70, 48, 80): ((0.0528, 0.3382), (0.0524, 0.3339)),
    (9, 10, 3, 10): ((0.1700, 0.8406), (0.1705, 0.8090)),
    (6, 7, 2, 7): ((0.0342, 0.8534), (0.0582, 0.8062)),
    (5, 56, 0, 29): ((-0.0326, 0.1933), (-0.0381, 0.1926)),
    (0, 10, 0, 20): ((-0.1658, 0.2844), (-0.1611, 0.2775)),
    (0, 10, 0, 10): ((-0.2879, 0.2879), (-0.2775, 0.2775)),
    (10, 10, 0, 20): ((0.7156, 1.0), (0.6791, 1.0)),
    (10, 10, 0, 10): ((0.6636, 1.0), (0.6075, 1.0)),
}
STRATA = np.array([[6, 20, 2, 19], [1, 8, 0, 9], [10, 40, 7, 38]]).T
tables = st.tuples(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1)).map(
    lambda v: (round(v[2] * v[0]), v[0], round(v[3] * v[1]), v[1])
)


def numbers(term: str) -> list[float]:
    return [float(word) for word in term.split()]


@pytest.mark.parametrize("table", NEWCOMBE_II)
def test_agrees_with_newcombes_printed_table(table):
    scored, hybrid = NEWCOMBE_II[table]
    for got, printed in ((miettinen_nurminen(*table), scored), (newcombe(*table), hybrid)):
        assert_allclose([got.low, got.high], printed, rtol=0, atol=5.1e-5)


def test_score_limits_agree_with_brute_force_likelihood(golden):
    for what, method in (("mn", miettinen_nurminen), ("koopman", koopman)):
        for side in ("low", "high"):
            for term, value in golden(f"{what} {side}").items():
                got = getattr(method(*numbers(term)), side)
                assert_allclose(got, value, rtol=2e-7, atol=2e-8, err_msg=f"{what} {term}")


def test_koopmans_own_example():
    ratio = koopman(36, 40, 16, 80)  # Koopman 1984: 2.94 to 7.15
    assert_allclose([ratio.low, ratio.high], [2.94, 7.15], atol=0.0051)


def test_strata_agree_with_brute_force(golden):
    got = stratified_miettinen_nurminen(*STRATA)
    assert_allclose(list(got), golden("strata")[["estimate", "low", "high"]], rtol=1e-7)


def test_exact_and_wilson_limits_agree_with_r(golden):
    for what, method in (("exact", clopper_pearson), ("wilson", wilson)):
        for side, place in (("low", 0), ("high", 1)):
            for term, value in golden(f"{what} {side}").items():
                *table, arm = numbers(term)
                got = method(*table[2 * int(arm) - 2 : 2 * int(arm)])[place]
                assert_allclose(got, value, rtol=1e-9, atol=1e-12)


def test_fisher_and_mid_p_agree_with_r(golden):
    for term, value in golden("fisher").items():
        assert_allclose(fisher(*numbers(term)), value, rtol=1e-9)
    for term, value in golden("mid-p").items():
        assert_allclose(fisher(*numbers(term), mid=True), value, rtol=1e-9)


def test_rates_agree_with_r_poisson_test_and_brute_force(golden):
    for side in ("low", "high"):
        for term, value in golden(f"rate {side}").items():
            got = poisson_rate(*numbers(term)[:2])
            assert_allclose(getattr(got, side), value, rtol=1e-9)
        for term, value in golden(f"rate ratio {side}").items():
            assert_allclose(getattr(rate_ratio(*numbers(term)), side), value, rtol=1e-9)
        for term, value in golden(f"rate difference {side}").items():
            got = rate_difference(*numbers(term))
            assert_allclose(getattr(got, side), value, rtol=1e-6, atol=1e-8)


def test_recurrent_events_agree_with_r_sandwich(golden):
    rate, se, df = ratio_in_one_arm(totals([0, 0, 3, 2, 1, 0, 5], [10, 10, 10, 5, 7, 12, 9]))
    assert_allclose([np.log(rate), se / rate], golden("recurrent"), rtol=1e-9)
    assert df == 6


def test_shares_of_periods_agree_with_r_sandwich(golden):
    person = np.array([1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 6]) - 1
    arm = np.array([1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0])
    y = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0])
    active, control = (
        totals(
            np.bincount(person[arm == a], y[arm == a], minlength=6),
            np.bincount(person[arm == a], minlength=6),
        )
        for a in (1, 0)
    )
    assert_allclose(
        difference_of_ratios(active, control)[:2], golden("clustered difference"), rtol=1e-9
    )
    assert_allclose(
        log_ratio_of_ratios(active, control)[:2], golden("clustered log ratio"), rtol=1e-7
    )


@settings(max_examples=25, deadline=None)
@given(tables)
def test_swapping_arms_mirrors_the_difference_and_inverts_the_ratio(table):
    swapped = (*table[2:], *table[:2])
    for method in (miettinen_nurminen, newcombe):
        one, other = method(*table), method(*swapped)
        assert_allclose([one.low, one.high], [-other.high, -other.low], atol=1e-9)
    one, other = koopman(*table), koopman(*swapped)
    if table[0] and table[2]:
        assert_allclose([one.low, one.high], [1 / other.high, 1 / other.low], rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(tables)
def test_counting_those_without_the_event_flips_the_difference(table):
    x1, n1, x0, n0 = table
    one, other = miettinen_nurminen(*table), miettinen_nurminen(n1 - x1, n1, n0 - x0, n0)
    assert_allclose([one.low, one.high], [-other.high, -other.low], atol=1e-9)
    assert -1 <= one.low <= one.estimate <= one.high <= 1


def test_one_stratum_is_no_stratum():
    one, plain = (
        stratified_miettinen_nurminen([6], [20], [2], [19]),
        miettinen_nurminen(6, 20, 2, 19),
    )
    assert_allclose(list(one), list(plain), atol=1e-12)
    more = stratified_miettinen_nurminen([6, 1], [20, 3], [2, 0], [19, 0])  # a site of one arm
    assert_allclose(list(more), list(plain), atol=1e-12)


def test_no_event_is_never_no_harm():
    for n in (5, 30, 300):
        low, high = clopper_pearson(0, n)
        assert low == 0
        assert_allclose(high, 1 - 0.025 ** (1 / n), rtol=1e-12)
        assert miettinen_nurminen(0, n, 0, n).high > 0
        assert poisson_rate(0, n).high > 3 / n
    assert np.isnan(koopman(0, 9, 0, 9).estimate)
    assert np.isinf(koopman(2, 9, 0, 9).high)
    assert koopman(0, 9, 2, 9).low == 0


@pytest.mark.parametrize("bad", [(3, 2, 1, 2), (-1, 2, 1, 2), (0, 0, 1, 2), (np.nan, 2, 1, 2)])
def test_impossible_counts_are_refused(bad):
    for method in (miettinen_nurminen, newcombe, koopman, fisher):
        with pytest.raises(DataError, match="events <= people"):
            method(*bad)


def test_rates_that_cannot_be_are_refused():
    with pytest.raises(DataError, match="time at risk > 0"):
        poisson_rate(1, 0)
    with pytest.raises(NotIdentifiedError, match="not defined"):
        rate_ratio(2, 10, 0, 10)
    with pytest.raises(NotIdentifiedError, match="Fewer than 2 people"):
        ratio_in_one_arm(totals([0, 4, 0], [3, 3, 3]))
    with pytest.raises(NotIdentifiedError, match="both arms"):
        stratified_miettinen_nurminen([1], [3], [0], [0])


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "p1", "n0", "p0"), [(20, 0.1, 20, 0.05), (60, 0.2, 40, 0.2)])
def test_coverage_of_the_score_interval_by_full_enumeration(n1, p1, n0, p0):
    """No simulation is needed: every table with its probability. Nominal 0.95, in small trials."""
    from scipy.stats import binom  # noqa: PLC0415

    x1, x0 = np.meshgrid(np.arange(n1 + 1), np.arange(n0 + 1), indexing="ij")
    got = miettinen_nurminen(x1, np.full_like(x1, n1), x0, np.full_like(x0, n0))
    inside = (got.low <= p1 - p0) & (p1 - p0 <= got.high)
    coverage = (binom.pmf(x1, n1, p1) * binom.pmf(x0, n0, p0))[inside].sum()
    assert 0.93 < coverage < 0.985
