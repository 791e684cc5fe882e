"""One page a review: the answer, what stands behind it, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equipoise.report.site.behind import (
    certainty_records,
    flow_of,
    groups_of,
    planned_analyses,
    searched,
    study_table,
)
from equipoise.report.site.behind.amounts import without_amounts
from equipoise.report.site.behind.study_table import ON_PAGE
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.behind.study_table import StudyRow
    from equipoise.report.site.content import Content, Told

ORDER = 40
A_PAGE = 400
"""Rows of studies on a page of their own."""


def pages(content: Content) -> Iterator[Page]:
    """Yield a page for each review, and one for its studies where they are many."""
    for name, told in content.reviews.items():
        values = _values(told)
        yield Page(f"reviews/{name}.html", told.review.title, "review.html", values)
        if values["apart"]:
            yield from _studies(name, told, values["rows"])


def _studies(name: str, told: Told, rows: tuple[StudyRow, ...]) -> Iterator[Page]:
    """Yield the table of a review's studies, in parts where it is long."""
    title = f"Studies of: {told.review.title}"
    parts = [rows[k : k + A_PAGE] for k in range(0, len(rows), A_PAGE)]
    ends = ["", *(f"-{k}" for k in range(2, len(parts) + 1))]
    paths = [f"reviews/{name}-studies{end}.html" for end in ends]
    for path, part in zip(paths, parts, strict=True):
        values = {"told": told, "rows": part, "paths": paths}
        yield Page(path, title, "review-studies.html", values)


def headlines(told: Told) -> tuple[Sentence, ...]:
    """Return the first sentence of each outcome of a review."""
    return tuple(one for one in told.sentences if one.kind == "headline")


def _values(told: Told) -> dict[str, Any]:
    groups, rest = groups_of(told)
    rows = study_table(told)
    return {
        "told": told,
        "groups": groups,
        "rest": rest,
        "harms": [(without_amounts(one.text), one) for one in told.harms],
        "rows": rows,
        "flow": flow_of(told, rows),
        "apart": len(rows) > ON_PAGE,
        "search": searched(told.synthesis.folder),
        "records": certainty_records(groups),
        "planned": planned_analyses(told),
    }
