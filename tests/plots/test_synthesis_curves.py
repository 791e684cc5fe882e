"""Curves of pooled doses and looks: nothing is drawn where nothing is known."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from equipoise import plots


def curve():
    dose = np.linspace(0, 100, 101)
    value = np.where((dose > 20) & (dose < 60) | (dose == 100), np.nan, dose / 50)
    value[-2:] = np.nan, 2.0  # one dose alone at the end
    return pd.DataFrame({"dose": dose, "estimate": value, "low": value - 1, "high": value + 1})


ARMS = pd.DataFrame({"dose": [10, 20, 100], "estimate": [0.2, 0.5, 9.0], "weight": [5, 10, 1]})


def test_a_gap_stays_empty_and_says_so():
    ax = plots.dose_response(curve(), ARMS, scale="SMD")
    told = [text.get_text() for text in ax.texts]
    assert told.count("no study here: no curve") == 2
    drawn = ax.lines[0].get_ydata()
    assert np.isnan(np.asarray(drawn)[30:50]).all()


def test_a_curve_that_rests_on_its_shape_is_broken():
    frame = curve().assign(shape_only=lambda f: f["dose"] < 10)
    ax = plots.dose_response(frame, ARMS, scale="SMD")
    solid, broken = (np.isfinite(np.asarray(line.get_ydata())) for line in ax.lines[:2])
    assert not solid[:10].any()
    assert broken[:11].all()
    assert not broken[11:].any()
    assert ax.lines[1].get_linestyle() == "--"


def test_regions_carry_their_shares():
    regions = pd.DataFrame(
        {"name": ["micro", "full"], "low": [0, 15], "high": [15, np.inf],
         "studies": [0.1, 1.0], "arms": [0.2, 0.8], "people": [None, None]}
    )  # fmt: skip
    ax = plots.dose_response(curve(), ARMS, regions, scale="SMD")
    title = ax.get_title(loc="left")
    assert "micro (0 to 15): 10% of studies, 20% of arms" in title
    assert "people" not in title


def test_looks_stand_at_their_information():
    looks = pd.DataFrame({"information": [50.0, 120.0], "z": [-1.0, -2.4]})
    boundary = pd.DataFrame(
        {"information": [50.0, 120.0, 200.0], "bound": [np.inf, 2.9, 2.0], "futility": np.nan}
    )
    ax = plots.sequential(looks, boundary, required=200, conventional=1.96, unit="people")
    path = next(line for line in ax.lines if line.get_marker() == "o")
    assert_allclose(path.get_xdata(), [0, 50, 120])
    assert_allclose(path.get_ydata(), [0, -1.0, -2.4])
    assert any("required: 200" in text.get_text() for text in ax.texts)
