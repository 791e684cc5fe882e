"""How to cite this version of the site, and of each review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.machine.citation import bibtex, citations
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 70


def pages(content: Content) -> Iterator[Page]:
    """Yield the page."""
    cited = tuple(citations(content))
    values = {"cited": cited, "bibtex": bibtex(cited[:1])}
    yield Page("cite.html", "How to cite this", "cite.html", values)
