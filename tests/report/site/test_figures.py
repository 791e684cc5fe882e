"""Figures for people: what is drawn, what the table says and what the sentence says is one."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.report.page import environment
from equipoise.report.site.figures import PeopleShown

ARRAY = """{% import "site/parts.html" as parts with context %}
<figure>{{ parts.icon_array(people, "said", "the drug", "placebo", "get better") }}
<figcaption id="said">Words</figcaption></figure>"""


VOID = ("br", "meta", "link", "img", "hr", "input")


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text of table cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.cells[-1] += data.strip()

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def drawn(html: str, group: str) -> dict[str, int]:
    """Count the icons in the paths of a group, by how they look: one head each."""
    block = re.search(rf'<g class="{group}".*?</g>', html, re.DOTALL)[0]
    heads = [len(re.findall("M", d)) for d in re.findall(r'class="head" d="([^"]*)"', block)]
    body = re.search(r'class="body" d="([^"]*)"', block)
    stripe = re.search(r'class="stripe" d="([^"]*)"', block)
    thin = re.search(r'class="thin" d="([^"]*)"', block)
    found = {
        "solid": body[1].count("M") if body else 0,
        "striped": stripe[1].count("M") if stripe else 0,
        "thin": thin[1].count("M") // 2 if thin else 0,
    }
    assert sum(heads) == found["solid"] + found["striped"]
    return found


def laid_out(people: PeopleShown) -> str:
    return environment().from_string(ARRAY).render(people=people, link=lambda path: path)


counts = st.tuples(*[st.integers(0, 100)] * 4).map(
    lambda four: PeopleShown(four[0], *(sorted(four[1:])[i] for i in (0, 2, 1)))
)


@given(counts)
def test_icons_the_table_and_the_number_are_one(people):
    html = laid_out(people)
    without, with_ = drawn(html, "without"), drawn(html, "with")
    assert without == {"solid": people.before, "striped": 0, "thin": 100 - people.before}
    assert with_ == {
        "solid": people.low,
        "striped": people.high - people.low,
        "thin": 100 - people.high,
    }
    assert sum(without.values()) == sum(with_.values()) == 100
    numbers = [int(cell) for cell in Reader(html).cells if cell.isdigit()]
    assert numbers == [people.before] * 3 + [people.after, people.low, people.high]
    assert f"<b>{people.after}</b> of 100" in html


@given(counts)
def test_icons_fill_from_the_top_left_as_one_block(people):
    html = laid_out(people)
    for group, x in (("without", 0), ("with", 130)):
        block = re.search(rf'<g class="{group}".*?</g>', html, re.DOTALL)[0]
        heads = re.findall(r"M(\d+) (\d+)h0", block)
        cells = [((int(a) - x - 5) // 10, (int(b) - 4) // 17) for a, b in heads if int(b) % 17 == 4]
        assert cells == [(k % 10, k // 10) for k in range(100)]


def test_no_count_is_named_where_the_evidence_is_too_uncertain():
    html = laid_out(PeopleShown(35, 12, 70))
    assert "<b>12 to 70</b> of 100" in html
    assert "not known" in Reader(html).cells
    assert drawn(html, "with") == {"solid": 12, "striped": 58, "thin": 30}


def test_the_figure_is_named_by_its_sentence_and_shapes_differ_not_only_colours():
    page = Reader(laid_out(PeopleShown(38, 48, 51, 49)))
    images = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert [one["aria-labelledby"] for one in images] == ["said"]
    assert all(page.of_class(shape) for shape in ("body", "stripe", "thin"))
    assert not any("style" in attrs or "fill" in attrs for _, attrs in page.tags)
    assert len(page.of_class("mark")) == 3  # the legend shows each shape with its word


@pytest.mark.parametrize("wrong", [(101, 0, 1, 1), (5, 9, 3, 5), (5, 1, 3, 4), (-1, 0, 1, 1)])
def test_counts_that_cannot_be_are_refused(wrong):
    with pytest.raises(DataError, match="counts"):
        PeopleShown(*wrong)
