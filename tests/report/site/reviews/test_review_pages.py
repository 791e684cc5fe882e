"""Pages of reviews and studies: every sentence once, what it rests on, and nothing typed."""

import re
from pathlib import Path

import pytest

import equipoise.report
from equipoise.report.evidence.sentence import BANNED
from equipoise.report.evidence.study_name import study_name
from equipoise.report.site.behind import certainty_records, groups_of
from equipoise.report.site.behind.amounts import AMOUNT, without_amounts
from equipoise.report.site.page import lay_out
from equipoise.report.site.pages import review_list, reviews, studies
from equipoise.synthesis.evidence import shipped_reviews
from equipoise.synthesis.judgement.grade.certainty import REQUIRED
from equipoise.synthesis.review.screening.record import Record, add_records

TEMPLATES = Path(equipoise.report.__file__).parent / "templates" / "site"
OURS = ("figures", "review", "review-studies", "reviews", "studies", "study", "study-rows")
REVIEWS = shipped_reviews()


def pages_of(content):
    made = [page for part in (review_list, reviews, studies) for page in part.pages(content)]
    return {file.path: file.text for file in lay_out(made, content)}


@pytest.fixture(scope="session")
def opened(shipped_pages, read):
    return {path: read(html) for path, html in shipped_pages.items()}


def test_the_shipped_reviews_have_pages(opened):
    assert {f"reviews/{name}.html" for name in REVIEWS} <= set(opened)


@pytest.mark.parametrize("name", REVIEWS)
def test_each_sentence_is_on_its_page_once_with_its_certainty(shipped, opened, name):
    page = opened[f"reviews/{name}.html"]
    shown = [(attrs["data-sentence"], attrs["data-certainty"]) for _, attrs in page.tags
             if "data-sentence" in attrs]  # fmt: skip
    told = shipped.reviews[name].sentences
    assert sorted(shown) == sorted((one.id, one.certainty) for one in told)
    for one in told:
        assert one.id in page.ids
        words = " ".join(page.under[one.id].split())
        assert words.startswith(one.text)
        assert one.certainty in words.removeprefix(one.text)[:40] or one.certainty == "assumed"


@pytest.mark.parametrize("name", REVIEWS)
def test_each_sentence_opens_to_what_stands_behind_it(shipped, opened, name):
    page = opened[f"reviews/{name}.html"]
    told = shipped.reviews[name]
    known = told.synthesis.folder.studies
    for one in told.sentences:
        below = " ".join(page.under[one.id].split())
        opens = one.opens
        assert one.version in below
        assert one.id in below
        for value in (opens.effect, opens.low, opens.high):
            if value is not None:
                assert f"{value:.2f}".replace("-", "\N{MINUS SIGN}") in below
        for text in (opens.unit, opens.method, *opens.certainty_reasons, *opens.warnings):
            assert " ".join((text or "").split()) in below
        for study, level in opens.risk_of_bias:
            assert f"{study_name(known[study])}: {level}" in below
        for shown in one.estimates:
            assert shown.text in below
        links = page.links.get(one.id, [])
        for study in one.studies:
            assert f"../studies/{study}.html" in links
            if known[study].doi:
                assert f"https://doi.org/{known[study].doi}" in links


@pytest.mark.parametrize("name", REVIEWS)
def test_every_study_of_a_review_is_linked_with_its_doi(shipped, opened, name):
    page = opened[f"reviews/{name}.html"]
    for study in shipped.reviews[name].synthesis.folder.studies.values():
        assert f"../studies/{study.id}.html" in page.hrefs
        if study.doi:
            assert f"https://doi.org/{study.doi}" in page.hrefs
    for link in page.hrefs:
        if link.startswith("../studies/"):
            assert link.removeprefix("../") in opened


def test_pages_parse_have_no_style_of_their_own_and_no_id_twice(opened):
    for path, page in opened.items():
        assert len(page.ids) == len(set(page.ids)), path
        assert not any("style" in attrs for _, attrs in page.tags), path
        assert not any(tag == "style" for tag, _ in page.tags), path
        for _, attrs in page.tags:
            for name in (attrs.get("aria-labelledby") or "").split():
                assert name in page.ids, (path, name)


def test_pages_name_no_amount_of_a_drug_and_no_banned_word(opened):
    for path, page in opened.items():
        assert not AMOUNT.search(page.text), (path, AMOUNT.search(page.text))
    ours = "".join((TEMPLATES / f"{name}.html").read_text(encoding="utf-8") for name in OURS)
    assert not BANNED.search(ours)


def test_no_number_is_typed_into_a_template():
    for name in OURS:
        text = (TEMPLATES / f"{name}.html").read_text(encoding="utf-8")
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>", " ", bare)
        bare = re.sub(r"[Mv]\s+\d+h0|h6m-6 3h6m-6 3h6|h0|v4", " ", bare)  # the icons' own paths
        assert set(re.findall(r"\d[\d,.]*\d|\d", bare)) <= {"100", "1,000"}, name


def test_shipped_pages_are_light(shipped_pages):
    assert max(len(html.encode()) for html in shipped_pages.values()) < 150_000


def test_trials_stand_before_cohorts_and_the_contrast_beside_the_headline(shipped):
    groups, rest = groups_of(shipped.reviews["antidepressants-depression"])
    first = groups[0]
    assert [one.kind for one in first.parts["answer"]] == ["headline"]
    assert [one.kind for one in first.parts["beside"]] == ["control"]
    assert [one.kind for one in rest] == ["harms-unknown"]
    assert first.people.before == first.box.rows[0].before
    assert [row.harm for row in first.box.rows] == [False, True]


def test_the_list_tells_the_headline_of_every_review(shipped, opened):
    page = opened["reviews.html"]
    shown = {attrs["data-sentence"] for _, attrs in page.tags if "data-sentence" in attrs}
    assert shown == {one.id for one in shipped.sentences if one.kind == "headline"}
    assert all(f"reviews/{name}.html" in page.hrefs for name in REVIEWS)


def test_a_review_without_studies_says_so_and_counts_no_people(evidence, make_study, read):
    lone = make_study("one", design={"kind": "cohort", "randomised": False}, outcomes=[])
    pages = pages_of(evidence(lone))
    page = read(pages["reviews/made-up.html"])
    assert "We found no study that tested LSD for low mood." in page.text
    assert "no study" in page.text
    assert not page.of_class("icons")
    assert not page.of_class("intervals")
    assert "This review holds 1 study. 0 give a number" in page.text
    assert not re.search(r"\b0 of 100", page.text)


def test_no_recorded_search_is_said_and_a_recorded_one_is_counted(evidence, make_study, read):
    page = read(pages_of(evidence(make_study("one")))["reviews/made-up.html"])
    assert "No search is recorded in this version." in page.text
    found = evidence(make_study("one"))
    folder = found.reviews["made-up"].synthesis.folder.searches
    for name, kind, source in (("a", "database", "Medline"), ("b", "register", "A register")):
        records = [Record(f"A trial of {name}", doi=f"10.1234/{name}")]
        add_records(folder, records, search=name, sha256=name, source=source, kind=kind)
    page = read(pages_of(found)["reviews/made-up.html"])
    assert "No search is recorded" not in page.text
    assert "Found in Medline 1 Found in A register 1" in page.text
    assert "Not yet decided (title) 2" in page.text


def test_many_studies_stand_on_a_page_of_their_own(evidence, make_study, read):
    many = [make_study(f"s{k:02}", effect=-0.5 + k / 100) for k in range(51)]
    pages = pages_of(evidence(*many))
    review, apart = (read(pages[f"reviews/made-up{end}.html"]) for end in ("", "-studies"))
    assert "made-up-studies.html" in review.hrefs
    assert len([link for link in set(apart.hrefs) if link.startswith("../studies/")]) == 51
    assert not review.of_class("studies")
    assert not review.of_class("intervals")
    assert "and 31 more" in review.text
    few = pages_of(evidence(studies=["s01", "s02"]))
    assert "reviews/made-up-studies.html" not in few
    assert read(few["reviews/made-up.html"]).of_class("intervals")


def test_numbers_that_nobody_checked_are_kept_apart_and_never_shown_as_checked(
    evidence, make_study, read
):
    one = make_study("one")
    unchecked = {"arm": "placebo", "mean": 17.25, "sd": 4.125, "n": 100}
    one["outcomes"][0]["arms"] = [unchecked]
    page = read(pages_of(evidence(one))["studies/one.html"])
    before, _, after = page.text.partition("Not checked: kept apart")
    assert "17.25" not in before
    assert "mean 17.25; SD 4.125; 100 people" in after
    assert "Checked by: nobody" in after
    assert "SMD \N{MINUS SIGN}0.5" in before
    assert "made up, table 2 (read) Checked by: a person" in before


def test_a_study_page_tells_the_class_of_a_dose_and_never_an_amount(evidence, make_study, read):
    one = make_study("one")
    one["arms"].insert(1, {**one["arms"][0], "name": "LSD 20 ug"})
    one["arms"].append({"name": "LSD 200 ug", "kind": "experimental", "dose": {"class": "full"}})
    plan_contrast = {"one": ["LSD 10 ug", "placebo"]}
    analysis = {"name": "main", "outcome": "mood", "measure": "SMD", "primary": True,
                "comparators": ["inert-placebo"], "contrasts": plan_contrast}  # fmt: skip
    page = read(pages_of(evidence(one, analyses=[analysis]))["studies/one.html"])
    assert not AMOUNT.search(page.text)
    assert page.cells[5:9] == ["LSD [micro dose], group 1", "experimental", "LSD", "micro dose"]
    assert {"LSD [micro dose], group 2", "LSD [full dose]"} <= set(page.cells)
    assert "LSD [micro dose], group 1 against placebo" in page.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("LSD 13 and 26 ug, then rest", "LSD [dose], then rest"),
        ("after LSD 5 ug and 20 ug", "after LSD [dose]"),
        ("0.5 g of mushroom", "[dose] of mushroom"),
        ("ketamine 0.5 mg/kg over 40 minutes", "ketamine [dose] over 40 minutes"),
        ("psilocybin 1-25 mg", "psilocybin [dose]"),
        ("25 \u00b5g or 1.5 mg per kg", "[dose]"),
        ("Hedges g 0.3, 79 people, week 3", "Hedges g 0.3, 79 people, week 3"),
        ("12 of 40 people; 62.9 years; 2020 Genes", "12 of 40 people; 62.9 years; 2020 Genes"),
    ],
)
def test_amounts_are_left_out_and_other_numbers_stay(text, told):
    assert without_amounts(text) == told


def test_changing_one_study_changes_only_pages_that_hold_it(evidence, make_study):
    def drop(pages, content):
        version = content.reviews["made-up"].synthesis.version.sha256
        return {path: html.replace(version, "") for path, html in pages.items()}

    both = evidence(make_study("one"), make_study("two"))
    before = drop(pages_of(both), both)
    moved = evidence(make_study("one"), make_study("two", effect=-0.6))
    after = drop(pages_of(moved), moved)
    changed = {path for path in before if before[path] != after[path]}
    first, now = (reviews.headlines(one.reviews["made-up"])[0].said for one in (both, moved))
    assert changed - {"reviews.html"} == {"reviews/made-up.html", "studies/two.html"}
    assert ("reviews.html" in changed) == (first != now)


def test_judged_risk_of_bias_is_told_by_study_and_by_domain(evidence, make_study, read):
    content = evidence(make_study("one"), make_study("two"), judged="high")
    pages = pages_of(content)
    review, study = read(pages["reviews/made-up.html"]), read(pages["studies/one.html"])
    headline = review.under["made-up:main:headline"]
    names = [
        study_name(content.reviews["made-up"].synthesis.folder.studies[k]) for k in ("one", "two")
    ]
    assert f"{names[0]}: high; {names[1]}: high" in headline
    assert review.text.count("Risk of bias: high") == 2
    assert "not judged" not in study.text
    assert "D1: high; D2: high; D3: high; D4: high; D5: high; overall: high" in study.text


@pytest.mark.parametrize("name", REVIEWS)
def test_every_reason_of_grade_has_a_line_moved_or_not(shipped, name):
    groups, _ = groups_of(shipped.reviews[name])
    records = certainty_records(groups)
    assert len(records) == sum(group.answer.level is not None for group in groups)
    for record, group in zip(
        records, [g for g in groups if g.answer.level is not None], strict=True
    ):
        rules = [rule for rule, _, _ in record.lines]
        assert {rule.replace("-", " ") for rule in REQUIRED} <= set(rules)
        moved = [f"{rule} {by}: {why}" for rule, by, why in record.lines if by != "not moved"]
        assert sorted(moved) == sorted(group.answer.certainty_reasons[1:])


def test_a_long_table_of_studies_stands_in_parts_that_hold_each_once(
    evidence, make_study, read, monkeypatch
):
    monkeypatch.setattr("equipoise.report.site.pages.reviews.A_PAGE", 25)
    pages = pages_of(evidence(*(make_study(f"s{k:02}") for k in range(60))))
    paths = [f"reviews/made-up-studies{end}.html" for end in ("", "-2", "-3")]
    parts = [read(pages[path]) for path in paths]
    links = [link for part in parts for link in part.hrefs if link.startswith("../studies/")]
    assert sorted({link.removeprefix("../studies/")[:3] for link in links}) == [
        f"s{k:02}" for k in range(60)
    ]
    assert {"made-up-studies.html", "made-up-studies-3.html"} <= set(parts[1].hrefs)
    assert "reviews/made-up-studies-4.html" not in pages
