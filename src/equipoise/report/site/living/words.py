"""What changed in words: the same on the page of changes and in the feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.numbers import number

if TYPE_CHECKING:
    from equipoise.report.site.living.entry import Change, Entry, Moved, Said


def headline(entry: Entry) -> str:
    """Say in one line what a version changed."""
    if entry.first:
        return f"the first version, {counted(entry.sentences, 'sentence')}"
    if entry.changes:
        return f"{counted(len(entry.changes), 'sentence')} changed; it now says {entry.sentences:,}"
    return f"no sentence changed; it says {entry.sentences:,}"


def counted(k: int, thing: str) -> str:
    """Return a number with its thing.

    >>> counted(1, "sentence"), counted(1200, "sentence")
    ('1 sentence', '1,200 sentences')
    """
    return f"{k:,} {thing}{'' if k == 1 else 's'}"


def change_lines(change: Change) -> Iterator[tuple[str, str]]:
    """Yield what stood there, what stands there, the numbers that moved, and what moved them."""
    if change.before is not None and change.before == change.after:
        yield "As before", _said(change.before)
    else:
        if change.before is not None:
            yield "Before", _said(change.before)
        if change.after is not None:
            yield "Now", _said(change.after)
    for one in change.numbers:
        before, after = both(one.before, one.after)
        yield "Number", f"{one.name}: {before}, now {after}"
    if change.studies:
        yield "Moved by", "; ".join(map(study_line, change.studies))
    if change.causes:
        yield "Also" if change.studies else "Moved by", "; ".join(change.causes)
    if not change.studies and not change.causes:
        yield "Moved by", "the words or the order of the site; no study changed"


def study_line(one: Moved) -> str:
    """Return a study and how it changed."""
    return f"{one.study} ({one.how})"


def both(before: float | None, after: float | None) -> tuple[str, str]:
    """Write two numbers with as many decimals as it takes to tell them apart, two at least.

    >>> both(-0.7931, -0.7948), both(10.0, 11.0), both(None, 0.5)
    (('−0.793', '−0.795'), ('10', '11'), ('none', '0.50'))
    """
    whole = all(value is None or value.is_integer() for value in (before, after))
    written = ("", "")
    for places in range(0 if whole else 2, 17):
        written = _written(before, places), _written(after, places)
        if written[0] != written[1]:
            break
    return written


def _written(value: float | None, places: int) -> str:
    return "none" if value is None else number(value, places)


def _said(one: Said) -> str:
    return f"{one.text} (certainty: {one.certainty})" if one.certainty else one.text
