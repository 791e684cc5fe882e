"""A whole review: golden numbers, what is left out and why, unverified facts."""

import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.evidence import find_review, shipped_reviews
from equipoise.synthesis.review import read_review, synthesise
from equipoise.synthesis.review.analysis_table import analysis_table
from equipoise.synthesis.review.verification import unverified_facts

from .conftest import CHECKED, analysis, study

POOLED = (-0.457371999181, 0.128567533880, -2.090977407091, 1.176233408729)
"""tests/golden/review_effects.R prints them (metafor 3.8-1, REML, Hartung-Knapp)."""


def numbers(row):
    return row.estimate, row.se, row.low, row.high


def test_a_planned_analysis_agrees_with_metafor(made):
    found = synthesise(made([study("a2020"), study("b2020", 12.0)])).estimates
    row = found["pooled-effect"]
    assert_allclose(numbers(row), POOLED, rtol=1e-11)
    assert row.label == "primary"
    assert row.outcome == "depression"
    assert row.unit == "SD units (Hedges' g) (below 0 favours the drug)"
    assert row.status == "exploratory"
    assert_allclose(found["tau2"].estimate, 0, atol=1e-12)


def test_the_level_is_part_of_the_plan(made):
    """By hand: t with 1 df, 0.95 quantile 6.3137515."""
    found = synthesise(made([study("a2020"), study("b2020", 12.0)], level=0.9)).estimates
    row = found["pooled-effect"]
    assert row.level == 0.9
    assert_allclose(row.high - row.low, 2 * 6.313751514675043 * POOLED[1], rtol=1e-9)


def test_a_registered_plan_makes_planned_analyses(made):
    folder = made([study("a2020"), study("b2020", 12.0)], registration="CRD42000000000")
    assert {row.status for row in synthesise(folder).estimates} == {"planned"}


def test_unverified_facts_are_shown_and_not_pooled(made):
    studies = [study("a2020"), study("b2020", 12.0, verified=False), study("c2020", 12.0)]
    both = [analysis(), analysis("all", include_unverified=True)]
    done = synthesise(made(studies, analyses=both))
    assert [row.study.id for row in done.selections["primary"].rows] == ["a2020", "c2020"]
    assert "unverified" in done.selections["primary"].left_out[0].reason
    assert len(done.selections["all"].rows) == 3
    warned = done.estimates.select(name="study-effect", label="all: b2020").rows[0].warnings
    assert "unverified facts are pooled" in warned[0]
    assert unverified_facts(done.folder.studies.values()) == [
        "b2020, depression MADRS week 4: numbers of drug",
        "b2020, depression MADRS week 4: numbers of placebo",
    ]


def test_one_study_is_shown_and_not_pooled(made):
    found = synthesise(made([study("a2020")])).estimates
    assert found["study-effect"].label == "primary: a2020"
    assert "one study (a2020)" in found.select(name="pooled-effect").refused[0].reason


def test_every_study_is_either_pooled_or_has_a_reason(made):
    cohort = study("c2020", design={"kind": "cohort", "randomised": False})
    other = study("d2020")
    other["arms"][1]["kind"] = "waiting-list"
    sleep = study("e2020")
    sleep["outcomes"][0]["outcome"] = "sleep"
    said = study("f2020")
    said["outcomes"][0] |= {"arms": [], "statements": [
        {"contrast": ["drug", "placebo"], "says": "no difference", **CHECKED}]}  # fmt: skip
    full = study("g2020")
    full["arms"][0]["dose"] = {"class": "full"}
    everyone = [study("a2020"), study("b2020", 12.0), cohort, other, sleep, said, full]
    folder = made(everyone, intervention={"dose_classes": ["micro"]})
    chosen = synthesise(folder).selections["primary"]
    assert [row.study.id for row in chosen.rows] == ["a2020", "b2020"]
    assert {out.study.id: out.reason for out in chosen.left_out} == {
        "c2020": "is not randomised",
        "d2020": "has no comparator of the kind inert-placebo",
        "e2020": "reports nothing on depression",
        "f2020": "reports no number that can be pooled; it says: no difference",
        "g2020": "has no arm with the intervention",
    }


def test_an_effect_adjusted_for_the_guess_is_an_analysis_of_its_own(made):
    both = study("a2020")
    effect = {"measure": "MD", "contrast": ["drug", "placebo"], "positive_favours": "placebo",
              "se": 1.0, **CHECKED}  # fmt: skip
    both["outcomes"][0]["effects"] = [
        {**effect, "estimate": -3.0}, {**effect, "estimate": -1.0, "adjusted_for_guess": True}
    ]  # fmt: skip
    plans = [analysis(measure="MD"), analysis("adjusted", measure="MD", adjusted_for_guess=True)]
    done = synthesise(made([both], analyses=plans))
    assert [done.selections[name].rows[0].effect.y for name in ("primary", "adjusted")] == [-3, -1]


def test_changes_from_baseline_have_analyses_of_their_own(made):
    one = study("a2020")
    one["outcomes"][0]["effects"] = [
        {"measure": "MD", "contrast": ["drug", "baseline"], "estimate": -14.0, "se": 1.0,
         "positive_favours": "baseline", **CHECKED}]  # fmt: skip
    plans = [analysis(measure="MD"), analysis("before", measure="MD", comparators=["baseline"])]
    done = synthesise(made([one], analyses=plans))
    assert_allclose(done.selections["primary"].rows[0].effect.y, -2.7)
    assert done.selections["before"].rows[0].effect.y == -14.0


def test_repeated_means_are_not_taken_for_independent_people(made):
    one = study("a2020")
    one["outcomes"][0]["repeated"] = True
    left = synthesise(made([one])).selections["primary"].left_out
    assert "observations repeated within people" in left[0].reason


def test_subgroups_and_moderators_are_labelled_by_their_analysis(made):
    years = [study(f"s{k}", 12.0 + k, year=2015 + k) for k in range(5)]
    plans = [analysis(subgroup="comparator", moderators=["year", "dose", "substance"])]
    found = synthesise(made(years, analyses=plans)).estimates
    slope = found.select(name="coefficient", label="primary, by year, year").rows
    assert len(slope) == 1
    reasons = {row.label: row.reason for row in found.refused}
    assert "1 values: no slope" in reasons["primary, dose"]
    assert "plan it as `subgroup`" in reasons["primary, substance"]


def test_studies_as_they_came_in_and_each_left_out(made):
    years = [study(f"s{k}", 12.0 + k, year=2015 + k) for k in range(3)]
    plans = [analysis(cumulative=True, leave_one_out=True)]
    found = synthesise(made(years, analyses=plans)).estimates
    last = found.select(name="cumulative-effect").rows[-1]
    assert last.label == "primary, 3 studies, 2017 (s2)"
    assert last.estimate == found["pooled-effect"].estimate
    assert len(found.select(name="leave-one-out").rows) == 3


def test_an_analysis_is_a_table_for_other_verbs(made):
    guesses = [{"arm": arm, "right": right, "wrong": 6, "unsure": 1, "visit": "week 4", **CHECKED}
               for arm, right in (("drug", 18), ("placebo", 9))]  # fmt: skip
    later = [{**guesses[0], "visit": "week 8", "right": 1}]
    one = study("a2020", blinding={"guesses": [*later, *guesses]})
    done = synthesise(made([one, study("b2020", 12.0)]))
    table = analysis_table(done.selections["primary"])
    assert table["study"].tolist() == ["a2020", "b2020"]
    effect = done.selections["primary"].rows[0].effect
    assert table["effect"][0] == effect.y
    assert table["se"][0] == effect.v**0.5
    assert (table["n_active"][0], table["n_control"][0]) == (28, 29)
    counts = ["right_active", "wrong_active", "unsure_active", "right_control"]
    assert table[counts].iloc[0].tolist() == [18, 6, 1, 9]
    assert table["right_active"].isna().tolist() == [False, True]


def test_ratios_are_printed_as_ratios(made):
    studies = [study("a2020"), study("b2020")]
    for one, events in zip(studies, (12, 9), strict=True):
        one["outcomes"][0]["arms"] = [
            {"arm": "drug", "events": events, "total": 40, **CHECKED},
            {"arm": "placebo", "events": 20, "total": 42, **CHECKED},
        ]
    found = synthesise(made(studies, analyses=[analysis(measure="OR", test="z")])).estimates
    row = found["pooled-ratio"]
    assert 0 < row.low < row.estimate < 1


@pytest.mark.parametrize("name", shipped_reviews())
def test_every_shipped_review_runs(name):
    folder, ours = find_review(name)
    done = synthesise(read_review(folder))
    assert ours
    told = [row.name for row in (*done.estimates, *done.estimates.refused)]
    assert {"study-effect", "study-ratio"} & set(told)
    assert not [row for row in done.estimates.warnings if "unverified" in row]


def test_the_founding_case_says_what_the_register_says():
    """facts/studies.csv: Szigeti's mixed model, and its SDs 4.15 and 4.87; Fava's d and n."""
    done = synthesise(read_review(find_review("microdosing-depression")[0]))
    rows = {row.study.id: row.effect for row in done.selections["any-microdose"].rows}
    sd = ((4.15**2 + 4.87**2) / 2) ** 0.5
    assert set(rows) == {"szigeti2021", "fava2018"}
    assert_allclose(rows["szigeti2021"].y, -0.34 / sd)
    assert_allclose(rows["szigeti2021"].v ** 0.5, (0.23 + 0.91) / 2 / 1.959963984540054 / sd)
    assert rows["fava2018"].y < 0
    adjusted = done.selections["guess-adjusted"].rows
    assert [row.study.id for row in adjusted] == ["szigeti2021"]
    assert_allclose(adjusted[0].effect.y, -0.13 / sd)


def test_no_shipped_study_is_pooled_from_a_change_within_people():
    """But the placebo arms of a published pool, which are shown by themselves as such."""
    for name in shipped_reviews():
        done = synthesise(read_review(find_review(name)[0]))
        for chosen in done.selections.values():
            if name == "placebo-depression":
                assert [row.study.id for row in chosen.rows] == ["jones2021"]
                continue
            assert all(row.contrast[1] != "baseline" for row in chosen.rows)
            assert all(row.study.design.randomised for row in chosen.rows)
