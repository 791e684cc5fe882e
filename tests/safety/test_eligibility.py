"""The same rules as criteria of a trial and as checks at a visit."""

from equipoise.protocol import read_protocol
from equipoise.safety import (
    Answers,
    check_visit,
    criteria,
    exclusion_criteria,
    questions_for,
    screen,
    substances_in,
)
from equipoise.simulation import demo_protocol


def test_the_stops_of_a_drug_are_exclusion_criteria(book):
    found = exclusion_criteria(["LSD"])
    assert found == tuple(sorted(set(found)))
    stops = {r.criterion for r in book.rules if "LSD" in r.substances and r.level == "stop"}
    assert set(found) == stops
    assert {"Takes lithium", "Psychosis, mania or bipolar disorder, now or ever"} <= set(found)


def test_how_a_drug_is_taken_is_no_criterion():
    for drug in ("LSD", "psilocybin", "ketamine", "esketamine"):
        texts = {c.text for c in criteria([drug])}
        assert not any("drive" in text or "health worker" in text for text in texts)


def test_criteria_are_sorted_and_carry_their_rules_and_sources():
    found = criteria(["LSD", "psilocybin"])
    assert [c.level for c in found] == sorted(
        (c.level for c in found), key=["stop", "talk first", "record"].index
    )
    lithium = next(c for c in found if c.text == "Takes lithium")
    assert lithium.rules == ("lithium_lsd_effect", "lithium_psy")
    assert len(lithium.sources) == 2
    seizure = next(c for c in found if c.text.startswith("A seizure"))
    assert (seizure.sources, seizure.verified) == ((), False)


def test_the_criteria_fit_into_a_protocol():
    plan = demo_protocol()
    known, without = substances_in(p.substance for arm in plan.arms for p in arm.interventions)
    assert (known, without) == (("LSD",), ())
    changed = plan.model_dump(mode="json", by_alias=True)
    changed["eligibility"]["exclude"] = exclusion_criteria(known)
    again = type(plan).model_validate(changed)
    assert again.eligibility.exclude == exclusion_criteria(known)
    assert callable(read_protocol)


def test_a_substance_without_rules_is_named():
    assert substances_in(["LSD", "LSD", "none", "escitalopram"]) == (("LSD",), ("escitalopram",))


def test_a_visit_says_what_the_screen_says_and_what_is_new():
    before = check_visit("baseline", Answers({"suicide": "no", "repeated": "yes"}), ["LSD"])
    assert not before.excluded_by
    assert [h.rule for h in before.to_record] == ["valve_echo", "valve_tagen"]
    assert before.new_since_last == ()
    given = Answers(
        {"suicide": "yes", "liver": "not sure", "repeated": "yes"}, ("Priadle", "Xyzol")
    )
    now = check_visit("week 2", given, ["LSD"], last=before)
    assert now.safety_path
    assert [h.rule for h in now.excluded_by] == ["psy_suicide"]
    assert {"lithium_psy", "lithium_lsd_effect", "mdlsd_liver"} == {
        h.rule for h in now.for_clinician
    }
    assert "psy_suicide" in now.new_since_last
    assert "valve_echo" not in now.new_since_last
    assert [u.entered for u in now.unknown] == ["Priadle", "Xyzol"]
    assert now.found == screen(given, ["LSD"])


def test_a_check_knows_no_arm():
    assert "arm" not in check_visit.__annotations__


def test_only_questions_that_a_rule_needs_are_asked(book):
    ids = {q.id for q in questions_for(["psilocybin"])}
    assert "medicine" in ids
    assert "slow_metaboliser" not in ids
    assert ids | {q.id for q in questions_for(["LSD"])} | {
        q.id for q in questions_for(["ketamine"])
    } == set(book.questions)
