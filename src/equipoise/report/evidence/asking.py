"""Which review answers a question that a person types: a topic, and what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence.templates import templates
from equipoise.synthesis.evidence import find_review, shipped_reviews
from equipoise.synthesis.review import read_plan

if TYPE_CHECKING:
    from equipoise.synthesis.review import Review

WORD = re.compile(r"[^\W_]+")
STEM = 5
"""Letters that two words share at least, where they differ only in their ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A review that answers, and which of its outcomes were asked for."""

    folder: Path
    review: Review
    outcomes: tuple[str, ...]


def find_answers(topic: str, wanted: str | None = None) -> tuple[Asked, ...]:
    """Return the reviews that answer a topic.

    Parameters
    ----------
    topic
        Words such as "microdosing" or "LSD microdose", a shipped review's name, or a folder.
    wanted
        Words of an outcome, such as depression; None: every outcome.

    Raises
    ------
    DataError
        When no review answers; says what can be asked.
    """
    own = _is_folder(topic)
    folders = [Path(topic)] if own else [find_review(name)[0] for name in shipped_reviews()]
    plans = [read_plan(folder) for folder in folders]
    found = []
    for folder, review in plans:
        outcomes = tuple(_outcomes(review, wanted))
        if outcomes and (own or _is_on(topic, review)):
            found.append(Asked(folder, review, outcomes))
    if not found:
        reviews = [review for _, review in plans]
        known = [one for one in reviews if own or _is_on(topic, one)]
        raise DataError(_nothing(topic, wanted, known, reviews))
    named = [one for one in found if _is_name(f"{topic} {wanted or ''}", one.review)]
    return tuple(named if len(named) == 1 else found)


def _is_folder(topic: str) -> bool:
    path = Path(topic)
    return path.name == "review.yaml" or (path / "review.yaml").is_file() or len(path.parts) > 1


def words_of(text: str) -> list[str]:
    """Return the words that carry meaning, in lower case.

    >>> words_of("Does microdosing help my depression?")
    ['microdosing', 'depression']
    """
    found = (
        word for word in WORD.findall(text.casefold()) if word not in templates()["passed over"]
    )
    return [templates()["same"].get(word, word) for word in found]


def alike(one: str, other: str) -> bool:
    """Whether two words differ only in their ends.

    >>> alike("microdose", "microdosing"), alike("depressed", "depression"), alike("mood", "moon")
    (True, True, False)
    """
    if one == other:
        return True
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= max(STEM, min(len(one), len(other)) - 2)


def _outcomes(review: Review, wanted: str | None) -> Iterator[str]:
    """Yield the outcomes asked for; all where the review as a whole is of what was asked."""
    asked = words_of(wanted) if wanted is not None else []
    by_name = [
        name
        for name, outcome in review.outcomes.items()
        if _all_alike(asked, words_of(f"{name} {outcome.label} {outcome.words.outcome or ''}"))
    ]
    whole = words_of(f"{review.identifier} {review.title} {review.question.outcome}")
    yield from by_name or (review.outcomes if _all_alike(asked, whole) else ())


def _is_on(topic: str, review: Review) -> bool:
    """Whether a review is on a topic: every word of it, and at least one."""
    asked = words_of(topic)
    return bool(asked) and _all_alike(asked, _topic_of(review))


def _is_name(asked: str, review: Review) -> bool:
    """Whether the words are those of the review's name, no fewer and no more."""
    words, name = words_of(asked), words_of(review.identifier)
    return _all_alike(words, name) and _all_alike(name, words)


def _topic_of(review: Review) -> list[str]:
    texts = (
        review.identifier, review.title, review.question.intervention, review.question.outcome,
        *review.intervention.substances, *review.outcomes,
    )  # fmt: skip
    return words_of(" ".join(texts))


def _all_alike(asked: Iterable[str], known: Iterable[str]) -> bool:
    known = list(known)
    return all(any(alike(one, other) for other in known) for one in asked)


def _nothing(
    topic: str, wanted: str | None, known: Iterable[Review], every: Iterable[Review]
) -> str:
    of_topic = list(known)
    what = f"{topic!r}" + (f" for {wanted!r}" if wanted else "")
    offered = "; ".join(
        f"{review.identifier} (--for {', '.join(review.outcomes)})"
        for review in of_topic or list(every)
    )
    return (
        f"No review here answers {what}. That does not show that it works, or that it does not. "
        f"What can be asked: {offered}."
    )
