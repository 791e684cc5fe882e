"""Facts that are no study: none is lost, each is traceable, the unverified stay apart."""

import re

import pytest

from equipoise.errors import DataError
from equipoise.synthesis.evidence.facts import MODELS, Harm, facts, read_facts

KINDS = list(MODELS)
REGISTER = "facts register"
"""How those begin who checked the facts of the register; other facts were read after it."""


def registered(kind):
    every = facts(kind, unverified=True)
    first = [one for one in every if not (one.checked_by or REGISTER).startswith(REGISTER)]
    assert first == list(every[len(every) - len(first) :])  # what came later stands below
    return every[: len(every) - len(first)]


def later(kind):
    return facts(kind, unverified=True)[len(registered(kind)) :]


@pytest.mark.parametrize("kind", KINDS)
def test_every_verified_row_of_the_register_is_a_fact(kind, register):
    rows = register(kind)
    verified = [row for row in rows if row["verified"] == "yes"]
    assert len([one for one in registered(kind) if one.verified]) == len(verified)
    assert len(registered(kind)) == len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_and_sources_are_those_of_the_register(kind, register):
    for fact, row in zip(registered(kind), register(kind), strict=True):
        assert (fact.figure or "") == row.get("figure", "")
        assert (fact.doi or "") == row.get("doi", "")
        assert fact.origin == row["origin"]
        assert (fact.source is None) == (not row["source"])


NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_holds_a_number_that_the_register_lacks(kind, register):
    for fact, row in zip(registered(kind), register(kind), strict=True):
        held = {number for cell in row.values() for number in NUMBER.findall(cell)}
        assert set(NUMBER.findall(fact.text)) <= held, fact.id


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_read_later_holds_every_number_of_its_text_in_its_fields(kind):
    for fact in later(kind):
        cells = [str(value) for name, value in fact if name != "text" and value is not None]
        held = {number for cell in cells for number in NUMBER.findall(cell)}
        assert set(NUMBER.findall(fact.text)) <= held, fact.id
        assert fact.origin in ("read", "computed")
        assert fact.citation


def test_a_link_with_clinical_change_is_kept_as_the_register_has_it(register):
    told = [fact.association_with_clinical_change for fact in registered("connectivity")]  # type: ignore[attr-defined]
    assert told == [row["association_with_clinical_change"] for row in register("connectivity")]
    assert set(told) == {"yes", "no", "not tested"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_fact_that_is_shown_says_where_and_by_whom(kind):
    for fact in facts(kind):
        assert fact.verified
        assert fact.source
        assert fact.checked_by
        assert fact.read is not None
        assert fact.origin != "memory"


@pytest.mark.parametrize("kind", KINDS)
def test_the_unverified_come_only_when_asked_for(kind):
    more = set(facts(kind, unverified=True)) - set(facts(kind))
    assert not any(fact.verified for fact in more)


def test_a_substance_is_a_whole_word():
    found = facts("harms", substance="ketamine")
    assert found
    assert not any("esketamine" in (fact.substance or "") for fact in found)
    assert facts("harms", substance="Esketamine", topic="urination")
    assert facts("harms", substance="aspirin") == ()


def test_a_kind_that_does_not_exist_is_named():
    with pytest.raises(DataError, match=r"no facts of that kind.*harms"):
        facts("harm")  # type: ignore[arg-type]


GOOD = "- {id: a, topic: t, text: x, source: s, checked_by: Anna, verified: true}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {id: a, topic: t, text: x, checked_by: Anna, verified: true}", "without `source`"),
        ("- {id: a, topic: t, text: x, source: s, verified: true}", "without `checked_by`"),
        (
            "- {id: a, topic: t, text: x, source: s,origin: memory, checked_by: B, verified: true}",
            "from memory is not verified",
        ),
        (GOOD + GOOD, "two facts share the id a"),
        ("- {id: a, topic: t, text: x, sauce: s}", "the fact a is wrong: sauce"),
        ("id: a", "harms.yaml:1: found a mapping; a file of facts is a list of entries"),
        ("- {id: a", "harms.yaml:2: not valid YAML: while parsing"),
        (GOOD[:-2] + ", text: y}", r"harms.yaml:1: \[0\].text: given twice, on lines 1 and 1"),
        (
            GOOD + "\n- {id: b, topic: t, text: x, doi: no}",
            "harms.yaml:3: the fact b is wrong: doi",
        ),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_file_of_facts_is_refused(text, told, tmp_path):
    file = tmp_path / "harms.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_facts(file, Harm)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="no file of facts"):
        read_facts(tmp_path / "harms.yaml", Harm)
