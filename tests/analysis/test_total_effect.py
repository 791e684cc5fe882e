"""Trials to effects: a synthetic trial of each shape, then the numbers of the real ones."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import analyse, total_effect
from equipoise.analysis.comparison import METHODS, Comparison
from equipoise.errors import DataError
from equipoise.protocol import protocol_from_text
from equipoise.protocol.estimands import EFFECT_METHODS
from equipoise.records import open_source, records_from_frames

PLAN = """
identifier: small-trial
title: A small trial of our own making
{locked}
design: {{kind: {kind}}}
arms:
  - {{name: placebo, role: placebo}}
  - {{name: high, role: active}}
  - {{name: low, role: active}}
contrast: [high, placebo]
instruments:
  mood: {{instrument: VAS-mood}}
  gloom: {{instrument: PHQ-9}}
covariates: [{{name: sex, kind: category}}, {{name: age}}, {{name: site, kind: category}}]
visits:
  - {{name: pre, day: -1, instruments: [mood], baseline: true}}
  - {{name: w1, day: 7, instruments: [mood, gloom]}}
  - {{name: w2, day: 14, instruments: [mood]}}
  - {{name: w3, day: 21, instruments: [mood], guess: true}}
  - {{name: w4, day: 28, instruments: [mood]}}
  - {{name: w5, day: 35, instruments: [mood]}}
blinding:
  guess: {{guessers: [participant], dont_know: false, timing: before-outcomes}}
analyses: {analyses}
"""
MIXED = "[{name: main, method: mixed-model, outcomes: [mood], covariates: [sex], baseline: true}]"
ANCOVA = (
    "[{name: main, method: ancova, outcomes: [mood], covariates: [sex], baseline: true,"
    " visits: [w1]}, {name: asked, method: belief, outcomes: [mood]}]"
)


LOCKED = "prospective: true\nlocked: 2024-01-01"


def _records(trial, kind, analyses, locked=LOCKED, warnings=()):
    plan = protocol_from_text(PLAN.format(kind=kind, analyses=analyses, locked=locked))
    rows = trial.assign(participant=trial["id"].astype(str), visit="w" + trial["week"].astype(str))
    scores = rows.assign(instrument="mood", value=rows["score"], unit="points of 100")
    people = rows.drop_duplicates("participant")[["participant", "sex"]].assign(age=40.0)
    people["site"] = people["sex"].map({"female": 7, "male": 3})
    return records_from_frames(
        plan,
        scores=scores[["participant", "visit", "instrument", "value", "baseline", "unit"]],
        allocations=rows[["participant", "visit", "arm"]],
        participants=people,
        warnings=warnings,
    )


def test_weekly_switching_is_the_planned_mixed_model(trial, golden):
    result = total_effect(_records(trial, "crossover", MIXED), "mood")
    assert [row.label for row in result] == [None, "cluster-robust", "low", "low, cluster-robust"]
    for row, what, term in (
        (result.rows[0], "reml", "arm[T.high]"),
        (result.rows[1], "CR2", "arm[T.high]"),
        (result.rows[2], "reml", "arm[T.low]"),
    ):
        r = golden(what).loc[term]
        assert_allclose([row.estimate, row.se, row.df], [r.estimate, r.se, r.df], rtol=1e-6)
    first = result.rows[0]
    assert (first.outcome, first.visit, first.status) == ("mood", None, "planned")
    assert first.unit.endswith("(above 0 favours high)")
    assert "baseline, sex" in first.method
    assert first.assumptions


def test_one_visit_is_one_row_a_person_and_exploratory_when_not_planned(trial, golden):
    result = total_effect(_records(trial, "crossover", MIXED), "mood", visit="w1")
    for row, what in zip(result.rows[:3], ("pooled", "welch", "hedges"), strict=True):
        r = golden(what).loc["high"]
        assert_allclose([row.estimate, row.se], [r.estimate, r.se], rtol=1e-9)
        assert (row.visit, row.status) == ("w1", "exploratory")
    assert [row.label for row in result.rows[:3]] == [None, "welch", None]
    assert {row.arm for row in result.rows[3:]} == {"low"}


def test_parallel_trial_takes_the_planned_visit_and_ancova(trial, golden):
    result = total_effect(_records(trial, "parallel", ANCOVA), "mood")
    for row in result.select(name="total-effect"):
        r = golden("ancova").loc[row.label]
        assert_allclose([row.estimate, row.se, row.df, row.p], [r.estimate, r.se, r.df, r.p])
        assert (row.visit, row.status) == ("w1", "planned")
    assert result["group-f-test"].outcome == "mood"


def test_a_plan_without_visits_is_warned_of(trial):
    result = total_effect(_records(trial, "parallel", "[]"), "mood")
    assert result.rows[0].visit == "w1"
    assert "names no visit" in result.warnings[0]
    assert result.rows[0].status == "exploratory"


def test_analyses_of_a_published_trial_are_never_planned(trial):
    records = _records(trial, "crossover", MIXED, locked="prospective: false")
    assert {row.status for row in analyse(records)} == {"exploratory"}


def test_missing_covariates_are_counted_not_hidden(trial):
    holes = trial.copy()
    holes.loc[holes["week"] == 5, "baseline"] = np.nan
    result = total_effect(_records(holes, "crossover", MIXED), "mood")
    lost = (trial["week"] == 5).sum()
    assert f"{lost} of 85 rows lack baseline and were left out" in result.warnings


def test_what_was_warned_on_reading_travels_with_the_outcome(trial):
    others = ("moody: no", "mood-short: no")
    records = _records(trial, "crossover", MIXED, warnings=("mood: 2 scores kept", *others))
    assert total_effect(records, "mood").warnings[0] == "mood: 2 scores kept"
    assert not set(others) & set(total_effect(records, "mood").warnings)


def test_a_protocol_can_plan_every_effect_method_and_no_other():
    assert set(METHODS) == set(EFFECT_METHODS)


def test_a_change_without_a_control_arm_is_refused(trial):
    found = analyse(_records(trial[trial["arm"] != "placebo"], "parallel", ANCOVA))
    reasons = {refusal.name: refusal.reason for refusal in found.refused}
    assert reasons["change-from-baseline"].startswith("Nobody of the placebo arm")


def test_an_arm_without_people_is_refused_with_the_reason(trial):
    result = total_effect(_records(trial[trial["arm"] != "high"], "crossover", MIXED), "mood")
    assert not len(result)
    assert "'high'" in result.refused[0].reason
    assert result.refused[0].outcome == "mood"


def test_a_constant_covariate_is_refused_by_name(trial):
    by_age = MIXED.replace("[sex]", "[age]")
    refused = total_effect(_records(trial, "crossover", by_age), "mood").refused
    assert "'age'" in refused[0].reason


def test_a_category_coded_in_numbers_is_a_category(trial, golden):
    by_site = total_effect(_records(trial, "crossover", MIXED.replace("[sex]", "[site]")), "mood")
    r = golden("reml").loc["arm[T.high]"]  # two sites are the two sexes
    assert_allclose(by_site["total-effect"].estimate, r.estimate, rtol=1e-6)
    design = Comparison(
        protocol=_records(trial, "crossover", MIXED).protocol,
        outcome="mood",
        frame=trial.assign(site=trial["week"]),
        covariates=("site",),
        level=0.95,
    ).design
    assert design.columns[3:] == ("site[T.2]", "site[T.3]", "site[T.4]", "site[T.5]")


def test_unknown_outcomes_and_visits_are_errors(trial):
    records = _records(trial, "crossover", MIXED)
    with pytest.raises(DataError, match="mood"):
        total_effect(records, "moood")
    with pytest.raises(DataError, match="w1"):
        total_effect(records, "mood", visit="w9")


def test_analyse_runs_every_plan_and_hides_nothing(trial):
    result = analyse(_records(trial, "parallel", ANCOVA))
    assert {row.visit for row in result} == {"w1"}
    assert [(r.name, r.outcome) for r in result.refused] == [("belief", "mood")]
    assert "equipoise belief" in result.refused[0].reason
    unscored = ANCOVA.replace("outcomes: [mood], covariates", "outcomes: [mood, gloom], covariates")
    refused = analyse(_records(trial, "parallel", unscored)).refused
    assert ("total-effect", "gloom") in [(r.name, r.outcome) for r in refused]


def test_analyse_looks_at_outcomes_that_no_analysis_names(trial):
    result = analyse(_records(trial, "crossover", "[]"))
    assert result["total-effect"].outcome == "mood"
    assert {row.status for row in result} == {"exploratory"}


FILES = {
    "self-blinding-microdose-week1": "sbmd_acute.csv",
    "self-blinding-microdose": "microdose_pacutes.csv",
    "self-blinding-microdose-outcomes": "microdose_accumulatives.csv",
}


@pytest.fixture(scope="module")
def real_trial(trial_data):
    @cache
    def opened(name):
        if not (trial_data / FILES[name]).is_file():
            pytest.skip(f"{FILES[name]} is not in the folder EQUIPOISE_DATA")
        return open_source(name)

    return opened


# What belief.md prints, to its digits: week 1 (2a), all weeks (2), before and after (2d).
WEEK_1 = {
    "PANAS": (3.23, 1.33, 0.016, 0.32),
    "intensity": (9.95, 2.90, None, 0.46),
    "CPS": (-0.014, 0.080, 0.863, -0.03),
    "QIDS": (-1.20, 0.58, 0.040, -0.27),
}
WEEKLY = {
    "PANAS": (2.22, 0.72, 0.002),
    "intensity": (12.49, 1.54, None),
    "CPS": (0.05, 0.04, 0.193),
    "QIDS": (-0.34, 0.29, 0.244),
}
AFTER = {  # microdose: estimate, low, high, p; half-half: the same; p of the group test
    "RPWB": ((1.90, -4.51, 8.32, 0.559), (-0.40, -7.08, 6.27, 0.905), 0.757),
    "CPS": ((0.16, -0.04, 0.37, 0.113), (-0.13, -0.35, 0.08, 0.217), 0.018),
}


@pytest.mark.parametrize("outcome", WEEK_1)
def test_week_1_of_the_real_trial(real_trial, outcome):
    result = total_effect(real_trial("self-blinding-microdose-week1"), outcome)
    estimate, se, p, g = WEEK_1[outcome]
    row, digits = result["total-effect"], 3 if outcome == "CPS" else 2
    assert (round(row.estimate, digits), round(row.se, digits)) == (estimate, se)
    assert row.p < 0.001 if p is None else round(row.p, 3) == p
    assert round(result["standardised-mean-difference"].estimate, 2) == g


@pytest.mark.parametrize("outcome", WEEKLY)
def test_all_weeks_of_the_real_trial(real_trial, outcome):
    row = total_effect(real_trial("self-blinding-microdose"), outcome)["total-effect"]
    estimate, se, p = WEEKLY[outcome]
    assert (round(row.estimate, 2), round(row.se, 2)) == (estimate, se)
    assert row.p < 0.001 if p is None else round(row.p, 3) == p


@pytest.mark.parametrize("outcome", AFTER)
def test_before_and_after_of_the_real_trial(real_trial, outcome):
    result = total_effect(real_trial("self-blinding-microdose-outcomes"), outcome)
    microdose, half, group = AFTER[outcome]
    for label, expected in (("microdose", microdose), ("half-half", half)):
        row = result.select(name="total-effect", label=label).rows[0]
        got = (*(round(x, 2) for x in (row.estimate, row.low, row.high)), round(row.p, 3))
        assert got == expected
        assert row.visit == "post"
    assert round(result["group-f-test"].p, 3) == group


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("self-blinding-microdose-week1", 20),
        ("self-blinding-microdose", 20),
        ("self-blinding-microdose-outcomes", 23),
    ],
)
def test_every_outcome_of_the_real_trials_is_answered(real_trial, name, outcomes):
    result = analyse(real_trial(name))
    answered = {row.outcome for row in result if row.name == "total-effect"}
    assert len(answered) == outcomes
    assert not [r for r in result.refused if r.name == "total-effect"]
