"""The shipped site, built once and opened from disk; one browser; one page of each kind."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import pytest

from equipoise.report.site import build_site, gather, read_evidence

from .pages import DESK

TODAY = date(2026, 11, 25)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="session")
def content():
    return gather(read_evidence("evidence"), TODAY, "2026.11.1")


@pytest.fixture(scope="session")
def site(content, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build_site(content).write(out)
    return out


@pytest.fixture(scope="session")
def kinds(site) -> list[Path]:
    """Every page at the top, and of each folder its largest: the pages there are all of a kind.

    Kept versions (v/) are copies of these pages.
    """
    folders = {page.parent for page in site.rglob("*.html")} - {site}
    folders = {folder for folder in folders if folder.relative_to(site).parts[0] != "v"}
    largest = [
        max(folder.glob("*.html"), key=lambda page: (page.stat().st_size, page.name))
        for folder in sorted(folders)
    ]
    return [*sorted(site.glob("*.html")), *largest]


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("chromium is not here: the site was not opened in a browser")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (heavy)

    with sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Callable[..., AbstractContextManager]:
    """Open pages in a context of their own; `asked` and `told` of the page collect what it does."""

    @contextmanager
    def opened(first: Path | None = None, **context):
        made = chromium.new_context(**{"viewport": DESK, "color_scheme": "light", **context})
        made.set_default_timeout(5000)
        page = made.new_page()
        page.asked, page.told = [], []
        made.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        if first:
            page.goto(first.as_uri())
        yield page
        made.close()

    return opened


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[tuple[str, str]]]:
    """Ask axe-core of a page: a rule and an element for each violation."""
    made = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def ask(page, where=None, without=()) -> list[tuple[str, str]]:
        rules = {rule: {"enabled": False} for rule in without}
        options = {"resultTypes": ["violations"], "rules": rules}
        found = made.run(page, context=where, options=options).response["violations"]
        return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]

    return ask
