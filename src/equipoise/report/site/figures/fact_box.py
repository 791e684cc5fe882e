"""A fact box: people without and with the treatment, benefits then harms, and how sure.

Tables are understood better than the same in sentences, at any skill with numbers (Brick, McDowell
& Freeman 2020, doi 10.1098/rsos.190876). One denominator a table: 100, and 1,000 only where a
share is below 1 in 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.errors import DataError
from equipoise.synthesis.judgement.absolute_effects import whole_people

USUAL, RARE = 100, 1000


@dataclass(frozen=True, slots=True)
class Shares:
    """One outcome in shares of people; `harm` says on which side of the box it stands."""

    outcome: str
    before: float
    after: float
    low: float
    high: float
    harm: bool = False


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line: counts of people; None where no number is known."""

    outcome: str
    harm: bool
    before: int | None = None
    after: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class FactBox:
    """All lines of a box, of one denominator, benefits first; `sure` is the line below it."""

    of: int
    rows: tuple[FactRow, ...]
    sure: str


def fact_box(known: Sequence[Shares], sure: str, gaps: Sequence[FactRow] = ()) -> FactBox:
    """Return a box of counts; each arm is rounded to whole people first.

    Parameters
    ----------
    known
        Outcomes with numbers.
    sure
        How sure the numbers are, and of how many studies.
    gaps
        Outcomes without: they get a line of the same size.

    Raises
    ------
    DataError
        When a share is outside 0 to 1.
    """
    every = [value for one in known for value in (one.before, one.after, one.low, one.high)]
    if not all(0 <= value <= 1 for value in every):
        raise DataError(f"A fact box takes shares of people from 0 to 1; got {every}.")
    of = RARE if any(0 < value < 1 / USUAL for value in every) else USUAL
    rows = [*(_row(one, of) for one in known), *gaps]
    return FactBox(of, tuple(sorted(rows, key=lambda row: row.harm)), sure)


def _row(one: Shares, of: int) -> FactRow:
    before, after, _, low, high = whole_people(one.before, one.after, one.low, one.high, of)
    return FactRow(one.outcome, one.harm, before, after, before + low, before + high)
