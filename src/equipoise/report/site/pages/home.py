"""The first page: the answer, what stands beside it, and every question in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.report.site.statements import Stated, read_statements, stated

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 10


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
    values = {"answers": answers, "sections": others}
    yield Page("index.html", content.plan.title, "home.html", values, menu="The answer")


def sections(titles: dict[str, str], every: Sequence[Stated]) -> tuple[Section, ...]:
    """Put statements below their headings; a heading with none is left out."""
    made = (
        Section(name, title, tuple(one for one in every if one.statement.section == name))
        for name, title in titles.items()
    )
    return tuple(one for one in made if one.stated)
