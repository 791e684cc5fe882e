"""What changed, version by version: every sentence that says something else, and what moved it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.living.words import change_lines, headline, study_line
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 60


def pages(content: Content) -> Iterator[Page]:  # noqa: ARG001  (templates have the entries)
    """Yield the page."""
    words = {"change_lines": change_lines, "headline": headline, "study_line": study_line}
    yield Page("changes.html", "What changed", "changes.html", words, menu="What changed")
