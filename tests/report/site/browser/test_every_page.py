"""Every kind of page: accessible, quiet, readable on a phone, enlarged, printed, without script."""

import itertools

import pytest

from .pages import (
    CRISIS_LINKS,
    DESK,
    FEW_ALIKE,
    FOCUSABLE,
    INK,
    OPEN_BLOCKS,
    SMALL_TARGETS,
    WATCH_FOCUS,
    lines,
    wide,
)

CONTRAST = "color-contrast"
SCHEMES = list(itertools.product((375, 1280), ("light", "dark")))


def violations(visit, pages, axe, width, *, scheme="light", first=None, **options) -> dict:
    found = {}
    with visit(viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        for one in pages:
            page.goto(one.as_uri())
            if first:
                page.evaluate(first)
            found[str(one)] = axe(page, **options)
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(visit, kinds, axe, width):
    assert violations(visit, kinds, axe, width, without=[CONTRAST]) == {}


@pytest.mark.parametrize(("width", "scheme"), SCHEMES)
def test_axe_finds_no_faint_text(visit, kinds, axe, width, scheme):
    """The slowest rule by far: asked of the first of many alike, in both schemes."""
    found = violations(visit, kinds, axe, width, scheme=scheme, first=FEW_ALIKE, only=[CONTRAST])
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), SCHEMES)
def test_axe_finds_nothing_at_all_on_any_page(visit, site, axe, width, scheme):
    assert violations(visit, sorted(site.rglob("*.html")), axe, width, scheme=scheme) == {}


def test_axe_would_find_something(visit, axe, site, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<html><body><img src="x.png"><p style="color:#bbb">faint</p></body></html>')
    with visit(bad) as page:
        assert {"image-alt", "color-contrast"} <= {name for name, _ in axe(page)}


def test_nothing_is_asked_of_another_host_and_nothing_goes_wrong(visit, kinds, site):
    home = site.as_uri() + "/"
    with visit() as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            page.wait_for_timeout(100)  # what a page might do once it has loaded
            assert page.told == [], kind.name
            assert kind.as_uri() in page.asked
            assert all(url.startswith((home, "data:")) for url in page.asked), kind.name
            page.asked.clear()


def test_a_page_may_ask_nothing(visit, kinds):
    """The policy of the page holds: neither a script of its own nor of a stranger can send."""
    send = "fetch('https://example.org/').then(() => 'sent', () => 'refused')"
    with visit(kinds[0]) as page:
        assert page.evaluate(send) == "refused"
        assert any("Content Security Policy" in text for text in page.told)


@pytest.fixture(scope="session")
def laid_out(chromium, kinds) -> dict[str, dict]:
    """How each page lies at several widths, and enlarged: each is opened once."""
    page = chromium.new_page(color_scheme="light")
    found = {}
    for kind in kinds:
        page.goto(kind.as_uri())
        seen = found[str(kind)] = {}
        for width in (320, 640, 375):
            page.set_viewport_size({"width": width, "height": 800})
            seen[width] = page.evaluate(wide(width))
        seen["small targets"] = page.evaluate(SMALL_TARGETS)
        seen["crisis links"] = page.evaluate(CRISIS_LINKS)
        page.set_viewport_size(DESK)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        seen["large text"] = page.evaluate(wide(DESK["width"]))
    page.close()
    return found


def named(laid_out: dict[str, dict], what: str | int) -> dict[str, list]:
    assert len(laid_out) > 3
    return {name: seen[what] for name, seen in laid_out.items() if seen[what]}


@pytest.mark.parametrize("width", [375, 320])
def test_no_page_scrolls_sideways_on_a_phone(laid_out, width):
    assert named(laid_out, width) == {}


@pytest.mark.parametrize("how", [640, "large text"])
def test_zoomed_to_twice_the_size_it_still_fits(laid_out, how):
    """Zoom to 200 % leaves half the width to lay out in; or the text alone is enlarged."""
    assert named(laid_out, how) == {}


def test_every_target_is_large_enough_to_hit(laid_out):
    assert named(laid_out, "small targets") == {}


def test_the_crisis_link_stands_at_the_same_place_on_every_page(laid_out):
    places = [seen["crisis links"] for seen in laid_out.values()]
    assert len(places[0]) == 1
    assert places == [places[0]] * len(laid_out)


def test_the_skip_link_comes_first_and_skips(visit, kinds):
    with visit() as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            page.keyboard.press("Tab")
            link = page.locator(":focus")
            assert link.inner_text() == "Skip to the content", kind.name
            assert link.bounding_box()["x"] >= 0
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate("!document.activeElement.closest('header')"), kind.name


def test_the_tab_key_reaches_everything_and_shows_where_it_is(visit, kinds):
    with visit() as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            wanted = page.evaluate(FOCUSABLE)
            assert wanted
            page.evaluate(WATCH_FOCUS)
            for _ in range(wanted):
                page.keyboard.press("Tab")
            assert page.evaluate("window.unmarked") == [], kind.name
            assert page.evaluate("window.reached.size") == wanted, kind.name


def test_all_can_be_read_without_a_script(visit, kinds):
    """What a script adds is its own controls: no line of the text hangs on one."""
    found = {}
    for script in (True, False):
        with visit(java_script_enabled=script) as page:
            for kind in kinds:
                page.goto(kind.as_uri())
                found[kind, script] = lines(page)
    for kind in kinds:
        assert len(found[kind, False]) > 3
        assert found[kind, True] - found[kind, False] == set(), kind.name


def test_print_opens_what_is_closed_in_black_on_white(visit, kinds):
    with visit(color_scheme="dark", viewport={"width": 700, "height": 1000}) as page:
        page.emulate_media(media="print", color_scheme="dark")
        for kind in kinds:
            page.goto(kind.as_uri())
            assert page.evaluate(OPEN_BLOCKS) == [], kind.name
            assert page.evaluate(INK) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], kind.name
            assert page.evaluate(wide(700)) == [], kind.name
            assert not page.locator("header nav").is_visible()


def test_the_first_page_is_light(visit, site):
    with visit(site / "index.html") as page:
        files = [site / url.removeprefix(site.as_uri() + "/") for url in page.asked]
    assert sum(file.stat().st_size for file in files) < 150_000
