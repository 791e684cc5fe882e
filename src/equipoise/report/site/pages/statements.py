"""Every statement with all its sentences: id, studies, numbers and certainty, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.report.site.statements import numbers, stated

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content

ORDER = 90
OF_SITE = "site:"
"""How the ids begin of sentences about the pages themselves: they differ from day to day."""


def said(content: Content) -> tuple[Sentence, ...]:
    """Return what answers the statements, but for what the site says of itself and its day."""
    every = (sentence for one in stated(content) for sentence in one.sentences)
    return tuple(one for one in every if not one.id.startswith(OF_SITE))


def pages(content: Content) -> Iterator[Page]:
    """Yield the table; a sentence that answers two questions has its anchor at the first."""
    every = stated(content)
    first: dict[str, str] = {}
    for one in every:
        for sentence in one.sentences:
            first.setdefault(sentence.id, one.statement.id)
    values = {"every": every, "numbers": numbers, "first": first}
    yield Page("statements.html", "Every sentence, and what it rests on", "statements.html", values)


def said(content: Content) -> tuple[Sentence, ...]:
    """Return the sentences that answer statements and are no review's own: versions compare them.

    What the site says of itself, such as its date, is left out: it differs with every version.
    """
    known = {one.id for one in content.sentences}
    found = {one.id: one for each in stated(content) for one in each.sentences}
    return tuple(
        one for name, one in found.items() if name not in known and not name.startswith("site:")
    )
