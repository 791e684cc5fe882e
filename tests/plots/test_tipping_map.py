"""The tipping map draws estimate, frontier and the point without deltas where they are."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from equipoise import plots

ARMS = ("drug", "placebo")


def plane(slope: float, se: float) -> pd.DataFrame:
    """Return estimates slope (active - control) - 2, and a p below 0.05 where they exceed 2 se."""
    axis = np.linspace(-4, 4, 33)
    active, control = (a.reshape(-1) for a in np.meshgrid(axis, axis, indexing="ij"))
    estimate = slope * (active - control) - 2
    p = 0.05 * np.exp(2 * se - np.abs(estimate))
    return pd.DataFrame({"active": active, "control": control, "estimate": estimate, "p": p})


def test_the_frontier_is_where_p_is_alpha() -> None:
    ax = plots.tipping_map(plane(0.5, 0.5), arms=ARMS, scale="points")
    frontier = ax.collections[-1].get_paths()[0].vertices
    estimate = 0.5 * (frontier[:, 1] - frontier[:, 0]) - 2
    assert_allclose(np.abs(estimate), 1, atol=0.1)  # a step of the grid is 0.125
    (dot,) = (line for line in ax.lines if line.get_marker() == "o")
    assert_allclose(dot.get_xydata(), [[0, 0]])


def test_axes_say_whose_scores_are_shifted() -> None:
    ax = plots.tipping_map(plane(0.5, 0.5), arms=ARMS, scale="points")
    assert "drug" in ax.get_ylabel()
    assert "placebo" in ax.get_xlabel()


def test_a_flat_map_and_one_without_frontier_are_no_error() -> None:
    assert len(plots.tipping_map(plane(0, 0.1), arms=ARMS, scale="points").collections) == 0
    never = plane(0.5, 0.5).assign(p=0.9)
    assert plots.tipping_map(never, arms=ARMS, scale="points").collections
    always = plane(0.5, 0.5).assign(p=0.001)
    assert plots.tipping_map(always, arms=ARMS, scale="points").collections
