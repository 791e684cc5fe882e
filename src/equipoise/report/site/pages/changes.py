"""What changed, version by version: every sentence that says something else, and what moved it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.living.words import change_lines, headline, study_line
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 60


def pages(content: Content) -> Iterator[Page]:
    """Yield the page; studies that a review still holds lead to their own pages."""
    held = {study for told in content.reviews.values() for study in told.synthesis.folder.studies}
    values = {
        "change_lines": change_lines,
        "headline": headline,
        "study_line": study_line,
        "held": held,
    }
    yield Page("changes.html", "What changed", "changes.html", values, menu="What changed")
