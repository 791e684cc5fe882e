"""Traffic light and GRADE matrix: every cell is drawn, and says its level without colour."""

import io

import numpy as np
import pandas as pd
import pytest

from equipoise import plots
from equipoise.plots.traffic_light import LOOKS

DOMAINS = {"D1": "Randomisation process", "D2": "Missing outcome data"}
FRAME = pd.DataFrame(
    {
        "study": ["Alpha", "Beta", "Gamma"],
        "D1": ["low", "some concerns", "high"],
        "D2": ["low", "low", "low"],
        "overall": ["low", "some concerns", "high"],
        "weight": [2.0, 1.0, 1.0],
    }
)


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_each_disc_has_its_sign():
    ax = plots.traffic_light(FRAME, domains=DOMAINS)
    assert words(ax) == ["+", "−", "×", "+", "+", "+", "+", "−", "×"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Alpha", "Beta", "Gamma"]


def bars(ax):
    lower = ax.get_figure().axes[1]
    return {
        (round(float(bar.get_x()), 6), round(float(bar.get_width()), 6)) for bar in lower.patches
    }, lower.get_xlabel()


def test_bars_are_shares_of_the_weight():
    found, label = bars(plots.traffic_light(FRAME, domains=DOMAINS))
    assert {(0.0, 50.0), (50.0, 25.0), (75.0, 25.0), (0.0, 100.0)} <= found
    assert label == "% of the weight"


@pytest.mark.parametrize("weight", [[np.nan, 1, 1], [0, 0, 0]])
def test_without_weights_each_result_weighs_the_same(weight):
    found, label = bars(plots.traffic_light(FRAME.assign(weight=weight), domains=DOMAINS))
    assert (0.0, 33.333333) in found
    assert "same" in label


def test_every_level_has_a_sign_of_its_own_within_a_tool():
    rob2 = ["low", "some concerns", "high", "no information"]
    robins = [level for level in LOOKS if level not in ("some concerns", "high")]
    for tool in (rob2, robins):
        signs = [LOOKS[level][2] for level in tool]
        assert len(set(signs)) == len(signs)


def test_the_matrix_shows_changes_and_certainty():
    frame = pd.DataFrame(
        {"outcome": ["PHQ-9", "GAD-7"], "risk of bias": [-2, None], "upgrades": [1, None],
         "certainty": [3, None]}
    )  # fmt: skip
    ax = plots.grade_matrix(frame, domains=["risk of bias", "upgrades"])
    assert words(ax) == ["−2", "?", "+1", "?", "⊕⊕⊕⊖\nmoderate", "not judged"]
    assert len(ax.patches) == 4


@pytest.mark.parametrize("kind", ["traffic", "matrix"])
def test_same_frame_same_bytes(kind):
    def drawn():
        if kind == "traffic":
            ax = plots.traffic_light(FRAME, domains=DOMAINS)
        else:
            frame = pd.DataFrame({"outcome": ["a"], "x": [-1], "certainty": [1]})
            ax = plots.grade_matrix(frame, domains=["x"])
        return plots.to_svg(ax, name="f", title="t", description="d")

    assert drawn() == drawn()
    assert io.StringIO(drawn()).read().startswith("<svg")
