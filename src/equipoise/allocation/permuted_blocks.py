"""Permuted blocks of one known size, or as listed, in strata or not, at any ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import Chances, in_ratio, whole_number
from equipoise.allocation.independent_blocks import IndependentBlocks, grouped
from equipoise.allocation.procedure import checked_ratio, ratio_words, strata_members
from equipoise.allocation.spec import CountSpec, Person, State
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def permuted_blocks(
    people: int,
    *,
    size: int = 4,
    stratum: ArrayLike | None = None,
    ratio: tuple[int, ...] = (1, 1),
) -> IndependentBlocks:
    """Allocate in consecutive blocks of `size` within each stratum.

    Parameters
    ----------
    people
        How many, in order of entry.
    size
        Of a block, a multiple of the sum of `ratio`. The last block of a stratum may be unfilled.
    stratum : length people
        Any labels; None for one stratum.
    ratio
        Places of arm 0, arm 1, ...

    References
    ----------
    Zelen (1974), J Chronic Dis 27:365-375. Rosenberger & Lachin (2016), Randomization in
    Clinical Trials, 2nd ed., Wiley.

    Examples
    --------
    >>> procedure = permuted_blocks(8, size=4)
    >>> arm = procedure.redraw(np.random.default_rng(1), 1000)
    >>> bool((arm.reshape(1000, 2, 4).sum(axis=2) == 2).all())
    True
    """
    composition = block_composition(size, ratio)
    strata = strata_members(people, stratum)
    blocks = [(who[k : k + size], composition) for who in strata for k in range(0, len(who), size)]
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    text = f"permuted blocks of {size}, {ratio_words(ratio)}{within}"
    return IndependentBlocks(people, len(ratio), text, grouped(blocks))


def listed_blocks(
    block: ArrayLike, *, size: ArrayLike | None = None, ratio: tuple[int, ...] = (1, 1)
) -> IndependentBlocks:
    """Allocate in blocks that the randomisation list names, of one size or several.

    With random block sizes this is the procedure given the sizes that were drawn.

    Parameters
    ----------
    block : length people
        Label of each person's block (blocks of different strata differ in label).
    size : length people
        Places of that block; None where every block was filled.
    ratio
        Places of arm 0, arm 1, ...

    Examples
    --------
    >>> listed_blocks(["a", "a", "b", "b", "b", "b"]).description
    'permuted blocks as listed (2 blocks of 2 to 4 places), 1:1'
    """
    label = np.asarray(block)
    members = strata_members(len(label), label)
    places = [len(who) for who in members] if size is None else _one_size_a_block(members, size)
    blocks = [(who, block_composition(n, ratio)) for who, n in zip(members, places, strict=True)]
    sizes = f"{min(places)}" if min(places) == max(places) else f"{min(places)} to {max(places)}"
    text = f"permuted blocks as listed ({len(blocks)} blocks of {sizes} places)"
    return IndependentBlocks(
        len(label), len(ratio), f"{text}, {ratio_words(ratio)}", grouped(blocks)
    )


def block_composition(size: int, ratio: tuple[int, ...]) -> tuple[int, ...]:
    """Return the places of each arm in a block.

    Examples
    --------
    >>> block_composition(6, (2, 1))
    (4, 2)
    """
    parts = checked_ratio(ratio)
    if size < 1 or size % sum(parts):
        raise DataError(
            f"A block at ratio {ratio_words(parts)} has a multiple of {sum(parts)} places. Got "
            f"{size}. If a block was not filled, give the size it was planned with."
        )
    return tuple(part * size // sum(parts) for part in parts)


def _one_size_a_block(members: list[NDArray[np.intp]], size: ArrayLike) -> list[int]:
    given = np.asarray(size)
    if given.shape != (sum(map(len, members)),):
        raise DataError(f"`size` needs one value a person. Got shape {given.shape}.")
    if any(len(set(given[who].tolist())) > 1 for who in members):
        raise DataError("People of one block differ in its size. Correct the list.")
    return [int(given[who[0]]) for who in members]


@dataclass(frozen=True, kw_only=True)
class PermutedBlocksSpec(CountSpec):
    """Shuffle the places of each block of `size`.

    References
    ----------
    Zelen (1974), J Chronic Dis 27:365-375.

    Examples
    --------
    >>> PermutedBlocksSpec(size=4).probabilities([0, 0])
    (Fraction(0, 1), Fraction(1, 1))
    """

    name: ClassVar[str] = "permuted-blocks"
    title: ClassVar[str] = "permuted blocks"
    source: ClassVar[str] = "Zelen 1974"

    size: int = 4

    def check(self) -> None:
        """Refuse a size that the ratio does not divide."""
        whole_number(self.size, "size of a block")
        block_composition(self.size, self.ratio)

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the share of each arm in the places left in the block."""
        full = sum(state) // self.size
        places = block_composition(self.size, self.ratio)
        left = (c * (full + 1) - used for c, used in zip(places, state, strict=True))
        return in_ratio(tuple(left))

    def beneath_after(self, state: Any, share: int) -> tuple[tuple[State, float], ...]:
        """Forget a full block."""
        after = self.after(state, share)
        return ((self.start() if sum(after) == self.size else after, 1.0),)

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        step, ones = np.arange(n)[:, None], np.arange(n + 1)[None, :]
        block = block_composition(self.size, self.ratio)[1]
        left = block * (step // self.size + 1) - ones
        return np.clip(left / (self.size - step % self.size), 0, 1)

    def describe(self) -> str:
        """Return the procedure with its block size."""
        return f"permuted blocks of {self.size}, {ratio_words(self.ratio)}"
