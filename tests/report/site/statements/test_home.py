"""The first page: the answer first, trials before cohorts, light, and easy to read."""

import re
from pathlib import Path

import pytest
import yaml

from equipoise.report.page import environment
from equipoise.report.site.page import lay_out
from equipoise.report.site.pages import home

from .conftest import seen, visible

GLOSSARY = Path(__file__).with_name("glossary.yaml")
LIMIT = 8


def test_the_answer_comes_first_with_placebo_beside_it(site, every):
    told = seen(site["index.html"]).statements
    assert told[:3] == ["answer-depression", "answer-anxiety", "answer-placebo"]
    by_id = {one.statement.id: one for one in every}
    assert [by_id[name].sentences[0].kind for name in told[:2]] == ["headline", "headline"]


def test_trials_stand_before_cohorts_and_harms_before_comparison(site):
    told = seen(site["index.html"]).statements
    order = ["answer-depression", "microdosing-meaning", "trials-depression", "placebo-gain",
             "cohorts-depression", "brain-tied", "harms-microdose", "compared", "questions",
             "limits", "date"]  # fmt: skip
    assert sorted(order, key=told.index) == order


def test_at_very_low_certainty_the_first_page_gives_no_size(site, every):
    page = dict(seen(site["index.html"]).sentences)
    for one in every:
        if one.statement.section in ("answer", "trials"):
            for sentence in one.lead:
                hidden = sentence.kind in ("effect", "guess-adjusted")
                assert not (hidden and page[sentence.id] == "very low"), sentence.id


def test_it_is_light(site):
    css = environment().get_template("site/site.css").render()
    assert len(site["index.html"].encode()) + len(css.encode()) < 150_000


def test_it_is_the_same_twice(content, site):
    (again,) = lay_out(home.pages(content), content)
    assert again.text == site["index.html"]


def test_it_leads_to_the_table_and_to_every_review_behind_a_sentence(site, every):
    page = site["index.html"]
    assert 'href="statements.html"' in page
    for one in every:
        for name in one.reviews:
            assert f'href="reviews/{name}.html"' in page
        if one.more:
            assert f'href="statements.html#{one.statement.id}"' in page
            assert f'<tbody id="{one.statement.id}"' in site["statements.html"]


def test_every_sentence_opens(site):
    page = site["index.html"]
    assert page.count("<summary>Sources</summary>") == len(seen(page).sentences)


def test_facts_open_to_where_they_were_read_and_who_compared_them(site):
    text = visible(site["index.html"])
    assert "pubmed" in text.lower() or "nature.com" in text
    assert "on 2026-11-23; compared by facts register of equipoise" in text


# --- reading grade


def glossary() -> frozenset[str]:
    listed = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return frozenset(word.lower() for group in listed.values() for word in group)


def grade(text: str, exempt: frozenset[str]) -> float:
    """Return the Flesch-Kincaid grade; numbers and the glossary's words are left out."""
    count = pytest.importorskip("syllapy").count
    parts = [one for one in re.split(r"[.!?:;]+(?=\s|$)", text) if re.search("[A-Za-z]", one)]
    words = [
        w for w in re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", text) if w.lower() not in exempt
    ]
    syllables = sum(max(count(word.lower()), 1) for word in words)
    return 0.39 * len(words) / max(len(parts), 1) + 11.8 * syllables / max(len(words), 1) - 15.59


def test_the_measure_is_the_published_one():
    assert grade("The cat sat on the mat.", frozenset()) == pytest.approx(-1.45, abs=0.005)


def test_each_block_of_the_first_page_is_easy(every):
    exempt = glossary()
    blocks = {
        one.statement.id: f"{one.statement.title} " + " ".join(said.text for said in one.lead)
        for one in every
    }
    hard = {
        name: round(g, 1) for name, text in blocks.items() if (g := grade(text, exempt)) > LIMIT
    }
    assert not hard


def test_every_word_of_the_glossary_is_used(site):
    text = (site["index.html"] + site["statements.html"]).lower()
    assert not [word for word in sorted(glossary()) if word not in text]
