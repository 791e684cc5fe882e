"""Facts as sentences: each number is traced, each opens to its source, none is unverified."""

from hashlib import sha256

import pytest

from equipoise.errors import DataError
from equipoise.report.evidence import untraced
from equipoise.report.evidence.facts_told import (
    NOT_GRADED,
    fact_told,
    gap_told,
    read_fact_file,
    ties_counted,
)
from equipoise.synthesis.evidence import HERE
from equipoise.synthesis.evidence.facts import MODELS, Connectivity, Definition

GIVEN = {"id": "a", "topic": "t", "source": "a page", "checked_by": "Anna", "verified": True}


def definition(text, **more):
    return Definition.model_validate(GIVEN | {"text": text} | more)


def finding(name, tie):
    more = {"id": name, "text": "It rose", "association_with_clinical_change": tie}
    return Connectivity.model_validate(GIVEN | more)


def test_a_fact_opens_to_citation_doi_place_day_and_person():
    fact = definition("It is small", citation="A 2020", doi="10.1000/x", read="2026-11-23")
    told = fact_told(fact, "definitions", "abc")
    assert (told.id, told.certainty, told.version) == ("facts:definitions:a", NOT_GRADED, "abc")
    (read,) = told.opens.sources
    assert (read.citation, read.doi, read.source) == ("A 2020", "10.1000/x", "a page")
    assert (read.read, read.checked_by) == ("2026-11-23", "Anna")
    assert told.text == "It is small."
    assert told.studies == ()


def test_numbers_are_entries_and_names_with_digits_have_no_value():
    told = fact_told(definition("18,802 people, 35-40% of them, at 4.05 on the PHQ-9."), "x", "")
    values = {one.text: one.value for one in told.estimates}
    assert values == {"18,802": 18802, "35": 35, "40": 40, "4.05": 4.05, "9": None}
    assert not untraced(told)


def test_what_nobody_compared_is_no_sentence():
    with pytest.raises(DataError, match="definitions:a is not verified"):
        fact_told(definition("x", verified=False), "definitions", "")


def test_a_banned_word_of_the_register_is_refused():
    with pytest.raises(DataError, match="'significant'"):
        fact_told(definition("A significant rise."), "definitions", "")


@pytest.mark.parametrize(
    ("tie", "said"),
    [
        ("yes", "That does not show that one leads to the other."),
        ("no", "It was not found to go with how people felt."),
        ("not tested", "was not tested, or not told where we read it."),
    ],
)
def test_a_brain_finding_says_whether_it_was_tied_to_feeling(tie, said):
    assert fact_told(finding("a", tie), "connectivity", "").text.endswith(said)


def test_ties_are_counted():
    ties = ["yes", "no", "not tested", "yes", "not tested", "not tested"]
    counted = ties_counted([finding(f"f{k}", tie) for k, tie in enumerate(ties)], "abc")
    assert counted is not None
    assert counted.text.startswith(
        "Of 6 findings on the brain, 2 went with how people felt and 1 did not. For 3 that was not "
        "tested, or not told where we read it. 0 of the 6 come from reviews"
    )
    assert ties_counted([], "") is None


def test_an_empty_search_is_no_finding_and_a_review_is_told_as_one():
    found = [finding("a", "yes"), finding("b", "yes"), finding("c", "not tested")]
    kinds = ("open label", "systematic review, 5 studies", "search result")
    designed = [one.model_copy(update={"design": kind})
                for one, kind in zip(found, kinds, strict=True)]  # fmt: skip
    counted = ties_counted(designed, "abc")
    assert counted is not None
    assert counted.text.startswith("Of 2 findings on the brain, 2 went with how people felt and 0")
    assert "1 of the 2 come from reviews of the others" in counted.text
    assert "some may be of the same people" in counted.text


def test_a_gap_names_what_was_asked_and_nothing_else():
    told = gap_told("statements:x", "how long it lasts", "v")
    assert told.text.startswith("No verified source in this version says how long it lasts.")
    assert told.estimates == told.studies == ()


def test_the_version_is_the_hash_of_the_file(tmp_path):
    (tmp_path / "facts").mkdir()
    file = tmp_path / "facts" / "definitions.yaml"
    row = "- {id: a, topic: t, text: one, source: s, checked_by: B, verified: true}\n"
    file.write_text(row, encoding="utf-8")
    first = read_fact_file(tmp_path, "definitions")
    assert first.version == sha256(row.encode()).hexdigest()
    assert read_fact_file(tmp_path, "harms").facts == ()
    with pytest.raises(DataError, match='did you mean "harms"'):
        read_fact_file(tmp_path, "harm")


@pytest.mark.parametrize("kind", MODELS)
def test_every_shipped_fact_can_be_told(kind):
    file = read_fact_file(HERE, kind)
    assert file.verified
    for fact in file.verified:
        told = fact_told(fact, kind, file.version)
        assert not untraced(told)
