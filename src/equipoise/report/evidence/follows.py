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
    """Whether a review says this sentence, word for word and number for number, as it is now."""
    now = {one.id: one for one in sentences(synthesis)}.get(sentence.id)
    return now == sentence


def require_follows(told: Iterable[Sentence], synthesis: Synthesis) -> None:
    """Refuse sentences that no longer follow, all of them named.

    Raises
    ------
    DataError
        When a sentence was typed or changed, or its data moved since; says what it would be now.
    """
    now = {one.id: one for one in sentences(synthesis)}
    wrong = [_why(one, now.get(one.id)) for one in told if now.get(one.id) != one]
    if wrong:
        raise DataError(
            f"{len(wrong)} sentence{'' if len(wrong) == 1 else 's'} no longer follow from the data "
            f"of {synthesis.folder.review.identifier}. Build again. " + " ".join(wrong)
        )


def _why(was: Sentence, now: Sentence | None) -> str:
    if now is None:
        return f"{was.id}: the review says nothing of the kind now."
    if was.text != now.text:
        return f"{was.id} says {was.text!r}, and the data say {now.text!r}."
    if was.said != now.said:
        return f"{was.id}: its numbers or its certainty differ from the data's."
    return f"{was.id} is of version {was.version[:16]}, and the data are {now.version[:16]}."


def changed(before: Iterable[Sentence], after: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the ids of sentences that say something else, are new or are gone; not the version."""
    one = {sentence.id: sentence.said for sentence in before}
    two = {sentence.id: sentence.said for sentence in after}
    return tuple(name for name in {**one, **two} if one.get(name) != two.get(name))


def untraced(sentence: Sentence, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the numerals in a text that are in none of its estimates, nor in the names given.

    >>> from equipoise.report.evidence.sentence import Opens, Sentence
    >>> typed = Sentence("r:a:people", "people", "About 40 of 100.", "", "", "", (), (), "", Opens())
    >>> untraced(typed)
    ('40',)
    """
    text = sentence.text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    known = {n for one in sentence.estimates for n in NUMERAL.findall(one.text)} | FIXED
    return tuple(n for n in NUMERAL.findall(text) if n not in known)
