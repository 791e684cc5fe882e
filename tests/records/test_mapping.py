"""Mapping files that are wrong: the message names the field, the value and what is allowed."""

import importlib
import re
import textwrap

import pytest

from equipoise.errors import DataError
from equipoise.records import open_source, read_mapping


def _long(toy, old="", new=""):
    path = toy.write()
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new)
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("layout: long", "layout: tall", r"`layout`: .*'long' or 'wide'.* Found 'tall'"),
        ("value: score", "values: score", r"`values` is not a field .* value,"),
        ("value: score", "", r"the long layout needs `value`"),
        ("participant: person", "", r"`participant`: Field required"),
        ("codes: {MD: microdose, PL: placebo}}\nguess", "kodes: {}}\nguess",
         r"`arm.kodes` is not a field .* column, codes, missing"),
        ("[0, 100]", "[100, 0]", r"`certainty`: `from` is \[lowest, highest\]"),
        ("[0, 100]", "[low, 100]", r"`certainty.from.0`.*Found 'low'"),
        ("", "decimal: comma\n", r"`decimal`.*Found 'comma'"),
        ("", "baseline: {minus: score}\n", r"`baseline`: give `column`"),
        ("", "scores: {a: {instrument: PHQ}}\n", r"`scores` does not belong to the long layout"),
        ("visit: {column: tp}", "visit: {column: tp, constant: w1}", r"`visit`: give either"),
        ("", "observed_range: {PHQ: {low: 0, high: 31}}\n", r"`observed_range.PHQ.reason`"),
        ("", "observed_range: {HAMD: {low: 0, high: 31, reason: because}}\n",
         r"`observed_range` names 'HAMD', not an instrument of the protocol. Allowed: PHQ, focus"),
        ("MD: microdose, PL: placebo}}\nguess", "MD: drug, PL: placebo}}\nguess",
         r"`arm.codes` leads to 'drug', which the protocol does not know. Allowed: microdose, pl"),
        ("{column: tp}", "{constant: w9}", r"`visit.constant` names 'w9', not a visit"),
        ("{column: test}", "{constant: X}", r"`instrument.constant` names 'X', not an instrument"),
        ("", "baseline: {visit: w9}\n", r"`baseline.visit` is 'w9'; visits .* pre, w1, w2"),
        ("csv: trial.csv", "", r"`csv` is missing"),
        ("protocol: protocol.yaml", "", r"`protocol` is missing"),
        ("layout: long", "layout: [long", r"trial.yaml, line 3: not readable as YAML"),
        ("PL: placebo}}\nguess", "PL: placebo, MD: placebo}}\nguess",
         r"trial.yaml, line 9: 'MD' is given twice"),
        ("", "value: other\n", r"trial.yaml, line 13: 'value' is given twice"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_which_field(toy, old, new, message):
    path = _long(toy, old, new)
    with pytest.raises(DataError, match=message):
        open_source(path)


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"just words", b"\xff\xfe", b"a: &a [*a]"])
def test_what_is_no_mapping_file(tmp_path, content):
    path = tmp_path / "m.yaml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"m.yaml"):
        read_mapping(path)


def test_a_file_that_would_grow_without_end_is_refused_at_once(tmp_path):
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    path = tmp_path / "m.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"m.yaml, line 1: .*alias"):
        read_mapping(path)


def test_the_examples_in_the_documentation_are_mapping_files(tmp_path):
    module = importlib.import_module("equipoise.records.mapping")
    blocks = re.findall(r"::\n\n((?:    .*\n)+)", module.__doc__)
    path = tmp_path / "m.yaml"
    layouts = []
    for block in blocks:
        path.write_text(textwrap.dedent(block))
        layouts.append(read_mapping(path).layout)
    assert layouts == ["long", "wide"]


def test_every_mistake_is_told_at_once(toy):
    path = _long(toy, "value: score", "valeu: score\ndecimal: x")
    with pytest.raises(DataError) as error:
        open_source(path)
    assert {"`valeu`", "`decimal`"} <= set(str(error.value).replace(":", "").split())
