"""Certainty and belief of a whole review: what the folder knows, what people decided."""

import pytest
import yaml
from numpy.testing import assert_allclose

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.judgement import decided, write_ledger
from equipoise.synthesis.review import read_review, synthesise
from equipoise.synthesis.review.certainty import grade_ledger, suggestions
from equipoise.synthesis.review.forest import forest_of

from .conftest import analysis, plan, study, write

SIZES = {"small": 0.2, "moderate": 0.5, "large": 0.8}
OUTCOMES = {"depression": {"label": "Depressive symptoms", "higher": "worse", "thresholds": SIZES}}
DOMAINS = [f"D{i}" for i in range(1, 6)]
SIX = [9.0, 10.1, 9.5, 10.4, 8.8, 9.9]


def folder(tmp_path, means=SIX, **changes):
    studies = [study(f"a{2015 + i}", mean) for i, mean in enumerate(means)]
    return read_review(write(tmp_path, plan(outcomes=OUTCOMES, **changes), studies))


def judged(made, names, level="low"):
    made.judgements.mkdir(exist_ok=True)
    each = {"levels": dict.fromkeys(DOMAINS, level), "reasons": dict.fromkeys(DOMAINS, "read")}
    levels = dict.fromkeys(names, each)
    file = made.judgements / "rob2.yaml"
    file.write_text(yaml.safe_dump({"studies": levels}), encoding="utf-8")


def certainty(made):
    return synthesise(made).estimates["certainty"]


def test_a_study_that_nobody_judged_lowers_the_certainty_once(tmp_path):
    made = folder(tmp_path, grade={"information_size": 200})
    before = certainty(made)
    assert before.label == "primary"
    assert "nobody has judged the risk of bias of a2015" in "; ".join(before.assumptions)
    judged(made, [f"a{2015 + i}" for i in range(6)])
    after = certainty(made)
    assert after.estimate == before.estimate + 1
    assert after.estimand == "certainty of the evidence: high"


def test_high_risk_by_weight_lowers(tmp_path):
    made = folder(tmp_path, grade={"information_size": 200})
    judged(made, [f"a{2015 + i}" for i in range(6)], "high")
    row = certainty(made)
    assert row.estimate == 2
    assert "risk of bias -2: 100% of the weight" in "; ".join(row.assumptions)


def test_other_people_are_indirect(tmp_path):
    made = folder(tmp_path, grade={"information_size": 200, "conditions": ["anxiety"]})
    said = "; ".join(certainty(made).assumptions)
    assert "indirectness -2: 100% of the weight is indirect (population 100%)" in said


def test_without_thresholds_there_is_no_certainty(tmp_path):
    outcomes = {"depression": {"label": "Depressive symptoms", "higher": "worse"}}
    made = read_review(write(tmp_path, plan(outcomes=outcomes), [study("a2020"), study("b2020")]))
    found = synthesise(made).estimates
    assert not len(found.select(name="certainty"))
    (refused,) = found.select(name="certainty").refused
    assert "declares no thresholds" in refused.reason


def test_studies_of_one_precision_still_have_a_certainty(tmp_path):
    made = folder(tmp_path, means=[9.0] * 12, grade={"information_size": 200})
    assert certainty(made).estimate == 3  # risk of bias not judged; no trend to be read


def test_what_has_no_certainty_says_of_which_outcome(tmp_path):
    found = synthesise(folder(tmp_path, means=[])).estimates
    assert [one.outcome for one in found.refused if one.name == "certainty"] == ["depression"]


def test_a_decision_holds_and_becomes_stale(tmp_path):
    made = folder(tmp_path, grade={"information_size": 200})
    review = made.review.analysis("primary")
    rows = synthesise(made).selections["primary"].rows
    suggested = {one.rule: one for one in suggestions(made, review, rows)}
    one = decided(suggested["imprecision"], -1, author="anna", reason="few", when="2026-11-25")
    made.judgements.mkdir(exist_ok=True)
    text = write_ledger(grade_ledger(made).append(one))
    (made.judgements / "grade.yaml").write_text(text, encoding="utf-8")
    row = certainty(made)
    assert "imprecision -1: few" in "; ".join(row.assumptions)
    assert not any("stale" in warning for warning in row.warnings)
    changed = folder(tmp_path, means=[*SIX[:-1], 12.0], grade={"information_size": 200})
    assert any("imprecision of primary is stale" in w for w in certainty(changed).warnings)


def test_the_bias_that_tips_a_pool_is_its_nearer_limit(tmp_path):
    found = synthesise(folder(tmp_path)).estimates
    pooled = found["pooled-effect"]
    tipping = found.select(name="bias-tipping-point", label="primary, no effect").rows[0]
    assert pooled.high is not None
    assert pooled.high < 0
    assert_allclose(tipping.estimate, -pooled.high, rtol=1e-12)


def test_without_guesses_nothing_is_said_of_chance_guessing(tmp_path):
    found = synthesise(folder(tmp_path)).estimates
    (refused,) = (r for r in found.refused if r.name == "effect-at-chance-guessing")
    assert refused.reason.startswith("0 of 6 studies report what people guessed")


def test_guesses_in_four_studies_give_the_effect_at_chance(tmp_path):
    studies = []
    for i, mean in enumerate(SIX):
        counts = {"right": 12 + i, "wrong": 11 - i, "unsure": 2}
        told = {"visit": "week 4", "source": "made up", "checked_by": "a person", "verified": True}
        guesses = [{"arm": arm, **counts, **told}
                   for arm in ("drug", "placebo")]  # fmt: skip
        studies.append(study(f"a{2015 + i}", mean, blinding={"guesses": guesses}))
    made = read_review(write(tmp_path, plan(outcomes=OUTCOMES), studies))
    rows = synthesise(made).estimates.select(name="effect-at-chance-guessing").rows
    assert rows
    assert all(row.label is not None and row.label.startswith("primary, ") for row in rows)


def test_the_level_of_one_analysis_does_not_touch_another(tmp_path):
    both = [analysis(), analysis("all", include_unverified=True)]
    made = folder(tmp_path, analyses=both, grade={"information_size": 200})
    rows = synthesise(made).estimates.select(name="certainty").rows
    assert [row.label for row in rows] == ["primary", "all"]


def test_the_forest_has_risk_of_bias_beside_its_studies(tmp_path):
    made = folder(tmp_path)
    judged(made, ["a2015"])
    studies, summary, prediction, rob = forest_of(synthesise(made), "primary")
    assert rob == {**{key: key for key in DOMAINS}, "overall": "All"}
    assert list(studies["overall"]) == ["low", *[""] * 5]
    assert len(summary) == 1
    assert prediction is not None
    assert prediction[0] <= summary["low"][0]


def test_a_forest_needs_two_studies(tmp_path):
    with pytest.raises(NotIdentifiedError, match="pools 1 of the studies"):
        forest_of(synthesise(folder(tmp_path, means=[9.0])), "primary")
