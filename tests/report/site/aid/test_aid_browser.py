"""The aid in a browser: by keyboard, without a script, and what the script carries over."""

import shutil
from pathlib import Path

import pytest

from equipoise.report.site.copies.aid_script import files
from equipoise.report.site.copies.style_sheet import files as style_files

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PHONE = {"width": 375, "height": 800}


@pytest.fixture(scope="module")
def folder(content, texts, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("aid")
    for path, text in texts.items():
        (out / path).write_text(text, encoding="utf-8")
    for file in (*files(content), *style_files(content)):
        (out / file.path).write_text(file.text, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("chromium is not here: the aid was not opened in a browser")
    sync = pytest.importorskip("playwright.sync_api", reason="drives the browser")
    with sync.sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, folder):
    made = []

    def visit(path="aid.html", **context):
        one = chromium.new_context(**{"viewport": PHONE} | context)
        made.append(one)
        page = one.new_page()
        page.goto((folder / path).as_uri())
        return page

    yield visit
    for one in made:
        one.close()


def test_cards_work_by_keyboard_and_reach_the_summary(opened):
    page = opened()
    page.locator("input[name=soon]").first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("[data-value=soon]").inner_text() == "a lot"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "lasts"
    page.keyboard.press("Space")
    assert page.locator("[data-value=lasts]").inner_text() == "not at all"
    assert "☐" in page.locator("[data-value=side]").inner_text()


def test_nothing_is_kept_and_nothing_is_added_up(opened):
    page = opened()
    page.locator("input[name=soon]").first.check()
    kept = "[localStorage.length, sessionStorage.length, document.cookie, location.search]"
    assert page.evaluate(kept) == [0, 0, "", ""]
    page.reload()
    assert page.locator("input:checked").count() == 0
    assert "☐" in page.locator("[data-value=soon]").inner_text()


def test_the_button_clears_what_was_ticked(opened):
    page = opened()
    page.locator("input[name=soon]").first.check()
    page.get_by_role("button", name="Clear what I ticked").click()
    assert page.locator("input:checked").count() == 0
    assert "☐" in page.locator("[data-value=soon]").inner_text()


def test_the_summary_alone_is_printed(opened):
    page = opened()
    page.evaluate("window.print = () => { window.told = document.documentElement.className; }")
    page.get_by_role("button", name="Print my summary").click()
    assert page.evaluate("window.told") == "only-summary"
    assert page.evaluate("document.documentElement.className") == ""
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.classList.add('only-summary')")
    assert page.locator("#summary").is_visible()
    for other in ("#choice", "#options", "#values", "#sources"):
        assert not page.locator(other).is_visible()


def test_without_a_script_all_can_be_read(opened):
    page = opened(java_script_enabled=False)
    for place in ("#choice", "#options", "#values", "#summary", "#paid", "#grade"):
        assert page.locator(place).is_visible(), place
    assert page.locator("#summary .questions li").count() > 5
    assert page.locator("#aid-buttons button").count() == 0


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_sideways_scroll(opened, width):
    page = opened(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_both_sides_stand_on_the_screen(opened):
    page = opened()
    for row in page.locator(".two-sides tbody tr").all():
        good, bad = (cell.bounding_box() for cell in row.locator("td").all())
        assert good["x"] == bad["x"] >= 0
        assert good["width"] == bad["width"]
        assert good["x"] + good["width"] <= PHONE["width"]


def test_good_and_bad_cells_look_the_same(opened):
    page = opened(viewport={"width": 1280, "height": 800})
    styles = """cells => [...new Set(cells.map(one => { const s = getComputedStyle(one);
      const width = Math.round(parseFloat(s.width));
      return [s.color, s.backgroundColor, s.fontSize, s.fontWeight, width].join(); }))]"""
    assert len(page.locator(".two-sides td").evaluate_all(styles)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["aid.html", "ipdas.html"])
def test_axe_finds_nothing(opened, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="runs axe")
    page = opened(path, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []


def test_the_print_copy_is_black_on_white_in_the_dark_too(opened):
    page = opened("aid-print.html", color_scheme="dark")
    ink = "(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))"
    assert page.evaluate(ink) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
