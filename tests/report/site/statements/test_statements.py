"""What the page must be able to say: each is on it, with how sure; nothing that is not data is."""

import csv
import re
from io import StringIO

import pytest
import yaml

from equipoise.errors import DataError
from equipoise.report.evidence import untraced
from equipoise.report.evidence.follows import FIXED, NUMERAL
from equipoise.report.evidence.sentence import BANNED
from equipoise.report.evidence.sentences import KINDS, kind_of
from equipoise.report.site import gather, read_evidence
from equipoise.report.site.statements import StatementsPlan, read_statements, stated
from equipoise.synthesis.evidence import HERE
from equipoise.synthesis.evidence.facts import MODELS, facts

from .conftest import DAY, VERSION, seen, visible

WANTED = {
    "what microdosing is": ["microdosing-meaning"],
    "of LSD, psilocybin, ketamine": ["microdose-lsd", "microdose-psilocybin", "microdose-ketamine"],
    "about a tenth of a full dose": ["microdose-size"],
    "sub-perceptual": ["microdose-felt"],
    "randomised trials": ["trials-depression", "trials-anxiety"],
    "observational studies": ["cohorts-depression", "cohorts-anxiety"],
    "how far they disagree": ["apart-depression", "apart-anxiety"],
    "improved on placebo, by how much": ["answer-placebo", "placebo-gain", "belief-share"],
    "guesses": ["guesses", "expectancy"],
    "connectivity": ["brain-microdose"],
    "tied to clinical change": ["brain-tied"],
    "mood": ["benefit-mood"],
    "anxiety": ["benefit-anxiety"],
    "energy and fatigue": ["benefit-energy"],
    "mental clarity": ["benefit-clarity"],
    "concentration and productivity": ["benefit-concentration", "benefit-productivity"],
    "creativity": ["benefit-creativity"],
    "emotional regulation": ["benefit-emotions"],
    "how common": ["common-depression", "common-anxiety"],
    "usual treatment has not helped": ["not-helped"],
    "CBT": ["cbt-depression", "cbt-anxiety"],
    "antidepressants": ["antidepressants-depression", "antidepressants-anxiety"],
    "supervised full-dose ketamine": ["full-dose-ketamine"],
    "how it compares": ["compared"],
    "ketamine at full dose, rapidly": ["ketamine-works", "ketamine-fast"],
    "for how long": ["ketamine-lasts"],
    "also for anxiety": ["ketamine-anxiety"],
    "shrinks as blinding improves": ["ketamine-blinding"],
    "its microdose": ["ketamine-microdose"],
    "dependence, tolerance": ["ketamine-dependence", "ketamine-tolerance"],
    "bladder": ["ketamine-bladder"],
    "how to find supervised care": ["find-care"],
    "limitations": ["limits"],
    "right for someone": ["questions", "reasons-not", "not-mix", "where-to-turn"],
    "date, what changed, how sure": ["date", "changes", "how-sure"],
    "harms": ["harms-microdose", "harms-counted"],
    "the answer": ["answer-depression", "answer-anxiety"],
}  # fmt: skip
"""What the page must be able to say, and the statements that say it."""
GAPS = {"microdose-ketamine", "benefit-productivity"}
"""Statements of which nothing verified is known: should a source come in, this list changes."""


@pytest.mark.parametrize("said", WANTED)
def test_every_statement_is_on_the_first_page_with_how_sure(said, site, every):
    page = seen(site["index.html"])
    by_id = {one.statement.id: one for one in every}
    for name in WANTED[said]:
        assert name in page.statements
        assert by_id[name].lead
        for sentence in by_id[name].lead:
            assert (sentence.id, sentence.certainty) in page.sentences
            assert sentence.certainty


def test_nothing_else_is_stated(every):
    wanted = {name for ids in WANTED.values() for name in ids}
    more = {"full-dose-psilocybin", "ketamine-rules", "would-change"}
    assert {one.statement.id for one in every} == wanted | more


def test_only_what_nothing_is_known_of_is_a_gap(every):
    gaps = {one.statement.id for one in every if one.sentences[0].template == "fact-gap"}
    assert gaps == GAPS | {"find-care"}
    for one in every:
        assert one.sentences


def test_every_sentence_is_traced_and_claims_no_more(every):
    for one in every:
        for sentence in one.sentences:
            assert not untraced(sentence), sentence.text
            assert sentence.version


@pytest.mark.parametrize("path", ["index.html", "statements.html"])
def test_pages_hold_no_banned_word(path, site):
    text = visible(site[path])
    assert not BANNED.findall(text)
    assert not re.findall(r"\b1 in \d|\bhalves\b|\bup to \d+%", text)


def test_no_sentence_holds_an_amount_of_a_drug(every):
    for one in every:
        for sentence in one.sentences:
            found = re.findall(r"\d\s?(?:ug|µg|mcg|mg|g|grams?|micrograms?)\b", sentence.text)
            assert not found, sentence.text


def test_nothing_unverified_is_on_a_page(site):
    told = 0
    for kind in MODELS:
        for fact in facts(kind, unverified=True):  # type: ignore[arg-type]
            if not fact.verified:
                told += 1
                for text in site.values():
                    assert not re.search(rf"facts:{kind}:{re.escape(fact.id)}(?![\w-])", text)
                    assert fact.text not in text
    assert told > 5


def test_statements_ask_and_hold_no_finding():
    listed = yaml.safe_load((HERE / "statements.yaml").read_text(encoding="utf-8"))
    for one in listed["statements"]:
        texts = [one["title"], one["about"], *(query.get("about", "") for query in one["sources"])]
        for text in texts:
            assert not re.search(r"\d", text), text
            assert not BANNED.search(text), text
        assert one["title"].endswith("?")
    assert not re.search(r"\d", " ".join(listed["sections"].values()))


@pytest.mark.parametrize("name", ["home.html", "statements.html"])
def test_templates_hold_no_number(name):
    folder = HERE.parents[1] / "report" / "templates" / "site"
    text = (folder / name).read_text(encoding="utf-8")
    words = re.sub(r"\{[%{#].*?[%}#]\}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert set(re.findall(r"\d[\d,]*", words)) <= FIXED


def test_kinds_are_those_of_the_sentences(content):
    for one in content.sentences:
        assert kind_of(one) in KINDS, one.id


# --- the table


def rows(text):
    return list(csv.DictReader(StringIO(text)))


def test_the_table_holds_every_sentence_once_a_statement(site, every):
    wanted = [(one.statement.id, said.id) for one in every for said in one.sentences]
    assert [(row["statement"], row["sentence"]) for row in rows(site["statements.csv"])] == wanted
    assert [name for name, _ in seen(site["statements.html"]).sentences] == [b for _, b in wanted]
    anchors = re.findall(r' id="([^"]+)"', site["statements.html"])
    assert len(anchors) == len(set(anchors))


def test_the_numbers_of_the_table_are_those_of_the_sentences(site, every):
    texts = {said.id: said for one in every for said in one.sentences}
    for row in rows(site["statements.csv"]):
        sentence = texts[row["sentence"]]
        assert row["text"] == sentence.text
        assert row["certainty"] == sentence.certainty
        named = {
            n for one in sentence.estimates if one.value is None for n in NUMERAL.findall(one.text)
        }
        listed = set(NUMERAL.findall(row["numbers"]))
        written = set(NUMERAL.findall(row["text"])) - FIXED - named
        assert written <= listed, row["sentence"]
        bare = {one.value for one in sentence.estimates if one.value is not None and not one.text}
        assert len(listed) <= len({n for n in listed if n in row["text"]}) + len(bare)


# --- queries


def asked(**query):
    one = {"id": "a", "section": "s", "title": "What?", "about": "what", "sources": [query]}
    return StatementsPlan.model_validate({"sections": {"s": "S"}, "statements": [one]})


REVIEW = "microdosing-depression"
WRONG = [
    ({"of": "review", "review": "microdosing-depresion"}, r'did you mean "microdosing-depression"'),
    ({"of": "review", "review": REVIEW, "analyses": ["any"]}, "plans no such analysis"),
    ({"of": "review", "review": REVIEW, "kinds": ["headlines"]}, r'did you mean "headline"'),
    ({"of": "reports", "review": REVIEW, "outcomes": ["depresion"]}, r'did you mean "depression"'),
    ({"of": "reports", "review": REVIEW, "outcomes": ["depression"], "studies": ["kaertner2022"]},
     r'did you mean "kaertner2021"'),
    ({"of": "facts", "kind": "harm"}, r'did you mean "harms"'),
    ({"of": "facts", "kind": "harms", "ids": ["ket-depusers"]}, r'did you mean "ket-dep-users"'),
    ({"of": "apart", "one": f"{REVIEW}:any-microdos", "other": f"{REVIEW}:psychedelics"},
     r'did you mean "any-microdose"'),
    ({"of": "apart", "one": f"{REVIEW}:any-microdose", "other": f"{REVIEW}:psychedelics"},
     "share szigeti2021"),
    ({"of": "apart", "one": "ketamine-depression:full-dose",
      "other": "ketamine-depression-points:full-dose"}, "only analyses in one measure"),
    ({"of": "side by side", "analyses": ["psilocybin-escitalopram:depression",
                                         "antidepressants-depression:all-antidepressants"]},
     "compares with medication"),
    ({"of": "safety", "substances": ["aspirin"]}, "no rules for 'aspirin'"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "told"), WRONG)
def test_a_wrong_query_is_an_error_that_helps(query, told, content):
    with pytest.raises(DataError, match=told) as error:
        stated(content, asked(**query))
    assert "statements.yaml, a" in str(error.value)


@pytest.mark.parametrize(
    "query",
    [
        {"of": "facts", "kind": "harms", "topic": "hiccups"},
        {"of": "facts", "kind": "harms", "ids": ["ket-tol"]},  # nobody has checked it
        {"of": "review", "review": REVIEW, "kinds": ["disagreement"]},
        {"of": "ties", "substance": "aspirin"},
    ],
)
def test_a_query_that_finds_nothing_is_the_gap(query, content):
    ((only,),) = (one.sentences for one in stated(content, asked(**query)))
    assert only.id == "statements:a:gap"
    assert only.certainty == "no verified source"
    assert "No verified source in this version says what." in only.text
    assert "shows nothing in either direction" in only.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "It works."}, "must be a question"),
        ({"title": "Do 9 of 10 get better?"}, "must be a question"),
        ({"section": "t"}, "sections"),
        ({"sources": [{"of": "reviews", "review": REVIEW}]}, "of"),
        ({"sources": []}, "at least 1"),
        ({"finding": "It works"}, "finding"),
        ({"page": "shop.html"}, "page"),
    ],
)
def test_a_wrong_file_is_refused(change, told, tmp_path, content):
    from dataclasses import replace  # noqa: PLC0415

    one = {"id": "a", "section": "s", "title": "What?", "about": "what",
           "sources": [{"of": "review", "review": REVIEW}]} | change  # fmt: skip
    text = yaml.safe_dump({"sections": {"s": "S"}, "statements": [one]})
    (tmp_path / "statements.yaml").write_text(text, encoding="utf-8")
    moved = replace(content, folder=replace(content.folder, path=tmp_path))
    with pytest.raises(DataError, match=told):
        read_statements(moved)


def test_a_folder_without_statements_asks_a_question_a_review(tmp_path):
    from ...evidence.conftest import plan, study, write  # noqa: PLC0415, TID252

    folder = write(tmp_path / "mine", plan(title="LSD 20 for mood"), [study("a2020")])
    made = gather(read_evidence(folder), DAY, VERSION)
    (only,) = stated(made)
    assert only.statement.title == "What is known of this: LSD for mood?"
    assert only.sentences[0].kind == "headline"
    assert only.reviews == ("made-up",)
