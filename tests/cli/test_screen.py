"""equipoise screen: the safety screen in the terminal."""

import json
import re

import pytest

from equipoise.safety import Answers, crisis_block, criteria, rule_book, screen

LITHIUM = ("screen", "--substance", "psilocybin", "--medicine", "Priadel 400 mg")


def test_lithium_stops_by_brand_name(run):
    result = run(*LITHIUM, "--answer", "pregnancy=no")
    text = " ".join(result.output.split())
    assert result.exit_code == 0
    assert "Stop: do not take psilocybin." in text
    assert "You entered: Priadel 400 mg. We read it as: lithium." in text
    assert "Nayak SM et al. 2021" in text
    assert "Not yet checked by a person." in text
    assert "You did not answer: Are you breastfeeding?" in text
    assert "You did not answer: Are you pregnant" not in text
    assert "crisis" not in text.lower()


def test_the_crisis_block_comes_before_everything_else(run):
    result = run("screen", "--substance", "LSD", "--answer", "suicide=not sure", "--country", "GB")
    text = " ".join(result.output.split())
    assert result.output.startswith("If you may hurt yourself, reach out now.")
    assert text.index("116 123") < text.index("Safety screen: LSD") < text.index("Stop: do not")


def test_with_a_country_the_lines_are_shown_in_any_case(run):
    result = run(*LITHIUM, "--country", "es")
    text = " ".join(result.output.split())
    assert text.index("Safety screen") < text.index("If you may hurt yourself")
    assert "024" in text


def test_json_is_one_object_with_the_result(run):
    result = run(*LITHIUM, "--answer", "suicide=yes", "--json")
    found = json.loads(result.stdout)
    wanted = screen(Answers({"suicide": "yes"}, ("Priadel 400 mg",)), "psilocybin").to_dict()
    assert found["screen"] == json.loads(json.dumps(wanted))
    assert found["crisis_block"] == json.loads(json.dumps(crisis_block().to_dict()))
    assert list(found) == ["equipoise", "crisis_block", "screen"]


def test_questions_are_printed_and_are_those_of_the_drug(run):
    every = json.loads(run("screen", "--questions", "--json").stdout)["questions"]
    assert [q["id"] for q in every] == list(rule_book().questions)
    some = run("screen", "--questions", "--substance", "ketamine").output
    assert "heart_controlled (if heart is yes or not sure):" in " ".join(some.split())
    assert "slow_metaboliser" not in some


def test_a_name_that_was_meant_counts(run):
    asked = ("screen", "--substance", "LSD", "--medicine", "Priadle")
    assert "Did you mean: Priadel?" in " ".join(run(*asked).output.split())
    meant = " ".join(run(*asked, "--meant", "Priadle=Priadel").output.split())
    assert "Did you mean" not in meant
    assert "Perhaps." not in meant


def test_an_unknown_medicine_is_loud(run):
    text = " ".join(run("screen", "--substance", "LSD", "--medicine", "Blorfium").output.split())
    assert "We found no rule for what you entered. That is not proof of safety." in text
    assert "Not in our list: 1 of 1 that you entered." in text
    assert 'We do not know the name "Blorfium"' in text


def test_criteria_of_a_drug_and_of_a_protocol(run, tmp_path):
    found = json.loads(run("screen", "--substance", "LSD", "--criteria", "--json").stdout)
    assert [c["text"] for c in found["criteria"]] == [c.text for c in criteria(["LSD"])]
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    result = run("screen", "--protocol", plan, "--criteria")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Exclude\n")
    assert "Takes lithium" in result.stdout
    assert "We have no rules for escitalopram" in result.stderr


PLAN = """
identifier: two-arms
title: Two arms
design: {kind: parallel}
arms:
  - {name: a, role: active, interventions: [{substance: LSD}]}
  - {name: b, role: active, interventions: [{substance: escitalopram}, {substance: none}]}
contrast: [a, b]
instruments: {PHQ-9: {instrument: PHQ-9, role: primary}}
visits:
  - {name: w0, day: 0, baseline: true, instruments: [PHQ-9]}
  - {name: w1, day: 7, instruments: [PHQ-9]}
"""


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "Name the drug with --substance, or a --protocol"),
        (("--substance", "caffeine"), 1, "We have no rules for 'caffeine'"),
        (("--substance", "LSD", "--answer", "pregnancy"), 2, "Write --answer NAME=VALUE"),
        (("--substance", "LSD", "--answer", "age=30"), 1, "There is no question 'age'"),
        (("--substance", "LSD", "--answer", "liver=perhaps"), 1, "must be one of: yes, no, not"),
        (("--substance", "LSD", "--answer", "liver=no", "--answer", "liver=yes"), 2, "given twice"),
        (("--substance", "LSD", "--meant", "x=y"), 1, "is not in our list of names"),
    ],
)
def test_mistakes_are_told(run, arguments, code, told):
    result = run("screen", *arguments)
    assert result.exit_code == code
    assert told in " ".join(re.sub("[│]", " ", result.output).split())
