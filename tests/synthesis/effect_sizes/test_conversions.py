import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes import MEASURES
from equipoise.synthesis.effect_sizes import conversions as conv
from equipoise.synthesis.effect_sizes.standardised_mean_difference import hedges_g

GOLDEN = Path(__file__).parents[2] / "golden" / "effect_sizes.csv"
QUANTILES = {  # tests/golden/effect_sizes.R: made numbers
    "minimum": [2, 0, 10, 1.5, 5], "q1": [8, 3, 21, 4, 6], "median": [12, 5, 30, 5.5, 6.5],
    "q3": [15, 11, 38.5, 7.1, 9], "maximum": [29, 40, 55, 10, 30], "n": [40, 25, 260, 12, 7],
}  # fmt: skip
NAMES = {
    "quartiles": ("q1", "median", "q3", "n"),
    "range": ("minimum", "median", "maximum", "n"),
    "five": ("minimum", "q1", "median", "q3", "maximum", "n"),
}
METHODS = {
    "quartiles": conv.from_quartiles, "range": conv.from_range, "five": conv.from_five_numbers,
}  # fmt: skip
SDS = st.floats(0.1, 50)
SIZES = st.integers(3, 500)


def golden(measure, option):
    with GOLDEN.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if (r["measure"], r["option"]) == (measure, option)]
    return [
        np.array([float(r[name].replace("NA", "nan")) for r in rows])
        for name in ("yi", "vi", "row")
    ]


@pytest.mark.parametrize("option", METHODS)
def test_quantiles_equal_luo_wan_and_shi_in_metafor(option):
    got = METHODS[option](*(QUANTILES[name] for name in NAMES[option]))
    mean, sd, _ = golden("quantiles", option)
    assert_allclose(got.mean, mean, rtol=1e-12)
    assert_allclose(got.sd, sd, rtol=1e-9)  # qnorm of R and of SciPy
    skewed = golden("skewed", option)[0]
    assert len(got.warnings) == skewed.sum()


@pytest.mark.parametrize("option", METHODS)
def test_skewness_is_told_from_where_metafor_tells_it(option):
    first, _, sizes = golden("skew-begins", option)
    ends = {"quartiles": (0, 1), "range": (0, 1), "five": (-1, 0, 1, 2)}[option]
    half = len(ends) // 2
    for median, n in zip(first, sizes, strict=True):
        never = np.isnan(median)  # with 7 people, metafor calls none skewed
        for m, told in [(1.0, False)] if never else [(median, True), (median - 0.001, False)]:
            got = METHODS[option](*ends[:half], m, *ends[half:], n)
            assert bool(got.warnings) is told, (option, n, m)


def test_wan_is_the_plain_average():
    got = conv.from_quartiles(8, 12, 16, 40, mean="Wan")
    assert_allclose(got.mean, 12)
    assert_allclose(got.sd, 8 / (2 * stats.norm.ppf((0.75 * 40 - 0.125) / 40.25)))
    assert_allclose(conv.from_range(2, 12, 30, 40, mean="Wan").mean, (2 + 24 + 30) / 4)
    five = conv.from_five_numbers(2, 8, 12, 16, 30, 40, mean="Wan")
    assert_allclose(five.mean, (2 + 16 + 24 + 32 + 30) / 8)
    assert "normal" in five.assumptions[0]


@given(st.floats(-50, 50), SDS)
def test_quantiles_of_a_normal_sample_give_its_mean_and_sd(mean, sd):
    n = 401  # expected quartiles, as Wan's formula takes them
    z = stats.norm.ppf((0.75 * n - 0.125) / (n + 0.25))
    got = conv.from_quartiles(mean - z * sd, mean, mean + z * sd, n)
    assert_allclose(got.mean, mean, atol=1e-12)
    assert_allclose(got.sd, sd)
    assert not got.warnings


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: conv.from_quartiles(8, 7, 15, 40), "q1 8 is above median 7"),
        (lambda: conv.from_quartiles(8, 8, 8, 40), "both 8"),
        (lambda: conv.from_range(1, 3, 9, 4), "at least 5"),
        (lambda: conv.sd_from_se(0, 10), "above 0"),
        (lambda: conv.sd_from_se(1, 1), "at least 2"),
        (lambda: conv.se_from_interval(2, 1), "empty"),
        (lambda: conv.se_from_interval(1, 2, estimate=3), "does not hold"),
        (lambda: conv.se_from_interval(1, 3, estimate=1.2), "not in the middle"),
        (lambda: conv.se_from_interval(1, 3, level=95), "95% is 0.95"),
        (lambda: conv.se_from_p(1, 0), "above 0 and below 1"),
        (lambda: conv.se_from_p(0, 0.4), "no standard error"),
        (lambda: conv.smd_from_p(0, 10, 10, 1), "p < 0.001"),
        (lambda: conv.smd_from_p(0.02, 10, 10, 0), "declare 1"),
        (lambda: conv.smd_from_f(-1, 10, 10, 1), "F is -1"),
        (lambda: conv.sd_of_change(3, 4, 1.5), "within -1 and 1"),
        (lambda: conv.correlation_from_sds(3, 4, 20), "no correlation"),
        (lambda: conv.log_ratio_from_interval(-0.3, -0.6, 0.1), "not their logarithms"),
        (lambda: conv.log_ratio_from_interval(0.9, 0.2, 1.6), "on the log scale"),
        (lambda: conv.log_ratio_from_interval(3, 0.2, 1.6), "does not hold"),
        (lambda: conv.combine_groups([1, 2], [0, 1], [5, 5]), "not above 0"),
        (lambda: conv.design_effect(0.5, 0.1), "below 1"),
        (lambda: conv.design_effect(20, 1.1), "ICC"),
        (lambda: conv.split_shared(30, 0), "1 comparison"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(call, told):
    with pytest.raises(DataError, match=told):
        call()


def test_the_message_names_the_study():
    with pytest.raises(DataError, match=r"^Beta 2021: .*Look for a lost sign"):
        conv.sd_from_se([1, -1], [10, 10], study=["Alpha 2020", "Beta 2021"])


def test_t_p_and_d_equal_metafor():
    n1 = [20, 11, 60]
    t = conv.smd_from_t([2.1, -3.4, 0.2], n1, [22, 14, 55])
    assert_allclose([t.value, t.se**2], golden("SMD", "t")[:2], rtol=1e-12)
    p = conv.smd_from_p([0.018, 0.0004, 0.9], n1, [20, 14, 55], [1, -1, 1])
    assert_allclose([p.value, p.se**2], golden("SMD", "p")[:2], rtol=1e-9)
    d = hedges_g([0.7, -1.2, 0.05], n1, [22, 14, 55])
    assert_allclose(d, golden("SMD", "d")[:2], rtol=1e-12)


def test_ratios_with_intervals_or_p_equal_metafor():
    got = conv.log_ratio_from_interval([0.72, 2.5], [0.55, 1.1], [0.94, 5.7])
    assert_allclose([got.value, got.se**2], golden("ratio", "interval")[:2], rtol=1e-12)
    got = conv.log_ratio_from_p([0.72, 2.5], [0.016, 0.2])
    assert_allclose([got.value, got.se**2], golden("ratio", "p")[:2], rtol=1e-9)


@given(st.tuples(st.floats(-20, 20), SDS, SIZES, st.floats(-20, 20), SDS, SIZES))
def test_every_road_to_g_leads_to_the_same_g(table):
    mean1, sd1, n1, mean2, sd2, n2 = table
    g, v = MEASURES["SMD"].compute(mean1, sd1, n1, mean2, sd2, n2)
    pooled = np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
    se = pooled * np.sqrt(1 / n1 + 1 / n2)
    t, sign = (mean1 - mean2) / se, 1 if mean1 >= mean2 else -1
    roads = [
        conv.smd_from_t(t, n1, n2),
        conv.smd_from_f(t**2, n1, n2, sign),
        conv.smd_from_mean_difference(mean1 - mean2, pooled, n1, n2),
        conv.smd_from_mean_difference(mean1 - mean2, conv.pooled_sd_from_se(se, n1, n2), n1, n2),
        conv.smd_from_regression(mean1 - mean2, se, pooled, n1 + n2),
    ]
    for road in roads:
        assert_allclose(road.value, g, rtol=1e-9, atol=1e-12)
        assert_allclose(road.se**2, v, rtol=1e-9)
        assert road.assumptions
    p = 2 * stats.t.sf(abs(t), n1 + n2 - 2)
    if 1e-12 < p < 0.999:
        assert_allclose(conv.smd_from_p(p, n1, n2, sign).value, g, rtol=1e-6, atol=1e-9)


@given(st.floats(-5, 5), st.floats(0.01, 5), st.floats(0.5, 0.999), st.integers(2, 90))
def test_an_interval_gives_back_its_standard_error(estimate, se, level, df):
    half = stats.t.ppf((1 + level) / 2, df) * se
    got = conv.se_from_interval(
        estimate - half, estimate + half, estimate=estimate, level=level, df=df
    )
    assert_allclose(got, se, rtol=1e-7)


def test_sd_of_a_mean_from_its_interval_uses_t():
    half = stats.t.ppf(0.975, 11) * 4 / np.sqrt(12)
    assert_allclose(conv.sd_from_interval(10 - half, 10 + half, 12), 4)


@given(SDS, SDS, st.floats(-0.95, 0.95))
def test_correlation_and_sd_of_change_undo_each_other(before, after, r):
    change = conv.sd_of_change(before, after, r)
    assert_allclose(conv.correlation_from_sds(before, after, change), r, atol=1e-6)


def test_combined_groups_are_the_people_together():
    rng = np.random.default_rng(4)
    groups = [rng.normal(loc, 2, n) for loc, n in ((1, 11), (3, 20), (-2, 7))]
    everyone = np.concatenate(groups)
    got = conv.combine_groups(
        [g.mean() for g in groups], [g.std(ddof=1) for g in groups], [g.size for g in groups]
    )
    assert_allclose(got.mean, everyone.mean())
    assert_allclose(got.sd, everyone.std(ddof=1))
    assert_allclose(got.n, 38)


def test_groups_of_several_studies_are_combined_by_column_and_0_people_left_out():
    got = conv.combine_groups([[10, 5], [14, 0]], [[4, 2], [5, 0]], [[20, 9], [30, 0]])
    assert_allclose(got.mean, [12.4, 5])
    assert_allclose(got.sd[1], 2)


@given(st.floats(-4, 4), st.floats(0.05, 2))
def test_odds_ratio_and_smd_undo_each_other(d, se):
    there = conv.log_odds_ratio_from_smd(d, se)
    back = conv.smd_from_log_odds_ratio(there.value, there.se)
    assert_allclose([back.value, back.se], [[d], [se]])


def test_the_odds_ratio_of_an_smd_is_that_of_metafor():
    smd, v, _ = golden("SMD", "uncorrected")  # metafor turns d, not g, into log odds
    got = conv.log_odds_ratio_from_smd(smd, np.sqrt(v))
    assert_allclose([got.value, got.se**2], golden("D2ORL", "")[:2], rtol=1e-12)
    y, v, _ = golden("OR", "default")
    got = conv.smd_from_log_odds_ratio(y, np.sqrt(v))
    assert_allclose([got.value, got.se**2], golden("OR2DL", "default")[:2], rtol=1e-12, atol=1e-15)


@given(st.floats(-0.9, 0.9), st.integers(5, 1000))
def test_r_and_d_undo_each_other_with_equal_groups(r, n):
    d = conv.smd_from_correlation(r, n)
    back = conv.correlation_from_smd(d.value, d.se, n, n)
    assert_allclose(back.value, r, atol=1e-12)
    assert_allclose(back.se, (1 - r**2) / np.sqrt(n - 1), rtol=1e-9)


def test_a_crossover_is_a_paired_comparison():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(2, 30)) + rng.normal(size=30)
    r = np.corrcoef(x)[0, 1]
    args = (x[0].mean(), x[0].std(ddof=1), x[1].mean(), x[1].std(ddof=1), 30, r)
    got = conv.crossover_mean_difference(*args)
    paired = stats.ttest_rel(x[0], x[1])
    assert_allclose(got.value / got.se, paired.statistic)
    smd = conv.crossover_smd(*args)
    assert_allclose(smd.se**2, 2 * (1 - r) * (1 / 30 + smd.value**2 / 60))
    assert "carry-over" in smd.assumptions[0]


def test_clusters_inflate_the_standard_error():
    assert_allclose(conv.design_effect(21, 0.05), 2)
    assert_allclose(conv.design_effect(21, 0.05, size_variation=0.5), 1 + (1.25 * 21 - 1) * 0.05)
    got = conv.inflate_for_clusters(-0.3, 0.1, 21, 0.05)
    assert_allclose(got.se, 0.1 * np.sqrt(2))
    assert "ICC of 0.05" in got.assumptions[0]
    assert_allclose(conv.effective_size(100, 21, 0.05), 50)
    assert_allclose(conv.split_shared(60, 2), 30)


def test_what_is_printed_holds_numbers_and_assumptions():
    text = str(conv.from_quartiles(0, 9, 10, 100))
    assert text.startswith("mean ")
    assert "Assumes: The data are normal" in text
    assert "Warning: row 1: the median and IQR speaks of skewed data" in text
