"""Figures for people: what is drawn, what the table says and what the sentence says is one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.report.page import environment
from equipoise.report.site.behind import groups_of
from equipoise.report.site.figures import PeopleShown
from equipoise.report.site.figures.apportion import apportion
from equipoise.report.site.figures.axis import axis_of
from equipoise.report.site.figures.fact_box import FactRow, Shares, fact_box

ARRAY = """{% import "site/parts.html" as parts with context %}
<figure>{{ parts.icon_array(people, "said", "the drug", "placebo", "get better") }}
<figcaption id="said">Words</figcaption></figure>"""


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
def test_icons_the_table_and_the_number_are_one(read, people):
    html = laid_out(people)
    without, with_ = drawn(html, "without"), drawn(html, "with")
    assert without == {"solid": people.before, "striped": 0, "thin": 100 - people.before}
    assert with_ == {
        "solid": people.low,
        "striped": people.high - people.low,
        "thin": 100 - people.high,
    }
    assert sum(without.values()) == sum(with_.values()) == 100
    numbers = [int(cell) for cell in read(html).cells if cell.isdigit()]
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


def test_no_count_is_named_where_the_evidence_is_too_uncertain(read):
    html = laid_out(PeopleShown(35, 12, 70))
    assert "<b>12 to 70</b> of 100" in html
    assert "not known" in read(html).cells
    assert drawn(html, "with") == {"solid": 12, "striped": 58, "thin": 30}


def test_the_figure_is_named_by_its_sentence_and_shapes_differ_not_only_colours(read):
    page = read(laid_out(PeopleShown(38, 48, 51, 49)))
    images = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert [one["aria-labelledby"] for one in images] == ["said"]
    assert all(page.of_class(shape) for shape in ("body", "stripe", "thin"))
    assert not any("style" in attrs or "fill" in attrs for _, attrs in page.tags)
    assert len(page.of_class("mark")) == 3  # the legend shows each shape with its word


@pytest.mark.parametrize("wrong", [(101, 0, 1, 1), (5, 9, 3, 5), (5, 1, 3, 4), (-1, 0, 1, 1)])
def test_counts_that_cannot_be_are_refused(wrong):
    with pytest.raises(DataError, match="counts"):
        PeopleShown(*wrong)


def test_largest_remainder_by_hand():
    # votes 47, 16, 15.9, 12, 6, 3.1 thousand for 10 seats: quotas 4.7, 1.6, 1.59, 1.2, 0.6, 0.31;
    # whole parts 4, 1, 1, 1, 0, 0 leave 3 seats, to the remainders 0.7, 0.6 and 0.6
    votes = [47_000, 16_000, 15_900, 12_000, 6_000, 3_100]
    assert apportion(votes, 10) == (5, 2, 1, 1, 1, 0)
    assert apportion([2 / 3, 1 / 6, 1 / 6]) == (67, 17, 16)  # 66.67, 16.67, 16.67


shares = st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(lambda one: sum(one) > 1e-6)


@given(shares, st.sampled_from([10, 100, 1000]))
def test_rows_sum_to_the_whole_and_none_is_off_by_one(parts, of):
    got = apportion(parts, of)
    assert sum(got) == of
    exact = [of * one / sum(parts) for one in parts]
    assert all(abs(a - b) < 1 + 1e-9 for a, b in zip(got, exact, strict=True))
    assert all(one >= 0 for one in got)


@pytest.mark.parametrize("wrong", [[], [0, 0], [-1, 2], [float("nan"), 1]])
def test_shares_that_cannot_be_are_refused(wrong):
    with pytest.raises(DataError, match="at least 0"):
        apportion(wrong)


BOX = """{% import "site/parts.html" as parts with context %}
{{ parts.fact_box(box, "Of people", "the drug", "placebo") }}"""


def test_a_fact_box_counts_arms_first_and_tells_benefits_before_harms(read):
    # 35.4 and 54.6 of 100 become 35 and 55 of 100: the difference shown is 20, not 19.2
    known = [
        Shares("feel sick", 0.02, 0.10, 0.07, 0.14, harm=True),
        Shares("get better", 0.354, 0.546, 0.47, 0.61),
    ]
    box = fact_box(known, "How sure we are: low.", [FactRow("die", harm=True)])
    assert box.of == 100
    assert [row.outcome for row in box.rows] == ["get better", "feel sick", "die"]
    good = box.rows[0]
    assert (good.before, good.after, good.low, good.high) == (35, 55, 47, 61)
    page = read(environment().from_string(BOX).render(box=box, link=lambda path: path))
    assert "35 of 100" in page.cells
    assert "55 of 100 (47 to 61)" in page.cells
    assert page.cells[-3:] == ["Die", "no number in this version", "no number in this version"]
    assert page.text.index("What may get better") < page.text.index("What may go wrong")
    assert page.text.endswith("How sure we are: low.")


def test_a_fact_box_of_a_rare_event_is_of_1000_in_every_row():
    known = [Shares("have a stroke", 0.004, 0.006, 0.003, 0.011, harm=True),
             Shares("get better", 0.35, 0.5, 0.4, 0.6)]  # fmt: skip
    box = fact_box(known, "")
    assert box.of == 1000
    assert [(row.before, row.after) for row in box.rows] == [(350, 500), (4, 6)]


def test_an_axis_by_hand():
    axis = axis_of([-1.5, 0.5])
    # 3% of margin on both sides: 94% of the width for 2 units
    assert (axis.at(-1.5), axis.at(0.5), axis.at(0.0)) == (3.0, 97.0, 73.5)
    assert axis.marks == (-1.5, -1.0, -0.5, 0.0, 0.5)
    ratio = axis_of([0.5, 2.0], ratio=True)
    assert (ratio.none, ratio.at(1.0)) == (1.0, 50.0)  # one half mirrors two
    assert ratio.marks == (0.5, 1.0, 2.0)
    with pytest.raises(DataError, match="above 0"):
        axis_of([-1.0], ratio=True)


span = st.floats(-1e4, 1e4).filter(lambda value: value == 0 or abs(value) > 1e-3)


@given(st.lists(span, min_size=1, max_size=9))
def test_every_value_is_on_the_axis_with_few_marks(values):
    axis = axis_of(values)
    assert all(3 <= axis.at(one) <= 97 for one in (*values, axis.none))
    assert 1 <= len(axis.marks) <= 7
    assert all(axis.first - 1e-9 <= one <= axis.last + 1e-9 for one in axis.marks)


@given(st.lists(st.floats(1e-4, 1e4), min_size=1, max_size=9))
def test_every_ratio_is_on_the_axis_and_1_is_marked(values):
    axis = axis_of(values, ratio=True)
    assert all(3 <= axis.at(one) <= 97 for one in (*values, 1.0))
    assert 1.0 in axis.marks


INTERVALS = """{% import "site/parts.html" as parts with context %}
<p id="said">Words</p>{{ parts.intervals(figure, "said", "Effects") }}"""


def test_intervals_in_the_drawing_the_table_and_the_sentence_are_one(shipped, read):
    told = shipped.reviews["psilocybin-depression"]
    group = groups_of(told)[0][0]
    figure = group.intervals
    html = environment().from_string(INTERVALS).render(figure=figure, link=lambda path: path)
    page = read(html)
    svg = re.search(r"<svg role.*</svg>\n<div", html, re.DOTALL)[0]
    written = re.findall(r'class="number"[^>]*>([^<]*)<', svg)
    assert written == [one.written for one in figure.drawn]
    assert all(one in page.cells for one in written)
    effect = next(one for one in group.parts["numbers"] if one.kind == "effect")
    pooled = next(one for one in figure.drawn if one.kind == "pooled")
    for number in re.findall("[\u22120-9.]+", pooled.written):
        assert number in effect.text
    assert [one.study for one in figure.drawn[:-2]] == list(effect.studies)
    assert sum(one.weight for one in figure.drawn if one.weight is not None) == 100
    assert [one.kind for one in figure.drawn[-2:]] == ["pooled", "prediction"]
    at = figure.axis.at
    lines = re.findall(r'<line x1="([^"]*)%" x2="([^"]*)%"', svg)
    assert [(float(a), float(b)) for a, b in lines] == [
        (at(one.low), at(one.high)) for one in figure.drawn
    ]


def test_the_foot_says_which_side_favours_what(shipped):
    figures = {name: [group.intervals for group in groups_of(told)[0] if group.intervals]
               for name, told in shipped.reviews.items()}  # fmt: skip
    lower_is_better = figures["psilocybin-depression"][0]
    assert lower_is_better.left == "better with psilocybin at full dose"
    higher_is_better = figures["microdosing-wellbeing"][0]
    assert higher_is_better.right == "better with a microdose"
    response = figures["antidepressants-depression"][1]
    assert (response.right, response.unit) == ("better with an antidepressant", "odds ratio")
