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
    """Yield the table; the foot of the first page links to it."""
    values = {"every": stated(content), "numbers": numbers}
    yield Page("statements.html", "Every sentence, and what it rests on", "statements.html", values)
