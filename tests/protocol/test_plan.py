"""The protocol as a value: its hash, its answers, its way back to YAML, its schema."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import equipoise
from equipoise.analysis.total_effect import planned_effect
from equipoise.errors import ProtocolError
from equipoise.instruments import Instrument
from equipoise.protocol import (
    Arm,
    Design,
    Measure,
    Protocol,
    Visit,
    protocol_from_text,
    protocol_schema,
    protocol_text,
    read_protocol,
)

HOUSE = Path(equipoise.__file__).parent
SHIPPED = sorted(HOUSE.glob("*/protocols/*.yaml"))


DEMO = read_protocol(HOUSE / "simulation" / "protocols" / "microdose-demo.yaml")


def shuffled(value, random):
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@settings(deadline=None, max_examples=25)
@given(st.randoms())
def test_order_of_keys_and_comments_leave_the_hash(random):
    data = shuffled(json.loads(DEMO.canonical), random)
    again = protocol_from_text("# a comment\n" + json.dumps(data, indent=1))  # JSON is YAML
    assert again.sha256 == DEMO.sha256


def leaves(value, path=()):
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            yield from leaves(inner, (*path, step))
    elif isinstance(value, str):
        yield path


def test_every_change_of_a_sentence_changes_the_hash():
    data = json.loads(DEMO.canonical)
    sentences = [p for p in leaves(data) if p[-1] in ("treatment", "action", "who", "consent")]
    assert len(sentences) >= 6
    for path in sentences:
        changed = json.loads(DEMO.canonical)
        part = changed
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] += "!"
        assert Protocol.model_validate(changed).sha256 != DEMO.sha256


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_way_to_yaml_and_back_is_lossless(file):
    protocol = read_protocol(file)
    again = protocol_from_text(protocol_text(protocol))
    assert again == protocol
    assert again.sha256 == protocol.sha256


def test_defaults_written_out_leave_the_hash(plan):
    long = plan + "prospective: false\nversion: '1'\nmonitoring: {committee: null}\n"
    assert protocol_from_text(long).sha256 == protocol_from_text(plan).sha256


def test_a_protocol_is_frozen(plan):
    with pytest.raises(ValidationError, match="frozen"):
        protocol_from_text(plan).title = "Another"


def test_names_are_looked_up(plan):
    protocol = protocol_from_text(plan)
    assert protocol.arm_names == ("drug", "pill")
    assert protocol.visit_names == ("start", "end")
    assert protocol.arm("pill").role == "placebo"
    assert protocol.instrument("sadness").id == "PHQ-9"
    assert planned_effect(protocol, "sadness").covariates == ("hope",)
    assert planned_effect(protocol, "worry") is None


@pytest.mark.parametrize("look_up", ["arm", "visit", "instrument"])
def test_an_unknown_name_is_told_with_those_known(plan, look_up):
    with pytest.raises(ProtocolError, match=rf"no {look_up} 'x'. It has: \w+"):
        getattr(protocol_from_text(plan), look_up)("x")


def test_days_are_counted_through_the_visits_followed(plan):
    later = plan.replace("blinding:", "  - {name: later, after: end, days: 14}\nblinding:", 1)
    protocol = protocol_from_text(later)
    assert [protocol.day_of(name) for name in protocol.visit_names] == [0, 28, 42]
    assert protocol_from_text(plan.replace("day: 0, ", "")).day_of("end") is None


@pytest.mark.parametrize(
    ("kind", "repeated"),
    [("parallel", False), ("crossover", True), ("n-of-1", True), ("self-blinding", True)],
)
def test_repeated_follows_from_the_kind_unless_stated(kind, repeated):
    assert Design(kind=kind).repeated is repeated
    assert Design(kind=kind, repeated=not repeated).repeated is not repeated


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("", "exploratory"),
        ("prospective: true\n", "exploratory"),
        ("prospective: true\nlocked: 2026-01-05\n", "planned"),
    ],
)
def test_only_a_locked_plan_makes_an_analysis_planned(plan, lines, status):
    protocol = protocol_from_text(lines + plan)
    assert protocol.status_of("ancova", "sadness") == status
    assert protocol.status_of("ancova", "worry") == "exploratory"
    assert protocol.status_of("mixed-model", "sadness") == "exploratory"


def test_a_protocol_can_be_made_in_code_with_a_scale_of_its_own():
    scale = Instrument(id="X", name="X", domain="other", higher="neither", unit="points")
    protocol = Protocol(
        identifier="made",
        title="Made in code",
        design=Design(kind="parallel"),
        arms=(Arm(name="a", role="active"), Arm(name="b", role="placebo")),
        contrast=("a", "b"),
        instruments={"x": Measure(define=scale)},
        visits=(Visit(name="end", instruments=("x",)),),
    )
    assert protocol.instrument("x") == scale
    assert protocol_from_text(protocol_text(protocol)).sha256 == protocol.sha256


def test_contradictions_are_refused_in_code_too(plan):
    data = yaml.safe_load(plan) | {"contrast": ["drug", "x"]}
    with pytest.raises(ValidationError, match=r'contrast\[1\]: found "x"'):
        Protocol.model_validate(data)


def test_schema_names_every_field_and_holds_the_shipped_files():
    schema = protocol_schema()
    assert set(schema["properties"]) == set(Protocol.model_fields)
    assert "class" in schema["$defs"]["Dose"]["properties"]
    for file in SHIPPED:
        assert set(yaml.safe_load(file.read_text(encoding="utf-8"))) <= set(schema["properties"])


def test_schema_is_plain_json():
    assert json.loads(json.dumps(protocol_schema()))["additionalProperties"] is False
