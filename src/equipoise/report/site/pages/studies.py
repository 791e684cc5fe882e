"""One page a study: what it is, every number that was read in it, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.behind import study_pages, without_amounts
from equipoise.report.site.behind.study_table import design_of, people_in
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 45
A_LIST = 500
"""Studies on one page of the list."""


def pages(content: Content) -> Iterator[Page]:
    """Yield the lists of studies, and a page for each."""
    every = study_pages(content)
    parts = [every[k : k + A_LIST] for k in range(0, len(every), A_LIST)]
    paths = ["studies.html", *(f"studies-{k}.html" for k in range(2, len(parts) + 1))]
    for path, part in zip(paths, parts, strict=False):
        rows = [(one, design_of(one.study), people_in(one.study)) for one in part]
        values = {"rows": rows, "paths": paths[: len(parts)], "count": len(every)}
        yield Page(path, "All studies", "studies.html", values)
    for one in every:
        values = {"one": one, "design": design_of(one.study), "people": people_in(one.study),
                  "plain": without_amounts}  # fmt: skip
        yield Page(f"studies/{one.study.id}.html", one.citation, "study.html", values)
