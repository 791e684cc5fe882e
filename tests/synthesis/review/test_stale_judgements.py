"""A study file that changed after its judgement: the judgement counts as none, and that is said."""

import pytest
import yaml
from click.testing import CliRunner

from equipoise.cli.review_versions import status
from equipoise.errors import DataError
from equipoise.report.evidence import sentences
from equipoise.synthesis.judgement import decided, write_ledger
from equipoise.synthesis.review import read_review, synthesise
from equipoise.synthesis.review.certainty import grade_ledger, risk_of_bias_of, suggestions
from equipoise.synthesis.review.risk_of_bias import assessed, lapsed_bias, some, undated_bias

from .conftest import plan, study, write

SIZES = {"small": 0.2, "moderate": 0.5, "large": 0.8}
OUTCOMES = {"depression": {"label": "Depressive symptoms", "higher": "worse", "thresholds": SIZES}}
OUTCOME = "depression"
DOMAINS = [f"D{i}" for i in range(1, 6)]
NAMES = [f"a{2015 + i}" for i in range(6)]
MEANS = [9.0, 10.1, 9.5, 10.4, 8.8, 9.9]


def folder(path, first=9.0, **changes):
    means = [first, *MEANS[1:]]
    studies = [study(name, mean) for name, mean in zip(NAMES, means, strict=True)]
    studies[0] |= changes
    settings = {"information_size": 200}
    return read_review(write(path, plan(outcomes=OUTCOMES, grade=settings), studies))


def judge(made, level="low", **hashes):
    made.judgements.mkdir(exist_ok=True)
    each = {"levels": dict.fromkeys(DOMAINS, level), "reasons": dict.fromkeys(DOMAINS, "read")}
    own = {name: made.studies[name].sha256 for name in NAMES} | hashes
    rows = {name: {**each, "study_sha256": own[name]} for name in NAMES}
    text = yaml.safe_dump({"studies": rows})
    (made.judgements / "rob2.yaml").write_text(text, encoding="utf-8")


def certainty(made):
    return synthesise(made).estimates["certainty"]


def test_an_unchanged_study_keeps_its_judgement(tmp_path):
    judge(folder(tmp_path))
    row = certainty(folder(tmp_path))
    assert row.estimand == "certainty of the evidence: high"
    assert not any("stale" in warning or "study_sha256" in warning for warning in row.warnings)


def test_a_changed_study_counts_as_not_judged(tmp_path):
    judge(folder(tmp_path))
    made = folder(tmp_path, first=9.01)
    assert lapsed_bias(made) == {"a2015"}
    assert "a2015" not in risk_of_bias_of(made, OUTCOME)
    assert {one.label for one in assessed(made)} == set(NAMES[1:])
    row = certainty(made)
    assert row.estimand == "certainty of the evidence: moderate"
    assert ("risk of bias -1: nobody has judged the risk of bias since the file changed of a2015"
            in "; ".join(row.assumptions))  # fmt: skip
    assert any("counts as not judged: the file changed since of a2015" in w for w in row.warnings)


def test_a_judgement_of_one_outcome_is_of_that_outcome_alone(tmp_path):
    made = folder(tmp_path)
    judge(made)
    file = made.judgements / "rob2.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["studies"]
    high = {"levels": dict.fromkeys(DOMAINS, "high")}
    rows[f"{NAMES[0]} ({OUTCOME})"] = rows[NAMES[0]] | high
    rows[f"{NAMES[1]} (dropout)"] = rows[NAMES[1]] | high
    file.write_text(yaml.safe_dump({"studies": rows}), encoding="utf-8")
    found = risk_of_bias_of(made, OUTCOME)
    assert [found[name] for name in NAMES[:3]] == ["high", "low", "low"]
    assert risk_of_bias_of(made, "dropout")[NAMES[1]] == "high"
    assert lapsed_bias(folder(tmp_path, first=9.01)) == {"a2015"}


def test_any_field_counts_and_layout_does_not(tmp_path):
    judge(folder(tmp_path))
    assert lapsed_bias(folder(tmp_path, note="a second look")) == {"a2015"}
    made = folder(tmp_path)
    file = tmp_path / "studies" / "a2015.yaml"
    data = yaml.safe_load(file.read_text("utf-8"))
    file.write_text("# a comment\n" + yaml.safe_dump(data, sort_keys=True), encoding="utf-8")
    assert lapsed_bias(read_review(made.path)) == frozenset()


def test_the_first_digits_of_the_hash_are_enough(tmp_path):
    made = folder(tmp_path)
    judge(made, a2015=made.studies["a2015"].sha256[:12])
    assert lapsed_bias(made) == frozenset()


@pytest.mark.parametrize("wrong", ["yes", "1f2e", "z" * 16])
def test_what_is_no_hash_is_refused(tmp_path, wrong):
    made = folder(tmp_path)
    judge(made, a2015=wrong)
    with pytest.raises(
        DataError, match=r"rob2.yaml: a2015: study_sha256 '.*' is no hash: 12 to 64"
    ):
        assessed(made)


def test_a_judgement_without_a_hash_counts_with_a_warning(tmp_path):
    made = folder(tmp_path)
    judge(made, a2016=None)
    assert undated_bias(made) == ("a2016",)
    row = certainty(made)
    assert row.estimand == "certainty of the evidence: high"
    assert any("no `study_sha256`" in w and w.endswith("of a2016") for w in row.warnings)


def test_a_sentence_says_it(tmp_path):
    judge(folder(tmp_path))
    said = {one.kind: one for one in sentences(synthesise(folder(tmp_path, first=9.01)))}
    one = said["stale-studies"]
    assert one.studies == ("a2015",)
    assert one.text.startswith("After someone judged how well trials were run, the data of 1 trial")
    assert ("a2015", "not judged") in said["headline"].opens.risk_of_bias
    assert "a check of how well each trial was run" in said["change"].text
    before = {one.kind for one in sentences(synthesise(folder(tmp_path)))}
    assert "stale-studies" not in before


def decide(made, rule, level):
    rows = synthesise(made).selections["primary"].rows
    suggested = {one.rule: one for one in suggestions(made, made.review.analysis("primary"), rows)}
    one = decided(suggested[rule], level, author="anna", reason="read", when="2026-11-25")
    made.judgements.mkdir(exist_ok=True)
    text = write_ledger(grade_ledger(made).append(one))
    (made.judgements / "grade.yaml").write_text(text, encoding="utf-8")


def test_a_decision_on_other_data_spares_nothing(tmp_path):
    """Anna said that unread studies do not matter; then a study changed."""
    decide(folder(tmp_path), "risk-of-bias", 0)
    assert certainty(folder(tmp_path)).estimate == 4
    row = certainty(folder(tmp_path, first=9.01))
    assert row.estimate == 3
    assert any(
        "risk-of-bias of primary is stale: studies a2015 was" in warning
        for warning in row.warnings
    )  # fmt: skip
    said = {one.kind for one in sentences(synthesise(folder(tmp_path, first=9.01)))}
    assert "stale-certainty" in said


def test_a_decision_that_lowered_still_lowers(tmp_path):
    decide(folder(tmp_path), "imprecision", -2)
    row = certainty(folder(tmp_path, note="another note"))
    told = "; ".join(row.assumptions)
    assert "imprecision -2: anna decided -2 on other data, to be judged again" in told
    assert "suggested by rule, confirmed by nobody" in "; ".join(row.warnings)


def test_judged_again_it_holds(tmp_path):
    decide(folder(tmp_path), "risk-of-bias", 0)
    changed = folder(tmp_path, first=9.01)
    decide(changed, "risk-of-bias", 0)
    row = certainty(changed)
    assert row.estimate == 4
    assert not any("stale" in warning for warning in row.warnings)


def test_unblinding_that_a_lapsed_decision_moved_counts_once(tmp_path):
    """No change of a study file may make a review that was right an error."""
    made = folder(tmp_path)
    rows = synthesise(made).selections["primary"].rows
    suggested = {one.rule: one for one in suggestions(made, made.review.analysis("primary"), rows)}
    mark = {"author": "anna", "reason": "read", "when": "2026-11-25"}
    blind = decided(suggested["unblinding"], -1, counts_unblinding=True, **mark)
    bias = decided(suggested["risk-of-bias"], 0, counts_unblinding=False, **mark)
    made.judgements.mkdir(exist_ok=True)
    text = write_ledger(grade_ledger(made).append(bias, blind))
    (made.judgements / "grade.yaml").write_text(text, encoding="utf-8")
    assert certainty(folder(tmp_path, first=9.01)).estimate == 2


def test_many_studies_are_named_by_the_first():
    assert some([f"s{i}" for i in range(12)]) == "s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 2 more"


def test_the_status_says_what_to_write(tmp_path):
    judge(folder(tmp_path))
    made = folder(tmp_path, first=9.01)
    told = CliRunner().invoke(status, [str(tmp_path)]).output
    assert "STALE, and counts as not judged" in told
    assert f'a2015: study_sha256: "{made.studies["a2015"].sha256[:16]}"' in told
    assert "a2016" not in told
