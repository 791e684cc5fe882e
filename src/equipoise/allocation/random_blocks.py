"""Permuted blocks whose sizes are drawn at random and not known for the people at hand.

Where the list with its blocks is known, `listed_blocks` conditions on the sizes and is exact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import whole_number
from equipoise.allocation.permuted_blocks import block_composition
from equipoise.allocation.procedure import checked_ratio, ratio_words, strata_members
from equipoise.allocation.spec import Person, Spec, State
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.allocation.exact import Chances


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


@dataclass(frozen=True, kw_only=True)
class RandomBlocksSpec(Spec):
    """Blocks whose size is drawn from `sizes` at each start.

    The size of a block is never drawn: a person's chances are those of somebody who knows all
    allocations so far and no block size. Lists come with the same probability as if sizes had
    been drawn, and there is no size that anyone could leak.

    The state is how likely each (block, places left in it) is, in whole numbers.

    References
    ----------
    Zelen (1974), J Chronic Dis 27:365-375.

    Examples
    --------
    >>> RandomBlocksSpec(sizes=(2, 4)).probabilities([0])
    (Fraction(1, 6), Fraction(5, 6))
    """

    name: ClassVar[str] = "random-blocks"
    title: ClassVar[str] = "permuted blocks of random size"
    source: ClassVar[str] = "Zelen 1974"

    sizes: tuple[int, ...] = (2, 4)

    def check(self) -> None:
        """Refuse sizes that the ratio does not divide."""
        self._set(sizes=tuple(self.sizes))
        if not self.sizes:
            raise DataError("Blocks of random size need `sizes`, such as (2, 4).")
        for size in self.sizes:
            whole_number(size, "size of a block")
            block_composition(size, self.ratio)

    def start(self) -> Likely:
        """Return the sizes, each as likely as it is named."""
        return _common(dict(Counter(block_composition(s, self.ratio) for s in self.sizes)))

    def beneath(self) -> tuple[tuple[State, float], ...]:
        """Return the likely blocks at the start, each a state of its own: (places left,)."""
        fresh = self.start()
        total = sum(weight for _, weight in fresh)
        return tuple((((left, 1),), weight / total) for left, weight in fresh)

    def beneath_after(self, state: Any, share: int) -> tuple[tuple[State, float], ...]:
        """Return what may follow in or after one known block."""
        left = state[0][0]
        new = (*left[:share], left[share] - 1, *left[share + 1 :])
        return ((((new, 1),), 1.0),) if any(new) else self.beneath()

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the chances, averaged over what the block may be."""
        total = sum(weight for _, weight in state)
        return tuple(
            sum((Fraction(weight * left[arm], sum(left)) for left, weight in state), Fraction(0))
            / total
            for arm in range(len(self.arms))
        )

    def after(self, state: Any, share: int, person: Person = ()) -> Likely:  # noqa: ARG002
        """Return how likely the blocks are after this arm (Bayes)."""
        fresh, likely = dict(self.start()), Counter[tuple[int, ...]]()
        scale = lcm(*(sum(left) for left, _ in state)) * sum(fresh.values())
        for left, weight in state:
            if not left[share]:
                continue
            new = (*left[:share], left[share] - 1, *left[share + 1 :])
            part = weight * left[share] * scale // sum(left)
            if any(new):
                likely[new] += part
            else:
                for block, chance in fresh.items():
                    likely[block] += part * chance // sum(fresh.values())
        return _common(dict(likely))

    def describe(self) -> str:
        """Return the procedure with its sizes."""
        named = " or ".join(map(str, self.sizes))
        return f"permuted blocks of {named} at random, {ratio_words(self.ratio)}"


Likely = tuple[tuple[tuple[int, ...], int], ...]
"""(places left, weight) of every block that the last person may have been in."""


def _common(likely: dict[tuple[int, ...], int]) -> Likely:
    common = gcd(*likely.values())
    return tuple(sorted((left, weight // common) for left, weight in likely.items()))
