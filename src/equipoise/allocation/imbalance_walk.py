"""Two-arm procedures in which the chance of each arm depends on the imbalance so far.

Efron's coin, Wei's urn and the maximal procedure differ only in their table of chances.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from equipoise.allocation.spec import CountSpec, Holds, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.exact import Chances


class Walk(NamedTuple):
    """One stratum: its people in order, and the chance of arm 1 by step and imbalance.

    `chance` (m, 2 w + 1): column w + d holds the imbalance d = (arm 1 less arm 0); w >= m or
    large enough that no walk leaves it.
    """

    members: NDArray[np.intp]
    chance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ImbalanceWalk:
    """A two-arm procedure of independent strata, each a walk of its imbalance."""

    people: int
    description: str
    walks: tuple[Walk, ...]

    @property
    def arms(self) -> int:
        """Two."""
        return 2

    @property
    def symmetric(self) -> bool:
        """Their tables of chances are."""
        return True

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` repetitions, shape (draws, people)."""
        out = np.empty((self.people, draws), dtype=np.int8)
        for members, chance in self.walks:
            column = np.full(draws, chance.shape[1] // 2)
            for step, person in enumerate(members):
                up = rng.random(draws) < chance[step][column]
                out[person] = up
                column += 2 * up - 1
        return np.ascontiguousarray(out.T)

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return at whom the walk has no chance of this allocation, or None."""
        for members, chance in self.walks:
            imbalance = np.cumsum(2 * arm[members].astype(np.int64) - 1)
            before = np.concatenate([[0], imbalance[:-1]])
            for step, (person, d) in enumerate(zip(members, before, strict=True)):
                up = chance[step][chance.shape[1] // 2 + d]
                if (up if arm[person] else 1 - up) <= 0:
                    return (
                        f"person {person + 1} (in order of entry) could not have got arm "
                        f"{arm[person]} when the imbalance in the stratum was {abs(int(d))}"
                    )
        return None


@dataclass(frozen=True, kw_only=True)
class ImbalanceSpec(CountSpec):
    """A two-arm procedure at 1:1 whose chances follow from the step and the imbalance."""

    holds: ClassVar[Holds] = "two-equal"

    @abstractmethod
    def chance(self, step: int, ahead: int) -> Chances:
        """Return the exact chances of both arms; `ahead` is arm 1 less arm 0, `step` from 0."""

    @abstractmethod
    def walk(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and imbalance -n .. n, shape (n, 2 n + 1)."""

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the exact chances of both arms."""
        return self.chance(sum(state), state[1] - state[0])

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        step, ones = np.arange(n)[:, None], np.arange(n + 1)[None, :]
        return np.asarray(self.walk(n)[step, np.clip(2 * ones - step + n, 0, 2 * n)])
