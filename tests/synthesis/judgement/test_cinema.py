"""CINeMA: rules by contribution and by interval, laws, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from equipoise.errors import DataError
from equipoise.synthesis.judgement.cinema import (
    DOMAINS,
    checked_network,
    cinema,
    confidence,
    heterogeneity_levels,
    imprecision_levels,
    incoherence_of_mixed,
    incoherence_of_one_kind,
    level_by_contribution,
)
from equipoise.synthesis.judgement.record import decided

D = np.log(1.25)  # a margin for odds ratios


@pytest.mark.parametrize(
    ("shares", "rule", "level"),
    [
        ([60, 30, 10], "average", 2),  # 1.5 rounds up
        ([61, 30, 9], "average", 1),
        ([10, 30, 60], "average", 3),
        ([60, 30, 10], "majority", 1),
        ([40, 40, 20], "majority", 2),  # of equals the worse
        ([60, 30, 10], "highest", 3),
        ([60, 40, 0], "highest", 2),
    ],
)
def test_levels_by_contribution(shares, rule, level):
    assert level_by_contribution([shares], [1, 2, 3], rule).tolist() == [level]


shares_of_five = arrays(np.float64, (3, 5), elements=st.floats(0.01, 100))
levels_of_five = arrays(np.int64, 5, elements=st.integers(1, 3))


@given(shares_of_five, levels_of_five, st.permutations(range(5)), st.floats(0.1, 10))
def test_neither_order_nor_scale_of_studies_matters(shares, levels, order, scale):
    for rule in ("average", "majority", "highest"):
        before = level_by_contribution(shares, levels, rule)
        after = level_by_contribution(scale * shares[:, order], levels[order], rule)
        assert (before == after).all()


@given(shares_of_five, levels_of_five, st.integers(0, 4))
def test_a_worse_study_never_makes_a_comparison_better(shares, levels, study):
    worse = levels.copy()
    worse[study] = min(worse[study] + 1, 3)
    for rule in ("average", "highest"):
        before = level_by_contribution(shares, levels, rule)
        assert (level_by_contribution(shares, worse, rule) >= before).all()
    assert (
        level_by_contribution(shares, levels, "highest")
        >= level_by_contribution(shares, levels, "average")
    ).all()


@pytest.mark.parametrize(
    ("odds_ratio", "low", "high", "level"),
    [
        (0.6, 0.5, 0.9, 0),
        (0.6, 0.4, 1.1, 1),
        (0.6, 0.3, 1.3, 2),
        (1.6, 1.1, 2.5, 0),
        (1.6, 0.9, 2.5, 1),
        (1.6, 0.7, 2.5, 2),
        (1.05, 0.95, 1.15, 1),  # wholly within equivalence, and either side of no effect
    ],
)
def test_imprecision(odds_ratio, low, high, level):
    estimate, limits = np.log([odds_ratio]), (np.log([low]), np.log([high]))
    assert imprecision_levels(estimate, limits, D).tolist() == [level]


@pytest.mark.parametrize(
    ("interval", "prediction", "level"),
    [
        ((0.4, 0.7), (0.3, 0.75), 0),
        ((0.4, 0.7), (0.3, 0.9), 1),
        ((0.4, 0.7), (0.2, 1.4), 2),
        ((0.7, 1.1), (0.6, 1.2), 0),
        ((0.7, 1.1), (0.5, 1.4), 1),
        ((0.7, 1.4), (0.3, 3.0), 0),  # the confidence interval says as much already
    ],
)
def test_heterogeneity_is_what_the_prediction_interval_adds(interval, prediction, level):
    found = heterogeneity_levels(
        np.log(np.array([interval])).T, np.log(np.array([prediction])).T, D
    )
    assert found.tolist() == [level]


def test_incoherence():
    direct, far, near = np.log([[0.4], [0.7]]), np.log([[1.4], [3.0]]), np.log([[0.5], [0.9]])
    assert incoherence_of_mixed([0.11], direct, far, D).tolist() == [0]
    assert incoherence_of_mixed([0.09], direct, far, D).tolist() == [2]
    assert incoherence_of_mixed([0.09], direct, near, D).tolist() == [1]
    assert incoherence_of_mixed([0.01], direct, direct, D).tolist() == [0]
    assert [incoherence_of_one_kind(p) for p in (0.2, 0.10, 0.06, 0.05)] == [0, 1, 1, 2]


def network(**changes):
    base = {
        "comparisons": ["A vs B", "A vs C"],
        "effects": {
            "estimate": [-0.5, -0.1],
            "low": [-0.8, -0.5],
            "high": [-0.3, 0.3],
            "prediction_low": [-1.0, -0.8],
            "prediction_high": [-0.25, 0.6],
        },
        "contributions": [[80, 20], [50, 50]],
        "bias": [1, 3],
        "indirect": [1, 1],
        "reporting": ["no concerns", "some concerns"],
        "split": {
            "p": [0.5, np.nan],
            "direct_low": [-0.9, np.nan],
            "direct_high": [-0.2, np.nan],
            "indirect_low": [-0.9, np.nan],
            "indirect_high": [-0.1, np.nan],
        },
        "global_p": 0.07,
        "margin": 0.2,
    } | changes
    return checked_network(**base)


def test_a_network_from_matrix_to_confidence():
    judged = cinema(network())
    said = {name: [one.decision for one in six] for name, six in judged.items()}
    none, some, major = "no concerns", "some concerns", "major concerns"
    assert said["A vs B"] == [none] * 6
    assert said["A vs C"] == [some, some, none, major, none, some]
    rows = confidence(judged)
    assert [row.estimate for row in rows] == [4, 1]
    assert "overlap" in rows.rows[1].warnings[0]
    assert len(rows.rows[0].assumptions) == len(DOMAINS)


def test_people_may_decide_otherwise_and_are_named():
    judged = cinema(network())
    why = {"author": "A. Reader", "reason": "counted with imprecision", "when": "2026-11-25"}
    six = [
        decided(one, "no concerns", **why) if one.rule == "cinema-incoherence" else one
        for one in judged["A vs B"]
    ]
    six[3] = decided(six[3], "some concerns", **why)
    row = confidence({"A vs B": six}).rows[0]
    assert row.estimate == 3
    assert row.assumptions[3] == "imprecision: some concerns (A. Reader: counted with imprecision)"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"contributions": [[80, 20]]}, "1 rows, and 2 comparisons"),
        ({"contributions": [[0, 0], [1, 1]]}, "no row is all 0"),
        ({"bias": [1, 4]}, "Levels of studies"),
        ({"bias": [1]}, "column a study"),
        ({"reporting": ["low", "low"]}, "Reporting bias is one of"),
        ({"margin": 0}, "above 0"),
        ({"global_p": 2}, "between 0 and 1"),
        ({"effects": {"estimate": [0, 0]}}, "needs the column 'low'"),
    ],
)
def test_bad_networks_are_named(changes, says):
    with pytest.raises(DataError, match=says):
        cinema(network(**changes))


def test_bad_rules_and_intervals_are_named():
    with pytest.raises(DataError, match="average, majority and highest"):
        level_by_contribution([[1]], [1], "worst")
    with pytest.raises(DataError, match="low lies below high"):
        imprecision_levels([0], ([1], [-1]), 0.2)
    with pytest.raises(DataError, match="inside their intervals"):
        imprecision_levels([3], ([-1], [1]), 0.2)
