import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtri

from equipoise.analysis.multiplicity import adjust, against_control, weighted_graph
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates

Z = ndtri(0.975)


def rows(estimates=(3.0, 2.2, 0.5), se=1.0, df=None):
    return Estimates(
        tuple(
            Estimate("total-effect", label=f"arm {k}", estimate=e, se=se, df=df, p=0.01 * (k + 1))
            for k, e in enumerate(estimates)
        )
    )


def test_rows_keep_what_they_say_and_get_an_adjusted_p():
    found = adjust(rows(), "holm")
    assert [row.name for row in found] == ["adjusted-p"] * 3
    assert [row.label for row in found] == [f"total-effect, arm {k}" for k in range(3)]
    assert_allclose(found.column("p"), [0.03, 0.04, 0.04])
    assert_allclose(found.column("estimate"), [3, 2.2, 0.5])
    assert "Holm 1979" in found.rows[0].method
    assert "Unadjusted p = 0.01" in found.rows[0].estimand


def test_bonferroni_intervals_are_closed_form():
    found = adjust(rows(), "bonferroni", alpha=0.05, weights=[0.5, 0.25, 0.25])
    half = -ndtri(np.array([0.5, 0.25, 0.25]) * 0.05 / 2)
    middle = np.array([3, 2.2, 0.5])
    assert_allclose(found.column("low"), middle - half)
    assert_allclose(found.column("high"), middle + half)
    assert found.rows[0].level == 0.95


def test_a_stepwise_bound_says_no_more_than_above_0_unless_all_are_rejected():
    some = adjust(rows(), "holm", alpha=0.025, alternative="greater")
    # z = 3 is rejected at 0.025 / 3, then 2.2 not at 0.025 / 2 (needs 2.241)
    assert_allclose(some.column("low"), [0, *(np.array([2.2, 0.5]) + ndtri(0.0125))])
    assert any("cannot say how far" in w for w in some.rows[0].warnings)
    every = adjust(rows((5.0, 4.0, 3.0)), "holm", alpha=0.025, alternative="greater")
    assert_allclose(every.column("low"), np.array([5, 4, 3]) + ndtri(0.025 / 3))
    assert not every.warnings
    assert all(row.high is None for row in every)


def test_a_fixed_sequence_that_is_all_rejected_shares_alpha_for_its_bounds():
    found = adjust(rows((5.0, 4.0, 3.0)), "fixed-sequence", alpha=0.025, alternative="greater")
    assert_allclose(found.column("low"), np.array([5, 4, 3]) + ndtri(0.025 / 3))


def test_less_mirrors_greater():
    up = adjust(rows(), "fallback", alpha=0.025, alternative="greater")
    down = adjust(rows((-3.0, -2.2, -0.5)), "fallback", alpha=0.025, alternative="less")
    assert_allclose(down.column("p"), up.column("p"), rtol=1e-12)
    assert_allclose(down.column("high"), -up.column("low"), rtol=1e-12)


def test_bounds_and_decisions_never_contradict():
    rng = np.random.default_rng(3)
    graph = weighted_graph([0.5, 0.5, 0], [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    ways = {
        "holm": {}, "fallback": {}, "fixed-sequence": {}, "graphical": {"graph": graph},
        "step-down-dunnett": {"sizes": [10, 20, 15], "control_size": 12},
    }  # fmt: skip
    for _ in range(25):
        family = rows(tuple(rng.normal(1.5, 1.5, 3)), df=40.0)
        for method, more in ways.items():
            found = adjust(family, method, alpha=0.025, alternative="greater", **more)
            for row in found:
                low = -np.inf if row.low is None else row.low
                assert (low >= 0) == (row.p <= 0.025), (method, row)


def test_two_sided_stepwise_says_why_there_is_no_interval():
    for method in ("holm", "fixed-sequence", "fallback"):
        assert "one-sided tests only" in adjust(rows(), method).warnings[0]
    assert "no simultaneous intervals" in adjust(rows(), "hochberg").warnings[0]
    assert "Simes" in adjust(rows(), "hochberg").assumptions[0]


def test_no_share_of_alpha_is_the_whole_line():
    found = adjust(rows(), "fixed-sequence", alpha=0.0001, alternative="greater")
    assert found.rows[0].low == pytest.approx(3 + ndtri(0.0001))
    assert found.rows[1].low is None
    assert "whole line" in found.rows[1].warnings[0]


def test_dunnett_of_rows(golden):
    e = golden("glht estimate two.sided").to_numpy()
    s = golden("glht se two.sided").to_numpy()
    family = Estimates(
        tuple(
            Estimate("total-effect", arm=f"a{k}", estimate=e[k], se=s[k], df=22.0, p=0.5)
            for k in range(3)
        )
    )
    found = adjust(family, "dunnett", sizes=[8, 4, 6], control_size=8)
    assert_allclose(found.column("p"), golden("glht two.sided"), atol=2e-6, rtol=0)
    assert_allclose(found.column("low"), golden("glht low two.sided"), rtol=1e-9)
    assert_allclose(found.column("high"), golden("glht high two.sided"), rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "method", "more", "says"),
    [
        ([0.1], "sidak", {}, "The methods are"),
        ([0.1], "holm", {"alpha": 0.7}, "between 0 and 0.5"),
        ([0.1], "hochberg", {"weights": [1]}, "takes no weights"),
        ([0.1], "graphical", {}, "needs a graph"),
        ([0.1], "dunnett", {}, "estimate and standard error"),
        ([0.1, 0.2], "holm", {"labels": ["a"]}, "2 p values, but 1 labels"),
        (Estimates((Estimate("x", estimate=1.0),)), "holm", {}, "No p value: x"),
        (Estimates((Estimate("x", p=0.1),)), "holm", {"alternative": "less"}, "One-sided tests"),
    ],
)
def test_what_does_not_fit_is_refused(family, method, more, says):
    with pytest.raises(DataError, match=says):
        adjust(family, method, **more)


def one_way():
    arms = {
        "a0": [51, 87, 50, 48, 79, 61, 53, 54],
        "a1": [82, 91, 92, 80, 52, 79, 73, 74],
        "a2": [102, 86, 45, 79],
        "a3": [66, 73, 99, 91, 101, 60],
    }
    pairs = [(name, float(score)) for name, scores in arms.items() for score in scores]
    return pd.DataFrame(pairs, columns=["arm", "score"])


def test_a_table_of_arms_agrees_with_r_multcomp(golden):
    found = against_control(one_way(), "score", control="a0", unit="points")
    assert [row.arm for row in found] == ["a1", "a2", "a3"]
    assert_allclose(found.column("estimate"), golden("glht estimate two.sided"), rtol=1e-11)
    assert_allclose(found.column("p"), golden("glht two.sided"), atol=2e-6, rtol=0)
    assert_allclose(found.column("high"), golden("glht high two.sided"), rtol=1e-9)
    stepped = against_control(one_way(), "score", control="a0", method="step-down-dunnett")
    assert_allclose(stepped.column("p"), golden("glht free two.sided"), atol=2e-6, rtol=0)
    holm = against_control(one_way(), "score", control="a0", method="holm")
    assert (holm.column("p") >= stepped.column("p")).all()


def test_rows_without_a_score_are_counted():
    table = pd.concat([one_way(), pd.DataFrame({"arm": ["a1"], "score": [np.nan]})])
    found = against_control(table, "score", control="a0")
    assert "1 of 27 rows" in found.warnings[0]
    assert_allclose(
        found.column("p"), against_control(one_way(), "score", control="a0").column("p")
    )


def test_a_table_without_the_control_is_refused():
    with pytest.raises(DataError, match="'sham' and another arm"):
        against_control(one_way(), "score", control="sham")
    with pytest.raises(DataError, match="no column"):
        against_control(one_way(), "points", control="a0")
