"""docs/decision-aid.md keeps pace with the page."""

import re
from pathlib import Path

import pytest

from equipoise.report.site.aid_plan import Aid, Condition, Option

DOCUMENT = Path(__file__).parents[4] / "docs" / "decision-aid.md"


@pytest.fixture(scope="module")
def document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def test_the_table_in_the_document_is_the_one_on_the_page(document, pages):
    printed = re.findall(r"^\| ([QCTK]\d+) \| (.*?) \| (.*?) \| (.*?) \|$", document, re.MULTILINE)
    shown = []
    for row in pages["ipdas.html"].all("tr", data_criterion=None):
        text, status, where = (one.text.strip() for one in row.all("td"))
        links = row.all("a")
        where = f"`{links[0].attrs['href']}`" if links else where
        shown.append((row.attrs["data-criterion"], text, status, where))
    assert printed == shown
    assert len(printed) == 44


def test_every_field_of_aid_yaml_is_in_the_document(document):
    named = set(Aid.model_fields) | {f"options.{name}" for name in ("helps", "without", "harms")}
    named |= {"options.living", "options.substances"} | (set(Condition.model_fields) - {"id"})
    assert not [name for name in named if f"`{name}`" not in document]
    assert not [name for name in Option.model_fields if name not in document]


def test_the_score_in_its_headings(document):
    for heading in ("Qualifying: 6 of 6", "6 of 6 that apply, of 10", "15 of 23 that apply, of 28"):
        assert heading in document
