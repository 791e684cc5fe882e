"""Harms and the flow of participants on the page: there when there are any, and only then."""

import pandas as pd
import pytest

from equipoise.analysis.harms import harms_table
from equipoise.analysis.participant_flow import ArmFlow, ParticipantFlow
from equipoise.estimates import Estimates, Refusal
from equipoise.report.page import render
from equipoise.report.sections import harms, harms_numbers, participant_flow

NASTY = "<b>sick</b> & dizzy"


@pytest.fixture
def found():
    people = pd.DataFrame(
        {"participant": [f"p{k}" for k in range(40)], "arm": ["drug", "dummy"] * 20}
    )
    told = [("p0", "headache"), ("p1", "headache"), ("p2", NASTY), ("p4", NASTY)]
    events = pd.DataFrame(told, columns=["participant", "event"])
    return harms_table(events.assign(serious="no", severity="mild"), people, control="dummy")


@pytest.fixture
def flow():
    arms = (
        ArmFlow("drug", 20, 19, {"nausea": 2, "moved away": 1}, 17, {}),
        ArmFlow("dummy", 20, 20, {}, 20, {}),
    )
    return ParticipantFlow(43, 40, False, "Wellness", ("w4",), arms)


def test_without_adverse_events_nothing_is_said(make_findings):
    assert harms.section(make_findings()) is None
    assert participant_flow.section(make_findings()) is None


def test_the_table_has_people_events_and_differences(make_findings, found):
    section = harms.section(make_findings(harms=found))
    _, table, notes = section.blocks
    row = next(row for row in table.rows if row[0].text == "headache")
    assert [cell.text for cell in row][1:3] == ["1 (5.0%) [1]", "1 (5.0%) [1]"]
    assert row[3].text.startswith("0.0 (")
    assert "20 people with dummy" in table.caption
    text = " ".join(notes.paragraphs)
    assert "does not mean none can occur" in text
    assert "The protocol does not say how harms were asked for" in text
    assert "No row for “led to withdrawal”" in text
    assert "no harm" not in text.lower()


def test_harms_that_cannot_be_compared_say_why(make_findings):
    refused = Estimates(refused=(Refusal("incidence", "no event has a day.", label="harms"),))
    assert harms.section(make_findings(harms=refused)).absent == "no event has a day."


def test_every_number_on_harms_is_folded_away(make_findings, found):
    (table,) = harms_numbers.section(make_findings(harms=found)).blocks
    assert table.closed == f"Harms: {len(found)} numbers"
    assert sum(len(row) > 1 for row in table.rows) == len(found)
    assert harms_numbers.section(make_findings()) is None


def test_how_harms_were_asked_for_is_a_footnote(make_findings, found):
    section = harms.section(make_findings(harms=found, harms_collected="One open question."))
    assert "One open question." in section.blocks[2].paragraphs[0]


def test_the_flow_is_said_in_words(make_findings, flow):
    section = participant_flow.section(make_findings(flow=flow))
    caption = section.blocks[0].caption
    for part in (
        "In the records: 43",
        "Never allocated: 3",
        "nausea: 2",
        "Analysed: 17",
        "w4",
        "No leaving",
    ):
        assert part in caption
    assert "One column" not in caption


def test_the_page_holds_both_and_escapes_names(make_findings, found, flow):
    page = render(make_findings(harms=found, flow=flow))
    assert 'id="harms"' in page
    assert 'id="participant-flow"' in page
    assert NASTY not in page
    assert "&lt;b&gt;sick" in page
    assert page == render(make_findings(harms=found, flow=flow))
