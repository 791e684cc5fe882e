"""The reading grade: the published formulas, our syllables beside a dictionary's, every block."""

from math import sqrt

import pytest
import yaml

from equipoise.errors import DataError
from equipoise.report.site.decision_aid.glossary import glossary
from equipoise.report.site.ipdas import read_page
from equipoise.report.site.reading_grade import (
    flesch_kincaid,
    hardest,
    sentences_in,
    smog,
    syllables,
    words_of,
)
from equipoise.synthesis.evidence import HERE

LIMIT = 8
SHORT = 3
"""Words below which a label is no text: it is scored with the page and not by itself."""


def dictionary(word):
    syllapy = pytest.importorskip("syllapy", reason="counts syllables; not needed to run")
    return max(syllapy.count(word.casefold()), 1)


def by_dictionary(texts, exempt):
    words = [word for text in texts for word in words_of(text, exempt)]
    sentences = sum(sentences_in(text) for text in texts if words_of(text, exempt))
    spoken = sum(dictionary(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59


@pytest.fixture(scope="module")
def blocks(texts):
    body = texts["aid.html"].partition('<div class="aid"')[2].partition("</main>")[0]
    return list(dict.fromkeys(read_page(f"<div {body}").blocks))


@pytest.fixture(scope="module")
def exempt(content):
    return glossary(content.folder)


def test_the_published_formulas():
    # 6 words, 1 sentence, 6 syllables: 0.39 x 6 + 11.8 - 15.59; no word of three syllables
    assert flesch_kincaid(["The cat sat on the mat."]) == pytest.approx(-1.45, abs=0.005)
    assert smog(["The cat sat on the mat."]) == pytest.approx(3.1291)
    # 2 sentences, 1 word of three syllables: 1.0430 sqrt(30 x 1 / 2) + 3.1291
    assert smog(["The medicine helps.", "It does."]) == pytest.approx(1.0430 * sqrt(15) + 3.1291)


def test_nothing_to_score_is_refused():
    with pytest.raises(DataError, match="No word is left"):
        flesch_kincaid(["38 of 100"], {"of"})


@pytest.mark.parametrize(
    ("word", "count"),
    [("people", 2), ("side", 1), ("table", 2), ("judged", 1), ("looked", 1), ("needed", 2),
     ("changes", 2), ("pages", 2), ("life", 1), ("ketamine", 3), ("creating", 3), ("question", 2),
     ("anxiety", 4), ("without", 2), ("every", 2), ("evidence", 3), ("clinician", 3)],
)  # fmt: skip
def test_syllables_of_known_words(word, count):
    assert syllables(word) == count


def test_our_syllables_are_near_the_dictionary_s(blocks, exempt):
    words = [word for text in blocks for word in words_of(text, exempt)]
    same = sum(syllables(word) == dictionary(word) for word in words)
    assert same / len(words) >= 0.9
    assert flesch_kincaid(blocks, exempt) == pytest.approx(by_dictionary(blocks, exempt), abs=0.5)


def test_every_block_is_at_grade_8_or_below_by_both_counts(blocks, exempt):
    texts = [text for text in blocks if len(words_of(text, exempt)) >= SHORT]
    assert len(texts) > 80
    hard = {
        text: (round(flesch_kincaid([text], exempt), 1), round(by_dictionary([text], exempt), 1))
        for text in texts
        if max(flesch_kincaid([text], exempt), by_dictionary([text], exempt)) > LIMIT
    }
    assert not hard


def test_k21_the_grade_on_the_page_is_the_one_worked_out(aid, blocks, exempt):
    block = aid.one(id="grade")
    assert block.one("span", class_="grade").text == f"{flesch_kincaid(blocks, exempt):.1f}"
    assert block.one("span", class_="smog").text == f"{smog(blocks, exempt):.1f}"
    assert block.one("span", class_="hardest").text == f"{hardest(blocks, exempt):.1f}"
    assert hardest(blocks, exempt) <= LIMIT
    assert "Flesch-Kincaid" in block.text


def test_every_glossary_word_stands_in_the_aid(aid, exempt):
    found = {word.casefold() for word in words_of(aid.text)}
    assert not sorted(exempt - found)


def test_the_glossary_holds_names_alone():
    listed = yaml.safe_load((HERE / "glossary.yaml").read_text(encoding="utf-8"))
    assert set(listed) == {"drugs", "diagnoses", "therapies"}
    assert sum(len(words) for words in listed.values()) <= 40
