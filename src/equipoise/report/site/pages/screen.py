"""The safety screen: filled in in the reader's browser, which sends and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from markupsafe import Markup

from equipoise.report.site.copies.screen_script import SCRIPTS
from equipoise.report.site.page import Page
from equipoise.report.site.pages.crisis import crisis_values
from equipoise.safety import ANSWERS, LEVELS, rule_book, rule_rows
from equipoise.safety.browser import to_browser_json

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.safety import Question, RuleBook

ORDER = 15
MEDICINE = "medicine"
"""The question that the list of medicines belongs to."""


def pages(content: Content) -> Iterator[Page]:  # noqa: ARG001  (the same for every content)
    """Yield the page of the screen."""
    book = rule_book()
    values = {
        # its "<" are escaped, so that it may stand inside a script element
        "data": Markup(to_browser_json()),  # noqa: S704
        "book": book,
        "asked": asked(book),
        "answers": ANSWERS,
        "levels": LEVELS,
        "rows": rule_rows(),
        **crisis_values(),
    }
    yield Page(
        "screen.html", "Safety screen", "screen.html", values, "Safety screen", tuple(SCRIPTS)
    )


def asked(book: RuleBook) -> dict[str, tuple[Question, ...]]:
    """Return the questions by their place on the page: those of a crisis come first."""
    urgent = {key for rule in book.rules if rule.crisis for key in rule.asks}
    places: dict[str, list[Question]] = {"crisis": [], "medicine": [], "person": [], "use": []}
    for key, question in book.questions.items():
        own = "crisis" if key in urgent else "medicine" if key == MEDICINE else question.of
        places[own].append(question)
    return {place: tuple(found) for place, found in places.items()}
