"""Every mistake is named: line of the file, field, value found, values allowed, what to do."""

import contextlib
import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.errors import ProtocolError
from equipoise.protocol import protocol_from_text, read_protocol

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def mistakes(text):
    with pytest.raises(ProtocolError) as caught:
        protocol_from_text(text, name="plan.yaml")
    return str(caught.value)


def test_the_unbent_plan_is_right(plan):
    assert protocol_from_text(plan).identifier == "small"


ONE_CHANGE = [
    # (what is replaced, by what, the line in the file, what the message holds)
    ("kind: parallel", "kind: paralel", 3,
     ['design.kind: found "paralel"; allowed: "parallel", "crossover"', 'mean "parallel"?']),
    ("title: A small trial", "title: no", 2, ["title: found no", 'write "no" in quotes']),
    ("title: A small trial", "title: 1.0", 2, ["title: found 1.0", 'a number: write "1.0"']),
    ("title: A small trial", "title: 2026-01-05", 2, ['a date: write "2026-01-05" in quotes']),
    ("title: A small trial", "title:", 2, ["title: found nothing", "reads an empty field"]),
    ("title: A small trial", "titel: A small trial", 2,
     ["titel: there is no such field; allowed fields:", 'did you mean "title"?']),
    ("identifier: small", "identifier: very small", 1, ['identifier: found "very small"']),
    ("title: A small trial\n", "", 1, ["title: is missing"]),
    ("name: drug, role: active", "name: drug", 5,
     ['arms[0].role: is missing; allowed: "active", "placebo"']),
    ("name: pill, role", "name: drug, role", 6, ['arms[1].name: found "drug" a second time']),
    ("name: pill, role", "name: off, role", 6,
     ["arms[1].name: found off", 'write "off" in quotes']),
    ("contrast: [drug, pill]", "contrast: [drug, pil]", 7,
     ['contrast[1]: found "pil"; allowed (see `arms`): "drug", "pill"; did you mean "pill"?']),
    ("contrast: [drug, pill]", "contrast: [drug, drug]", 7, ["arm are the same"]),
    ("contrast: [drug, pill]", "contrast: [drug]", 7, ["contrast[1]: is missing"]),
    ("instrument: PHQ-9", "instrument: PHQ9", 9,
     ["instruments.sadness.instrument: There is no instrument 'PHQ9'", "'PHQ-9'", "`define:`"]),
    ("sadness: {instrument: PHQ-9, role: primary}", "sadness: {role: primary}", 9,
     ["instruments.sadness: ", "either `instrument`"]),
    ("expectancy: hope", "expectancy: hpe", 13, ['expectancy: found "hpe"', '"hope"']),
    ("day: 0", "day: soon", 15, ['visits[0].day: found "soon"', "integer"]),
    ("day: 0", "day: 0, after: end, days: 2", 15, ["either `day` or `after`"]),
    ("after: start, days: 28", "after: start", 16, ["`after` and `days` go together"]),
    ("after: start, days: 28", "after: begin, days: 28", 16,
     ['visits[1].after: found "begin"; allowed (see `visits`): "start", "end"']),
    ("after: start", "after: end", 16, ["in a cycle: end -> end"]),
    ("instruments: [sadness, worry]}\n  - {name: end", "instruments: [sad]}\n  - {name: end", 15,
     ['visits[0].instruments[0]: found "sad"']),
    ("strategy: treatment-policy", "strategy: intention-to-treat", 26,
     ['strategy: found "intention-to-treat"; allowed: "treatment-policy", "hypothetical", '
      '"composite", "while-on-treatment", "principal-stratum"']),
    ("    summary: difference of means\n", "", 21, ["estimands[0].summary: is missing"]),
    ("method: ancova", "method: ancoa", 29, ['analyses[0].method: found "ancoa"', '"ancova"?']),
    ("outcomes: [sadness], covariates", "outcomes: [], covariates", 29, ["analyses[0].outcomes"]),
    ("outcomes: [sadness], covariates", "outcomes: [joy], covariates", 29,
     ['analyses[0].outcomes[0]: found "joy"; allowed (see `instruments`): "sadness", "worry"']),
    ("covariates: [hope]", "covariates: [age]", 29, ['analyses[0].covariates[0]: found "age"']),
    ("estimand: total", "estimand: totl", 30, ['analyses[0].estimand: found "totl"', '"total"?']),
    ("instrument: sadness, item: 9", "instrument: sadnes, item: 9", 33,
     ['safety[0].instrument: found "sadnes"']),
    ("item: 9", "item: 12", 33, ["safety[0].item: found 12; allowed items"]),
    ("within_hours: 24", "within_hours: 0", 33, ["greater than 0"]),
    ("  guess: {dont_know: true, timing: before-outcomes}\n", "", 16, ["`blinding.guess`"]),
    ("guess: true, ", "", 31, ["needs a treatment guess", "`guess: true`"]),
    ("identifier: small", "identifier: small\nlocked: 2026-01-05", 2,
     ["needs `prospective: true`"]),
    ("identifier: small", "identifier: small\nnot_applicable: {titel: because}", 2,
     ['not_applicable.titel: found "titel"', '"title"?']),
    ("identifier: small", "identifier: small\nallocation: {procedure: x, ratio: {dug: 1}}", 2,
     ['allocation.ratio.dug: found "dug"']),
    ("title: A small trial", "title: A small trial\ntitle: Another", 3, ["on lines 2 and 3"]),
    ("worry: {instr", "no: {instr", 10, ["instruments.no", 'write "no" in quotes']),
    ("  - {name: hope}", "  - {name: hope}\n  - {name: hope}", 13, ["covariates[1].name"]),
    ("days: 28", "days: .inf", 16, ["visits[1].days"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), ONE_CHANGE)
def test_one_mistake_is_placed_and_explained(plan, old, new, line, words):
    assert plan.count(old) == 1
    message = mistakes(plan.replace(old, new))
    assert f"plan.yaml:{line}: " in message
    for part in words:
        assert part in message


def test_all_mistakes_are_told_at_once(plan):
    bent = (
        plan.replace("kind: parallel", "kind: paralel")
        .replace("instrument: GAD-7", "instrument: GAD")
        .replace("estimand: total", "estimand: totl")
        .replace("day: 0", "day: x")
    )
    message = mistakes(bent)
    assert message.startswith("plan.yaml: 4 mistakes")
    lines = [int(row.split(":")[1]) for row in message.splitlines()[1:]]
    assert lines == [3, 10, 15, 30]


def test_an_outcome_that_no_visit_measures_is_a_mistake(plan):
    bent = plan.replace("instruments: [sadness, worry]", "instruments: [worry]")
    message = mistakes(bent)
    assert 'plan.yaml:29: analyses[0].outcomes[0]: found "sadness", which no visit' in message
    assert "plan.yaml:33: safety[0].instrument" in message


def test_a_loop_of_visits_is_printed(plan):
    message = mistakes(plan.replace("day: 0", "after: end, days: 1"))
    assert "the visits follow each other in a cycle: start -> end -> start" in message
    assert message.count("cycle") == 1


@pytest.mark.parametrize("text", ["a: &a {b: *a}", "a: &a [*a]", "&a {b: {c: [*a]}}"])
def test_an_alias_inside_its_own_anchor_is_a_cycle(text):
    assert "the protocol has a cycle" in mistakes(text)


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("- a\n- b\n", "found a list; a protocol is a mapping"),
        ("hello", "found plain text"),
        ("a: b\n---\nc: d\n", "plan.yaml:2: not valid YAML"),
        ("a: b\nb:\n\t- c\n", "plan.yaml:3: not valid YAML"),
        ("a: [b\n", "not valid YAML"),
        ("a: *b\n", "undefined alias"),
        ("a: 2026-13-45\n", "not valid YAML: month"),
        ("a: !!python/object/apply:os.system [ls]\n", "plan.yaml:1: not valid YAML"),
        ("a: \0", "zero byte"),
        ("? [a, b]\n: c\n", "must be a plain word"),
        ("[" * 100_000, "nested more than"),
        (BOMB, "too large"),
    ],
)
def test_what_is_not_a_protocol_is_refused(text, words):
    assert words in mistakes(text)


def test_file_that_is_not_utf8_says_which_byte(tmp_path, plan):
    file = tmp_path / "latin.yaml"
    file.write_bytes(plan.replace("A small", "Ä small").encode("latin-1"))
    with pytest.raises(ProtocolError, match=r"latin.yaml:2: not UTF-8: byte 0xc4"):
        read_protocol(file)


def test_huge_file_is_refused_unread(tmp_path):
    file = tmp_path / "huge.yaml"
    with file.open("wb") as handle:
        handle.truncate(2_000_000_000)  # sparse: takes no space
    with pytest.raises(ProtocolError, match="2,000,000,000 bytes"):
        read_protocol(file)


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_file_that_cannot_be_read_says_so(tmp_path, name):
    with pytest.raises(ProtocolError, match="cannot be read"):
        read_protocol(tmp_path / name)


def test_windows_lines_and_a_byte_order_mark_are_fine(tmp_path, plan):
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + plan.replace("\n", "\r\n").encode())
    assert read_protocol(file).sha256 == protocol_from_text(plan).sha256


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, step))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_junk_anywhere_is_a_mistake_and_never_a_crash(plan, data):
    bent = {"plan": yaml.safe_load(plan)}
    *above, last = data.draw(st.sampled_from(list(places(bent))[1:]))
    part = bent
    for step in above:
        part = part[step]
    part[last] = data.draw(JUNK)
    with contextlib.suppress(ProtocolError):
        protocol_from_text(json.dumps(bent["plan"]))  # JSON is YAML
