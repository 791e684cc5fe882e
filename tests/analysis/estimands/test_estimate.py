"""Estimands of a protocol: the strategies reach the numbers, the rows, their words and status."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import analyse, ancova, estimate, headline_rows, total_effect
from equipoise.analysis.estimands import difference_in_trimmed_means, risk_difference
from equipoise.analysis.mmrm import mmrm
from equipoise.belief import assess
from equipoise.errors import DataError
from equipoise.records import outcome_grid, records_from_frames

BY_STRATEGY = (
    "[{{event: rescue medication, strategy: {0}}}, {{event: stops treatment, strategy: {1}}}]"
)
AT_END = "baseline: true, visits: [w12]"
ANCOVA = {"method": "ancova", "options": AT_END}


def both(first, second=None):
    return BY_STRATEGY.format(first, second or first)


def after(tables, event, visit):
    """Return who had an event before the score at a visit."""
    events = tables["intercurrent_events"]
    own = events[events["event"] == event]
    place = own["visit"].map({"w4": 28, "w8": 56, "w12": 84}).fillna(own["day"] + 1)
    return set(own["participant"][place <= visit])


def grid(records):
    return outcome_grid(records, "mood", ["w4", "w8", "w12"])


def by_mmrm(frame):
    call = mmrm(
        frame, "score ~ arm * visit + baseline * visit", subject="participant", visit="visit",
        arm="arm", control="placebo",
    )  # fmt: skip
    return next(row for row in call.select(name="contrast") if row.visit == "w12")


def test_treatment_policy_is_the_mmrm_of_all_scores(trial):
    records = trial(both("treatment-policy"))
    row = estimate(records, "main")["total-effect"]
    expected = by_mmrm(grid(records))
    assert_allclose([row.estimate, row.se], [expected.estimate, expected.se], rtol=1e-9)
    assert row.estimand == (
        "Drug against placebo, in adults with depression: HAM-D at week 12; rescue medication "
        "(treatment-policy); stops treatment (treatment-policy); difference of means"
    )
    assert (row.label, row.visit, row.status) == ("main", "w12", "planned")


def test_hypothetical_is_the_mmrm_of_scores_before_rescue(trial, tables):
    records = trial(both("hypothetical", "treatment-policy"))
    row = estimate(records, "main")["total-effect"]
    frame = grid(records)
    for visit, day in (("w4", 28), ("w8", 56), ("w12", 84)):
        gone = frame["participant"].isin(after(tables, "rescue medication", day))
        frame.loc[gone & (frame["visit"] == visit), "score"] = np.nan
    expected = by_mmrm(frame)
    assert_allclose([row.estimate, row.se], [expected.estimate, expected.se], rtol=1e-9)
    assert "missing at random" in " ".join(row.assumptions)
    assert any("81 scores after it were set aside" in w for w in row.warnings)


def test_composite_counts_people_who_left_before_any_score(trial, tables):
    records = trial(both("composite, failure_value: 40"))
    row = estimate(records, "main")["total-effect"]
    frame = grid(records)
    for visit, day in (("w4", 28), ("w8", 56), ("w12", 84)):
        gone = after(tables, "rescue medication", day) | after(tables, "stops treatment", day)
        rows = frame["participant"].isin(gone) & (frame["visit"] == visit)
        frame.loc[rows, "score"] = 40.0
    expected = by_mmrm(frame)
    assert_allclose([row.estimate, row.se], [expected.estimate, expected.se], rtol=1e-9)
    counted = {
        r.arm: r.estimate
        for r in estimate(records, "main").select(name="people-scored", visit="w12")
    }
    assert sum(counted.values()) == (frame["score"].notna() & (frame["visit"] == "w12")).sum()


def test_trimmed_means_and_responders(trial, tables):
    composite = both("composite")
    failed = after(tables, "rescue medication", 84) | after(tables, "stops treatment", 84)
    records = trial(
        composite, measure="measure: difference-in-trimmed-means\n    trim: 0.6", **ANCOVA
    )
    frame = grid(records)
    end = frame[frame["visit"] == "w12"].copy()
    end.loc[end["participant"].isin(failed), "score"] = np.nan
    arms = [end["score"][end["arm"] == arm].to_numpy() for arm in ("drug", "placebo")]
    expected = difference_in_trimmed_means(*arms, 0.6, worst="high")
    row = estimate(records, "main")["total-effect"]
    assert_allclose([row.estimate, row.se, row.df], expected)
    assert "the worst 60.0% of each arm" in row.method
    few = "measure: difference-in-trimmed-means\n    trim: 0.2"
    refused = estimate(trial(composite, measure=few, **ANCOVA), "main")
    assert "18 of 60 and 34 of 60 failed" in refused.refused[0].reason
    assert "Cut at least 0.567" in refused.refused[0].reason

    half = "measure: risk-difference\n    response: {improvement: 0.5}"
    row = estimate(trial(composite, measure=half, **ANCOVA), "main")["total-effect"]
    good = end["score"] <= end["baseline"] / 2
    counts = [n for arm in ("drug", "placebo") for n in (good[end["arm"] == arm].sum(), 60)]
    expected = risk_difference(*counts)
    assert_allclose([row.estimate, row.low, row.high], [expected[k] for k in (0, 2, 3)])
    assert row.unit == "difference of proportions (above 0 favours drug)"


def test_while_on_treatment_compares_last_scores_by_ancova(trial, tables):
    records = trial(both("while-on-treatment"), **ANCOVA)
    found = estimate(records, "main")
    frame = grid(records)
    for visit, day in (("w4", 28), ("w8", 56), ("w12", 84)):
        gone = after(tables, "rescue medication", day) | after(tables, "stops treatment", day)
        frame.loc[frame["participant"].isin(gone) & (frame["visit"] == visit), "score"] = np.nan
    met = after(tables, "rescue medication", 84) | after(tables, "stops treatment", 84)
    last = frame.groupby("participant").agg(
        score=("score", "last"), end=("score", lambda s: s.iloc[-1]), arm=("arm", "first"),
        baseline=("baseline", "first"),
    )  # fmt: skip
    value = last["score"].fillna(last["baseline"]).where(last.index.isin(met), last["end"])
    told = last.assign(score=value).dropna(subset=["score"])
    expected = ancova(told, "score ~ arm + baseline", control="placebo")
    row = found["total-effect"]
    theirs = expected["total-effect"]
    assert_allclose([row.estimate, row.se, row.df], [theirs.estimate, theirs.se, theirs.df])
    assert row.visit == "w12"


def test_principal_strata_are_refused_or_bounded(trial):
    naive = estimate(trial(both("principal-stratum", "treatment-policy"), **ANCOVA), "main")
    assert not len(naive)
    assert "different kinds of people" in naive.refused[0].reason
    bounded = both("principal-stratum, assumption: monotonicity", "treatment-policy")
    records = trial(bounded, **ANCOVA)
    first, second = estimate(records, "main").select(name="principal-stratum-bounds")
    assert first.estimate is first.level is None
    assert second.low < first.low < first.high < second.high
    assert any(a.startswith("Monotone") for a in first.assumptions)
    assert first.status == "planned"
    assert any(row.name == "principal-stratum-bounds" for row in analyse(records))


def test_the_headline_and_the_plan_follow_the_estimand(trial):
    records = trial(both("hypothetical"))
    main = estimate(records, "main")["total-effect"]
    head, planned = total_effect(records, "mood")["total-effect"], analyse(records)["total-effect"]
    assert head.estimate == planned.estimate == main.estimate
    assert head.estimand == planned.estimand == main.estimand
    frame, _ = headline_rows(records, "mood")
    counts = total_effect(records, "mood").select(name="people-scored", visit="w12")
    assert len(frame) == sum(row.estimate for row in counts)


def test_an_analysis_can_be_asked_for_by_name(trial):
    records = trial(both("hypothetical"))
    found = estimate(records, "primary")
    assert found["total-effect"].label == "primary"
    with pytest.raises(DataError, match=r"no estimand 'x'. Its estimands: 'main'"):
        estimate(records, "x")


def test_status_is_planned_only_under_a_lock(trial):
    unlocked = trial(both("hypothetical"), locked="prospective: true")
    assert {row.status for row in estimate(unlocked, "main")} == {"exploratory"}


def test_events_that_only_one_side_knows_are_told(trial):
    only = "[{event: dies, strategy: treatment-policy}]"
    warnings = " ".join(estimate(trial(only), "main").warnings)
    assert "No record of 'dies'" in warnings
    assert "does not name 'rescue medication', 'stops treatment'" in warnings


def test_an_mmrm_of_one_value_a_person_is_refused_by_the_protocol(plan):
    with pytest.raises(Exception, match="gives everybody one value"):
        plan(both("while-on-treatment"))
    with pytest.raises(Exception, match="`failure_value` goes with the strategy composite"):
        plan("[{event: x, strategy: hypothetical, failure_value: 3}]")


def test_composite_without_a_value_is_refused_with_the_remedy(trial):
    (refusal,) = estimate(trial(both("composite")), "main").refused
    assert "give `failure_value`" in refusal.reason


def test_people_who_change_arms_are_refused(plan, tables):
    twice = pd.concat(
        [
            tables["allocations"].assign(visit="w4"),
            tables["allocations"].assign(arm="drug", visit="w8"),
        ]
    )
    records = records_from_frames(plan(), **{**tables, "allocations": twice})
    (refusal,) = estimate(records, "main").refused
    assert "more than one arm" in refusal.reason


def test_belief_stands_beside_a_planned_mmrm(trial):
    records = trial(both("hypothetical"))
    found = assess(records, "mood", draws=200)
    head = total_effect(records, "mood")
    assert found["total-effect"].estimate == head["total-effect"].estimate
    assert {row.status for row in found.select(name="contrast")} == {"planned"}
    assert found["belief-part"].estimate is not None
    assert any("an MMRM of all visits" in w for w in found["belief-part"].warnings)
