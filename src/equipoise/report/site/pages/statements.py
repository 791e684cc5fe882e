"""Every statement with all its sentences: id, studies, numbers and certainty, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.report.site.statements import numbers, stated

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 90


def pages(content: Content) -> Iterator[Page]:
    """Yield the table; a sentence that answers two questions has its anchor at the first."""
    every = stated(content)
    first: dict[str, str] = {}
    for one in every:
        for said in one.sentences:
            first.setdefault(said.id, one.statement.id)
    values = {"every": every, "numbers": numbers, "first": first}
    yield Page("statements.html", "Every sentence, and what it rests on", "statements.html", values)
