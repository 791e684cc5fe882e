"""Survival curves show the frame: steps, bands, names, and the people at risk at each tick."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise import plots
from equipoise.plots.style import WIDTH


@pytest.fixture
def curves() -> pd.DataFrame:
    """Two arms of four, by hand: placebo falls at 1 and 3, the active arm at 2."""
    rows = [
        ("placebo", 0.0, 1.00, 1.0, 1.00, 4, 0),
        ("placebo", 1.0, 0.75, 0.2, 0.96, 4, 0),
        ("placebo", 3.0, 0.50, 0.1, 0.84, 3, 1),
        ("placebo", 8.0, 0.50, 0.1, 0.84, 1, 1),
        ("a long name of an arm", 0.0, 1.0, 1.0, 1.0, 4, 0),
        ("a long name of an arm", 2.0, 0.0, np.nan, np.nan, 4, 0),
    ]
    columns = ["arm", "time", "estimate", "low", "high", "at_risk", "censored"]
    return pd.DataFrame(rows, columns=columns)


def test_steps_pass_through_the_frame(curves):
    ax = plots.kaplan_meier(curves, scale="without relapse", unit="weeks")
    steps = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    for line, (_, rows) in zip(steps, curves.groupby("arm", sort=False), strict=True):
        assert_allclose(line.get_xdata(), rows["time"])
        assert_allclose(line.get_ydata(), rows["estimate"])
    assert len({line.get_linestyle() for line in steps}) == 2  # not by colour alone


def test_people_at_risk_stand_under_their_ticks(curves):
    ax = plots.kaplan_meier(curves, scale="", unit="weeks")
    assert list(ax.get_xticks()) == [0, 2, 4, 6, 8]
    written = [(t.xy[0], t.get_text()) for t in ax.texts if t.get_text().isdigit()]
    placebo, active = written[:5], written[5:]
    assert placebo == [(0, "4"), (2, "3"), (4, "1"), (6, "1"), (8, "1")]
    assert active == [(0, "4"), (2, "4"), (4, "0"), (6, "0"), (8, "0")]
    texts = [t.get_text() for t in ax.texts]
    assert "at risk, a long name of an arm" in texts
    assert "a long name\nof an arm" in texts


def test_names_and_counts_stay_in_the_picture_of_a_phone(curves):
    """At 375 px the figure is as wide as its points: nothing is cut off, no names overlap."""
    ax = plots.kaplan_meier(curves, scale="without relapse", unit="weeks")
    figure = ax.figure
    figure.draw_without_rendering()
    assert figure.get_figwidth() * 72 <= min(WIDTH, 375)
    box = figure.bbox
    for text in ax.texts:
        extent = text.get_window_extent()
        assert box.x0 <= extent.x0 <= extent.x1 <= box.x1 + 1, text
        assert box.y0 - 1 <= extent.y0 <= extent.y1 <= box.y1, text
    ends = [t.get_window_extent() for t in ax.texts if t.get_weight() == "bold"]
    assert not ends[0].overlaps(ends[1])


def test_too_many_curves_are_refused(curves):
    many = pd.concat([curves.assign(arm=f"{k}") for k in range(6)])
    with pytest.raises(ValueError, match="cannot be told apart"):
        plots.kaplan_meier(many, scale="")


def test_a_figure_file_is_one_of_three_kinds(curves, tmp_path):
    ax = plots.kaplan_meier(curves, scale="without relapse")
    for suffix in (".svg", ".png", ".pdf"):
        plots.to_file(ax, tmp_path / f"a{suffix}")
        assert (tmp_path / f"a{suffix}").stat().st_size > 1000
    with pytest.raises(ValueError, match=r"not to a\.doc"):
        plots.to_file(ax, tmp_path / "a.doc")
