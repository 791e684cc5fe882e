"""The first page: the answer, what stands beside it, and every question in the order of reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.report.site.statements import Stated, read_statements, stated
from equipoise.report.site.statements.plan import Goes

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content

ORDER = 10
GOES: dict[Goes, str] = {
    "aid.html": "The decision aid",
    "screen.html": "The screen: what not to mix, and reasons not to",
    "crisis.html": "Crisis numbers by country",
    "changes.html": "What changed",
    "statements.html": "The table of every sentence",
}
"""Pages that a statement may lead to, by the words of the link."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the statements below it."""

    id: str
    title: str
    stated: tuple[Stated, ...]


def pages(content: Content) -> Iterator[Page]:
    """Yield the first page."""
    plan = read_statements(content)
    answers, *others = sections(plan.sections, stated(content, plan))
    values = {"answers": answers, "sections": others, "goes": GOES, "levels": levels}
    yield Page("index.html", content.plan.title, "home.html", values, menu="The answer")


def levels(sentence: Sentence) -> list[tuple[str, int]]:
    """Return how many studies behind a sentence are at which risk of bias."""
    return sorted(Counter(level for _, level in sentence.opens.risk_of_bias).items())


def sections(titles: dict[str, str], every: Sequence[Stated]) -> tuple[Section, ...]:
    """Put statements below their headings; a heading with none is left out."""
    made = (
        Section(name, title, tuple(one for one in every if one.statement.section == name))
        for name, title in titles.items()
    )
    return tuple(one for one in made if one.stated)
