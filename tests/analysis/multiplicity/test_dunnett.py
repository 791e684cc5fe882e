import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.multiplicity import (
    contrasts_with_control,
    critical_value,
    dunnett,
    many_to_one,
    step_down_dunnett,
    within_bounds,
)
from equipoise.errors import DataError

ROOT = np.sqrt
CASES = [  # as in multiplicity.R
    (2.3, ROOT([0.5, 0.5, 0.5]), 16),
    (1.1, ROOT([0.5, 0.5]), np.inf),
    (2.5, ROOT([0.2, 0.6, 0.9]), 7),
    (3.0, ROOT([0.1, 0.3, 0.5, 0.7]), 40),
    (2.2, ROOT([0.98]), 5),
    (0.4, ROOT([0.5, 0.5]), 3),
    (4.0, ROOT([0.3, 0.4]), 1),
]
CONTROL = [51, 87, 50, 48, 79, 61, 53, 54]
ARMS = [[82, 91, 92, 80, 52, 79, 73, 74], [102, 86, 45, 79], [66, 73, 99, 91, 101, 60]]
SIDES = {"two-sided": "two.sided", "greater": "greater"}


@pytest.fixture
def family():
    return contrasts_with_control(CONTROL, *ARMS)


@pytest.mark.parametrize("sides", ["two-sided", "one-sided"])
@pytest.mark.parametrize("case", range(len(CASES)))
def test_probability_agrees_with_nested_adaptive_quadrature(case, sides, golden):
    expected = golden("probability").loc[f"{case + 1} {sides}"]
    assert_allclose(within_bounds(*CASES[case], sides), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("ours", "theirs"), SIDES.items())
def test_agrees_with_r_multcomp(family, golden, ours, theirs):
    assert_allclose(family.estimate, golden(f"glht estimate {theirs}"), rtol=1e-11)
    assert_allclose(family.se, golden(f"glht se {theirs}"), rtol=1e-11)
    # glht integrates by randomised quadrature, asked for 1e-8: it comes within about 1e-6
    assert_allclose(dunnett(family, ours), golden(f"glht {theirs}"), atol=2e-6, rtol=0)
    assert_allclose(
        step_down_dunnett(family, ours), golden(f"glht free {theirs}"), atol=2e-6, rtol=0
    )
    c = critical_value(family.loading, family.df, 0.95, ours)
    assert_allclose(c, golden(f"critical {theirs}").iloc[0], atol=1e-8)


@pytest.mark.parametrize(
    ("k", "df", "alternative", "published"),
    [  # Dunnett 1964, Biometrics 20:482-491, table II (two-sided); 1955, table 1a (one-sided)
        (1, 10, "two-sided", 2.23),
        (2, 10, "two-sided", 2.57),
        (3, 16, "two-sided", 2.59),
        (3, np.inf, "two-sided", 2.35),
        (3, 16, "greater", 2.23),
    ],
)
def test_critical_values_are_those_of_the_printed_tables(k, df, alternative, published):
    c = critical_value(np.full(k, 0.5**0.5), df, 0.95, alternative)
    assert abs(c - published) <= 0.0051


def test_one_comparison_is_the_t_test():
    family = many_to_one([2.5], [1.1], [12], 15, 25)
    from scipy.stats import t  # noqa: PLC0415

    assert_allclose(dunnett(family), [2 * t.sf(2.5 / 1.1, 25)], atol=1e-12)
    assert_allclose(dunnett(family, "less"), [t.cdf(2.5 / 1.1, 25)], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-4, 4), min_size=1, max_size=5),
    st.integers(2, 200),
    st.floats(1, 60),
)
def test_between_the_unadjusted_and_bonferroni(t, df, ratio):
    from scipy.stats import t as student  # noqa: PLC0415

    family = many_to_one(t, np.ones(len(t)), np.full(len(t), ratio), 20.0, df)
    raw = 2 * student.sf(np.abs(t), df)
    one, stepped = dunnett(family), step_down_dunnett(family)
    assert (one >= raw - 1e-9).all()
    assert (one <= np.minimum(len(t) * raw, 1) + 1e-9).all()
    assert (stepped <= one + 1e-12).all()
    assert (np.diff(stepped[np.argsort(-np.abs(t), kind="stable")]) >= -1e-12).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"se": [1.0, 0.0]}, "above 0"),
        ({"sizes": [10]}, "a size for each arm"),
        ({"control_size": 0}, "above 0"),
        ({"df": 0}, "above 0"),
        ({"estimate": [np.nan, 1.0]}, "finite"),
    ],
)
def test_bad_families_are_refused(change, says):
    good = {"estimate": [1.0, 2.0], "se": [1.0, 1.0], "sizes": [9, 9], "control_size": 9, "df": 24}
    with pytest.raises(DataError, match=says):
        many_to_one(**good | change)


def test_scores_without_spread_or_missing_are_refused():
    with pytest.raises(DataError, match="no standard error"):
        contrasts_with_control([1, 1], [2, 2])
    with pytest.raises(DataError, match="finite"):
        contrasts_with_control([1, np.nan], [2, 3])


@pytest.mark.slow
def test_intervals_cover_all_arms_together():
    rng, draws = np.random.default_rng(11), 4000
    n = (6, 9, 5, 14)
    c = critical_value(ROOT([9 / 15, 5 / 11, 14 / 20]), sum(n) - 4, 0.95)
    hits = 0
    for _ in range(draws):
        family = contrasts_with_control(*(rng.standard_normal(k) for k in n))
        hits += bool((np.abs(family.ratio) <= c).all())
    assert abs(hits / draws - 0.95) < 3.3 * (0.95 * 0.05 / draws) ** 0.5
