"""The options side by side: for each, what may help, what may harm, and what it is like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.site.aid_plan import HEADINGS
from equipoise.report.site.decision_aid.chances import Chance, of_sentences, who
from equipoise.report.site.decision_aid.harms import Harms, harm_cell, harms
from equipoise.report.site.decision_aid.lines import (
    NO_SOURCE,
    Line,
    facts_named,
    gap_line,
    sentence_line,
)

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.aid_plan import Aid, Option
    from equipoise.report.site.content import Content, Told

SHOWN = ("headline", "indirect", "people", "effect", "control", "control-unknown")
"""What a box says of an answer, in this order; the rest is on the review's page."""
NUMBERS = ":effect"
WITHOUT = ("control", "control-unknown")


@dataclass(frozen=True, slots=True)
class Box:
    """One answer of a review as the box of an option shows it; `chance` if people are counted."""

    query: str
    told: Told
    lines: tuple[Line, ...]
    chance: Chance | None
    people: str
    time: str

    @property
    def plain(self) -> tuple[Line, ...]:
        """What stands below the first line."""
        return tuple(one for one in self.lines[1:] if not one.id.endswith(NUMBERS))

    @property
    def numbers(self) -> tuple[Line, ...]:
        """What opens: the effect in the unit of its analysis."""
        return tuple(one for one in self.lines[1:] if one.id.endswith(NUMBERS))


@dataclass(frozen=True, slots=True)
class OptionTold:
    """An option with all that is known of it; every part says so where nothing is."""

    option: Option
    cells: Mapping[str, tuple[Line, ...]]
    boxes: Mapping[str, tuple[Box, ...]]
    course: Mapping[str, tuple[Line, ...]]
    harms: tuple[Harms, ...]
    harm_cell: tuple[Line, ...]
    living: Mapping[str, tuple[Line, ...]]


def options_told(content: Content, aid: Aid) -> tuple[OptionTold, ...]:
    """Return every option in the order of the page.

    Raises
    ------
    DataError
        When the plan names a review, an analysis or a fact that the evidence folder does not have.
    """
    return tuple(_told(content, option) for option in aid.in_order)


def _told(content: Content, option: Option) -> OptionTold:
    boxes = {name: _boxes(content, option, name) for name in option.helps}
    found = harms(content, option)
    living: dict[str, tuple[Line, ...]] = {
        heading: facts_named(content, option.living.get(heading, ()))
        or (gap_line(option.id, heading, text=NO_SOURCE),)
        for heading in HEADINGS
    }
    course = {name: facts_named(content, option.course.get(name, ())) for name in boxes}
    cells = {
        name: (*course[name], *(_in_a_cell(one) for one in own)) or (gap_line(option.id, name),)
        for name, own in boxes.items()
    }
    return OptionTold(option, cells, boxes, course, found, harm_cell(option, found), living)


def _in_a_cell(box: Box) -> Line:
    """Return the first line of a box, with people and time: hours beside weeks would mislead."""
    first = box.lines[0]
    if not box.time:
        return first
    return replace(first, text=f"{first.text} People like: {box.people}. When asked: {box.time}.")


def _boxes(content: Content, option: Option, condition: str) -> tuple[Box, ...]:
    own = [_box(content, query, SHOWN) for query in option.helps[condition]]
    beside = [_box(content, query, WITHOUT) for query in option.without.get(condition, ())]
    return (*own, *beside)


def _box(content: Content, query: str, shown: tuple[str, ...]) -> Box:
    told, kinds = answer_of(content, query)
    said = [kinds[kind] for kind in shown if kind in kinds]
    people, time = who(kinds)
    chance = of_sentences(kinds, only_without=shown == WITHOUT)
    return Box(query, told, tuple(sentence_line(told, one) for one in said), chance, people, time)


def answer_of(content: Content, query: str) -> tuple[Told, dict[str, Sentence]]:
    """Return a review and the sentences of one of its analyses, by kind.

    Raises
    ------
    DataError
        When there is no such review, or it says nothing of that analysis.
    """
    review, _, analysis = query.partition(":")
    told = content.reviews.get(review)
    if told is None:
        raise DataError(
            f"aid.yaml asks {query}, and no review is called {review}: "
            f"{', '.join(content.reviews)}. Leave the list empty where no review was made."
        )
    start = f"{review}:{analysis}:"
    kinds = {one.kind: one for one in told.sentences if one.id.startswith(start)}
    if "headline" not in kinds:
        spoken = dict.fromkeys(one.id.split(":")[1] for one in told.sentences)
        raise DataError(
            f"aid.yaml asks {query}, and the review says nothing of {analysis}: a main analysis is "
            f"one of {', '.join(name for name in spoken if name != 'harms-unknown')}."
        )
    return told, kinds
