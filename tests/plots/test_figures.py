"""Figures show what the frame says, no more and no less."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from numpy.testing import assert_allclose

from equipoise import plots
from equipoise.plots.style import new_axes

ARMS = ("drug", "dummy")
finite = st.floats(-1e6, 1e6, allow_nan=False, width=32)


def texts(ax: Axes) -> str:
    labels = [
        *ax.texts,
        *ax.get_xticklabels(),
        *ax.get_yticklabels(),
        ax.xaxis.label,
        ax.yaxis.label,
    ]
    return " | ".join(text.get_text() for text in labels)


def points(ax: Axes, marker: str) -> np.ndarray:
    drawn = [line.get_xydata() for line in ax.lines if line.get_marker() == marker]
    return np.concatenate([np.asarray(xy) for xy in drawn])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(finite, finite, finite), min_size=1, max_size=6))
def test_forest_draws_each_row_where_it_is(rows: list[tuple[float, float, float]]) -> None:
    frame = pd.DataFrame([sorted(row) for row in rows], columns=["low", "estimate", "high"])
    frame["label"] = [f"row {k}" for k in range(len(frame))]
    ax = plots.intervals(frame, scale="points")
    drawn = points(ax, "o")
    assert_allclose(drawn[:, 0], frame["estimate"])
    assert list(drawn[:, 1]) == list(range(len(frame)))[::-1]  # the first row on top


def test_forest_draws_bounds_as_bars_without_a_point() -> None:
    frame = pd.DataFrame({"label": ["b"], "estimate": [None], "low": [-4.35], "high": [7.06]})
    ax = plots.intervals(frame, scale="points")
    (bar,) = ax.patches
    assert_allclose([bar.get_x(), bar.get_x() + bar.get_width()], [-4.35, 7.06])
    assert not [line for line in ax.lines if line.get_marker() == "o"]


def test_a_figure_draws_on_the_axes_it_is_given() -> None:
    given_axes = new_axes(100)
    frame = pd.DataFrame({"label": ["b"], "estimate": [0.0], "low": [-1.0], "high": [1.0]})
    assert plots.intervals(frame, scale="", ax=given_axes) is given_axes


def twins(second: float | None) -> Axes:
    frame = pd.DataFrame(
        {
            "label": ["PANAS"], "first": [0.32], "first_low": [0.06], "first_high": [0.58],
            "second": [second], "second_low": [second], "second_high": [second],
        }
    )  # fmt: skip
    return plots.effect_twins(frame, names=("total", "equal"), scale="sd")


def test_twins_stand_one_above_the_other() -> None:
    ax = twins(0.15)
    total, equal = points(ax, "o")[0], points(ax, "D")[0]
    assert_allclose([total[0], equal[0]], [0.32, 0.15])
    assert total[1] > equal[1]


def test_without_a_twin_there_is_no_key_to_one() -> None:
    legend = twins(None).get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["total"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_guess_bars_fill_the_arm_and_no_more(counts: list[int]) -> None:
    table = np.array(counts).reshape(2, 4)
    frame = pd.DataFrame(table, index=list(ARMS), columns=[*ARMS, "unsure", "missing"])
    ax = plots.guesses_by_arm(frame)
    widths = sorted(bar.get_width() for bar in ax.patches)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    assert_allclose(widths, sorted(shares[shares > 0]))


def test_guess_bars_name_every_answer_somebody_gave() -> None:
    frame = pd.DataFrame([[48, 40, 3, 1]], index=["drug"], columns=["drug", "dummy", "unsure", "missing"])  # fmt: skip  # noqa: E501
    said = texts(plots.guesses_by_arm(frame, notes={"drug": "Bang's index 0.04"}))
    assert all(word in said for word in ("(48)", "(40)", "unsure 3%", "no guess 1%", "Bang's"))


def test_curve_shows_both_bands_and_the_observed_point() -> None:
    frame = pd.DataFrame(
        {"rate": [0.0, 1.0], "estimate": [-5.77, 8.61], "low": [-8, 6], "high": [-3, 11],
         "band_low": [-9, 5], "band_high": [-2, 12]}
    )  # fmt: skip
    ax = plots.guess_rate_curve(frame, scale="points", observed=(0.644, 3.23))
    assert len(ax.collections) == 2
    assert_allclose(points(ax, "o"), [[0.644, 3.23]])


def test_surface_of_a_plane_has_contours_where_the_plane_says() -> None:
    axis = [0.0, 0.5, 1.0]
    rows = [(one, zero, 7 * one - 7 * zero + 1) for one in axis for zero in axis]
    frame = pd.DataFrame(rows, columns=["pi1", "pi0", "estimate"])
    ax = plots.blinding_surface(frame, arms=ARMS, observed=(0.52, 0.28), equal=0.37)
    lines = ax.collections[1]
    for path, level in zip(lines.get_paths(), lines.levels, strict=True):  # type: ignore[attr-defined]
        xy = path.vertices
        if len(xy):
            assert_allclose(7 * xy[:, 1] - 7 * xy[:, 0] + 1, level, atol=1e-9)
    assert_allclose(points(ax, "o"), [[0.28, 0.52]])  # control across, active up
    assert_allclose(points(ax, "D"), [[0.37, 0.37]])


@pytest.mark.parametrize("better", [1, -1, 0])
def test_a_flat_surface_is_no_error(better: int) -> None:
    rows = [(one, zero, 2.0) for one in (0, 1) for zero in (0, 1)]
    frame = pd.DataFrame(rows, columns=["pi1", "pi0", "estimate"])
    assert len(plots.blinding_surface(frame, arms=ARMS, better=better).collections) == 0


def test_strata_put_the_control_guess_left() -> None:
    frame = pd.DataFrame(
        {"arm": ["drug", "drug", "dummy", "dummy"], "guess": ["drug", "dummy"] * 2,
         "estimate": [19.56, 12.59, 18.36, 10.95], "low": 9.0, "high": 21.0}
    )  # fmt: skip
    ax = plots.stratum_means(frame, arms=ARMS, scale="PANAS")
    assert [t.get_text() for t in ax.get_xticklabels()] == ["believed\ndummy", "believed\ndrug"]
    assert_allclose(points(ax, "o")[:, 1], [12.59, 19.56])
    assert_allclose(points(ax, "s")[:, 1], [10.95, 18.36])


def test_tipping_curve_runs_from_equal_belief_to_the_total() -> None:
    frame = pd.DataFrame(
        {"share": [1.0, 0.0], "estimate": [3.23, 1.48], "low": [0.6, -1.2], "high": [5.9, 4.1]}
    )
    ax = plots.tipping_curve(frame, scale="points", tipping=0.64)
    assert_allclose(points(ax, "D"), [[0, 1.48]])
    assert_allclose(points(ax, "o"), [[1, 3.23]])
    assert "tips at 0.64" in texts(ax)


def harms_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["any event", "headache", "nausea"], "dummy": [0.2, 0.1, 0.0],
            "drug": [0.3, 0.1, 0.05], "estimate": [0.1, 0.0, np.nan], "low": [-0.1, -0.2, np.nan],
            "high": [0.3, 0.2, np.nan],
        }
    )  # fmt: skip


def test_harms_stand_in_two_panels_of_the_same_rows() -> None:
    left = plots.harms_dot_plot(harms_frame(), arms=["dummy", "drug"], overall=1)
    _, right = left.get_figure(root=True).axes
    assert_allclose(points(left, "o")[:, 0], [20, 10, 0])
    assert_allclose(points(left, "^")[:, 0], [30, 10, 5])
    assert_allclose(points(right, "o")[:2, 0], [10, 0])
    assert list(points(left, "o")[:, 1]) == [2, 1, 0]
    assert "% of people" in texts(left)
    assert "difference to dummy" in texts(right)


def test_a_testing_graph_draws_shares_and_arrows() -> None:
    graph = [[0, 1, 0], [0.25, 0, 0.75], [0, 0.0001, 0]]
    ax = plots.testing_graph([0.5, 0.5, 0], graph, labels=["A", "B", "C"], rejected=[True, 0, 0])
    drawn = texts(ax)
    for part in ("A\n1/2\nrejected", "B\n1/2", "C\n0", "3/4", "1/4", "ε"):
        assert part in drawn
    assert len(ax.patches) == 3 + 4  # hypotheses and arrows


def test_the_flow_has_a_box_a_stage_and_arm() -> None:
    frame = pd.DataFrame({"drug": ["Allocated: 5", "Analysed: 4"], "dummy": ["Allocated: 6", "x"]})
    ax = plots.participant_flow(frame, top="Enrolled: 11")
    assert len(ax.patches) - len(ax.texts) <= 5
    for part in ("Enrolled: 11", "Allocated: 5", "Allocated: 6", "Analysed: 4"):
        assert part in texts(ax)


def test_crossover_draws_every_participant_and_each_mean() -> None:
    frame = pd.DataFrame(
        {"participant": [1, 1, 2, 2, 3], "sequence": ["d/p", "d/p", "p/d", "p/d", "p"],
         "period": [1, 2, 1, 2, 1], "treatment": ["d", "p", "p", "d", "p"],
         "outcome": [5.0, 3.0, 2.0, 6.0, 4.0]}
    )  # fmt: skip
    ax = plots.crossover_profiles(frame, control="p", scale="points")
    assert_allclose(points(ax, "o")[:, 1], [5, 6])  # active
    assert_allclose(sorted(points(ax, "s")[:, 1]), [2, 3, 4])  # control
    assert_allclose(points(ax, ".")[:, 1], [4])  # one period only: still seen
    assert "d/p, n = 1" in texts(ax)


def test_caterpillar_puts_the_largest_effect_on_top_and_draws_no_missing_one() -> None:
    nothing = float("nan")
    frame = pd.DataFrame(
        {"label": ["a", "b", "c"], "estimate": [1.0, 3.0, nothing], "low": [0.0, 2.0, nothing],
         "high": [2.0, 4.0, nothing], "shrunken": [1.5, 2.5, 2.0],
         "shrunken_low": [0.5, 1.5, 1.0], "shrunken_high": [2.5, 3.5, 3.0]}
    )  # fmt: skip
    ax = plots.caterpillar(frame, scale="points", mean=2.0, band=(-1.0, 5.0))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "c", "a"]
    assert_allclose(points(ax, "s")[:, 0], [3, 1])
    assert_allclose(points(ax, "o")[:, 0], [2.5, 2.0, 1.5])


def profiles(**columns: object) -> pd.DataFrame:
    rows = [(arm, visit) for arm in ARMS for visit in ("w1", "w2", "w8")]
    frame = pd.DataFrame(rows, columns=["arm", "visit"])
    frame["estimate"] = [20.0, 16.0, 10.0, 21.0, 19.0, 17.0]
    frame["low"], frame["high"] = frame["estimate"] - 2, frame["estimate"] + 2
    return frame.assign(people=[40.0, 38, 30, 41, 37, 33], **columns)


def test_profiles_stand_on_their_days_and_say_who_is_behind_them() -> None:
    days = {"w1": 7, "w2": 14, "w8": 56}
    ax = plots.mean_profiles(profiles(), arms=ARMS, scale="points", days=days)
    drug, dummy = points(ax, "o"), points(ax, "s")
    assert_allclose(drug[:, 1], [20, 16, 10])
    assert_allclose(dummy[:, 1], [21, 19, 17])
    assert_allclose((drug[:, 0] + dummy[:, 0]) / 2, [7, 14, 56])
    said = texts(ax)
    assert all(word in said for word in ("w1", "w8", "points", "drug", "dummy", "40", "33"))
    styles = {line.get_linestyle() for line in ax.lines if line.get_marker() == "None"}
    assert len(styles) == 2  # not by colour alone


def test_profiles_without_days_are_evenly_spaced_and_need_no_counts() -> None:
    crowded = {"w1": 1, "w2": 2, "w8": 100}  # labels would run into each other
    for days in (None, crowded, {"w1": 7.0}):
        frame = profiles().assign(people=np.nan)
        ax = plots.mean_profiles(frame, arms=ARMS, scale="points", days=days)
        assert_allclose(ax.get_xticks(), [0, 1, 2])
        assert "40" not in texts(ax)


def test_names_of_arms_that_end_alike_do_not_cover_each_other() -> None:
    frame = profiles()
    frame.loc[5, "estimate"] = 10.0
    ax = plots.mean_profiles(frame, arms=ARMS, scale="points")
    low, high = ax.get_ylim()
    named = sorted(
        t.get_position()[1] for t in ax.texts if t.get_text() in ARMS and not hasattr(t, "xy")
    )
    assert named[1] - named[0] > 0.07 * (high - low)
