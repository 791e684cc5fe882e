"""One version beside the one before: every sentence that says something else, and what moved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from equipoise.report.site.living.state import State

KINDS = {"words": 0, "certainty": 1, "size": 2, "number": 3, "studies": 4}
"""What may differ in a sentence, and its place in what is stored of it."""
CAUSES = {
    "plan": "the plan of the review changed",
    "judgements": "the judgements of the review changed",
    "code": "the program that computes it changed",
}
PLAN = "review"
"""What a version of a review calls its plan."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a version told it."""

    text: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A study that changed, and how: new, gone, numbers changed, or its file but no number."""

    study: str
    how: str


@dataclass(frozen=True, slots=True)
class MovedNumber:
    """A number behind a sentence: the row that it is of, and its values; None where it lacks."""

    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that says something else than in the version before.

    Parameters
    ----------
    kinds
        new, gone, or what differs: words, certainty, size, number, studies.
    studies
        Those that moved it.
    causes
        What else of its review changed, in words.
    numbers
        Those behind it that moved, of a sentence that is in both versions.
    """

    id: str
    kinds: tuple[str, ...]
    before: Said | None
    after: Said | None
    studies: tuple[Moved, ...]
    causes: tuple[str, ...]
    numbers: tuple[MovedNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as people are told of it.

    Parameters
    ----------
    first
        Whether there is no version before it: then nothing is said to have changed.
    sentences
        How many it says.
    studies
        Every study that changed, whether or not a sentence moved.
    files
        Other files of the evidence folder that changed.
    """

    version: str
    day: date
    first: bool
    sentences: int
    changes: tuple[Change, ...] = ()
    studies: tuple[Moved, ...] = ()
    files: tuple[str, ...] = ()
    searched: Mapping[str, date] = field(default_factory=dict)


def entries_of(
    versions: Sequence[tuple[str, date, State, Mapping[str, date]]],
) -> tuple[Entry, ...]:
    """Compare each version with the one before it.

    Parameters
    ----------
    versions
        Name, day, state and days of searches, oldest first.

    Returns
    -------
    tuple of Entry
        Newest first.
    """
    found = []
    before: State | None = None
    for name, day, state, searched in versions:
        told = Entry(name, day, before is None, len(state.sentences), searched=searched)
        if before is not None:
            told = Entry(
                name, day, first=False, sentences=len(state.sentences),
                changes=tuple(changes(before, state)), studies=tuple(moved(before, state)),
                files=tuple(differing(before.files, state.files)), searched=searched,
            )  # fmt: skip
        found.append(told)
        before = state
    return tuple(reversed(found))


def changes(before: State, after: State) -> Iterator[Change]:
    """Yield every sentence of two versions that is not told alike in both, in reading order."""
    every = {one.study: one for one in moved(before, after)}
    files = differing(before.files, after.files)
    for name in differing(before.sentences, after.sentences):
        old, new = before.sentences.get(name), after.sentences.get(name)
        review = name.partition(":")[0]
        pair = before.reviews.get(review), after.reviews.get(review)
        yield Change(
            name,
            _kinds(old, new),
            _said(old),
            _said(new),
            _movers(every, old, new, pair),
            tuple(_causes(pair)) if any(pair) else tuple(f"{one} changed" for one in files),
            tuple(_numbers(old, new)) if old and new else (),
        )


def moved(before: State, after: State) -> Iterator[Moved]:
    """Yield every study that is new, gone, or whose file differs."""
    for name in differing(before.studies, after.studies):
        old, new = before.studies.get(name), after.studies.get(name)
        if old is None or new is None:
            yield Moved(name, "new" if old is None else "gone")
        else:
            same = old[1] == new[1]
            yield Moved(name, "its file changed, no number" if same else "numbers changed")


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names whose values differ, or that only one of two has."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _kinds(old: Sequence[Any] | None, new: Sequence[Any] | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ("new" if old is None else "gone",)
    return tuple(kind for kind, place in KINDS.items() if old[place] != new[place])


def _said(one: Sequence[Any] | None) -> Said | None:
    return None if one is None else Said(str(one[0]), str(one[1]))


def _numbers(old: Sequence[Any], new: Sequence[Any]) -> Iterator[MovedNumber]:
    before, after = (
        {(name, label): value for name, label, value in one[KINDS["number"]]} for one in (old, new)
    )
    for name, label in dict.fromkeys((*before, *after)):
        values = before.get((name, label)), after.get((name, label))
        if values[0] != values[1]:
            yield MovedNumber(", ".join(part for part in (name, label) if part), *values)


def _movers(
    every: Mapping[str, Moved],
    old: Sequence[Any] | None,
    new: Sequence[Any] | None,
    reviews: tuple[Any, Any],
) -> tuple[Moved, ...]:
    """Return the sentence's own studies that changed; where none did, those of its review."""
    own = {name for one in (old, new) if one is not None for name in one[KINDS["studies"]]}
    listed = {name for one in reviews if one is not None for name in one["studies"]}
    found = [every[name] for name in sorted(own & set(every))]
    return tuple(found or [every[name] for name in sorted(listed & set(every))])


def _causes(reviews: tuple[Any, Any]) -> Iterator[str]:
    old, new = reviews
    if old is None or new is None:
        yield "the review is new" if old is None else "the review is gone"
        return
    for part, words in CAUSES.items():
        name = PLAN if part == "plan" else part
        if old[name] != new[name]:
            yield words
