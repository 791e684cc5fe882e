"""Sheets: what is on each, read back from the figures; what a helper alone may see."""

from datetime import date

import pytest

from equipoise.concealment.seal.printing.sheet import write_pdf
from equipoise.concealment.self_blinding.printing import (
    helper_sheet,
    inner_cards,
    instructions,
    outer_labels,
    print_cards,
)
from equipoise.concealment.self_blinding.printing.card import CARD_HEIGHT
from equipoise.concealment.self_blinding.printing.inner_cards import ROWS, STRIP
from equipoise.errors import DataError

ALONE = ["inner-cards-1.pdf", "inner-cards-2.pdf", "instructions.pdf", "outer-labels.pdf"]


def words(pages):
    """Return every text with its place on its page: millimetres from the top."""
    return [
        (number, text.get_text(), text.get_position()[1])
        for number, page in enumerate(pages)
        for text in page.axes[0].texts
    ]


def test_a_content_is_named_only_on_the_strip_that_is_cut_off(issued):
    codes = [card.code for card in issued.drawn if card.content == "sort 1"]
    found = words(inner_cards(issued.public, "sort 1", codes))
    named = [(text, top) for _, text, top in found if "sort" in text or "content" in text]
    assert any("Cards for: sort 1" in text for text, _ in named)
    assert all(top < STRIP - 4 for _, top in named)
    assert {text for _, text, _ in found} >= set(codes)


def test_cards_of_both_contents_are_alike_but_for_the_code(issued):
    """What is below the strip differs in codes alone."""
    pages = []
    for content in ("sort 1", "sort 2"):
        codes = [card.code for card in issued.drawn if card.content == content]
        found = words(inner_cards(issued.public, content, codes))
        pages.append(sorted((t, top) for _, t, top in found if top > STRIP and t not in codes))
    assert pages[0] == pages[1]


def test_a_page_holds_whole_cards(issued):
    assert STRIP + ROWS * CARD_HEIGHT <= 297 - 5
    found = words(inner_cards(issued.public, "sort 1", [f"AAAA-AAA{k}" for k in range(10)] * 2))
    assert {number for number, _, _ in found} == {0, 1}


def test_labels_are_numbered_in_the_order_of_the_days(issued):
    found = [text for _, text, _ in words(outer_labels(issued.public))]
    assert [text for text in found if text in issued.public.outer] == list(issued.public.outer)
    assert [text for text in found if "Dose day" in text] == [f"Dose day {k}" for k in (1, 2, 3)]
    assert "planned Mon 4 Jan 2027" in found


def test_the_helpers_sheet_has_each_day_once_and_the_cover_tells_nothing(helped):
    found = words(helper_sheet(helped))
    cover = [text for number, text, _ in found if number == 0]
    assert not [text for text in cover if "sort" in text]
    assert "".join(helped.token[:8]) in " ".join(cover)
    inside = [text for number, text, _ in found if number]
    contents = [text for text in inside if text in {"sort 1", "sort 2"}]
    assert contents == [card.content for card in helped.drawn]
    assert [t for t in inside if "Dose day" in t] == [f"Dose day {k}" for k in (1, 2, 3)]


@pytest.mark.parametrize("helper", [False, True])
def test_instructions_have_seven_steps_and_no_content(made, helper):
    plan = made.plan_of(helper=helper, final_day=date(2027, 2, 1))
    found = [text for _, text, _ in words(instructions("MICRO-1", "P01", plan))]
    assert [text for text in found if text.isdigit() and len(text) == 1][-7:]
    assert {str(k) for k in range(1, 8)} <= set(found)
    text = " ".join(found)
    assert "sort 1" not in text
    assert "1 Feb 2027" in text
    assert ("helper" in text) == helper
    assert not [w for w in ("mg", "µg", "dose of", "buy", "order from") if f" {w} " in f" {text} "]


def test_no_line_leaves_the_page(made, issued, helped):
    """Measured with the font that is printed, not counted in letters."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415

    plan = made.plan_of(final_day=date(2027, 12, 31))
    helper = made.plan_of(final_day=date(2027, 12, 31), helper=True)
    pages = [
        *instructions("MICRO-1", "P01", plan),
        *instructions("MICRO-1", "P02", helper),
        *helper_sheet(helped),
        *outer_labels(issued.public),
        *inner_cards(issued.public, "a name of a content that is rather long", ["K7QX-9MRT"]),
    ]
    for page in pages:
        renderer = FigureCanvasAgg(page).get_renderer()
        for text in page.axes[0].texts:
            box = text.get_window_extent(renderer)
            assert box.x0 >= 0, text.get_text()
            assert box.x1 <= page.bbox.width - page.bbox.width * 5 / 210, text.get_text()


def test_files_are_the_owners_alone(issued, tmp_path):
    written = print_cards(issued, tmp_path / "sheets")
    assert sorted(path.name for path in written) == ALONE
    for path in written:
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_bytes().startswith(b"%PDF")


def test_the_same_cards_give_the_same_bytes(issued, tmp_path):
    for name in ("one.pdf", "two.pdf"):
        write_pdf(outer_labels(issued.public), tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_content_that_the_font_cannot_show_is_refused(made, tmp_path):
    issued = made.cards_of(plan=made.plan_of(contents={"糖": 4, "sort 2": 4}))
    with pytest.raises(DataError, match="cannot show"):
        print_cards(issued, tmp_path / "sheets")
    assert not (tmp_path / "sheets").exists()
