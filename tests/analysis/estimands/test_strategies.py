"""Each strategy on a table small enough to read: what goes in, what the analysis sees."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.estimands import (
    bounds_with_sampling,
    difference_in_trimmed_means,
    keep_all,
    risk_difference,
    rows_after_events,
    score_as_failure,
    set_aside,
    stratum_bounds,
    trimmed_mean,
    until_event,
)
from equipoise.analysis.estimands.onsets import first_visit_after
from equipoise.errors import NotIdentifiedError
from equipoise.protocol import IntercurrentEvent

NAN = np.nan
VISITS = ("w2", "w4", "w6")
#            w2   w4   w6
SCORES = {
    "ann": (20.0, 15.0, 10.0),  # never had an event
    "bob": (18.0, 16.0, NAN),  # stopped after w2, was followed to w4
    "cat": (22.0, NAN, NAN),  # stopped after w2, was not followed
    "dan": (NAN, NAN, NAN),  # stopped before w2
}
ARMS = {"ann": "drug", "bob": "drug", "cat": "pill", "dan": "pill"}
BASELINE = {"ann": 24.0, "bob": 25.0, "cat": 26.0, "dan": 27.0}
ONSET = pd.Series({"bob": 1, "cat": 1, "dan": 0})


@pytest.fixture
def frame():
    rows = [
        (name, visit, ARMS[name], score, BASELINE[name])
        for name, scores in SCORES.items()
        for visit, score in zip(VISITS, scores, strict=True)
    ]
    found = pd.DataFrame(rows, columns=["participant", "visit", "arm", "score", "baseline"])
    return found.assign(visit=pd.Categorical(found["visit"], categories=VISITS, ordered=True))


def event(strategy, name="stops", **options):
    return IntercurrentEvent(event=name, strategy=strategy, **options)


def after(frame, *onsets, deciding=(True,)):
    return rows_after_events(frame, onsets, deciding)


def told(frame):
    return {
        name: tuple(None if np.isnan(x) else x for x in rows["score"])
        for name, rows in frame.groupby("participant", sort=False)
    }


def test_hypothetical_sets_scores_after_the_event_aside(frame):
    (rows,) = after(frame, ONSET)
    found = set_aside(frame, rows, event("hypothetical"))
    assert told(found.frame) == {
        "ann": (20, 15, 10),
        "bob": (18, None, None),
        "cat": (22, None, None),
        "dan": (None, None, None),
    }
    assert found.warnings == (
        "'stops' (hypothetical): 1 of 2 in drug, 2 of 2 in pill; 1 scores after it were set aside",
    )
    assert "missing at random" in found.assumptions[0]


def test_treatment_policy_changes_nothing_and_says_who_was_not_followed(frame):
    (rows,) = after(frame, ONSET, deciding=(False,))
    found = keep_all(frame, rows, event("treatment-policy"))
    assert found.frame is frame
    first, second = found.warnings
    assert "1 scores after it are used" in first
    assert "6 of 7 scores are missing" in second
    assert "reference-based" in second
    unfollowed = frame.assign(score=frame["score"].mask(frame["participant"] == "bob"))
    (_, alone) = keep_all(unfollowed, rows, event("treatment-policy")).warnings
    assert alone.startswith("Nobody was followed after 'stops' (7 scores are missing)")
    assert "contradict treatment policy" in alone


def test_composite_gives_every_later_score_the_failure_value_seen_or_not(frame):
    (rows,) = after(frame, ONSET)
    found = score_as_failure(frame, rows, event("composite", failure_value=40))
    assert told(found.frame) == {
        "ann": (20, 15, 10),
        "bob": (18, 40, 40),
        "cat": (22, 40, 40),
        "dan": (40, 40, 40),
    }
    assert "7 scores became 40" in found.warnings[0]
    with pytest.raises(NotIdentifiedError, match="give `failure_value`"):
        score_as_failure(frame, rows, event("composite"))


def test_while_on_treatment_takes_what_came_before_the_event(frame):
    (rows,) = after(frame, ONSET)
    last = until_event(frame, rows, "last", primary="w6")
    values = dict(zip(last.frame["participant"], last.frame["score"], strict=True))
    assert values == {"ann": 10, "bob": 18, "cat": 22, "dan": 27}  # dan: the baseline
    assert set(last.frame["visit"]) == {"w6"}
    assert list(last.frame.columns) == list(frame.columns)
    assert "1 people had it before any score" in last.warnings[1]
    mean = until_event(frame, rows, "mean", primary="w6")
    values = dict(zip(mean.frame["participant"], mean.frame["score"], strict=True))
    assert values == {"ann": 15, "bob": 18, "cat": 22, "dan": 27}


def test_without_an_event_nothing_is_carried_forward(frame):
    nobody = np.zeros(len(frame), dtype=bool)
    for value in ("last", "mean"):
        found = until_event(frame, nobody, value, primary="w6")
        missing = found.frame["score"].isna().tolist()
        assert missing == [False, True, True, True]
        assert "3 people without the event have no score at w6" in found.warnings[-1]


def test_the_first_deciding_event_decides(frame):
    rescue, stops, learns = (
        pd.Series({"ann": 2, "bob": 2, "cat": 1}),
        pd.Series({"bob": 1, "cat": 1, "ann": 0}),
        pd.Series({"ann": 1, "cat": 0}),
    )
    marks = after(frame, rescue, stops, learns, deciding=(True, True, False))
    who = [
        [f"{p} {v}" for p, v in zip(frame["participant"][m], frame["visit"][m], strict=True)]
        for m in marks
    ]
    assert who[0] == ["cat w4", "cat w6"]  # at the same visit as stopping, and listed first
    assert who[1] == ["ann w2", "ann w4", "ann w6", "bob w4", "bob w6"]  # before the rescue
    assert who[2] == ["cat w2"]  # treatment policy speaks only until another event decides


def test_a_hypothetical_event_removes_a_later_failure(frame):
    stops, rescue = pd.Series({"ann": 1}), pd.Series({"ann": 2, "bob": 2})
    first, second = after(frame, stops, rescue, deciding=(True, True))
    step = set_aside(frame, first, event("hypothetical"))
    found = score_as_failure(step.frame, second, event("composite", failure_value=40))
    assert told(found.frame)["ann"] == (20, None, None)
    assert told(found.frame)["bob"] == (18, 16, 40)


@pytest.mark.parametrize(
    ("day", "visit", "place"),
    [
        (14, None, 1),  # on the day of w2: its score came before
        (15, None, 1),
        (13, None, 0),
        (NAN, "w4", 1),  # found at w4: its score came after
        (NAN, "start", 0),
        (30, "w6", 2),  # a day is more exact than a visit
        (50, None, 3),  # after the last visit
        (NAN, "end", 3),
    ],
)
def test_when_an_event_happened(day, visit, place):
    events = pd.DataFrame(
        {"participant": ["ann"], "event": ["stops"], "visit": [visit], "day": [day]}
    )
    every = ("start", *VISITS, "end")
    assert first_visit_after(events, VISITS, (14, 28, 42), every)["ann"] == place


def test_an_event_without_a_time_and_visits_without_days_are_refused():
    events = pd.DataFrame(
        {"participant": ["ann"], "event": ["stops"], "visit": [None], "day": [NAN]}
    )
    with pytest.raises(NotIdentifiedError, match="neither a visit nor a day"):
        first_visit_after(events, VISITS, (14, 28, 42), VISITS)
    with pytest.raises(NotIdentifiedError, match="none for the visits w4"):
        first_visit_after(events.assign(day=3.0), VISITS, (14, None, 42), VISITS)


def test_an_event_that_happens_twice_counts_from_the_first_time():
    events = pd.DataFrame(
        {"participant": ["a", "a"], "event": ["x", "x"], "visit": [None, "w2"], "day": [30, NAN]}
    )
    assert first_visit_after(events, VISITS, (14, 28, 42), VISITS)["a"] == 0


# Trimmed means, by hand: of 1 2 3 4 and a failure, cutting 0.4 keeps 1 2 3
def test_a_trimmed_mean_cuts_failures_first():
    found = trimmed_mean([4, NAN, 2, 1, 3], 0.4, worst="high")
    assert (found.mean, found.kept) == (2.0, 3.0)
    # Winsorised at 3: 1 2 3 3 3, variance 0.8
    assert_allclose(found.se, np.sqrt(0.8 / 5) / 0.6)
    low = trimmed_mean([-4, NAN, -2, -1, -3], 0.4, worst="low")
    assert (low.mean, low.se) == (-2.0, found.se)


def test_the_edge_counts_with_its_fraction():
    found = trimmed_mean([1, 2, 3, 4], 0.375, worst="high")  # keeps 2.5: 1, 2 and half of 3
    assert_allclose(found.mean, (1 + 2 + 1.5) / 2.5)


def test_more_failures_than_are_cut_are_refused():
    with pytest.raises(NotIdentifiedError, match=r"2 of 5 failed.* Cut at least 0\.4"):
        trimmed_mean([1, 2, 3, NAN, NAN], 0.3, worst="high")


@given(
    st.lists(st.integers(-50, 50), min_size=6, max_size=20, unique=True),
    st.integers(-30, 30),
    st.sampled_from([0.1, 0.25, 0.5]),
)
def test_a_shift_of_one_arm_shifts_the_difference(scores, shift, share):
    one, zero = np.array(scores, float), np.array(scores[::-1], float)
    here = difference_in_trimmed_means(one, zero, share, worst="high")
    there = difference_in_trimmed_means(one + shift, zero, share, worst="high")
    assert_allclose(there.estimate - here.estimate, shift, atol=1e-9)
    assert_allclose(there.se, here.se, rtol=1e-6)
    assert_allclose(here.estimate, 0, atol=1e-9)


# Newcombe 1998, Stat Med 17:873-890, table II, method 10
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_interval_is_that_of_the_paper(counts, low, high):
    found = risk_difference(*counts)
    assert_allclose([found.low, found.high], [low, high], atol=5e-5)


# By hand: free on active 1 2 3 4 (all of 4), on control 2 3 4 (3 of 4). The stratum is 3 of 4:
# the active arm's three best have mean 2, its three worst 3; control's mean is 3.
def test_bounds_by_hand():
    assert stratum_bounds([1, 2, 3, 4], [2, 3, 4, NAN]) == (-1.0, 0.0, 0.75)
    # without monotonicity at least 3/4 + 3/4 - 1 = 1/2 are in it: two of three are kept in each arm
    found = stratum_bounds([1, 2, 3, NAN], [2, 3, 4, NAN], monotone=False)
    assert_allclose(found, (1.5 - 3.5, 2.5 - 2.5, 0.5))


@given(st.lists(st.floats(0, 60), min_size=4, max_size=12), st.integers(0, 2), st.integers(0, 2))
def test_bounds_hold_the_naive_difference_and_widen_without_monotonicity(scores, lost1, lost0):
    half = len(scores) // 2
    one = np.array(scores[:half] + [NAN] * lost1)
    zero = np.array(scores[half:] + [NAN] * lost0)
    tight = stratum_bounds(one, zero)
    naive = np.nanmean(one) - np.nanmean(zero)
    assert tight.low <= naive + 1e-9
    assert naive <= tight.high + 1e-9
    if half / len(one) + (len(scores) - half) / len(zero) > 1:
        wide = stratum_bounds(one, zero, monotone=False)
        assert wide.low <= tight.low + 1e-9
        assert tight.high <= wide.high + 1e-9


def test_a_stratum_that_may_be_empty_has_no_effect():
    with pytest.raises(NotIdentifiedError, match="33% on active and 50% on control"):
        stratum_bounds([1, NAN, NAN], [2, NAN], monotone=False)


def test_sampling_widens_the_bounds_the_same_way_each_time():
    rng = np.random.default_rng(3)
    one = np.where(np.arange(60) < 50, rng.normal(10, 4, 60), NAN)
    zero = np.where(np.arange(60) < 40, rng.normal(12, 4, 60), NAN)
    bounds = stratum_bounds(one, zero)
    limits = [bounds_with_sampling(one, zero, np.random.default_rng(1), draws=200) for _ in "ab"]
    assert limits[0] == limits[1]
    assert limits[0][0] < bounds.low < bounds.high < limits[0][1]
