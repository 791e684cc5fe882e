"""Reference-based imputation as a planned analysis: the call by hand, what the plan says."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import analyse, total_effect
from equipoise.analysis.imputation import impute_and_analyse, tipping_map
from equipoise.analysis.planned_tipping_map import tipping_of_missing
from equipoise.errors import ProtocolError
from equipoise.protocol import Protocol, protocol_from_text
from equipoise.protocol.estimands import Analysis
from equipoise.records import import_table, records_from_frames
from equipoise.report import trial_report

PLAN = """
identifier: antidepressant
title: An antidepressant against placebo, six weeks
{locked}
design: {{kind: {kind}}}
arms:
  - {{name: DRUG, role: active}}
  - {{name: PLACEBO, role: placebo}}
contrast: [DRUG, PLACEBO]
instruments:
  CHANGE: {{define: {{id: x, name: sadness, domain: other, higher: worse, unit: points}}}}
covariates: [{{name: GENDER, kind: category}}]
visits:
  - {{name: "0", day: 0, baseline: true, instruments: [CHANGE]}}
  - {{name: "4", day: 7, instruments: [CHANGE]}}
  - {{name: "5", day: 14, instruments: [CHANGE]}}
  - {{name: "6", day: 28, instruments: [CHANGE]}}
  - {{name: "7", day: 42, instruments: [CHANGE]}}
{estimands}
analyses:
  - {{name: main, outcomes: [CHANGE], {options}}}
"""
LOCKED = "prospective: true\nlocked: 2024-01-01"
MAPPING = """
layout: wide
participant: PATIENT
visit: {column: VISIT}
arm: {column: THERAPY}
scores: {CHANGE: {instrument: CHANGE, baseline: BASVAL}}
covariates: [GENDER]
"""
HAND = {
    "formula": "CHANGE ~ BASVAL * VISIT + THERAPY * VISIT",
    "subject": "PATIENT",
    "visit": "VISIT",
    "arm": "THERAPY",
    "reference": "PLACEBO",
    "ancova": "CHANGE ~ THERAPY + BASVAL",
}
NUMBERS = ("estimate", "se", "low", "high")


def plan_of(options="method: reference-based", *, locked=LOCKED, kind="parallel", estimands=""):
    if "baseline" not in options:
        options += ", baseline: true"
    return protocol_from_text(
        PLAN.format(options=options, locked=locked, kind=kind, estimands=estimands)
    )


@pytest.fixture(scope="session")
def table(trial_data):
    file = trial_data / "antidepressant.csv"
    if not file.is_file():
        pytest.skip("antidepressant.csv is not in the folder EQUIPOISE_DATA")
    return file


@pytest.fixture(scope="session")
def rows(table):
    return pd.read_csv(table)


@pytest.fixture
def imported(table, tmp_path):
    """Return the trial as a person would bring it: a protocol, a mapping, the CSV."""

    def make(*options, **plan):
        (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        return import_table(table, tmp_path / "mapping.yaml", plan_of(*options, **plan))

    return make


def with_events(rows, events, options="method: reference-based", estimands=""):
    """Return the trial with recorded events: participant, event, visit, day."""
    rows = rows.astype({"PATIENT": str, "VISIT": str})
    columns = ["PATIENT", "VISIT", "CHANGE", "BASVAL"]
    scores = rows.dropna(subset=["CHANGE"])[columns]
    scores = scores.set_axis(["participant", "visit", "value", "baseline"], axis=1)
    people = rows.drop_duplicates("PATIENT")[["PATIENT", "THERAPY"]]
    return records_from_frames(
        plan_of(options, estimands=estimands),
        scores=scores.assign(instrument="CHANGE"),
        allocations=people.set_axis(["participant", "arm"], axis=1),
        intercurrent_events=pd.DataFrame(events, columns=["participant", "event", "visit", "day"]),
    )


def numbers(estimates, name="imputed-contrast"):
    return {
        (row.visit, row.arm): [getattr(row, field) for field in NUMBERS]
        for row in estimates.select(name=name)
    }


def assert_same(ours, theirs):
    for name in ("imputed-contrast", "imputed-ls-mean"):
        mine, other = numbers(ours, name), numbers(theirs, name)
        assert mine.keys() == other.keys()
        assert mine
        for key, values in mine.items():
            assert_allclose(values, other[key], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("strategy", [None, "MAR", "JR", "CR", "CIR", "LMCF"])
def test_planned_rows_are_those_of_the_call_by_hand(imported, rows, strategy):
    told = "" if strategy is None else f", strategy: {strategy}"
    found = analyse(imported(f"method: reference-based{told}"))
    assert_same(found, impute_and_analyse(rows, strategy=strategy or "JR", **HAND))
    total = found["total-effect"]
    assert found.rows[0] is total
    assert (total.visit, total.label, total.unit) == ("7", None, "points (below 0 favours DRUG)")
    assert_allclose([getattr(total, f) for f in NUMBERS], numbers(found)["7", "DRUG"], rtol=0)
    assert {row.label for row in found.select(name="imputed-contrast")} == {strategy or "JR"}
    counts = {(r.visit, r.arm): r.estimate for r in found.select(name="imputed-count")}
    lost = rows[(rows["THERAPY"] == "DRUG") & (rows["VISIT"] == 7)]["CHANGE"].notna().sum()
    assert counts["7", "DRUG"] == rows[rows["THERAPY"] == "DRUG"]["PATIENT"].nunique() - lost


def test_a_planned_delta_is_that_of_the_call_by_hand(imported, rows):
    found = analyse(imported("method: reference-based, strategy: CIR, delta: 2"))
    assert_same(found, impute_and_analyse(rows, strategy="CIR", delta={"DRUG": 2}, **HAND))


def test_a_category_is_adjusted_for(imported, rows):
    found = analyse(imported("method: reference-based, covariates: [GENDER]"))
    call = HAND | {"formula": f"{HAND['formula']} + GENDER", "ancova": f"{HAND['ancova']} + GENDER"}
    assert_same(found, impute_and_analyse(rows, strategy="JR", **call))


@pytest.mark.parametrize(
    ("locked", "status"),
    [(LOCKED, "planned"), ("prospective: true", "exploratory"), ("", "exploratory")],
)
def test_it_is_planned_in_a_locked_prospective_protocol_alone(imported, locked, status):
    found = analyse(imported(locked=locked))
    assert {row.status for row in found} == {status}


def test_the_headline_is_the_planned_contrast(imported):
    records = imported()
    head, every = total_effect(records, "CHANGE"), analyse(records)
    assert head["total-effect"] == every["total-effect"]
    earlier = total_effect(records, "CHANGE", visit="5")["total-effect"]
    assert [getattr(earlier, f) for f in NUMBERS] == numbers(every)["5", "DRUG"]


def test_recorded_events_decide_where_they_name_a_visit(rows):
    """One by visit, one by day, both seen afterwards; others as their missing scores say."""
    seen = rows.groupby("PATIENT")["CHANGE"].count()
    one, other, timeless = seen.index[seen == 4][:3]
    events = [(str(one), "stops", "6", None), (str(other), "stops", None, 10),
              (str(timeless), "stops", None, None)]  # fmt: skip
    found = analyse(with_events(rows, events))
    last = rows.dropna(subset=["CHANGE"]).groupby("PATIENT")["VISIT"].max()
    by_hand = {who: at + 1 for who, at in last.items() if at < 7} | {one: 6, other: 5}
    table = pd.DataFrame(by_hand.items(), columns=["PATIENT", "VISIT"])
    assert_same(found, impute_and_analyse(rows, strategy="JR", events=table, **HAND))
    told = found["total-effect"].warnings
    assert any(w.startswith("2 people have a recorded event") for w in told)
    assert any(w.startswith("1 recorded events have neither") for w in told)
    without = analyse(with_events(rows, []))
    assert numbers(found)["7", "DRUG"] != numbers(without)["7", "DRUG"]


def test_after_a_hypothetical_event_scores_are_missing_at_random(rows):
    estimands = """
estimands:
  - name: e
    treatment: t
    population: p
    variable: v
    summary: s
    intercurrent_events: [{event: rescue, strategy: hypothetical}]
"""
    seen = rows.groupby("PATIENT")["CHANGE"].count()
    who = seen.index[seen == 4][0]
    records = with_events(
        rows, [(str(who), "rescue", "6", None)], "method: reference-based, estimand: e", estimands
    )
    found = analyse(records)
    gone = rows[~((rows["PATIENT"] == who) & (rows["VISIT"] >= 6))]
    last = gone.dropna(subset=["CHANGE"]).groupby("PATIENT")["VISIT"].max()
    table = pd.DataFrame(
        [(k, at + 1, "MAR" if k == who else "") for k, at in last.items() if at < 7],
        columns=["PATIENT", "VISIT", "strategy"],
    )
    assert_same(found, impute_and_analyse(gone, strategy="JR", events=table, **HAND))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("method: reference-based, visits: ['7']", "a reference-based of one visit is an ANCOVA"),
        ("method: reference-based, strategy: JTR", 'did you mean "JR"|found "JTR"'),
        ("method: reference-based, df: residual", "`df` goes with the method mmrm"),
        ("method: ancova, strategy: JR", "goes with the method reference-based, not ancova"),
        ("method: ancova, tipping_map: true", "goes with the method mmrm or reference-based"),
    ],
)
def test_plans_that_cannot_be_are_refused(options, message):
    with pytest.raises(ProtocolError, match=message):
        plan_of(options)


def test_it_is_not_for_people_who_change_arms():
    with pytest.raises(ProtocolError, match="people change arms in this design"):
        plan_of(kind="crossover")


def test_unset_fields_leave_the_hash_of_older_protocols_alone():
    written = Analysis(name="a", method="mmrm", outcomes=("x",)).model_dump()
    assert not {"strategy", "delta", "tipping_map"} & written.keys()
    plan = plan_of("method: reference-based, strategy: CR, delta: 0")
    assert '"delta":0.0' in plan.canonical
    assert '"strategy":"CR"' in plan.canonical
    assert Protocol.model_validate_json(plan.canonical).sha256 == plan.sha256


@pytest.mark.parametrize(("method", "strategy"), [("mmrm", "MAR"), ("reference-based", "JR")])
def test_the_map_is_that_of_the_call_by_hand(imported, rows, method, strategy):
    found = tipping_of_missing(imported(f"method: {method}"), "CHANGE")
    call = tipping_map(rows, strategy=strategy, **HAND)
    points = found.select(name="tipping-map").rows
    assert len(points) == len(call.map) == 441
    ours = [[float(part) for part in row.label.split(",")] for row in points]
    assert_allclose(ours, call.map[["active", "control"]], atol=1e-9)
    assert_allclose([[r.estimate, r.se, r.p] for r in points], call.map[["estimate", "se", "p"]])
    tips = found.select(name="imputation-tipping-point").rows
    theirs = call.select(name="tipping-point").rows
    assert tips
    assert_allclose([r.estimate for r in tips], [r.estimate for r in theirs])


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("method: mmrm", "exploratory"),
        ("method: reference-based", "exploratory"),
        ("method: mmrm, tipping_map: true", "planned"),
        ("method: reference-based, tipping_map: true", "planned"),
    ],
)
def test_the_map_is_planned_where_the_plan_names_it(imported, options, status):
    assert {row.status for row in tipping_of_missing(imported(options), "CHANGE")} == {status}
    looser = tipping_of_missing(imported(options, locked=""), "CHANGE")
    assert {row.status for row in looser} == {"exploratory"}


def test_there_is_no_map_where_nothing_is_missing_or_no_such_model_is_planned(imported, rows):
    assert not tipping_of_missing(imported("method: ancova"), "CHANGE").rows
    whole = rows[rows["PATIENT"].map(rows.groupby("PATIENT")["CHANGE"].count()) == 4]
    records = with_events(whole, [])
    assert not len(tipping_of_missing(records, "CHANGE"))
    assert_same(analyse(records), impute_and_analyse(whole, strategy="JR", **HAND))


def test_a_baseline_that_is_an_outcome_is_a_covariate_of_the_map(imported, rows):
    records = imported("method: mmrm, common_baseline: true")
    found = tipping_of_missing(records, "CHANGE").select(name="tipping-map", label="0,0").rows[0]
    call = impute_and_analyse(rows, strategy="MAR", **HAND)
    assert_allclose(found.estimate, numbers(call)["7", "DRUG"][0], rtol=1e-9)


def test_the_page_shows_the_map_and_says_how_far(imported, rows):
    page = trial_report(imported(), seed=1, draws=100, generated="2026-01-01")
    assert 'id="figure-tipping-map' in page
    assert "CHANGE at 7, exploratory" in page
    tip = tipping_map(rows, strategy="JR", **HAND).select(name="tipping-point").rows[0].estimate
    assert f"are {tip:.2f} points worse than imputed" in page
    assert np.sign(tip) == 1
