"""Whether a sentence still follows from the data: a build stops where one does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence.sentences import sentences

if TYPE_CHECKING:
    from equipoise.report.evidence.sentence import Sentence
    from equipoise.synthesis.review import Synthesis

NUMERAL = re.compile(r"\d[\d,.]*\d|\d")
FIXED = {"100", "1,000"}


def follows(sentence: Sentence, synthesis: Synthesis) -> bool:
    """Whether a review says this sentence now: word for word, number for number, as sure."""
    now = {one.id: one for one in sentences(synthesis)}.get(sentence.id)
    return now is not None and now.said == sentence.said


def require_follows(told: Iterable[Sentence], synthesis: Synthesis) -> None:
    """Refuse sentences that no longer follow, all of them named.

    Raises
    ------
    DataError
        When a sentence was typed or changed, or its data moved since; says what it would be now.
    """
    now = {one.id: one for one in sentences(synthesis)}
    wrong = [why for one in told if (why := _why(one, now.get(one.id)))]
    if wrong:
        raise DataError(
            f"{len(wrong)} sentence(s) no longer follow from the data of "
            f"{synthesis.folder.review.identifier}: build again. " + " ".join(wrong)
        )


def _why(was: Sentence, now: Sentence | None) -> str:
    """Say why a sentence does not follow; nothing where it does."""
    if now is None:
        return f"{was.id}: the review says nothing of the kind now."
    if was.text != now.text:
        return f"{was.id} says {was.text!r}, and the data say {now.text!r}."
    if was.said != now.said:
        return f"{was.id}: its numbers, studies or certainty differ from the data's."
    return ""


def changed(before: Iterable[Sentence], after: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the ids of sentences that say something else, are new or are gone; not the version."""
    one = {sentence.id: sentence.said for sentence in before}
    two = {sentence.id: sentence.said for sentence in after}
    return tuple(name for name in {**one, **two} if one.get(name) != two.get(name))


def untraced(sentence: Sentence) -> tuple[str, ...]:
    """Return the numerals in a text that are in none of its estimates.

    >>> from equipoise.report.evidence.sentence import Opens, Sentence
    >>> typed = "About 40 of 100."
    >>> untraced(Sentence("r:a:people", "people", typed, "", "", "", (), (), "", Opens()))
    ('40',)
    """
    known = {n for one in sentence.estimates for n in NUMERAL.findall(one.text)} | FIXED
    return tuple(n for n in NUMERAL.findall(sentence.text) if n not in known)
