"""The screen itself: order, silence, slips of the pen, files that are wrong."""

import shutil
from dataclasses import FrozenInstanceError

import pytest

from equipoise.errors import DataError
from equipoise.safety import LEVELS, Answers, rule_book, screen
from equipoise.safety.part import FOLDER

NO_RULE = "We found no rule for what you entered. That is not proof of safety."


def all_no(book) -> dict[str, str]:
    return dict.fromkeys(book.questions, "no")


def test_nothing_found_is_no_verdict(book):
    found = screen(Answers(all_no(book)), "LSD")
    assert found.summary == NO_RULE
    assert (found.level, found.hits, found.unknown) == (None, (), ())
    assert "We did not check illnesses that we did not ask about." in found.not_checked
    assert "You entered no medicine, so no medicine was checked." in found.not_checked


def test_crisis_comes_first_then_the_strictest():
    answers = {"suicide": "yes", "psychosis": "yes", "liver": "yes", "panic": "yes"}
    found = screen(Answers(answers), "LSD")
    assert found.crisis
    assert [h.rule for h in found.hits] == [
        "psy_suicide",
        "psy_psychosis",
        "mdlsd_liver",
        "panic_lsd",
    ]
    ketamine = screen(Answers({"suicide": "not sure", "aneurysm": "yes"}), "ketamine")
    assert [(h.rule, h.level) for h in ketamine.hits] == [
        ("esk_suicide", "talk first"),
        ("esk_vasc", "stop"),
    ]


@pytest.mark.parametrize("substance", ["LSD", "psilocybin", "ketamine", "esketamine"])
def test_not_sure_counts_as_yes_and_silence_is_named(substance, book):
    for key, question in book.questions.items():
        if question.after or key == "medicine":
            continue
        yes = screen(Answers({key: "yes"}), substance)
        unsure = screen(Answers({key: "not sure"}), substance)
        silent = screen(Answers(), substance)
        assert [h.rule for h in yes.hits] == [h.rule for h in unsure.hits]
        assert not silent.hits
        told = f"You did not answer: {question.text}"
        if yes.hits:
            assert told in silent.not_checked
            assert not any(question.text in text for text in yes.not_checked)
        else:  # silence of the rules is named as well
            assert any(
                text.startswith(f'You answered "yes" to: {question.text} We have no rule')
                for text in yes.not_checked
            )


@pytest.mark.parametrize("key", ["heart", "stroke", "blood_pressure"])
@pytest.mark.parametrize(
    ("then", "level"), [("yes", "talk first"), ("no", "stop"), ("not sure", "stop"), (None, "stop")]
)
def test_if_uncontrolled_asks_one_more_question(key, then, level):
    more = {} if then is None else {f"{key}_controlled": then}
    found = screen(Answers({key: "yes", **more}), "ketamine")
    assert [h.level for h in found.hits] == [level]
    assert not screen(Answers({key: "no", f"{key}_controlled": "no"}), "ketamine").hits
    assert (then is None) == any(
        "did not answer" in t and "control" in t for t in found.not_checked
    )


def test_each_hit_says_what_was_asked_and_where_it_was_read():
    found = screen(Answers({"pregnancy": "not sure"}, ("Lithium",)), "ketamine")
    first, second = found.hits
    assert first.asked[0].endswith("Your answer: not sure.")
    assert second.asked == ("You entered: Lithium. We read it as: lithium.",)
    assert first.source.read_on == "2026-11-23"
    assert first.checked == "Not yet checked by a person."


def test_a_known_medicine_without_a_rule_is_named():
    found = screen(Answers(medicines=("oxycodone",)), ["LSD", "ketamine"])
    assert [h.rule for h in found.hits] == ["esk_cns"]
    assert any(t.startswith("We know oxycodone, but have no rule for it with LSD.")
               for t in found.not_checked)  # fmt: skip


def test_medicines_taken_but_not_named_are_unknown():
    found = screen(Answers({"medicine": "not sure"}), "LSD")
    assert found.unknown[0].text.startswith(
        "You take, or may take, medicines that you did not name"
    )
    assert found.level == "talk first"


def test_esketamine_takes_the_rules_of_ketamine_and_says_so():
    found = screen(Answers(medicines=("lamotrigine",)), "Spravato")
    assert found.substances == ("esketamine",)
    assert found.hits[0].indirect == "This was found out about ketamine, not about esketamine."
    assert screen(Answers(medicines=("lamotrigine",)), "ketamine").hits[0].indirect is None


def test_two_substances_give_the_rules_of_both():
    answers = Answers({"psychosis": "yes", "alcohol": "no"}, ("lithium",))
    both = screen(answers, ["LSD", "ketamine"])
    each = {h.rule for s in ("LSD", "ketamine") for h in screen(answers, s).hits}
    assert {h.rule for h in both.hits} == each
    assert screen(answers, ["LSD", "lsd"]).substances == ("LSD",)


def test_levels_are_in_order_and_a_result_cannot_be_changed():
    found = screen(Answers({"psychosis": "yes", "repeated": "yes", "panic": "yes"}), "LSD")
    places = [LEVELS.index(hit.level) for hit in found.hits]
    assert places == sorted(places)
    with pytest.raises(FrozenInstanceError):
        found.summary = "fine"


@pytest.mark.parametrize(
    ("answers", "substances", "told"),
    [
        (Answers({"pregnant": "yes"}), "LSD", "no question 'pregnant'. Did you mean 'pregnancy'"),
        (Answers({"pregnancy": "maybe"}), "LSD", "must be one of: yes, no, not sure. Got 'maybe'"),
        (Answers(), "caffeine", "We have no rules for 'caffeine', so we can say nothing about it"),
        (Answers(), "psilocibin", "Did you mean psilocybin"),
        (Answers(), [], "at least one substance"),
    ],
)
def test_slips_are_told(answers, substances, told):
    with pytest.raises(DataError, match=told):
        screen(answers, substances)


WRONG = [
    ("source: nayak-2021", "source: nobody-1999", "Named but not defined: lithium_psy: source nob"),
    ("level: stop", "level: record", "means stop, not record"),
    ("level: stop", "level: fine", "lithium_psy: level Input should be"),
    ("verified: true", "verified: false", "is not verified, so it must not give a reason"),
    ("reason: In reports", "reson: In reports", "Extra inputs are not permitted"),
    ("handling: hard stop (exclude)", "handling: shrug", "a handling without a level: 'shrug'"),
    ("medicines: [lithium]", "medicines: []", "it could never apply"),
    ("substances: [LSD, psilocybin]", "substances: [DMT]", "lithium_psy: substance DMT"),
    ("id: lithium_psy", "id: li_ket", "Rules with the same id: li_ket"),
    ("- id: lithium_psy", "- id: [", "is not YAML"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_a_wrong_rule_file_is_refused(tmp_path, old, new, told):
    folder = tmp_path / "safety"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "rules/lithium.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as error:
        rule_book(folder)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("  level: stop\n", "its level is talk first"),
        ("  level: record\n", "its level is talk first"),
    ],
)
def test_an_unverified_rule_has_one_level_only(tmp_path, line, told):
    folder = tmp_path / "safety"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "rules/seizure.yaml"
    file.write_text(file.read_text("utf-8").replace("  level: talk first\n", line), "utf-8")
    with pytest.raises(DataError, match=told):
        rule_book(folder)
