"""Arms are found in tables, long and wide, and nothing is dropped in silence."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.network import arms_of_table, fit_network, network_of_arms
from equipoise.synthesis.network.measures import arm_effects

# netmeta 3.3-1, pairwise(t, event = e, n = n, studlab = s, sm = ...): TE and seTE of two arms of a
# study with the arms A 0/20, B 3/22, C 5/25, of one with A 10/10, C 20/30, B 4/20, and so on
ZERO = {"events": [0, 3, 5], "n": [20, 22, 25], "time": [20, 22.5, 25]}
FULL = {"events": [10, 20, 4], "n": [10, 30, 20]}
MEANS = {"mean": [10, 12, 15, 11], "sd": [2, 3, 2.5, 4], "n": [20, 22, 25, 30]}
PAIRWISE = [
    ("OR", ZERO, (0, 1), -1.995920569630, 1.544596006987),
    ("OR", FULL, (0, 2), 4.343805421854, 1.542098044246),
    ("RR", ZERO, (0, 1), -1.852819725989, 1.480705694412),
    ("RR", FULL, (0, 2), 1.516347489368, 0.416463365036),
    ("RD", ZERO, (0, 1), -0.1363636363636, 0.0819525916677),
    ("RD", FULL, (0, 2), 0.8, 0.1093704503790),
    ("ASD", ZERO, (0, 1), -0.3782281923342, 0.154478595163),
    ("IRR", ZERO, (0, 1), -1.828127113399, 1.511857892037),
    ("IRD", ZERO, (0, 1), -0.1333333333333, 0.0903525331516),
    ("MD", MEANS, (0, 1), -2, 0.780442764776),
    ("SMD", MEANS, (0, 2), -1.626361335786, 0.321922792775),
    ("SMD", MEANS, (1, 3), 0.325272267157, 0.281661588024),
    ("ROM", MEANS, (1, 3), 0.0870113769896, 0.0851388430126),
]


@pytest.mark.parametrize("case", PAIRWISE, ids=lambda c: f"{c[0]}-{c[2]}")
def test_effects_of_arms_agree_with_pairwise(case):
    measure, numbers, (i, j), effect, se = case
    found = arm_effects(measure, numbers)
    S = found.covariance
    assert_allclose(found.effects[i] - found.effects[j], effect, rtol=1e-10)
    assert_allclose(np.sqrt(S[i, i] + S[j, j] - 2 * S[i, j]), se, rtol=1e-10)


def test_hedges_shrinks_a_standardised_difference():
    d, g = (arm_effects(m, MEANS).effects for m in ("SMD", "SMD-hedges"))
    assert_allclose(g / d, 1 - 3 / (4 * 93 - 1))


@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_a_study_without_events_tells_nothing_of_ratios(measure):
    assert arm_effects(measure, {"events": [0, 0], "n": [10, 12]}) is None
    assert arm_effects(measure, {"events": [10, 12], "n": [10, 12]}) is None


LONG = pd.DataFrame(
    {
        "trial": ["a", "a", "b", "b", "b"],
        "drug": ["x", "placebo", "x", "y", "placebo"],
        "r": [5, 3, 8, 9, 4],
        "total": [20, 20, 30, 31, 29],
    }
)
WIDE = pd.DataFrame(
    {
        "trial": ["a", "b"],
        "treatment1": ["x", "x"], "treatment2": ["placebo", "y"], "treatment3": [None, "placebo"],
        "r1": [5, 8], "n1": [20, 30], "r2": [3, 9], "n2": [20, 31], "r3": [np.nan, 4],
        "n3": [np.nan, 29],
    }
)  # fmt: skip


def test_long_and_wide_are_the_same_network():
    long, wide = (network_of_arms(arms_of_table(t)) for t in (LONG, WIDE))
    assert long.treatments == wide.treatments == ("placebo", "x", "y")
    one, two = fit_network(long), fit_network(wide)
    assert_allclose(one.random.differences, two.random.differences)
    assert "a row an arm" in arms_of_table(LONG).found
    assert "a row a study" in arms_of_table(WIDE).found


def test_columns_can_be_told():
    renamed = LONG.rename(columns={"r": "better", "drug": "what", "total": "size of arm"})
    told = {"treatment": "what", "events": "better", "n": "size of arm"}
    found = network_of_arms(arms_of_table(renamed, told))
    assert_allclose(found.z, network_of_arms(arms_of_table(LONG)).z)


def test_standard_errors_of_arms_become_standard_deviations():
    table = pd.DataFrame(
        {
            "study": ["a", "a"],
            "treatment": ["x", "y"],
            "diff": [-3, -1],
            "se": [0.5, 0.6],
            "n": [9, 16],
        }
    )
    arms = arms_of_table(table)
    assert_allclose(arms.numbers["sd"], [1.5, 2.4])
    assert_allclose(fit_network(network_of_arms(arms)).common.se[0, 1], np.hypot(0.5, 0.6))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (LONG.drop(columns="r"), "No outcome of arms"),
        (LONG.drop(columns="drug"), "No column of treatment"),
        (LONG.drop(columns="trial"), "No column of study"),
        (LONG.assign(r=[50, 3, 8, 9, 4]), "a has 50 events among 20 people"),
        (LONG.assign(r=[-1, 3, 8, 9, 4]), "a has -1 events"),
        (LONG.assign(drug=["x", "x", "x", "y", "placebo"]), "a has 2 arms of x"),
        (LONG.assign(r=["5", "3,5", "8", "9", "4"]), "which is no number"),
        (LONG.assign(trial=list("abcde")), "no network"),
    ],
)
def test_mistakes_are_told(table, told):
    with pytest.raises(DataError, match=told):
        network_of_arms(arms_of_table(table))


def test_a_column_told_must_be_there():
    with pytest.raises(DataError, match="'remi'"):
        arms_of_table(LONG, {"events": "remi"})
    with pytest.raises(DataError, match="SMD needs mean, sd, n"):
        network_of_arms(arms_of_table(LONG), "SMD")


def test_arms_of_one_treatment_can_be_pooled():
    twice = pd.concat(
        [LONG, pd.DataFrame({"trial": ["a"], "drug": ["x"], "r": [2], "total": [10]})]
    )
    pooled = network_of_arms(arms_of_table(twice), pool_same=True)
    by_hand = LONG.assign(r=[7, 3, 8, 9, 4], total=[30, 20, 30, 31, 29])
    assert_allclose(pooled.z, network_of_arms(arms_of_table(by_hand)).z)


def test_pooling_keeps_mean_and_spread_of_all_people():
    rng = np.random.default_rng(1)
    one, two = rng.normal(3, 2, 11), rng.normal(5, 1, 7)
    both = np.concatenate([one, two])
    rows = [("a", "x", one), ("a", "x", two), ("a", "y", rng.normal(size=9))]
    table = pd.DataFrame(
        [(s, t, len(v), v.mean(), v.std(ddof=1)) for s, t, v in rows],
        columns=["study", "treatment", "n", "mean", "sd"],
    )
    block = network_of_arms(arms_of_table(table), pool_same=True).blocks[0]
    x = block.treatments.index("x")
    assert_allclose(block.effects[x], both.mean())
    assert_allclose(block.covariance[x, x], both.var(ddof=1) / len(both))


def test_what_is_left_out_is_counted():
    table = LONG.assign(r=[5, np.nan, 8, np.nan, 4])
    notes = " ".join(network_of_arms(arms_of_table(table)).notes)
    assert "Study (a) left out: fewer than two arms" in notes
    assert "Study (b): an arm without numbers" in notes


def test_studies_of_a_wide_table_are_told_apart():
    with pytest.raises(DataError, match="names 2 rows but only 1 studies"):
        arms_of_table(WIDE.assign(trial="a"))
    with pytest.raises(DataError, match="'nobody' for study"):
        arms_of_table(WIDE, {"study": "nobody"})
    by_id = arms_of_table(WIDE.assign(trial="a", id=[7, 9]))
    assert set(by_id.study) == {"7", "9"}
    assert arms_of_table(WIDE.drop(columns="trial")).study_column is None
