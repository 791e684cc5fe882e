"""Effect against blinding, and the tipping point: drawn where they are, dashed where unseen."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from equipoise import plots

TRIALS = pd.DataFrame(
    {
        "index": [0.3, 0.5, 0.8],
        "index_low": [0.1, 0.4, 0.7],
        "index_high": [0.5, 0.6, 0.9],
        "effect": [-0.3, -0.5, -0.9],
        "weight": [20.0, 30.0, 50.0],
        "design": ["inert", "active", "inert"],
    }
)
X = np.array([0.0, 0.3, 0.5, 0.8])
LINE = pd.DataFrame({"index": X, "estimate": -X, "low": -X - 0.2, "high": -X + 0.2})


def test_beyond_the_trials_the_line_is_dashed_and_has_no_band():
    ax = plots.blinding_regression(TRIALS, LINE, scale="g", at_chance=(0.0, -0.2, 0.2))
    assert ax.collections[0].get_paths()[0].vertices[:, 0].min() == 0.3  # the band
    parts = [line.get_xydata() for line in ax.lines if line.get_linestyle() == "--"]
    dashed = np.concatenate([part for part in parts if len(part) == len(X)])
    assert_allclose([np.nanmin(dashed[:, 0]), np.nanmax(dashed[:, 0])], [0.0, 0.8])
    whole = next(line for line in ax.lines if line.get_label() == "fitted line")
    assert_allclose(whole.get_xydata()[:, 0], [0.3, 0.5, 0.8])


def test_bubbles_have_areas_by_weight_and_classes_have_shapes():
    ax = plots.blinding_regression(TRIALS, LINE, scale="g")
    inert, active = (c for c in ax.collections if c.get_label() in ("inert", "active"))
    assert_allclose(inert.get_sizes()[0] / inert.get_sizes()[1], 20 / 50)
    assert_allclose(active.get_offsets(), [[0.5, -0.5]])
    assert not np.array_equal(inert.get_paths()[0].vertices, active.get_paths()[0].vertices)


def test_the_tipping_point_lies_where_the_interval_meets_the_target():
    bias = np.array([0.0, 0.5, 1.0])
    frame = pd.DataFrame(
        {"bias": bias, "estimate": bias - 0.9, "low": bias - 1.25, "high": bias - 0.55}
    )
    ax = plots.bias_tipping(
        frame, scale="g", tipping={"no effect": 0.55, "smallest important difference": 0.31},
        targets={"smallest important difference": -0.24},
    )  # fmt: skip
    marks = [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert_allclose(marks, [[0.55, 0.0], [0.31, -0.24]])
    said = {text.get_text() for text in ax.texts}
    assert said == {"tips at 0.55", "tips at 0.31", "smallest important"}
