"""Chances as people of a hundred, or of a thousand where an event is rarer: good and bad alike.

The counts of benefits are those of the review's sentence. Those of harms are made here, of the
events that a verified fact tells of, each arm by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.decision_aid.amounts import without_amounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from equipoise.report.evidence import Sentence
    from equipoise.synthesis.evidence.facts import Harm

HUNDRED, THOUSAND = 100, 1_000
COUNTED = "people-of-100"
EVENTS = re.compile(r"^(?P<events>\d[\d,]*) of (?P<people>\d[\d,]*)(?: \((?P<percent>[\d.]+)%\))?$")
SHARE = re.compile(r"^(?P<events>\d[\d,]*) \((?P<percent>[\d.]+)%\)$")
NOT_JUDGED = "not judged"
ROUNDED = 0.6
"""Per cent by which a printed share may lie beside its own counts: it was rounded to whole ones."""


@dataclass(frozen=True, slots=True)
class Count:
    """People of `Chance.of` with an event; None in `people` where no one count may be named."""

    people: int | None
    low: int
    high: int

    @property
    def text(self) -> str:
        """How it is written, the same everywhere."""
        if self.people is None:
            return f"{self.low} to {self.high}"
        if not self.ranged:
            return f"{self.people}, range not told"
        return f"{self.people} ({self.low} to {self.high})"

    @property
    def ranged(self) -> bool:
        """Whether a range stands behind the count; one that is assumed may have none."""
        return self.people is None or self.low < self.high


@dataclass(frozen=True, slots=True)
class Chance:
    """One outcome, in people of a fixed number, with an option and without it.

    Parameters
    ----------
    event
        What the people counted do, or have.
    of
        100, or 1,000 where fewer than 1 in 100 have the event.
    with_it, without_it
        None where no one was counted.
    time, people
        When they were asked, and who they were; empty where the source does not say.
    certainty
        In words.
    source
        Id of the sentence or fact that it was made of.
    """

    event: str
    of: int
    with_it: Count | None
    without_it: Count | None
    time: str
    people: str
    certainty: str
    source: str

    @property
    def difference(self) -> str | None:
        """The difference of the counts shown, in words; None where either is not known."""
        both = (self.with_it, self.without_it)
        known = [one.people for one in both if one is not None and one.people is not None]
        if len(known) < len(both):
            return None
        more = known[0] - known[1]
        if not more:
            return "the same number"
        return f"{abs(more)} {'more' if more > 0 else 'fewer'}"

    @property
    def denominator(self) -> str:
        """How the number of people is written."""
        return f"{self.of:,}"


def of_sentences(kinds: Mapping[str, Sentence], *, only_without: bool = False) -> Chance | None:
    """Return the counts that the sentences of one answer name; None where they name none.

    Parameters
    ----------
    kinds
        Sentences by kind: people or people-unsure, people-if-lower, people-if-higher, who.
    only_without
        Leave out those who got the treatment: for an option that is to do without it.
    """
    said = kinds.get("people")
    counts = _named(said)
    if said is None or not {"before", "low", "high"} <= counts.keys():
        return None
    before = counts["before"]
    lower = _named(kinds.get("people-if-lower")).get("before", before)
    higher = _named(kinds.get("people-if-higher")).get("before", before)
    with_it = Count(counts.get("after"), counts["low"], counts["high"])
    people, time = who(kinds)
    alone = kinds.get("control")
    own = alone if only_without and alone is not None else said
    return Chance(
        "get better", HUNDRED, None if only_without else with_it, Count(before, lower, higher),
        time, people, own.certainty, own.id,
    )  # fmt: skip


def who(kinds: Mapping[str, Sentence]) -> tuple[str, str]:
    """Return who took part and when they were asked, as the answer's sentence says."""
    said = kinds.get("who")
    found = {one.name: one.text for one in said.estimates} if said is not None else {}
    return found.get("population", ""), found.get("visit", "")


def _named(said: Sentence | None) -> dict[str, int]:
    if said is None:
        return {}
    return {
        (one.label or "").rpartition("(")[2].rstrip(")"): int(one.value)
        for one in said.estimates
        if one.name == COUNTED and one.value is not None
    }


def of_harm(harm: Harm) -> Chance | None:
    """Return the counts of a fact; None where it does not say how many of how many.

    Intervals are Wilson's, at 95%, of each arm by itself.
    """
    with_it = events_of(harm.figure, harm.people)
    if with_it is None:
        return None
    without_it = events_of(harm.comparator_figure, None)
    arms = [arm for arm in (with_it, without_it) if arm is not None]
    rare = any(0 < events / people < 1 / HUNDRED for events, people in arms)
    of = THOUSAND if rare else HUNDRED
    return Chance(
        harm.topic, of, _count(with_it, of), None if without_it is None else _count(without_it, of),
        "", without_amounts(harm.population or ""), NOT_JUDGED, harm.id,
    )  # fmt: skip


def events_of(figure: str | None, people: str | None) -> tuple[int, int] | None:
    """Return events and people of a printed figure, where the two can be told from it.

    >>> events_of("11 of 346 (3%)", None), events_of("81 (18.8%)", "431"), events_of("7", "30")
    ((11, 346), (81, 431), None)
    """
    found = EVENTS.match(figure or "")
    if found:
        events, total = _whole(found["events"]), _whole(found["people"])
    else:
        found = SHARE.match(figure or "")
        if not found or not (people or "").isdigit():
            return None
        events, total = _whole(found["events"]), int(people or 0)
    printed = found["percent"]
    if not 0 < total >= events:
        return None
    if printed and abs(float(printed) - HUNDRED * events / total) > ROUNDED:
        return None
    return events, total


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _count(arm: tuple[int, int], of: int) -> Count:
    from equipoise.belief.index_intervals import wilson  # noqa: PLC0415  (loads scipy)

    events, people = arm
    low, high = (float(limit) for limit in wilson(events, people))
    return Count(round(of * events / people), round(of * low), round(of * high))


def joint(chances: Sequence[Chance]) -> bool:
    """Whether chances may stand in one table: the same event, time and number of people.

    Counts at other times are other counts: then each option keeps a table of its own.
    """
    kinds = {(one.event, one.time, one.of) for one in chances}
    return len(chances) > 1 and len(kinds) == 1 and all(one.time for one in chances)
