"""Williams squares: crossover sequences in which each treatment follows each other as often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from equipoise.allocation.permuted_blocks import PermutedBlocksSpec
from equipoise.allocation.spec import Holds
from equipoise.errors import DataError


@dataclass(frozen=True, kw_only=True)
class WilliamsSpec(PermutedBlocksSpec):
    """Allocate people to the sequences of a Williams design, in blocks of all sequences.

    The arms are the sequences: "A-B-D-C" and so on.

    References
    ----------
    Williams (1949), Aust J Sci Res A 2:149-168.

    Examples
    --------
    >>> WilliamsSpec(treatments=("A", "B", "C", "D")).arms
    ('A-B-D-C', 'B-C-A-D', 'C-D-B-A', 'D-A-C-B')
    """

    name: ClassVar[str] = "williams"
    title: ClassVar[str] = "Williams design"
    source: ClassVar[str] = "Williams 1949"
    holds: ClassVar[Holds] = "equal"

    treatments: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the sequences the arms."""
        names = tuple(self.treatments)
        rows = ("-".join(names[k] for k in row) for row in williams_rows(len(names)))
        self._set(treatments=names, arms=tuple(rows), ratio=())
        self._set(size=len(self.arms))
        super().__post_init__()

    def describe(self) -> str:
        """Return the design with its size."""
        return (
            f"Williams design of {len(self.treatments)} treatments, {len(self.arms)} sequences in "
            f"blocks of {self.size}"
        )


def williams_rows(treatments: int) -> tuple[tuple[int, ...], ...]:
    """Return the sequences, treatments numbered from 0: t rows if t is even, 2 t if odd.

    Each treatment comes once in a row and equally often in each period, and each follows each
    other equally often. The first row zigzags 0, 1, t - 1, 2, ...; the others count on from it.

    Examples
    --------
    >>> williams_rows(3)
    ((0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1), (1, 0, 2))
    """
    t = treatments
    if t < 2:
        raise DataError(f"A crossover compares two or more treatments. Got {t}.")
    zigzag = [(step + 1) // 2 if step % 2 else (t - step // 2) % t for step in range(t)]
    square = tuple(tuple((k + shift) % t for k in zigzag) for shift in range(t))
    return square if t % 2 == 0 else square + tuple(row[::-1] for row in square)
