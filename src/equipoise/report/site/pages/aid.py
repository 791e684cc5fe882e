"""The decision aid: the choice, safety, options side by side, what matters, questions to take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.aid_plan import read_aid
from equipoise.report.site.decision_aid.page_values import aid_values
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 20


def pages(content: Content) -> Iterator[Page]:
    """Yield the aid, where the evidence folder plans one."""
    aid = read_aid(content.folder)
    if aid is not None:
        values = aid_values(content, aid)
        yield Page("aid.html", aid.title, "aid.html", values, "Decision aid", ("aid.js",))
