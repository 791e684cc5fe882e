"""Figures of a network show what the frames say."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba

from equipoise import plots
from equipoise.plots.network_graph import _crossings, circular_order
from equipoise.plots.style import ACTIVE

NODES = pd.DataFrame(
    {
        "label": ["drug", "placebo (inert)", "placebo (active)", "care as usual"],
        "people": [400.0, 200.0, 100.0, 50.0],
        "kind": ["treatment", "inert", "active", "care"],
    }
)
EDGES = pd.DataFrame(
    {"first": ["drug"] * 3, "second": list(NODES["label"][1:]), "studies": [7, 3, 1]}
)


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_the_graph_names_every_node_and_counts_studies():
    ax = plots.network_graph(NODES, EDGES)
    assert set(NODES["label"]) <= set(words(ax))
    assert {"7", "3"} <= set(words(ax))
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(NODES["kind"])
    areas = [float(c.get_sizes()[0]) for c in ax.collections]
    assert areas == sorted(areas, reverse=True)
    assert len({id(c.get_paths()[0]) for c in ax.collections}) == 4  # a shape a kind
    widths = [line.get_linewidth() for line in ax.lines]
    assert widths == sorted(widths, reverse=True)


def test_a_graph_without_people_or_kinds_is_drawn():
    ax = plots.network_graph(NODES.assign(people=np.nan).drop(columns="kind"), EDGES)
    assert len(ax.collections) == 1


@given(st.integers(4, 9), st.integers(0, 10**6))
def test_the_order_round_the_circle_crosses_no_more_lines(count, seed):
    rng = np.random.default_rng(seed)
    pairs = [pair for pair in combinations(range(count), 2) if rng.random() < 0.4]
    order = circular_order(count, pairs)
    assert sorted(order) == list(range(count))
    if pairs:
        ends = np.array(pairs)
        assert _crossings(order, ends) <= _crossings(np.arange(count), ends)


def test_a_star_and_a_ring_cross_nothing():
    ring = [(0, 3), (3, 1), (1, 4), (4, 2), (2, 0)]
    assert _crossings(circular_order(5, ring), np.array(ring))[0] == 0


def test_the_league_colours_what_excludes_zero():
    rows = [("A", "B", 0.5, 0.1, 0.9), ("B", "A", -0.5, -0.9, -0.1)]
    rows += [("A", "C", 0.3, -0.1, 0.7), ("C", "A", -0.3, -0.7, 0.1)]
    rows += [("B", "C", -0.2, -0.6, -0.001), ("C", "B", 0.2, 0.001, 0.6)]
    frame = pd.DataFrame(rows, columns=["first", "second", "estimate", "low", "high"])
    ax = plots.league_heat(frame, order=["A", "C", "B"], scale="log odds ratio")
    shade = {(p.get_x() + 0.5, p.get_y() + 0.5): p.get_facecolor() for p in ax.patches}
    assert shade[2, 2][:3] == to_rgba(ACTIVE)[:3]  # A (top) less B (right)
    assert shade[2, 2][3] > 0.5
    assert shade[1, 2][3] < 0.1  # A less C: the interval holds 0
    assert "−0.20\n−0.60 to 0.00" in words(ax)  # no zero below zero


def test_a_league_of_ratios_is_written_in_ratios_and_its_foot_stays_in_the_picture():
    frame = pd.DataFrame(
        {"first": ["A", "B"], "second": ["B", "A"], "estimate": [np.log(2), -np.log(2)],
         "low": [np.log(1.5), -np.log(3)], "high": [np.log(3), -np.log(1.5)]}
    )  # fmt: skip
    ax = plots.league_heat(
        frame, order=["A", "B"], scale="odds ratio of a response by week 8", exponentiate=True
    )
    assert {"2.00\n1.50 to 3.00", "0.50\n0.33 to 0.67"} <= set(words(ax))
    foot = ax.xaxis.label
    assert "over column" in foot.get_text().replace("\n", " ")
    figure = ax.get_figure()
    figure.canvas.draw()
    extent = foot.get_window_extent()
    assert 0 <= extent.x0 < extent.x1 <= figure.bbox.width


@pytest.mark.parametrize("other", [None, "comparators joined"])
def test_ranks_put_the_best_on_top(other):
    frame = pd.DataFrame({"label": list("abc"), "score": [0.2, 0.9, 0.4], "other": [0.3, 0.8, 0.4]})
    ax = plots.rank(frame, other=other, direction="small values are good")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "c", "a"]
    assert [bar.get_width() for bar in ax.patches] == [0.9, 0.4, 0.2]
    assert (len(ax.lines) > 0) == (other is not None)
