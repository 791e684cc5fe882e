"""All reviews on one page, each with its first sentences; and all studies on another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.report.site.pages.reviews import headlines

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 30


def pages(content: Content) -> Iterator[Page]:
    """Yield the list of reviews."""
    told = [(one, headlines(one)) for one in content.reviews.values()]
    yield Page("reviews.html", "All reviews", "reviews.html", {"every": told}, menu="All reviews")
