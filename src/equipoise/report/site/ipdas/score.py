"""The score of a decision aid: what its page carries, and what people have done and reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from equipoise.report.site.ipdas.criteria import criteria

if TYPE_CHECKING:
    from equipoise.report.site.ipdas.criteria import Criterion, Record
    from equipoise.report.site.ipdas.marks import Mark

Status = Literal["met", "not met", "not yet done", "not applicable"]


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion, whether it is met, and where: an anchor of the aid, a record, or why not."""

    criterion: Criterion
    status: Status
    anchor: str = ""
    record: Record | None = None

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.status == "met"


@dataclass(frozen=True, slots=True)
class Score:
    """All criteria, scored, by block."""

    qualifying: tuple[Scored, ...]
    certifying: tuple[Scored, ...]
    quality: tuple[Scored, ...]

    @property
    def every(self) -> tuple[Scored, ...]:
        """All of them, in order."""
        return (*self.qualifying, *self.certifying, *self.quality)


def met_of(block: Iterable[Scored]) -> tuple[int, int, int]:
    """Return how many are met, how many apply, and how many there are."""
    every = tuple(block)
    applicable = [one for one in every if one.status != "not applicable"]
    return sum(one.met for one in every), len(applicable), len(every)


def score(marks: Iterable[Mark], records: Iterable[Record]) -> Score:
    """Score a page.

    Parameters
    ----------
    marks
        Blocks of the page that can be seen without a script.
    records
        Of the evidence folder. Only a record meets a criterion of what people did: a mark in the
        page never does, and a record never stands for what the page has to say.
    """
    where: dict[str, str] = {}
    for mark in marks:
        where.setdefault(mark.criterion, mark.anchor)
    done = {record.criterion: record for record in records}
    plan = criteria()
    return Score(
        *(
            tuple(_scored(one, where, done) for one in block)
            for block in (plan.qualifying, plan.certifying, plan.quality)
        )
    )


def _scored(one: Criterion, where: dict[str, str], done: dict[str, Record]) -> Scored:
    if one.by == "none":
        return Scored(one, "not applicable")
    if one.by == "record":
        record = done.get(one.id)
        return Scored(one, "met" if record else "not yet done", record=record)
    found = one.id in where
    return Scored(one, "met" if found else "not met", where.get(one.id, ""))
