"""aid.yaml: names, questions and queries, and no finding; what is wrong is told."""

from dataclasses import replace
from datetime import date

import pytest

from equipoise.errors import DataError
from equipoise.report.site.aid_plan import overdue, read_aid
from equipoise.report.site.decision_aid import options_told
from equipoise.synthesis.evidence.facts import facts

from .conftest import built

AID = "aid.yaml"


def test_no_digit_stands_in_the_words_of_the_aid(content):
    aid = read_aid(content.folder)
    words = [aid.title, aid.question, *aid.questions, *(one.text for one in aid.values)]
    words += [text for one in aid.options for text in (one.name, one.what)]
    words += [group.name for one in aid.options for group in one.harms]
    words += [text for one in aid.conditions for text in (one.name, one.means)]
    assert not [text for text in words if any(letter.isdigit() for letter in text)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("means low mood", "means, for 14 days, low mood", "No digit may stand"),
        ("To feel better soon", "60 of 100 feel better", "No digit may stand"),
        ("first: true", "first: false", "one option, that of doing nothing"),
        ("id: anxiety", "id: depression", "share an id"),
        ("helps: {depression: [], anxiety: []}", "helps: {depression: []}", "needs each of"),
        ("lasts, text", "soon, text", "share an id"),
        ("text: That it lasts", "words: That it lasts", "text"),
    ],
)
def test_a_wrong_plan_says_what_is_wrong(changed, old, new, told):
    with pytest.raises(DataError, match=told):
        read_aid(changed((AID, old, new)).folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("psychotherapy-anxiety:gad", "psychotherapy-worry:gad", "no review is called"),
        ("ketamine-depression:full-dose", "ketamine-depression:fuller", "says nothing of fuller"),
        ("harms/glue-bp", "harms/glue-bq", "no verified fact"),
        ("harms/glue-bp", "kindness/glue-bp", "no verified fact"),
        ("depression-world-adults-2021", "depression-moon-adults-2021", "not there"),
    ],
)
def test_a_query_of_what_is_not_there_is_refused(changed, old, new, told):
    with pytest.raises(DataError, match=told):
        built(changed((AID, old, new)))


def test_an_unverified_fact_is_never_shown(changed, content):
    every = facts("harms", unverified=True)
    unchecked = [one for one in every if not one.verified and "ketamine" in (one.substance or "")]
    made = built(content)["aid.html"]
    assert unchecked
    assert not [one.id for one in unchecked if f'"fact:{one.id}"' in made]
    with pytest.raises(DataError, match="no verified fact"):
        built(changed((AID, "harms/glue-bp", f"harms/{unchecked[0].id}")))


def test_an_empty_query_is_a_gap_and_no_invented_line(changed):
    old = "[psychotherapy-anxiety:gad-any-control]\n    substances"
    content = changed((AID, old, "[]\n    substances"))
    told = {one.option.id: one for one in options_told(content, read_aid(content.folder))}
    (line,) = told["cbt"].cells["anxiety"]
    assert line.gap
    assert line.text == "No study in this version."
    assert line.id == "aid:cbt:anxiety:gap"


def test_overdue_only_after_the_day_and_then_on_the_page_too(content):
    due = date(2027, 5, 24)  # 25 November 2026 and 180 days
    assert overdue(replace(content, today=due)) is None
    late = replace(content, today=date(2027, 5, 25))
    assert "2026-11-25" in overdue(late)
    assert "This page is past its date" in built(late)["aid.html"]
    assert "This page is past its date" not in built(content)["aid.html"]
