"""People as icons: filled from the top left as one block, then striped, then thin.

A scattered array looks like more risk (Price 2022, Judgm Decis Mak 17:378). Solid are those below
the interval, striped those within it; that people read it so has not been tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.decision_aid.chances import HUNDRED

if TYPE_CHECKING:
    from equipoise.report.site.decision_aid.chances import Count

WIDE, HIGH = 10, 17
"""Size of one icon, in units of the drawing."""
PER_ROW = {HUNDRED: 10}
PER_LONG_ROW = 40


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of icons of one kind: place and size in units of the drawing."""

    kind: str
    x: int
    y: int
    width: int
    height: int

    @property
    def icons(self) -> int:
        """How many icons it holds."""
        return self.width * self.height // (WIDE * HIGH)


@dataclass(frozen=True, slots=True)
class Icons:
    """One array: its size, its blocks, and how many of each kind."""

    width: int
    height: int
    solid: int
    striped: int
    thin: int
    blocks: tuple[Block, ...]


def icons(count: Count, of: int) -> Icons:
    """Return the array of a count: `of` icons in all."""
    per_row = PER_ROW.get(of, PER_LONG_ROW)
    solid, striped = count.low, count.high - count.low
    ends = {"solid": (0, solid), "striped": (solid, count.high), "thin": (count.high, of)}
    blocks = tuple(
        block
        for kind, (first, last) in ends.items()
        for block in _blocks(kind, first, last, per_row)
    )
    return Icons(
        per_row * WIDE, of // per_row * HIGH, solid, striped, of - count.high, blocks
    )  # fmt: skip


def _blocks(kind: str, first: int, last: int, per_row: int) -> Iterator[Block]:
    """Cut a run of icons into rectangles: the rest of a row, whole rows, the start of a row."""
    while first < last:
        row, column = divmod(first, per_row)
        whole = (last - first) // per_row if column == 0 else 0
        wide = per_row if whole else min(per_row - column, last - first)
        high = max(whole, 1)
        yield Block(kind, column * WIDE, row * HIGH, wide * WIDE, high * HIGH)
        first += wide * high
