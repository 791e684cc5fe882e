"""Procedures made of independent blocks, the family that has exact null distributions.

A block shuffles a list of places (so many for each arm) and gives its members the first of them.
Permuted blocks are many such blocks; the random allocation rule is one block with everybody in it;
complete randomisation is a block of its own for each person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE_LIMIT = 20_000
"""Arrangements of a block that are listed; larger blocks are shuffled."""


class Blocks(NamedTuple):
    """Blocks of one shape.

    `members` (blocks, m) holds people in their order; `composition` the places of each arm in
    the whole block. A block that was not filled has fewer members than places.
    """

    members: NDArray[np.intp]
    composition: tuple[int, ...]

    @property
    def arrangement_count(self) -> int:
        """In how many equally likely ways a whole block can be arranged."""
        places, ways = sum(self.composition), []
        for part in self.composition:
            ways.append(comb(places, part))
            places -= part
        return prod(ways)

    @property
    def listed(self) -> bool:
        """Whether the arrangements are few enough for a table."""
        return self.arrangement_count <= TABLE_LIMIT

    def arrangements(self) -> NDArray[np.int8]:
        """Return every equally likely arrangement of the members, shape (ways, m)."""
        return _arrangements(self.composition)[:, : self.members.shape[1]]

    def shuffled(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return arms of the members in random repetitions, shape (draws, blocks, m)."""
        blocks, m = self.members.shape
        if self.listed:
            table = self.arrangements()
            return np.asarray(table[rng.integers(len(table), size=(draws, blocks))])
        places = np.repeat(np.arange(len(self.composition), dtype=np.int8), self.composition)
        lists = np.broadcast_to(places, (draws, blocks, len(places)))
        return np.asarray(rng.permuted(lists, axis=2)[:, :, :m])


@lru_cache(maxsize=64)
def _arrangements(composition: tuple[int, ...]) -> NDArray[np.int8]:
    """Return all distinct orders of a list with so many of each arm; they are equally likely."""
    places = sum(composition)
    if len(composition) == 1:
        return np.zeros((1, places), dtype=np.int8)
    rest = _arrangements(composition[:-1])
    last = len(composition) - 1
    where = np.array(list(combinations(range(places), composition[-1])), dtype=np.intp)
    taken = np.zeros((len(where), places), dtype=bool)
    taken[np.arange(len(where))[:, None], where.reshape(len(where), -1)] = True
    full = np.full((len(where), len(rest), places), last, dtype=np.int8)
    free = np.flatnonzero(~taken.ravel()).reshape(len(where), -1) % places
    np.put_along_axis(full, free[:, None, :], np.broadcast_to(rest, (len(where), *rest.shape)), 2)
    listed = full.reshape(-1, places)
    listed.flags.writeable = False  # it is cached
    return listed


@dataclass(frozen=True, slots=True, eq=False)
class IndependentBlocks:
    """A procedure whose blocks are arranged independently of each other."""

    people: int
    arms: int
    description: str
    groups: tuple[Blocks, ...]

    @property
    def symmetric(self) -> bool:
        """Whether every block has equally many places for all arms."""
        return all(len(set(group.composition)) == 1 for group in self.groups)

    def chance_of(self, arm: int) -> NDArray[np.float64]:
        """Return everyone's chance of that arm."""
        out = np.empty(self.people)
        for members, composition in self.groups:
            out[members] = composition[arm] / sum(composition)
        return out

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` repetitions, shape (draws, people)."""
        out = np.empty((draws, self.people), dtype=np.int8)
        for group in self.groups:
            out[:, group.members] = group.shuffled(rng, draws)
        return out

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return why the blocks cannot give this allocation, or None where they can."""
        for group in self.groups:
            for k, places in enumerate(group.composition):
                given = (arm[group.members] == k).sum(axis=1)
                if (given > places).any():
                    who = group.members[np.argmax(given > places)]
                    return (
                        f"the block of person {who[0] + 1} to person {who[-1] + 1} (in order of "
                        f"entry) holds {int(given.max())} of arm {k}, where it has {places} places"
                    )
        return None

    def between(self, arm: NDArray[np.int8], first: int, second: int) -> IndependentBlocks:
        """Return the procedure of the people in two arms, given who got the other arms.

        The order of the two arms' places in a block is uniform whatever the places of the other
        arms. `first` becomes arm 0, `second` arm 1; people are counted anew, in their order.
        """
        kept = (arm == first) | (arm == second)
        position = np.cumsum(kept) - 1
        shapes: dict[tuple[int, tuple[int, int]], list[NDArray[np.intp]]] = {}
        for group in self.groups:
            places = (group.composition[first], group.composition[second])
            for who in group.members:
                left = who[kept[who]]
                if len(left):
                    shapes.setdefault((len(left), places), []).append(position[left])
        groups = tuple(Blocks(np.array(who), places) for (_, places), who in shapes.items())
        return IndependentBlocks(int(kept.sum()), 2, self.description, groups)


def grouped(blocks: list[tuple[NDArray[np.intp], tuple[int, ...]]]) -> tuple[Blocks, ...]:
    """Collect blocks (members, composition) of one shape, so that they are drawn together."""
    shapes: dict[tuple[int, tuple[int, ...]], list[NDArray[np.intp]]] = {}
    for members, composition in blocks:
        if len(members) > sum(composition):
            raise DataError(
                f"A block with {sum(composition)} places cannot have {len(members)} members."
            )
        shapes.setdefault((len(members), composition), []).append(members)
    return tuple(Blocks(np.array(who), places) for (_, places), who in shapes.items())
