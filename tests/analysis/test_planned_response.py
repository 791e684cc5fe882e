"""Response and time to response as the plan asks: the engine called by hand gives the same."""

import numpy as np
import pandas as pd
import pytest

from equipoise.analysis import analyse, planned_events, total_effect
from equipoise.analysis.outcomes import response, survival
from equipoise.analysis.planned_time_to_response import follow_up_of, response_curves
from equipoise.protocol import protocol_from_text
from equipoise.records import records_from_frames

PLAN = """
identifier: small
title: A small trial
prospective: true
locked: 2024-01-01
design: {kind: parallel}
arms:
  - {name: drug, role: active}
  - {name: pill, role: placebo}
contrast: [drug, pill]
instruments:
  mood: {define: {id: mood, name: sadness, domain: other, higher: worse, unit: points}}
covariates: [{name: sex of the person, kind: category}]
visits:
  - {name: before, day: 0, baseline: true, instruments: [mood]}
  - {name: w1, day: 7, instruments: [mood]}
  - {name: w2, after: w1, days: 7, instruments: [mood]}
  - {name: w4, day: 28, instruments: [mood]}
analyses:
  - {name: main, method: ancova, outcomes: [mood], visits: [w4], baseline: true}
  - name: remission
    method: response
    outcomes: [mood]
    visits: [w4]
    baseline: true
    covariates: [sex of the person]
    response: {below: 7}
  - name: halved
    method: response
    outcomes: [mood]
    visits: [w4]
    response: {improvement: 0.5}
  - name: time to remission
    method: time-to-response
    outcomes: [mood]
    baseline: true
    response: {below: 7}
"""
DAYS = {"w1": 7.0, "w2": 14.0, "w4": 28.0}


@pytest.fixture(scope="module")
def wide():
    """Return a row a person: arm, sex, scores; people leave, and two are never seen again."""
    rng = np.random.default_rng(20240229)
    n = 80
    table = pd.DataFrame(
        {
            "participant": [f"p{k:02d}" for k in range(n)],
            "arm": np.where(np.arange(n) % 2, "drug", "pill"),
            "sex of the person": np.where(rng.random(n) < 0.5, "f", "m"),
            "before": rng.integers(12, 21, n).astype(float),
        }
    )
    better = np.where(table["arm"] == "drug", 1.5, 0.8)
    for k, visit in enumerate(DAYS, start=1):
        drift = table["before"] - 2.5 * k * better
        table[visit] = np.round(drift + rng.normal(0, 3, n)).clip(0)
    table.loc[3:6, "w4"] = np.nan
    table.loc[10:14, ["w2", "w4"]] = np.nan
    table.loc[20:21, list(DAYS)] = np.nan
    return table


def trial(wide, plan=PLAN):
    scores = wide.melt("participant", ["before", *DAYS], "visit", "value").dropna()
    columns = [wide["participant"], wide["sex of the person"]]
    return records_from_frames(
        protocol_from_text(plan),
        scores=scores.assign(instrument="mood"),
        allocations=wide[["participant", "arm"]],
        participants=pd.concat(columns, axis=1),
    )


@pytest.fixture(scope="module")
def records(wide):
    return trial(wide)


def numbers(found):
    return [(r.name, r.arm, r.estimate, r.se, r.low, r.high, r.p) for r in found.rows]


def of(found, analysis):
    rows = (r for r in found.rows if (r.label or "").split(", ")[0] == analysis)
    return type(found)(tuple(rows))


def test_remission_is_the_engine_on_a_table_made_by_hand(records, wide):
    table = wide.rename(columns={"before": "b", "sex of the person": "sex"})
    table = table.assign(y=(table["w4"] <= 7).astype(float))
    by_hand = response(table, "y ~ arm + b + sex", control="pill", higher="better")
    found = of(analyse(records), "remission")
    assert numbers(found) == numbers(by_hand)
    lost = int(wide["w4"].isna().sum())
    text = f"{lost} of 80 people without a score count as non-responders"
    assert all(text in row.warnings for row in found)
    assert {(r.outcome, r.visit, r.status) for r in found} == {("mood", "w4", "planned")}
    first = found["risk-difference"]
    assert first.label == "remission, standardised"
    assert first.unit == "difference in probability (above 0 favours drug)"
    assert "a score of 7 or less" in first.estimand
    assert "adjusted for baseline, sex of the person" in first.method


def test_a_halved_score_is_a_response(records, wide):
    table = wide.assign(y=(wide["w4"] <= wide["before"] / 2).astype(float))
    by_hand = response(table, "y ~ arm", control="pill", higher="better")
    assert numbers(of(analyse(records), "halved")) == numbers(by_hand)


def follow_up(wide):
    """Return days and events as a person would count them, visit by visit."""
    rows = []
    for _, person in wide.iterrows():
        days, event = 0.0, 0
        for visit, day in DAYS.items():
            if np.isnan(person[visit]):
                continue
            days = day
            if person[visit] <= 7:
                event = 1
                break
        rows.append((days, event))
    return wide.assign(**pd.DataFrame(rows, columns=["days", "event"]), b=wide["before"])


def test_time_to_remission_is_the_engine_on_a_table_made_by_hand(records, wide):
    by_hand = survival(
        follow_up(wide), time="days", event="event", control="pill", covariates=["b"],
        at=[7, 14, 28], higher="better",
    )  # fmt: skip
    found = of(analyse(records), "time to remission")
    assert {r.name for r in found} == {r.name for r in by_hand}
    assert numbers(found) == numbers(by_hand)
    difference = found["rmst-difference"]
    assert difference.unit == "days (below 0 favours drug)"
    assert difference.label == "time to remission, to 28"
    assert {(r.outcome, r.visit, r.status) for r in found} == {("mood", None, "planned")}
    assert any("2 of 80 people could be judged at no visit" in w for w in found.warnings)


def test_a_visit_that_was_missed_does_not_end_the_follow_up(records, wide):
    gap = wide.copy()
    gap.loc[0, ["w1", "w2", "w4"]] = [12, np.nan, 5]
    plan = trial(gap).protocol
    table, *_ = follow_up_of(trial(gap), plan.analyses[-1], "mood")
    assert table.loc[0, ["days", "response"]].tolist() == [28.0, 1.0]


def test_the_curves_are_those_of_the_rows(records):
    curves = response_curves(records, "mood")
    found = planned_events(records, "mood")
    for row in found.select(name="survival-probability"):
        day = float(row.label.rpartition("at ")[2])
        point = next(p for p in curves.points if (p.arm, p.time) == (row.arm, day))
        assert (point.estimate, point.low, point.high) == (row.estimate, row.low, row.high)


def test_they_stand_beside_the_total_effect(records):
    found = analyse(records)
    headline = total_effect(records, "mood")["total-effect"]
    assert found["total-effect"].estimate == headline.estimate
    assert headline.unit == "points (below 0 favours drug)"
    keys = [(r.name, r.label, r.outcome, r.arm, r.visit) for r in found]
    assert len(keys) == len(set(keys))


def test_an_outcome_with_an_event_alone_keeps_its_total_effect(wide):
    plan = PLAN.replace(
        "  - {name: main, method: ancova, outcomes: [mood], visits: [w4], baseline: true}\n", ""
    )
    found = analyse(trial(wide, plan))
    assert {r.status for r in found.select(name="total-effect")} == {"exploratory"}
    assert found["risk-difference"].status == "planned"


def test_without_a_lock_they_are_exploratory(wide):
    records = trial(wide, PLAN.replace("locked: 2024-01-01\n", ""))
    assert {r.status for r in planned_events(records, "mood")} == {"exploratory"}


def test_a_visit_without_scores_is_refused_and_others_are_not(wide):
    gone = wide.assign(w2=np.nan)
    plan = PLAN.replace("visits: [w4]\n    response", "visits: [w2, w4]\n    response")
    found = planned_events(trial(gone, plan), "mood")
    reason = next(r for r in found.refused if r.label == "halved")
    assert "At w2: nobody was scored there" in reason.reason
    assert len(of(found, "halved"))


def test_a_baseline_of_zero_has_no_share(wide):
    zero = wide.copy()
    zero.loc[0, "before"] = 0.0
    found = planned_events(trial(zero), "mood")
    assert not len(of(found, "halved"))
    assert any("at the floor" in r.reason for r in found.refused)
