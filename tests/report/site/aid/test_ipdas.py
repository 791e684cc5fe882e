"""The score comes from marks in the page and from dated records, and turns by nothing else."""

import re
from dataclasses import replace
from datetime import date

import pytest
import yaml

from equipoise.errors import DataError
from equipoise.report.site.ipdas import criteria, met_of, read_page, read_records, score
from equipoise.report.site.plan import SitePlan

from .conftest import built
from .dom import tree

PEOPLE = {f"K{k}" for k in (*range(12, 18), 22, 23)}
RECORDS = "ipdas_records.yaml"
RECORD = (
    "records:\n  - {criterion: K14, who: six people with depression, when: 2027-03-01, "
    "where: a made-up report}"
)


def statuses(page):
    return {one.attrs["data-criterion"]: one.attrs["data-status"]
            for one in page.all("tr", data_criterion=None)}  # fmt: skip


def test_44_criteria_6_and_10_and_28():
    plan = criteria()
    assert [len(block) for block in (plan.qualifying, plan.certifying, plan.quality)] == [6, 10, 28]
    ids = [one.id for one in plan.every]
    wanted = [f"Q{k}" for k in range(1, 7)] + [f"C{k}" for k in range(1, 7)]
    wanted += [f"T{k}" for k in range(1, 5)] + [f"K{k}" for k in range(1, 29)]
    assert ids == wanted
    assert {one.id for one in plan.every if one.by == "record"} == PEOPLE


def test_the_score_of_the_first_release(pages):
    page = pages["ipdas.html"]
    shown = {one.attrs["data-block"]: one.text for one in page.all("li", data_block=None)}
    assert shown["qualifying"].startswith("6 of 6")
    assert shown["certifying"].startswith("6 of 6")
    assert shown["quality"].startswith("15 of 23")
    assert "28 in all" in shown["quality"]
    assert "6 of 6 that must be met" in pages["aid.html"].one(id="score").text
    assert "15 of 23" in pages["aid.html"].one(id="score").text


def test_what_needs_people_is_not_yet_done(pages):
    told = statuses(pages["ipdas.html"])
    assert {name for name, said in told.items() if said == "not yet done"} == PEOPLE
    assert {name for name, said in told.items() if said == "not applicable"} == {
        *(f"T{k}" for k in range(1, 5)), *(f"K{k}" for k in range(24, 29)),
    }  # fmt: skip


def test_no_record_ships(content):
    assert read_records(content.folder) == ()


def test_a_criterion_of_people_cannot_be_met_by_a_mark():
    page = "".join(f'<p data-ipdas="{name}">We asked them all.</p>' for name in sorted(PEOPLE))
    found = {one.criterion.id: one.status for one in score(read_page(page).marks, ()).every}
    assert {found[name] for name in PEOPLE} == {"not yet done"}


def test_a_dated_record_and_nothing_else_turns_it(changed):
    page = tree(built(changed((RECORDS, "records: []", RECORD)))["ipdas.html"])
    told = statuses(page)
    assert told["K14"] == "met"
    assert {name for name, said in told.items() if said == "not yet done"} == PEOPLE - {"K14"}
    row = page.one("tr", data_criterion="K14").text
    assert "six people with depression" in row
    assert "1 March 2027" in row
    assert "a made-up report" in row


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("when: 2027-03-01, ", "", "when"),
        ("who: six people with depression", "who: ''", "who"),
        ("where: a made-up report", "where: ' '", "where"),
        ("K14", "Q1", "no record can meet"),
        ("when: 2027-03-01", "when: soon", "when"),
    ],
)
def test_a_record_without_who_when_and_where_is_refused(changed, old, new, told):
    content = changed((RECORDS, "records: []", RECORD.replace(old, new)))
    with pytest.raises(DataError, match=told):
        read_records(content.folder)


def test_every_mark_met_is_where_the_table_points(pages):
    aid = pages["aid.html"]
    for row in pages["ipdas.html"].all("tr", data_status="met"):
        (link,) = row.all("a")
        anchor = link.attrs["href"].partition("#")[2]
        name = row.attrs["data-criterion"]
        assert aid.all(data_ipdas=name), name
        if anchor:
            assert name in aid.one(id=anchor).attrs["data-ipdas"].split()


@pytest.mark.parametrize("name", [one.id for one in criteria().every if one.by == "mark"])
def test_each_mark_that_is_taken_out_costs_its_criterion(texts, name):
    without = re.sub(
        r'data-ipdas="([^"]*)"',
        lambda found: f'data-ipdas="{" ".join(set(found[1].split()) - {name})}"',
        texts["aid.html"],
    )
    missing = [one.criterion.id for one in score(read_page(without).marks, ()).every
               if one.status == "not met"]  # fmt: skip
    assert missing == [name]


def test_a_site_that_says_nothing_of_itself_loses_what_it_does_not_say(content):
    silent = replace(content, folder=replace(content.folder, plan=SitePlan()))
    told = statuses(tree(built(silent)["ipdas.html"]))
    assert {name for name, said in told.items() if said == "not met"} == {"C4", "C6", "K20"}


def test_an_aid_with_nothing_behind_it_is_not_one(changed, tmp_path):
    content = changed()
    plan = yaml.safe_load((tmp_path / "aid.yaml").read_text(encoding="utf-8"))
    for option in plan["options"]:
        for name in ("without", "substances", "classes", "harms", "living"):
            option.pop(name, None)
        option["helps"] = {name: [] for name in option["helps"]}
    (tmp_path / "aid.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    told = statuses(tree(built(content)["ipdas.html"]))
    lost = {name for name, said in told.items() if said == "not met"}
    assert lost == {"C5", "K1", "K4", "K5", "K7", "K8", "K18", "K19"}


@pytest.mark.parametrize(
    "page",
    [
        '<p data-ipdas="Q1"></p>',
        '<p data-ipdas="Q1"> &nbsp; </p>',
        '<div hidden><p data-ipdas="Q1">What it is.</p></div>',
        '<noscript><p data-ipdas="Q1">What it is.</p></noscript>',
        '<details><summary>More</summary><p data-ipdas="Q1">What it is.</p></details>',
        '<p data-ipdas="Q11">What it is.</p>',
    ],
)
def test_an_empty_or_hidden_block_meets_nothing(page):
    found = score(read_page(page).marks, ())
    assert not any(one.met for one in found.every)


def test_a_block_that_can_be_read_meets_its_criterion():
    page = '<details open><summary>More</summary><p data-ipdas="Q1 C1">What it is.</p></details>'
    found = score(read_page(page).marks, ())
    assert [one.criterion.id for one in found.every if one.met] == ["Q1", "C1"]
    assert met_of(found.qualifying) == (1, 6, 6)
    assert met_of(found.certifying) == (1, 6, 10)


def test_the_table_says_who_scored_it(pages):
    text = pages["ipdas.html"].one("main").text
    assert "on our own" in text
    assert "Nobody from outside" in text


def test_a_record_dates_what_was_done(changed):
    content = changed((RECORDS, "records: []", RECORD))
    (record,) = read_records(content.folder)
    assert record.when == date(2027, 3, 1)
