"""The shipped evidence, gathered once, and its first page and table; a copy to be changed."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from equipoise.report.site import Content, gather, read_evidence
from equipoise.report.site.copies import statements_csv
from equipoise.report.site.page import lay_out
from equipoise.report.site.pages import home
from equipoise.report.site.pages import statements as table
from equipoise.report.site.statements import Stated, stated
from equipoise.synthesis.evidence import HERE

DAY, VERSION = date(2026, 11, 25), "2026.11.1"


@pytest.fixture(scope="session")
def content() -> Content:
    return gather(read_evidence(HERE), DAY, VERSION)


@pytest.fixture(scope="session")
def every(content) -> tuple[Stated, ...]:
    return stated(content)


@pytest.fixture(scope="session")
def site(content) -> dict[str, str]:
    """Return what the part writes, by path."""
    made = [*home.pages(content), *table.pages(content)]
    files = [*lay_out(made, content), *statements_csv.files(content)]
    return {file.path: file.text for file in files}


@pytest.fixture
def copied(tmp_path) -> Callable[[], Path]:
    """Return a function that copies the shipped evidence, to be changed."""

    def copy() -> Path:
        folder = tmp_path / "evidence"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        return folder

    return copy


class Seen(HTMLParser):
    """The text of a page, and its elements with data-sentence or data-statement."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.sentences: list[tuple[str, str]] = []
        self.statements: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.hidden += tag in ("script", "style")
        if "data-sentence" in found:
            self.sentences.append((found["data-sentence"], found["data-certainty"]))
        if "data-statement" in found:
            self.statements.append(found["data-statement"])

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    return parser


def visible(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(seen(html).text))
