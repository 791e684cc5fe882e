"""Whom to ring in a crisis: linked from every page at the same place, read without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.page import Page
from equipoise.safety import crisis_lines, rule_book

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.safety.crisis import Country, Line

ORDER = 90
DIALLED = re.compile(r"[0-9][0-9 -]*")


def pages(content: Content) -> Iterator[Page]:  # noqa: ARG001  (the same for every content)
    """Yield the page of the crisis lines."""
    yield Page("crisis.html", "Crisis lines", "crisis.html", crisis_values())


def crisis_values() -> dict[str, object]:
    """Return what the templates of crisis lines need."""
    return {"words": rule_book().wording["crisis"], "countries": countries(), "dial": dial}


def countries() -> tuple[Country, ...]:
    """Return the countries by name."""
    return tuple(sorted(crisis_lines().values(), key=lambda one: one.name))


def dial(line: Line) -> str | None:
    """Return the digits to ring; None where it is not only a number, or is not for calls.

    Examples
    --------
    >>> [dial(line) for line in crisis_lines()["GB"].lines]
    ['116123', None, None]
    """
    calls = line.kind is None or line.kind.startswith("call")
    if not calls or not DIALLED.fullmatch(line.number):
        return None
    return re.sub(r"\D", "", line.number)
