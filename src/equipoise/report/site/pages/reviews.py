"""One page a review: the answer, what stands behind it, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 40


def pages(content: Content) -> Iterator[Page]:
    """Yield a page for each review."""
    for name, told in content.reviews.items():
        yield Page(f"reviews/{name}.html", told.review.title, "review.html", {"told": told})
