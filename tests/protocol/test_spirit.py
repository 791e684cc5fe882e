"""The completeness table: SPIRIT 2025 whole, filled by fields, honest about what is missing."""

from pathlib import Path

import equipoise
from equipoise.protocol import completeness, protocol_from_text, read_protocol

HOUSE = Path(equipoise.__file__).parent
DEMO = HOUSE / "simulation" / "protocols" / "microdose-demo.yaml"


def rows(protocol):
    return {topic.slug: topic for topic in completeness(protocol)}


def test_all_34_items_of_spirit_2025_have_a_topic(plan):
    items = {topic.item for topic in completeness(protocol_from_text(plan))}
    assert {item.rstrip("abcd") for item in items} - {"+"} == {str(n) for n in range(1, 35)}
    # sub-items of the 2025 checklist (Chan et al. 2025, BMJ 389:e081477)
    assert len(items - {"+"}) == 53


def test_slugs_are_unique(plan):
    topics = completeness(protocol_from_text(plan))
    assert len(topics) == len({topic.slug for topic in topics})


def test_what_is_given_is_filled_and_the_rest_says_what_to_write(plan):
    table = rows(protocol_from_text(plan))
    assert table["title"].status == "filled"
    assert table["timeline"].status == "filled"  # day 0 is a day
    assert table["consent"].status == "missing"
    assert table["consent"].where == "ethics.consent"
    assert table["consent"].note


def test_filling_a_field_fills_its_topic(plan):
    table = rows(protocol_from_text(plan + "ethics: {consent: Asked in writing.}\n"))
    assert table["consent"].status == "filled"


def test_a_topic_may_be_declared_not_applicable_with_a_reason(plan):
    table = rows(protocol_from_text(plan + "not_applicable: {recruitment: One person.}\n"))
    assert (table["recruitment"].status, table["recruitment"].note) == (
        "not applicable",
        "One person.",
    )


def test_an_outcome_without_analysis_is_missing_and_named(plan):
    topic = rows(protocol_from_text(plan))["statistics"]
    assert topic.status == "missing"
    assert "worry" in topic.note
    whole = plan.replace(
        "outcomes: [sadness], covariates", "outcomes: [sadness, worry], covariates"
    )
    assert rows(protocol_from_text(whole))["statistics"].status == "filled"


def test_an_open_trial_needs_no_code_break(plan):
    opened = plan.replace("blind: [participant]", "blind: [nobody]")
    assert rows(protocol_from_text(opened))["code-break"].status == "not applicable"
    assert rows(protocol_from_text(plan))["code-break"].status == "missing"


def test_an_arm_without_intervention_is_missing(plan):
    assert rows(protocol_from_text(plan))["interventions"].status == "missing"


def test_the_demonstration_protocol_leaves_nothing_missing():
    assert [t.slug for t in completeness(read_protocol(DEMO)) if t.status == "missing"] == []
