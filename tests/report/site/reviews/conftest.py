"""Reading the site's pages back: tags, texts, links, ids; and the shipped evidence, once."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from equipoise.report.site import Content, gather, read_evidence
from equipoise.report.site.page import lay_out
from equipoise.report.site.pages import review_list, reviews, studies

TODAY = date(2026, 11, 23)
BLOCKS = ("br", "p", "div", "dt", "dd", "li", "section", "h1", "h2", "h3", "summary")
VOID = ("br", "meta", "link", "img", "hr", "input")


class Reader(HTMLParser):
    """Reads a page and refuses tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._cells: list[str] = []
        self.texts: list[str] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.under: dict[str, str] = {}
        self.links: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            for name in self._sentences():
                self.links.setdefault(name, []).append(dict(attrs)["href"])
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag in ("td", "th"):
            self.texts.append(" ")
            self._cells.append("")
        elif tag in BLOCKS:
            self.handle_data(" ")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        inside = [tag for tag, _ in self.open]
        if "td" in inside or "th" in inside:
            self._cells[-1] += data
        if "style" not in inside and "script" not in inside:
            self.texts.append(data)
        for name in self._sentences():
            self.under[name] = self.under.get(name, "") + data

    def _sentences(self) -> list[str]:
        return [attrs["data-sentence"] for _, attrs in self.open if "data-sentence" in attrs]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    @property
    def cells(self) -> list[str]:
        return [" ".join(cell.split()) for cell in self._cells]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if attrs.get("id")]

    @property
    def hrefs(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def laid_out(content: Content) -> dict[str, str]:
    """The pages of reviews and studies, by path."""
    made = [page for part in (review_list, reviews, studies) for page in part.pages(content)]
    return {file.path: file.text for file in lay_out(made, content)}


@pytest.fixture(scope="session")
def read() -> Callable[[str], Reader]:
    return Reader


@pytest.fixture(scope="session")
def shipped() -> Content:
    return gather(read_evidence("evidence"), TODAY, "2026.11.1")


@pytest.fixture(scope="session")
def shipped_pages(shipped: Content) -> dict[str, str]:
    return laid_out(shipped)


CHECKED = {"source": "made up, table 2", "checked_by": "a person", "verified": True}


def study(name: str, effect: float = -0.5, **changes: Any) -> dict[str, Any]:
    """A trial of 200 people whose standardised difference is given."""
    return {
        "id": name, "citation": f"Author of {name} 2020 J Made Up", "year": 2020,
        "doi": f"10.1234/{name}",
        "design": {"kind": "parallel", "randomised": True},
        "population": {"described": "adults", "condition": "depression", "n": 200},
        "arms": [
            {"name": "LSD 10 ug", "kind": "experimental", "substance": "LSD", "n": 100,
             "dose": {"class": "micro", "amount": 10, "unit": "ug"}},
            {"name": "placebo", "kind": "inert-placebo", "n": 100},
        ],
        "outcomes": [
            {"outcome": "mood", "instrument": "MADRS", "higher": "worse", "visit": "week 4",
             "effects": [{"measure": "SMD", "contrast": ["LSD 10 ug", "placebo"],
                          "estimate": effect, "se": 0.1, "n": [100, 100],
                          "positive_favours": "placebo", **CHECKED}]},
        ],
        **changes,
    }  # fmt: skip


@pytest.fixture
def make_study() -> Callable[..., dict[str, Any]]:
    return study


PLAN = {
    "identifier": "made-up", "title": "LSD for mood",
    "question": {"population": "adults", "intervention": "LSD", "comparator": "placebo",
                 "outcome": "mood"},
    "outcomes": {"mood": {
        "label": "Low mood", "higher": "worse",
        "thresholds": {"small": 0.2, "moderate": 0.5, "large": 0.8},
        "people": {"control_response": 0.35, "source": "a made-up trial"},
        "words": {"treatment": "LSD", "outcome": "low mood", "control": "a dummy pill"}}},
    "analyses": [{"name": "main", "outcome": "mood", "measure": "SMD", "primary": True,
                  "comparators": ["inert-placebo"]}],
    "grade": {"information_size": 100},
}  # fmt: skip


@pytest.fixture
def evidence(tmp_path: Path) -> Callable[..., Content]:
    """Make an evidence folder of one review from studies given as data, and gather it."""

    def make(*studies: dict[str, Any], judged: str = "", **changes: Any) -> Content:
        home = tmp_path / "reviews" / "made-up"
        (tmp_path / "studies").mkdir(exist_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        for one in studies:
            text = yaml.safe_dump(one, sort_keys=False)
            (tmp_path / "studies" / f"{one['id']}.yaml").write_text(text)
        plan = {**PLAN, "studies_folder": "../../studies", **changes}
        (home / "review.yaml").write_text(yaml.safe_dump(plan, sort_keys=False))
        if judged:
            levels = {key: dict.fromkeys([f"D{i}" for i in range(1, 6)], judged)
                      for key in ("levels", "reasons")}  # fmt: skip
            text = yaml.safe_dump({"studies": {one["id"]: levels for one in studies}})
            (home / "judgements").mkdir(exist_ok=True)
            (home / "judgements" / "rob2.yaml").write_text(text)
        return gather(read_evidence(tmp_path), TODAY, "2026.11.1")

    return make
