"""What is not known: harms that nobody counted, and what would change the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.report.evidence.templates import fill, listed, templates, words

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence

LOWERED = re.compile(r"^(?P<rule>[a-z ]+) -\d: (?P<why>.*)$")
HARMS = "harms-unknown"


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield what would change the answer."""
    if not answer.rows:
        text = fill("change-no-study", x=answer.wording.treatment, control=answer.control)
        yield answer.sentence("change", "change-no-study", text)
        return
    if answer.level is None:
        return
    needs = needed(answer.certainty_reasons)
    if needs:
        text = fill("change", needs=listed(needs))
        yield answer.sentence("change", "change", text)
    elif answer.level == 4:
        yield answer.sentence("change", "change-unlikely", fill("change-unlikely"))


def needed(reasons: Sequence[str]) -> list[str]:
    """Return what would raise a certainty, from the reasons that lowered it.

    >>> needed(["starts high", "imprecision -1: few people", "risk of bias -1: nobody has judged"])
    ['more people in trials', 'a check of how well each trial was run']
    """
    found = []
    for reason in reasons:
        lowered = LOWERED.match(reason)
        if lowered and lowered["rule"] in templates()["needs"]:
            unread = lowered["why"].startswith("nobody has judged")
            found.append(words("needs", "not judged" if unread else lowered["rule"]))
    return list(dict.fromkeys(found))


def harms(answers: Sequence[Answer]) -> Iterator[Sentence]:
    """Yield once that no harm was counted, where no analysis of a harm pools a study."""
    if not answers or any(one.outcome.harm and one.rows for one in answers):
        return
    first = answers[0]
    text = fill(HARMS, x=first.wording.treatment)
    made = first.sentence(HARMS, HARMS, text, studies=())
    yield replace(made, id=f"{first.review.identifier}:{HARMS}", certainty="no study", outcome="")
