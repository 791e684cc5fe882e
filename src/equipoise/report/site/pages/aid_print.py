"""The decision aid for print: nothing closed, black on white, lists to fill in by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.aid_plan import read_aid
from equipoise.report.site.decision_aid.page_values import aid_values
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 21


def pages(content: Content) -> Iterator[Page]:
    """Yield the print copy, where there is an aid."""
    aid = read_aid(content.folder)
    if aid is not None:
        values = aid_values(content, aid, printing=True)
        yield Page("aid-print.html", f"{aid.title} (for print)", "aid.html", values)
