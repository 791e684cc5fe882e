import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.harms import (
    OVERALL,
    arms_of,
    dot_plot_frame,
    exposed_in,
    harms_lines,
    harms_table,
    miettinen_nurminen,
    poisson_rate,
    stratified_miettinen_nurminen,
)
from equipoise.errors import DataError

COLUMNS = ["participant", "event", "day", "severity", "serious", "withdrawal"]
EVENTS = [
    ("p0", "headache", 3, "mild", "no", "no"),
    ("p0", "headache", 9, "mild", "no", "no"),
    ("p2", "nausea", 1, "severe", "yes", "yes"),
    ("p1", "headache", 5, "mild", "no", "no"),
    ("p4", "headache", 0, "life-threatening", "no", "no"),
]


@pytest.fixture
def people():
    return pd.DataFrame(
        {
            "participant": [f"p{k}" for k in range(40)],
            "arm": ["drug", "placebo"] * 20,
            "exposure_days": 28.0,
            "site": [f"s{k % 3}" for k in range(40)],
        }
    )


@pytest.fixture
def events():
    return pd.DataFrame(EVENTS, columns=COLUMNS)


def value(found, name, label, arm="drug", field="estimate"):
    (row,) = found.select(name=name, label=label, arm=arm).rows
    return getattr(row, field)


def test_people_are_counted_once_and_events_each_time(events, people):
    found = harms_table(events, people, control="placebo")
    assert value(found, "people-with-event", "headache") == 2
    assert value(found, "event-count", "headache") == 3
    assert value(found, "incidence", "headache") == 2 / 20
    assert value(found, "incidence", "headache", field="estimand") == "2 of 20 people"
    assert value(found, "people-with-event", "any event") == 3
    assert value(found, "people-with-event", "serious") == 1
    assert value(found, "people-with-event", "severe") == 2  # life-threatening is severe
    assert value(found, "people-with-event", "led to withdrawal") == 1


def test_contrasts_are_those_of_the_kernels(events, people):
    found = harms_table(events, people, control="placebo")
    d = miettinen_nurminen(3, 20, 1, 20)
    row = found.select(name="incidence-difference", label="any event").rows[0]
    assert_allclose([row.estimate, row.low, row.high], [float(v) for v in d])
    assert "more under drug" in row.unit
    assert row.p is None
    # the first headache of p0 on day 3 (4 days at risk) and of p4 on day 0 (1 day)
    rate = poisson_rate(2, (18 * 28 + 4 + 1) / 700)
    row = found.select(name="exposure-adjusted-rate", label="headache", arm="drug").rows[0]
    assert_allclose([row.estimate, row.low, row.high], [float(v) for v in rate])
    assert row.unit == "people per 100 person-weeks"


def test_rows_come_in_the_order_of_a_consort_table(events, people):
    labels = list(
        dict.fromkeys(row.label for row in harms_table(events, people, control="placebo"))
    )
    assert labels == [*OVERALL, "headache", "nausea"]


def test_strata_and_tests_are_asked_for(events, people):
    plain = harms_table(events, people, control="placebo", test="fisher")
    assert 0 < value(plain, "incidence-difference", "headache", field="p") <= 1
    found = harms_table(events, people, control="placebo", strata="site")
    had = people["participant"].isin(["p0", "p4"])
    placebo_had = people["participant"] == "p1"
    sites = [people["site"] == site for site in ("s0", "s1", "s2")]
    counts = [
        [int(((people["arm"] == arm) & mask & here).sum()) for here in sites]
        for arm, mask in (
            ("drug", had), ("drug", True), ("placebo", placebo_had), ("placebo", True),
        )
    ]  # fmt: skip
    expected = stratified_miettinen_nurminen(*counts)
    assert_allclose(value(found, "incidence-difference", "headache", field="low"), expected.low)


def test_no_event_has_an_upper_limit_and_a_sentence(events, people):
    found = harms_table(events, people, control="placebo")
    row = found.select(name="incidence", label="nausea", arm="placebo").rows[0]
    assert row.low == 0
    assert_allclose(row.high, 1 - 0.025 ** (1 / 20))
    assert "does not mean none can occur" in row.warnings[0]
    assert "16.8%" in row.warnings[0]
    refusal = next(r for r in found.refused if r.label == "nausea" and r.name == "incidence-ratio")
    assert "no upper limit" in refusal.reason


def test_nothing_says_no_harm_or_significant(events, people):
    found = harms_table(events, people, control="placebo", test="fisher")
    text = found.to_json().lower()
    assert "significant" not in text
    assert "no harm" not in text
    assert "no evidence of safety" in text


def test_many_kinds_of_event_are_a_warning(people):
    many = pd.DataFrame(
        {"participant": [f"p{k}" for k in range(12)], "event": [f"e{k}" for k in range(12)]}
    )
    found = harms_table(many, people, control="placebo")
    assert any("12 kinds of event" in warning for warning in found.warnings)


def test_what_the_events_do_not_say_is_refused_not_zero(events, people):
    found = harms_table(events[["participant", "event"]], people, control="placebo")
    refused = {r.label for r in found.refused if r.name == "incidence"}
    assert refused == {"serious", "severe", "led to withdrawal"}
    assert not found.select(label="serious").rows


def test_without_exposure_there_are_no_rates(events, people):
    found = harms_table(events, people.drop(columns="exposure_days"), control="placebo")
    assert not [row for row in found if "rate" in row.name]
    assert any("40 of 40 people is not known" in refusal.reason for refusal in found.refused)


def test_an_event_called_serious_is_not_the_row_of_serious_events(people):
    told = pd.DataFrame({"participant": ["p0"], "event": ["serious"], "serious": ["no"]})
    found = harms_table(told, people, control="placebo")
    assert value(found, "people-with-event", "serious") == 0
    assert value(found, "people-with-event", "serious (as reported)") == 1


def test_unknown_onsets_are_told(events, people):
    events.loc[3, "day"] = np.nan
    found = harms_table(events, people, control="placebo")
    row = found.select(name="exposure-adjusted-rate", label="headache", arm="placebo").rows[0]
    assert "1 onsets are unknown" in row.warnings[0]


def test_no_events_at_all_still_has_upper_limits(people):
    found = harms_table(pd.DataFrame(columns=COLUMNS), people, control="placebo")
    assert value(found, "incidence", "any event", field="high") > 0.16
    assert value(found, "incidence", "any event") == 0


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(40)), st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(order, event_order):
    people = pd.DataFrame(
        {"participant": [f"p{k}" for k in range(40)], "arm": ["drug", "placebo"] * 20}
    )
    events = pd.DataFrame(EVENTS, columns=COLUMNS)
    one = harms_table(events, people, control="placebo")
    other = harms_table(events.iloc[list(event_order)], people.iloc[list(order)], control="placebo")
    assert one.rows == other.rows


def test_codes_that_are_numbers_are_the_same_in_both_tables(events, people):
    people["arm"] = [1.0, 0.0] * 20
    people["participant"] = np.arange(40.0)
    events["participant"] = [0, 0, 2, 1, 4]
    found = harms_table(events, people, control="0")
    assert value(found, "people-with-event", "headache", arm="1") == 2


def test_three_arms_each_against_control(events, people):
    people["arm"] = ["placebo", "low", "high", "high"] * 10
    found = harms_table(events, people, control="placebo")
    assert arms_of(found) == ("placebo", "high", "low")
    arms = {row.arm for row in found.select(name="incidence-difference")}
    assert arms == {"low", "high"}


def test_lines_and_plot_frame_hold_the_same_numbers(events, people):
    found = harms_table(events, people, control="placebo")
    lines = list(harms_lines(found))
    frame, overall, counted = dot_plot_frame(found)
    assert overall == 4
    assert counted == "people"
    assert exposed_in(lines[0], "drug") == "20 people"
    assert list(frame["label"][:4]) == list(OVERALL)
    excess = frame["estimate"][4:].to_numpy(dtype=float)
    assert (np.diff(excess) <= 0).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e, p: (e.assign(participant="stranger"), p), "not among the people"),
        (lambda e, p: (e, pd.concat([p, p])), "listed twice"),
        (lambda e, p: (e.drop(columns="event"), p), "lacks event"),
        (lambda e, p: (e, p.assign(arm="drug")), "Two or more arms"),
        (lambda e, p: (e.assign(serious="maybe"), p), "write one of yes, no"),
        (lambda e, p: (e.assign(severity="Severe"), p), "write one of mild, moderate"),
        (lambda e, p: (e.assign(event=None), p), "empty cell"),
        (lambda e, p: (e, p.assign(exposure_days=0)), "above 0"),
        (lambda e, p: (e.assign(day="day 3"), p), "must hold numbers"),
        (lambda e, p: (e, p.assign(arm=["drug", "sham"] * 20)), "'placebo' being control"),
    ],
)
def test_tables_that_do_not_fit_are_refused(events, people, change, says):
    with pytest.raises(DataError, match=says):
        harms_table(*change(events, people), control="placebo")
