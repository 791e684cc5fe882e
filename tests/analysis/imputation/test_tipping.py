"""The tipping map is what an analysis at each delta would have said."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from numpy.testing import assert_allclose

from equipoise.analysis.imputation import impute_and_analyse, tipping_map

METHODS = (
    {"method": "conditional-mean"},
    {"resampling": "bootstrap", "draws": 20},
    {"method": "approximate-bayes", "draws": 10},
    {"method": "bayes", "draws": 5, "burn_in": 5},
)


def seeded():
    return {"rng": np.random.default_rng(11)}


@pytest.mark.parametrize("how", METHODS)
def test_each_point_is_the_analysis_with_these_deltas(three_arms, three_call, how):
    found = tipping_map(
        three_arms, active="high", strategy="JR", deltas=[0, 2.5], control_deltas=[-1, 0],
        **how, **seeded(), **three_call,
    )  # fmt: skip
    for point in found.map.to_dict("records"):
        one = impute_and_analyse(
            three_arms, strategy="JR", delta={"high": point["active"], "placebo": point["control"]},
            **how, **seeded(), **three_call,
        ).select(name="imputed-contrast", arm="high", visit="10").rows[0]  # fmt: skip
        mine = [point[k] for k in ("estimate", "se", "low", "high", "p")]
        assert_allclose(mine, [one.estimate, one.se, one.low, one.high, one.p], rtol=1e-8)
        assert_allclose(point["df"], np.inf if one.df is None else one.df, rtol=1e-8)


@pytest.mark.parametrize("how", METHODS)
def test_at_the_frontier_p_is_a_twentieth(three_arms, three_call, how):
    found = tipping_map(
        three_arms, active="high", strategy="MAR", deltas=np.linspace(-40, 40, 5),
        **how, **seeded(), **three_call,
    )  # fmt: skip
    tips = found.frontier.dropna()
    assert len(tips)
    for point in tips.to_dict("records"):
        delta = {"high": point["active"], "placebo": point["control"]}
        one = impute_and_analyse(
            three_arms, strategy="MAR", delta=delta, **how, **seeded(), **three_call
        ).select(name="imputed-contrast", arm="high", visit="10").rows[0]  # fmt: skip
        assert_allclose(one.p, 0.05, rtol=1e-6)


def test_tipping_points_agree_with_the_deltas_rbmi_was_run_at(antidepressant, antidepressant_call):
    """With JR, delta 0 leaves 0 out and delta 2 does not (anchor): the tip lies between."""
    found = tipping_map(
        antidepressant, strategy="JR", deltas=np.arange(0, 11.0), **antidepressant_call,
        active="PLACEBO",
    )  # fmt: skip
    assert found.arms == ("PLACEBO", "DRUG")  # as rbmi's contrast: control is DRUG here
    frame = found.map.set_index(["active", "control"])
    assert frame.loc[(0, 0), "p"] < 0.05 < frame.loc[(0, 2), "p"]
    assert_allclose(frame.loc[(0, 2), ["estimate", "se"]].astype(float), [1.642858, 0.884140], atol=1e-5)  # fmt: skip  # noqa: E501


def test_lagged_deltas_tip_too(three_arms, three_call):
    found = tipping_map(
        three_arms, active="high", strategy="JR", deltas=[0, 1], lag=[1, 1, 1], **three_call
    )
    one = impute_and_analyse(
        three_arms, strategy="JR", delta={"high": 1}, lag=[1, 1, 1], **three_call
    ).select(name="imputed-contrast", arm="high", visit="10").rows[0]  # fmt: skip
    point = found.map.query("active == 1 and control == 0").iloc[0]
    assert_allclose([point["estimate"], point["se"]], [one.estimate, one.se], rtol=1e-9)


def test_what_never_tips_is_refused_with_the_range(three_arms, three_call):
    found = tipping_map(three_arms, active="high", strategy="MAR", deltas=[0, 1e-6], **three_call)
    assert len(found.refused) == 2
    assert "at every delta between 0 and 1e-06" in found.refused[0].reason
    assert not found.select(name="tipping-point").rows


def test_the_map_can_be_drawn(three_arms, three_call):
    found = tipping_map(three_arms, active="high", strategy="JR", **three_call)
    ax = found.plot()
    assert isinstance(ax, Axes)
    assert "high" in ax.get_ylabel()
    assert "placebo" in ax.get_xlabel()
    assert {row.name for row in found} >= {"imputed-contrast", "tipping-map"}
