"""The MMRM as a planned analysis: R mmrm's numbers at its optimum, and what the plan decides."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import analyse, total_effect
from equipoise.analysis.comparison import Comparison
from equipoise.analysis.mmrm import STRUCTURES, mmrm
from equipoise.analysis.mmrm import DfMethod as Known
from equipoise.analysis.planned_mmrm import planned_fit
from equipoise.errors import ProtocolError
from equipoise.protocol import protocol_from_text
from equipoise.protocol.estimands import Covariance, DfMethod
from equipoise.records import import_table, records_from_frames

GOLDEN = Path(__file__).parent.parent / "golden" / "planned_mmrm.csv"
PLAN = """
identifier: antidepressant
title: An antidepressant against placebo, six weeks
prospective: true
locked: 2024-01-01
design: {{kind: parallel}}
arms:
  - {{name: DRUG, role: active}}
  - {{name: PLACEBO, role: placebo}}
contrast: [DRUG, PLACEBO]
instruments:
  {outcome}: {{define: {{id: x, name: sadness, domain: other, higher: worse, unit: points}}}}
covariates: [{{name: GENDER, kind: category}}]
visits:
  - {{name: "0", day: 0, baseline: true, instruments: [{outcome}]}}
  - {{name: "4", day: 7, instruments: [{outcome}]}}
  - {{name: "5", day: 14, instruments: [{outcome}]}}
  - {{name: "6", day: 28, instruments: [{outcome}]}}
  - {{name: "7", day: 42, instruments: [{outcome}]}}
analyses:
  - {{name: main, method: mmrm, outcomes: [{outcome}], {options}}}
"""
MAPPING = """
layout: wide
participant: PATIENT
visit: {column: VISIT}
arm: {column: THERAPY}
scores: {CHANGE: {instrument: CHANGE, baseline: BASVAL}}
covariates: [GENDER]
"""
BASELINE = "baseline: true"


@pytest.fixture(scope="session")
def table(trial_data):
    file = trial_data / "antidepressant.csv"
    if not file.is_file():
        pytest.skip("antidepressant.csv is not in the folder EQUIPOISE_DATA")
    return file


@pytest.fixture(scope="session")
def rows(table):
    return pd.read_csv(table, dtype={"PATIENT": str, "VISIT": str})


@pytest.fixture(scope="session")
def golden():
    found = pd.read_csv(GOLDEN)
    return lambda *key: found[
        (found[["model", "structure", "method"]] == list(key)).all(axis=1)
    ].set_index("quantity")


@pytest.fixture
def imported(table, tmp_path):
    """Return the trial as a person would bring it: a protocol, a mapping, the CSV."""

    def make(options):
        (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        plan = protocol_from_text(PLAN.format(outcome="CHANGE", options=options))
        return import_table(table, tmp_path / "mapping.yaml", plan)

    return make


def scored(rows, outcome, options, *, with_visit=True):
    """Return the trial with HAM-D itself as the outcome, the baseline as a visit or a column."""
    seen = rows.dropna(subset=["HAMDTL17"])
    scores = seen[["PATIENT", "VISIT", "HAMDTL17", "BASVAL"]]
    scores = scores.set_axis(["participant", "visit", "value", "baseline"], axis=1)
    first = rows.drop_duplicates("PATIENT")
    if with_visit:
        before = first[["PATIENT", "BASVAL"]].set_axis(["participant", "value"], axis=1)
        scores = pd.concat([scores.drop(columns="baseline"), before.assign(visit="0")])
    people = first[["PATIENT", "THERAPY"]].set_axis(["participant", "arm"], axis=1)
    plan = protocol_from_text(PLAN.format(outcome=outcome, options=options))
    return records_from_frames(plan, scores=scores.assign(instrument=outcome), allocations=people)


def compared_with(found, golden):
    for row in found.select(name="contrast"):
        r = golden.loc[f"contrast {row.visit}"]
        assert_allclose([row.estimate, row.se], [r.estimate, r.se], rtol=1e-9)
        assert_allclose(row.df, r.df, rtol=1e-8)
    for row in found.select(name="ls-mean"):
        r = golden.loc[f"ls-mean {row.arm} {row.visit}"]
        assert_allclose([row.estimate, row.se], [r.estimate, r.se], rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ("df: satterthwaite", ("us", "satterthwaite")),
        ("df: kenward-roger-linear", ("us", "kenward-roger-linear")),
        # of an unstructured covariance both are the same: mmrm docs/peers
        ("covariance: us", ("us", "kenward-roger-linear")),
        ("covariance: toeph, df: satterthwaite", ("toeph", "satterthwaite")),
        ("covariance: [cs, us], df: satterthwaite", ("cs", "satterthwaite")),
    ],
)
def test_planned_mmrm_is_that_of_r(imported, golden, options, key):
    found = analyse(imported(f"{BASELINE}, {options}"))
    compared_with(found, golden("baseline", *key))
    total = found["total-effect"]
    r = golden("baseline", *key).loc["contrast 7"]
    assert_allclose([total.estimate, total.se, total.df], [r.estimate, r.se, r.df], rtol=1e-8)
    assert (total.visit, total.label, total.status) == ("7", None, "planned")
    assert found.rows[0] is total
    assert {row.status for row in found} == {"planned"}
    assert total.unit == "points (below 0 favours DRUG)"
    assert [row.name for row in found].count("ls-mean") == 8


@pytest.mark.parametrize("with_visit", [True, False])
def test_common_baseline_is_that_of_r(rows, golden, with_visit):
    options = "common_baseline: true, df: satterthwaite"
    found = analyse(scored(rows, "HAMD", options, with_visit=with_visit))
    contrasts = found.select(name="contrast")
    assert [row.visit for row in contrasts] == ["4", "5", "6", "7"]
    compared_with(contrasts, golden("clda", "us", "satterthwaite"))
    assert {row.status for row in found} == {"planned"}


def test_likelihood_is_that_of_r_and_the_call_on_the_table(imported, rows, golden):
    records = imported(BASELINE)
    call = mmrm(
        rows, "CHANGE ~ BASVAL * VISIT + THERAPY * VISIT", subject="PATIENT", visit="VISIT",
        control="PLACEBO", arm="THERAPY",
    )  # fmt: skip
    frame = records.total_scores
    question = Comparison(
        protocol=records.protocol, outcome="CHANGE", frame=frame, covariates=("baseline",),
        level=0.95, planned=records.protocol.analyses[0],
    )  # fmt: skip
    fit, warnings = planned_fit(question)
    expected = golden("baseline", "us", "satterthwaite").loc["loglik", "estimate"]
    assert_allclose(fit.fit.log_likelihood, expected, rtol=1e-12)
    assert not warnings
    ours = {(r.label, r.visit): r.estimate for r in fit.select(name="contrast")}
    theirs = {(r.label, r.visit): r.estimate for r in call.select(name="contrast")}
    assert ours.keys() == theirs.keys()
    assert_allclose(list(ours.values()), list(theirs.values()), rtol=1e-10)


def test_the_headline_is_the_planned_contrast(imported):
    records = imported(BASELINE)
    head, every = total_effect(records, "CHANGE"), analyse(records)
    assert head["total-effect"] == every["total-effect"]
    earlier = total_effect(records, "CHANGE", visit="5")["total-effect"]
    contrast = next(row for row in every.select(name="contrast") if row.visit == "5")
    assert (earlier.estimate, earlier.se) == (contrast.estimate, contrast.se)


def test_named_visits_are_the_model(imported):
    few = imported(f"{BASELINE}, visits: ['4', '5', '6']")
    found = total_effect(few, "CHANGE")
    assert found["total-effect"].visit == "6"
    assert {row.visit for row in found.select(name="contrast")} == {"4", "5", "6"}
    other = total_effect(few, "CHANGE", visit="7")
    assert {row.status for row in other} == {"exploratory"}
    assert "Student" in other["total-effect"].method


def test_a_structure_that_cannot_be_fitted_is_told_and_the_next_is_taken(imported, rows):
    """Nobody is seen both at visit 4 and at visit 7: their covariance is in no data."""
    gone = rows.copy()
    apart = gone["PATIENT"].map({p: k % 2 for k, p in enumerate(gone["PATIENT"].unique())})
    gone.loc[(gone["VISIT"] == "4") & (apart == 0), "HAMDTL17"] = np.nan
    gone.loc[(gone["VISIT"] == "7") & (apart == 1), "HAMDTL17"] = np.nan
    found = analyse(scored(gone, "HAMD", f"{BASELINE}, covariance: [us, cs]"))
    assert "compound symmetry" in found["total-effect"].method.lower()
    assert any("Covariance us was planned first" in w for w in found.warnings)
    refused = analyse(scored(gone, "HAMD", f"{BASELINE}, covariance: us"))
    assert not len(refused)
    assert "4 and 7" in refused.refused[0].reason


def test_an_empty_arm_or_last_visit_is_refused(rows):
    alone = rows[rows["THERAPY"] == "DRUG"]
    (refusal,) = analyse(scored(alone, "HAMD", BASELINE)).refused
    assert "PLACEBO" in refusal.reason
    early = rows[rows["VISIT"] != "7"]
    every = "visits: ['4', '5', '6', '7']"
    (refusal,) = analyse(scored(early, "HAMD", f"{BASELINE}, {every}")).refused
    assert refusal.reason == "HAMD was planned at 7, and nobody was scored there."
    (refusal,) = analyse(scored(rows[rows["VISIT"] == "5"], "HAMD", BASELINE)).refused
    assert "two or more visits" in refusal.reason


def test_missing_scores_are_counted(rows):
    found = analyse(scored(rows, "HAMD", BASELINE))
    missing = 4 * rows["PATIENT"].nunique() - rows["HAMDTL17"].notna().sum()
    assert found.warnings == (f"{missing} of 688 rows lack score and were left out",)


def test_a_category_is_adjusted_for(imported, rows):
    found = analyse(imported(f"{BASELINE}, covariates: [GENDER]"))
    call = mmrm(
        rows, "CHANGE ~ BASVAL * VISIT + GENDER + THERAPY * VISIT", subject="PATIENT",
        visit="VISIT", arm="THERAPY", control="PLACEBO",
    )  # fmt: skip
    expected = next(r for r in call.select(name="contrast") if r.visit == "7")
    assert_allclose(found["total-effect"].estimate, expected.estimate, rtol=1e-9)
    assert "baseline, GENDER" in found["total-effect"].method


def test_the_protocol_knows_the_structures_of_the_engine():
    assert set(Covariance.__args__) == set(STRUCTURES) - {"sp_exp"}  # which needs coordinates
    assert set(DfMethod.__args__) == set(Known.__args__)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("visits: ['7']", "an mmrm of one visit is an ANCOVA"),
        ("common_baseline: true, baseline: true", "leave out `baseline: true`"),
        ("covariance: ur", 'did you mean "us"|found "ur"'),
    ],
)
def test_plans_that_cannot_be_are_refused(options, message):
    with pytest.raises(ProtocolError, match=message):
        protocol_from_text(PLAN.format(outcome="x", options=options))


def test_an_mmrm_is_not_for_people_who_change_arms():
    plan = PLAN.format(outcome="x", options=BASELINE)
    with pytest.raises(ProtocolError, match="people change arms in this design"):
        protocol_from_text(plan.replace("kind: parallel", "kind: crossover"))
    with pytest.raises(ProtocolError, match="goes with the method mmrm"):
        protocol_from_text(plan.replace("method: mmrm", "method: ancova, df: residual"))
