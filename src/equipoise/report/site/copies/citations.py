"""cite.bib, cite.ris and cite.json: this version of the site and of each review, to be cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.machine.citation import bibtex, citations, csl_json, ris
from equipoise.report.site.page import File

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

WRITERS = {"cite.bib": bibtex, "cite.ris": ris, "cite.json": csl_json}


def files(content: Content) -> Iterator[File]:
    """Yield a file for each format."""
    cited = tuple(citations(content))
    for name, write in WRITERS.items():
        yield File(name, write(cited))
