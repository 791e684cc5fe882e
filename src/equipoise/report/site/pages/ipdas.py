"""The aid held to the standards of decision aids: every criterion, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.aid_plan import read_aid
from equipoise.report.site.decision_aid.page_values import aid_values
from equipoise.report.site.page import Page

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

ORDER = 60
TITLES = {
    "qualifying": "Standards that must be met",
    "certifying": "Standards that show it can be trusted",
    "quality": "Standards that make it good",
}


def pages(content: Content) -> Iterator[Page]:
    """Yield the table, where there is an aid."""
    aid = read_aid(content.folder)
    if aid is None:
        return
    values = aid_values(content, aid)
    scored = values["score"]
    blocks = {name: getattr(scored, name) for name in TITLES}
    yield Page(
        "ipdas.html", "The aid by the standards of decision aids", "ipdas.html",
        {"blocks": blocks, "titles": TITLES, "met": values["met"]},
    )  # fmt: skip
