"""The sentences of a review as its page sets them: an answer, and parts below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import answers
from equipoise.report.evidence.effect import control_share, counted_studies, kind_of, on_scale
from equipoise.report.evidence.effect import people as people_of
from equipoise.report.evidence.gaps import HARMS
from equipoise.report.evidence.headline import HEADLINE
from equipoise.report.site.behind.amounts import without_amounts
from equipoise.report.site.figures.fact_box import FactBox, FactRow
from equipoise.report.site.figures.intervals import MOST, Intervals, intervals_of
from equipoise.report.site.figures.people import OF, PeopleShown, people_shown

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.site.content import Told
    from equipoise.synthesis.review import Study

PARTS = {
    "answer": (HEADLINE, "mixed-designs", "indirect", "stale"),
    "beside": ("control",),
    "numbers": ("people", "effect", "who"),
    "belief": ("guess", "chance-guessing", "tipping", "belief"),
    "observed": ("observational", "disagreement"),
    "gaps": ("change",),
}
"""Beginnings of the kinds of sentence, by the part of the page that they stand in."""
WIDE = 17
"""Letters of authors beside the numbers of an interval, at 375 px."""


@dataclass(frozen=True, slots=True)
class Group:
    """One outcome of a review: its sentences by part, and its figures."""

    answer: Answer
    parts: dict[str, tuple[Sentence, ...]]
    people: PeopleShown | None
    box: FactBox | None
    intervals: Intervals | None

    @property
    def name(self) -> str:
        """The analysis: an anchor on the page."""
        return self.answer.analysis.name

    @property
    def label(self) -> str:
        """The outcome as a heading."""
        return self.answer.outcome.label


def groups_of(told: Told) -> tuple[tuple[Group, ...], tuple[Sentence, ...]]:
    """Return the groups of a review in reading order, and the sentences that are of the whole.

    Returns
    -------
    groups, rest
        Together every sentence of the review, once.
    """
    rest = tuple(one for one in told.sentences if one.kind == HARMS)
    grouped: list[list[Sentence]] = []
    for one in told.sentences:
        if one.kind == HARMS:
            continue
        if one.kind == HEADLINE:
            grouped.append([])
        grouped[-1].append(one)
    every = list(answers(told.synthesis))
    made = [_group(answer, own) for answer, own in zip(every, grouped, strict=True)]
    return tuple(made), rest


def part_of(kind: str) -> str:
    """Return the part of the page for a kind of sentence; numbers, where it is a new one.

    >>> part_of("control-change-fava2018"), part_of("people-if-lower"), part_of("guess-adjusted")
    ('beside', 'numbers', 'belief')
    """
    return next((part for part, kinds in PARTS.items() if kind.startswith(kinds)), "numbers")


def _group(answer: Answer, own: list[Sentence]) -> Group:
    parts = {part: tuple(one for one in own if part_of(one.kind) == part) for part in PARTS}
    counted = next((one for one in own if one.kind == "people"), None)
    people = people_shown(counted) if counted is not None else None
    names = {row.study.id: cited(row.study) for row in answer.rows[: MOST + 1]}
    return Group(answer, parts, people, _box(answer, people), intervals_of(answer, names))


def cited(study: Study) -> str:
    """Return a study's name that fits a row of a figure on a telephone: authors and year.

    The whole citation stands in the tables and on the study's page.
    """
    words = without_amounts(study.citation).split()
    upto = next((k for k, word in enumerate(words) if str(study.year) in word), len(words))
    whole = kept = words[:upto] or words
    while len(kept) > 1 and len(" ".join(kept)) > WIDE:
        kept = kept[:-1]
    end = "" if kept == whole else "…"
    return f"{' '.join(kept).rstrip(',;:.(')}{end} {study.year}".replace("et al ", "et al. ")


def _box(answer: Answer, people: PeopleShown | None) -> FactBox | None:
    """Return the fact box of an answer and of the harms that its review counts in people."""
    if people is None:
        return None
    good = FactRow(answer.event, answer.outcome.harm, people.before, people.after, people.low,
                   people.high)  # fmt: skip
    harms = [_harm(other) for other in answers(answer.synthesis)
             if other.outcome.harm and other.analysis.name != answer.analysis.name]  # fmt: skip
    if not harms:
        harms = [FactRow("unwanted effects", harm=True)]
    rows = (good, *(replace(one, harm=True) for one in harms))
    of = counted_studies(len(answer.rows), kind_of(row.study for row in answer.rows))
    when = ", ".join(dict.fromkeys(row.outcome.visit for row in answer.rows[:3]))
    return FactBox(OF, rows, f"How sure we are: {answer.certainty}. From {of}. When: {when}.")


def _harm(other: Answer) -> FactRow:
    counted = people_of(other, control_share(other)) if on_scale(other) else None
    if counted is None or other.level in (None, 1):
        return FactRow(other.event, harm=True)
    before = counted.control
    return FactRow(
        other.event, harm=True, before=before, after=counted.active,
        low=before + counted.low, high=before + counted.high,
    )  # fmt: skip
