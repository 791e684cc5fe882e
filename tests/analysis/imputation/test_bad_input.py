"""What must not happen: an answer to data that cannot give one."""

import numpy as np
import pandas as pd
import pytest

from equipoise.analysis.imputation import impute_and_analyse, retrieved_dropout, tipping_map
from equipoise.errors import DataError, NotIdentifiedError


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strategy": "BOCF"}, r"no imputation strategy 'BOCF'.*MAR \(missing"),
        ({"strategy": {"medium": "JR"}}, r"given for \['medium'\]"),
        ({"strategy": []}, "at least one strategy"),
        ({"reference": "sham"}, "'sham' is no"),
        ({"reference": {"high": "sham"}, "control": "placebo"}, "'sham' is no arm"),
        ({"formula": "score ~ base * week"}, "has no 'arm'"),
        ({"ancova": "base ~ arm"}, "analyses 'base'"),
        ({"ancova": "score ~ arm * week"}, "its formula needs 'arm' and not 'week'"),
        ({"ancova": "score ~ base"}, "needs 'arm'"),
        ({"ancova": "score ~ arm + age"}, "age"),
        ({"delta": {"medium": 1}}, "delta is given for 'medium'"),
        ({"delta": {"high": [1, 2]}}, "each of the 3 visits"),
        ({"delta": {"high": np.nan}}, "finite"),
        ({"delta": {"high": 1}, "lag": [1]}, "lag"),
        ({"delta": {"high": 1}, "delta_on": "all"}, "`on` is one of"),
        ({"method": "bayes"}, "give rng"),
        ({"resampling": "bootstrap"}, "give rng"),
        ({"method": "magic"}, "no method 'magic'"),
        ({"method": "bayes", "covariance": "cs", "rng": np.random.default_rng(1)}, "unstructured"),
        ({"covariance": "sp_exp"}, "not a spatial"),
        ({"draws": 1}, "At least 2 draws"),
        ({"level": 95}, "between 0 and 1"),
        ({"ls_weights": "odd"}, "'odd'"),
        ({"events": pd.DataFrame({"id": [1]})}, r"lacks \['week'\]"),
        ({"events": pd.DataFrame({"id": [1, 1], "week": [4, 10]})}, "two events"),
        ({"events": pd.DataFrame({"id": [1], "week": [5]})}, "'5' is no visit"),
        ({"events": pd.DataFrame({"id": [999], "week": [4]})}, "'999' is no id"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(three_arms, three_call, changes, message):
    with pytest.raises(DataError, match=message):
        impute_and_analyse(three_arms, **{**three_call, **changes})


def test_a_person_twice_or_in_two_arms_is_refused(three_arms, three_call):
    twice = pd.concat([three_arms, three_arms.iloc[:1]])
    with pytest.raises(DataError, match="several rows"):
        impute_and_analyse(twice, **three_call)
    moved = three_arms.copy()
    moved.loc[0, "arm"] = "high"
    with pytest.raises(DataError, match="more than one 'arm'"):
        impute_and_analyse(moved, **three_call)


def test_people_without_a_covariate_are_counted(three_arms, three_call):
    lacking = three_arms.assign(base=three_arms["base"].where(three_arms["id"] != 4))
    found = impute_and_analyse(lacking, **three_call)
    assert "1 of 90 people lack base and were left out" in found.warnings
    counts = found.select(name="imputed-count", arm="low", visit="2").rows[0]
    assert counts.label == "of 29"


def test_a_covariate_that_changes_must_be_known_where_scores_are_imputed(three_arms, three_call):
    drug = three_arms.assign(dose=np.arange(len(three_arms)) % 5)
    with pytest.raises(DataError, match=r"'dose' changes over visits.*with the outcome empty"):
        impute_and_analyse(drug, **{**three_call, "formula": three_call["formula"] + " + dose"})


def test_last_mean_needs_a_visit_before_the_event(three_arms, three_call):
    late = three_arms[(three_arms["id"] != 5) | (three_arms["week"] > 2)]
    events = pd.DataFrame({"id": [5], "week": [2]})
    with pytest.raises(DataError, match=r"LMCF carries forward.*'5'.*such as JR"):
        impute_and_analyse(late, events=events, strategy="LMCF", **three_call)
    found = impute_and_analyse(
        late, events=events.assign(strategy="JR"), strategy="LMCF", **three_call
    )
    assert found.rows[0].label == "by person"


def test_nobody_is_lost_who_was_never_seen(three_arms, three_call):
    """A row without a score makes a person of the trial, whom the arm's mean is imputed for."""
    never = pd.DataFrame({"id": [90], "arm": ["high"], "week": [2], "base": [20.0]})
    found = impute_and_analyse(pd.concat([three_arms, never]), strategy="JR", **three_call)
    assert any("have no score at all" in warning for warning in found.warnings)
    completed = found.completed()
    one = completed[completed["id"] == "90"]
    assert one["score"].notna().all()
    assert len(one) == 3


def test_the_jackknife_is_refused_where_one_person_decides(three_arms, three_call):
    alone = three_arms.assign(site=np.where(three_arms["id"] == 3, "b", "a"))
    formula = {"formula": three_call["formula"] + " + site"}
    with pytest.raises(NotIdentifiedError, match="rests on one person"):
        impute_and_analyse(alone, **{**three_call, **formula})


def test_too_few_retrieved_is_said_plainly(made, made_events, made_call):
    with pytest.raises(NotIdentifiedError, match=r"from 1 who were seen.*Use shift 'constant'"):
        retrieved_dropout(
            made, events=made_events, control="placebo", shift="by-visit", **made_call
        )
    none = made.assign(score=made["score"].where(made["after"] == 0))
    with pytest.raises(NotIdentifiedError, match=r"from 0 who were seen.*reference-based"):
        retrieved_dropout(none, events=made_events, control="placebo", **made_call)
    with pytest.raises(DataError, match="shift is one of"):
        retrieved_dropout(made, events=made_events, control="placebo", shift="medium", **made_call)
    with pytest.raises(DataError, match="table of events is empty"):
        retrieved_dropout(made, events=made_events.iloc[:0], control="placebo", **made_call)


def test_few_retrieved_is_warned_of(made, made_events, made_call):
    found = retrieved_dropout(made, events=made_events, control="placebo", **made_call)
    assert any("were seen after the event" in warning for warning in found.warnings)
    assert found.rows[0].assumptions[0].startswith("Retrieved dropout")


def test_a_tipping_map_needs_two_arms_and_a_grid(three_arms, three_call):
    with pytest.raises(DataError, match="Name the active arm"):
        tipping_map(three_arms, **three_call)
    with pytest.raises(DataError, match="active arm is one of"):
        tipping_map(three_arms, active="medium", **three_call)
    with pytest.raises(DataError, match="at least 2 finite"):
        tipping_map(three_arms, active="high", deltas=[1], **three_call)
    with pytest.raises(DataError, match="no visit"):
        tipping_map(three_arms, active="high", at_visit="12", **three_call)
