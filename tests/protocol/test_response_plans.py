"""Planned responses that do not fit the rest of the protocol are mistakes with a way out."""

import pytest

from equipoise.errors import ProtocolError
from equipoise.protocol import protocol_from_text

SAFETY = "safety:\n"
RIGHT = "{name: remission, method: response, outcomes: [sadness], response: {below: 4}}"
TIMED = RIGHT.replace("method: response", "method: time-to-response")


def with_analysis(plan, analysis):
    return plan.replace(SAFETY, f"  - {analysis}\n{SAFETY}")


@pytest.mark.parametrize("analysis", [RIGHT, TIMED])
def test_both_methods_are_read_and_written(plan, analysis):
    protocol = protocol_from_text(with_analysis(plan, analysis))
    assert protocol.analyses[-1].response.in_words == "a score of 4 or less"
    assert '"response":{"above":null,"below":4.0' in protocol.canonical


def test_a_plan_without_them_keeps_its_hash(plan):
    assert '"response"' not in protocol_from_text(plan).canonical


MISTAKES = [
    # (what is replaced, by what, what the message holds)
    (", response: {below: 4}", "", ["needs `response`", "{below: 7}"]),
    ("method: response", "method: ancova", ["response and time-to-response, not ancova"]),
    ("{below: 4}", "{below: 4, improvement: 0.5}", ["give one of"]),
    ("{below: 4}", "{above: 4}", ["analyses[2].response", "a response lies `below` a value"]),
    ("response: {below", "df: satterthwaite, response: {below", ["`df` goes with"]),
    ("outcomes: [sadness]", "visits: [start], outcomes: [sadness]",
     ["analyses[2].visits", '"start", which is before treatment']),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
@pytest.mark.parametrize("analysis", [RIGHT, TIMED])
def test_a_mistake_is_explained(plan, analysis, old, new, words):
    old = old.replace("method: response", analysis.split(", ")[1])
    assert old in analysis
    message = refused(with_analysis(plan, analysis.replace(old, new)))
    for part in words:
        assert part in message


def refused(text):
    with pytest.raises(ProtocolError) as caught:
        protocol_from_text(text, name="plan.yaml")
    return str(caught.value)


def test_a_time_needs_days(plan):
    untimed = plan.replace("after: start, days: 28, ", "")
    protocol_from_text(with_analysis(untimed, RIGHT))
    message = refused(with_analysis(untimed, TIMED))
    assert '"end" has no time: give the visit a `day`' in message


def test_events_are_not_handled_silently(plan):
    composite = plan.replace("treatment-policy}", "composite, failure_value: 27}")
    analysis = RIGHT.replace("response: {", "estimand: total, response: {")
    protocol_from_text(with_analysis(plan, analysis))
    message = refused(with_analysis(composite, analysis))
    assert 'handles an event by "composite"' in message
    assert "`measure: risk-difference`" in message


def test_people_keep_their_arm(plan):
    changing = plan.replace("{kind: parallel}", "{kind: crossover, periods: 2}")
    assert "keep one arm" in refused(with_analysis(changing, TIMED))
