"""The pages of the screen and of the crisis lines as they are written, and the build's warnings."""

import dataclasses
import json
import re
from datetime import date

import pytest

from equipoise.report.site.copies.screen_script import SCRIPTS
from equipoise.report.site.page import lay_out
from equipoise.report.site.pages import crisis
from equipoise.report.site.warnings import build_warnings
from equipoise.safety import crisis_lines, rule_book, warnings
from equipoise.safety.browser import to_browser_json


def text_of(html: str) -> str:
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare).replace("&#39;", "'").replace("&#34;", '"')


def test_the_page_carries_the_rules_that_python_has(site):
    html = (site / "screen.html").read_text(encoding="utf-8")
    block = re.search(r'<script type="application/json" id="screen-data">(.*?)</script>', html)
    assert json.loads(block[1]) == json.loads(to_browser_json())
    others = [page for page in site.rglob("*.html") if page.name != "screen.html"]
    assert not [page for page in others if "screen-data" in page.read_text(encoding="utf-8")]


def test_the_form_has_nowhere_to_go(site):
    html = (site / "screen.html").read_text(encoding="utf-8")
    (form,) = re.findall(r"<form[^>]*>", html)
    assert "action" not in form
    assert 'method="dialog"' in form  # closes nothing and sends nothing
    assert 'autocomplete="off"' in form
    assert 'spellcheck="false"' in form  # some browsers send text away to check its spelling
    assert 'type="submit"' not in html


@pytest.mark.parametrize(
    "word",
    ["fetch", "XMLHttpRequest", "sendBeacon", "WebSocket", "EventSource", "import", "export",
     "localStorage", "sessionStorage", "indexedDB", "cookie", "location", "history", "eval",
     "innerHTML", "outerHTML", "insertAdjacentHTML", "Date", "title", "open", "Image"],
)  # fmt: skip
def test_no_script_of_the_screen_reaches_out_or_keeps_anything(word):
    for path in SCRIPTS.values():
        code = re.sub(r"/\*.*?\*/|//.*", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(rf"(?<![\w-]){word}\b(?!:)", code), path.name


def test_every_text_of_the_page_is_used_and_every_used_one_is_there():
    code = "".join(path.read_text("utf-8") for path in SCRIPTS.values())
    assert set(re.findall(r"(?:words|wording\.page)\.(\w+)", code)) >= set(
        rule_book().wording["page"]
    )
    ours = "".join(path.read_text("utf-8") for name, path in SCRIPTS.items() if "-" in name)
    assert set(re.findall(r"words\.(\w+)", ours)) <= set(rule_book().wording["page"])


def test_every_crisis_line_stands_there_with_its_source_and_its_dates(site):
    text = text_of((site / "crisis.html").read_text(encoding="utf-8"))
    for country in crisis_lines().values():
        assert country.name in text
        for line in (*country.lines, *([country.emergency] if country.emergency else [])):
            page = f"page of {line.page_date}" if line.page_date else "page without a date"
            read = f"{line.read_on.day} {line.read_on:%B %Y}"
            assert line.number in text
            assert f"not yet checked by a person; {page}, {line.source}; read on {read}." in text
    assert "last checked by a person" not in text
    without = [one for one in crisis_lines().values() if one.emergency is None]
    assert text.count("your local emergency number") == len(without) + 3


def test_a_line_that_a_person_checked_says_when(content, monkeypatch):
    checked = {
        key: country.model_copy(update={"lines": tuple(
            line.model_copy(update={"verified_on": date(2026, 11, 20)}) for line in country.lines
        )})
        for key, country in crisis_lines().items()
    }  # fmt: skip
    monkeypatch.setattr(crisis, "crisis_lines", lambda: checked)
    (page,) = lay_out(crisis.pages(content), content)
    count = sum(len(country.lines) for country in checked.values())
    assert page.text.count("last checked by a person on 20 November 2026") == count


def test_the_build_names_every_crisis_line_that_is_old_or_unchecked(content):
    told = build_warnings(content)
    assert told[: len(warnings(content.today))] == tuple(
        f"Crisis line: {text}" for text in warnings(content.today)
    )
    rules = len(rule_book().rules)
    assert f"Safety screen: {rules} of {rules} rules not yet checked by a person." in told


def test_the_build_says_when_facts_are_past_their_day(content):
    def late(today: date) -> list[str]:
        told = build_warnings(dataclasses.replace(content, today=today))
        return [text for text in told if "to be looked at again" in text]

    assert not late(content.today)
    assert len(late(date(2029, 1, 1))) == 1


def test_every_link_within_the_site_arrives(site):
    pages = {page.resolve(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    lost = []
    for page, html in pages.items():
        for link in re.findall(r"<(?:a|link|script)\b[^>]*?(?:href|src)=\"([^\"]+)\"", html):
            path, _, part = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            aim = (page.parent / path).resolve() if path else page
            there = aim.is_file() and (not part or f'id="{part}"' in pages.get(aim, ""))
            if not there:
                lost.append((page.relative_to(site.resolve()).as_posix(), link))
    assert not lost
