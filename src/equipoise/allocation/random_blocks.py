"""Permuted blocks whose sizes are drawn at random and not known for the people at hand.

Where the list with its blocks is known, `listed_blocks` conditions on the sizes and is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.permuted_blocks import block_composition
from equipoise.allocation.procedure import checked_ratio, ratio_words, strata_members

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class RandomBlocks:
    """Blocks of random size: `compositions` (sizes, arms) are equally likely."""

    people: int
    description: str
    compositions: NDArray[np.int64]
    strata: tuple[NDArray[np.intp], ...]

    @property
    def arms(self) -> int:
        """How many arms there are."""
        return int(self.compositions.shape[1])

    @property
    def symmetric(self) -> bool:
        """Whether the ratio is equal."""
        return len(set(self.compositions[0].tolist())) == 1

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` repetitions, shape (draws, people)."""
        out = np.empty((draws, self.people), dtype=np.int8)
        for members in self.strata:
            left = np.zeros((draws, self.arms), dtype=np.int64)
            for person in members:
                empty = left.sum(axis=1) == 0
                chosen = rng.integers(len(self.compositions), size=int(empty.sum()))
                left[empty] = self.compositions[chosen]
                place = rng.integers(left.sum(axis=1))  # which of the places left in the block
                arm = (place[:, None] >= np.cumsum(left, axis=1)[:, :-1]).sum(axis=1)
                left[np.arange(draws), arm] -= 1
                out[:, person] = arm
        return out

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return why no sequence of block sizes gives this allocation, or None."""
        for members in self.strata:
            given = np.zeros((len(members) + 1, self.arms), dtype=np.int64)
            given[1:] = np.cumsum(arm[members][:, None] == np.arange(self.arms), axis=0)
            if not self._divisible(given):
                return (
                    f"no sequence of these block sizes gives the allocation of the {len(members)} "
                    f"people from person {members[0] + 1} (in order of entry) on"
                )
        return None

    def _divisible(self, given: NDArray[np.int64]) -> bool:
        """Whether cumulated arm counts (m + 1, arms) can be cut into blocks, the last unfilled."""
        people, starts = len(given) - 1, {0}
        while starts:
            start = starts.pop()
            for composition in self.compositions:
                end = start + int(composition.sum())
                inside = given[min(end, people)] - given[start]
                if end >= people and (inside <= composition).all():
                    return True
                if end < people and (inside == composition).all():
                    starts.add(end)
        return False


def random_blocks(
    people: int,
    *,
    sizes: tuple[int, ...] = (2, 4, 6),
    stratum: ArrayLike | None = None,
    ratio: tuple[int, ...] = (1, 1),
) -> RandomBlocks:
    """Allocate in consecutive blocks, the size of each drawn from `sizes` with equal chance.

    Parameters
    ----------
    people
        How many, in order of entry.
    sizes
        Block sizes, each a multiple of the sum of `ratio`; one named twice is twice as likely.
    stratum : length people
        Any labels; None for one stratum.
    ratio
        Places of arm 0, arm 1, ...

    Examples
    --------
    >>> procedure = random_blocks(6, sizes=(2, 4))
    >>> abs(procedure.redraw(np.random.default_rng(1), 500).sum(axis=1) - 3).max().item()
    1
    """
    parts = checked_ratio(ratio)
    compositions = np.array([block_composition(size, parts) for size in sizes], dtype=np.int64)
    strata = tuple(strata_members(people, stratum))
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    named = " or ".join(map(str, sizes))
    text = f"permuted blocks of {named} at random, {ratio_words(parts)}{within}"
    return RandomBlocks(people, text, compositions, strata)
