"""Changes from baseline: the anchors' table 2d, and what must hold for any trial."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import change_from_baseline
from equipoise.analysis.change_from_baseline import adjusted_changes
from equipoise.errors import NotIdentifiedError
from equipoise.records import open_source

ARMS = ("placebo", "half-half", "microdose")


@pytest.mark.parametrize(
    ("outcome", "change", "se"),  # anchors/belief.md, section 2d: PL, HH, MD
    [
        ("RPWB", [2.64, 2.39, 4.67], [2.31, 2.47, 2.24]),
        ("CPS", [-0.06, -0.21, 0.09], [0.08, 0.08, 0.07]),
    ],
)
@pytest.mark.usefixtures("trial_data")
def test_change_at_post_of_the_published_trial(outcome, change, se):
    found = change_from_baseline(open_source("self-blinding-microdose-outcomes"), outcome, "post")
    rows = {row.arm: row for row in found.select(name="change-from-baseline")}
    assert_allclose([rows[arm].estimate for arm in ARMS], change, rtol=0, atol=0.005)
    assert_allclose([rows[arm].se for arm in ARMS], se, rtol=0, atol=0.005)


@pytest.mark.usefixtures("trial_data")
def test_placebo_ratio_is_given_only_where_the_active_arm_moved():
    trial = open_source("self-blinding-microdose-outcomes")
    ratio = change_from_baseline(trial, "RPWB", "post")["placebo-ratio"]
    assert_allclose(ratio.estimate, 0.57, rtol=0, atol=0.005)  # section 2d
    refused = change_from_baseline(trial, "CPS", "post").refused
    assert [r.name for r in refused] == ["placebo-ratio"]


@pytest.fixture
def frame():
    rng = np.random.default_rng(3)
    people = np.arange(60)
    baseline = rng.normal(20, 4, 60)
    return pd.DataFrame(
        {
            "participant": people.astype(str),
            "visit": "post",
            "arm": np.where(people % 2, "drug", "placebo"),
            "score": baseline - 3 * (people % 2) + rng.normal(0, 2, 60),
            "baseline": baseline,
        }
    )


def test_one_visit_at_the_average_baseline_is_least_squares(frame):
    found = adjusted_changes(frame, ("placebo", "drug"), "post")
    centred = frame["baseline"] - frame["baseline"].mean()
    drug = (frame["arm"] == "drug").to_numpy(float)
    X = np.column_stack([1 - drug, drug, centred])
    beta, *_ = np.linalg.lstsq(X, frame["score"] - frame["baseline"], rcond=None)
    assert_allclose(found.estimate, beta[:2], rtol=1e-10)
    assert_allclose(found.df, 57)


def test_a_visit_without_an_arm_is_refused(frame):
    with pytest.raises(NotIdentifiedError, match="Nobody of the drug arm"):
        adjusted_changes(frame[frame["arm"] == "placebo"], ("drug", "placebo"), "post")
