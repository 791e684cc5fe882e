"""Every kind of page: accessible, quiet, readable on a phone, enlarged, printed, without script."""

import itertools

import pytest

from .pages import FOCUSABLE, INK, OPEN_BLOCKS, SMALL_TARGETS, lines, wide

SCHEMES = list(itertools.product((375, 1280), ("light", "dark")))


def violations(visit, kinds, axe, width: int, scheme: str, **options) -> dict[str, list]:
    found = {}
    with visit(viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            found[kind.name] = axe(page, **options)
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize(("width", "scheme"), SCHEMES)
def test_axe_finds_nothing(visit, kinds, axe, width, scheme):
    """Contrast takes most of the time: here each scheme at one width, all else at both."""
    seen = (width, scheme) in {(375, "light"), (1280, "dark")}
    without = () if seen else ("color-contrast",)
    assert violations(visit, kinds, axe, width, scheme, without=without) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), SCHEMES)
def test_axe_finds_nothing_on_any_page_at_all(visit, site, axe, width, scheme):
    assert violations(visit, sorted(site.rglob("*.html")), axe, width, scheme) == {}


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


@pytest.mark.parametrize("width", [375, 320])
def test_no_page_scrolls_sideways_on_a_phone(visit, kinds, width):
    with visit(viewport={"width": width, "height": 800}) as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            assert page.evaluate(wide(width)) == [], kind.name


def test_text_of_twice_the_size_still_fits(visit, kinds):
    """Zoom to 200 %: half the width to lay out in; and text alone at 200 %."""
    with visit(viewport={"width": 640, "height": 450}) as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            assert page.evaluate(wide(640)) == [], kind.name
    with visit() as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(wide(1280)) == [], kind.name


def test_every_target_is_large_enough_to_hit(visit, kinds):
    with visit(viewport={"width": 375, "height": 800}) as page:
        for kind in kinds:
            page.goto(kind.as_uri())
            assert page.evaluate(SMALL_TARGETS) == [], kind.name


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
            unseen = []
            for _ in range(wanted):
                page.keyboard.press("Tab")
                unseen += page.evaluate("""() => {
                  const at = document.activeElement, style = getComputedStyle(at);
                  at.dataset.reached = "";
                  return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none'
                    ? [] : [at.outerHTML.slice(0, 120)];
                }""")
            assert unseen == [], kind.name
            reached = page.evaluate("document.querySelectorAll('[data-reached]').length")
            assert reached == wanted, kind.name


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


def test_the_crisis_link_stands_at_the_same_place_on_every_page(visit, kinds):
    with visit(viewport={"width": 375, "height": 800}) as page:
        places = set()
        for kind in kinds:
            page.goto(kind.as_uri())
            link = page.get_by_role("link", name="In a crisis? Get help now")
            places.add((link.bounding_box()["x"], link.bounding_box()["y"]))
            assert page.evaluate("document.querySelectorAll('a.crisis').length") == 1
    assert len(places) == 1


def test_the_first_page_is_light(visit, site):
    first = site / "index.html"
    if not first.exists():
        pytest.skip("this site has no home page")
    with visit(first) as page:
        files = [site / url.removeprefix(site.as_uri() + "/") for url in page.asked]
    assert sum(file.stat().st_size for file in files) < 150_000
