"""The maximal procedure: every sequence that never strays beyond b is equally likely."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.big_stick import checked_limit
from equipoise.allocation.exact import HALF, Chances, whole_number
from equipoise.allocation.imbalance_walk import ImbalanceSpec, ImbalanceWalk, Walk
from equipoise.allocation.procedure import strata_members
from equipoise.allocation.random_allocation_rule import exhausted, planned_people
from equipoise.allocation.spec import Person
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def maximal_procedure(
    people: int,
    *,
    tolerance: int = 3,
    planned: int | None = None,
    balanced_end: bool = True,
    stratum: ArrayLike | None = None,
) -> ImbalanceWalk:
    """Draw uniformly from the sequences whose imbalance stays within `tolerance`.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    tolerance
        Largest imbalance b allowed at any time.
    planned
        Length of the list (of each stratum) that was drawn; those who entered, where None.
    balanced_end
        Whether the list must end in balance, as published; its length is then even.
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Berger, Ivanova & Knoll (2003), Stat Med 22:3017-3028.

    Examples
    --------
    >>> arm = maximal_procedure(4, tolerance=1).redraw(np.random.default_rng(1), 1000)
    >>> bool((arm[:, 0] != arm[:, 1]).all()), bool((arm[:, 2] != arm[:, 3]).all())
    (True, True)
    """
    if tolerance < 1:
        raise DataError(f"The imbalance tolerance is a whole number >= 1. Got {tolerance}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        length = len(members) if planned is None else planned
        if length < len(members) or (balanced_end and length % 2):
            raise DataError(
                f"A list of {length} cannot serve {len(members)} people"
                f"{' and end in balance' if balanced_end else ''}. Give the length of the list "
                "as `planned`, even where it ends in balance."
            )
        walks.append(
            Walk(members, transition_chances(length, tolerance, balanced_end)[: len(members)])
        )
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    end = "balanced end" if balanced_end else "free end"
    text = f"maximal procedure with imbalance up to {tolerance}, {end}{within}"
    return ImbalanceWalk(people, text, tuple(walks))


def transition_chances(length: int, tolerance: int, balanced_end: bool) -> NDArray[np.float64]:
    """Return the chance of arm 1 by step and imbalance, shape (length, 2 tolerance + 3).

    It is the share of admissible ends that go through arm 1, from exact counts of paths.
    """
    ways = path_counts(length, tolerance, balanced_end)
    chance = np.full((length, 2 * tolerance + 3), 0.5)
    for step in range(length):
        for column in range(1, 2 * tolerance + 2):
            if ways[step][column]:
                chance[step, column] = ways[step + 1][column + 1] / ways[step][column]
    return chance


@lru_cache(maxsize=64)
def path_counts(length: int, tolerance: int, balanced_end: bool) -> tuple[tuple[int, ...], ...]:
    """Return how many admissible ends each (step, imbalance) has; length + 1 rows.

    Column tolerance + 1 is an imbalance of 0; the outermost columns lie beyond the tolerance.
    """
    centre, width = tolerance + 1, 2 * tolerance + 3
    last = [int(0 < c < width - 1 and (not balanced_end or c == centre)) for c in range(width)]
    rows = [tuple(last)]
    for _ in range(length):
        ends = rows[-1]
        inside = (ends[c - 1] + ends[c + 1] for c in range(1, width - 1))
        rows.append((0, *inside, 0))
    return tuple(reversed(rows))


@dataclass(frozen=True, kw_only=True)
class MaximalSpec(ImbalanceSpec):
    """Every list of `people` whose imbalance stays within `limit` is equally likely.

    References
    ----------
    Berger, Ivanova & Knoll (2003), Stat Med 22:3017-3028.

    Examples
    --------
    >>> MaximalSpec(people=6, limit=2).probabilities([0])
    (Fraction(1, 3), Fraction(2, 3))
    """

    name: ClassVar[str] = "maximal"
    title: ClassVar[str] = "maximal procedure"
    source: ClassVar[str] = "Berger, Ivanova & Knoll 2003"

    people: int = 0
    limit: int = 3
    balanced_end: bool = True

    def check(self) -> None:
        """Check length and limit."""
        checked_limit(self.limit)
        whole_number(self.people, "length `people` of the list", most=5000)
        if not isinstance(self.balanced_end, bool):
            raise DataError(f"`balanced_end` is true or false. Got {self.balanced_end!r}.")
        planned_people(self.people, self.ratio if self.balanced_end else (1,), self.title)

    @property
    def length(self) -> int:
        """The places of the list."""
        return self.people

    def chance(self, step: int, ahead: int) -> Chances:
        """Return the share of admissible ends that go through each arm."""
        ways = path_counts(self.people, self.limit, self.balanced_end)
        column = self.limit + 1 + ahead
        if abs(ahead) > self.limit or not ways[step][column]:
            return HALF, HALF  # no admissible list comes here
        one = Fraction(ways[step + 1][column + 1], ways[step][column])
        return 1 - one, one

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return the exact chances, to the end of the list and no further."""
        if sum(state) >= self.people:
            raise exhausted(self.people)
        return super().chances(state, person)

    def walk(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and imbalance, shape (n, 2 n + 1)."""
        inside = transition_chances(self.people, self.limit, self.balanced_end)[:n]
        side = self.limit + 1
        wide = np.full((n, 2 * n + 1), 0.5)
        reach = min(side, n)
        wide[:, n - reach : n + reach + 1] = inside[:, side - reach : side + reach + 1]
        return wide

    def describe(self) -> str:
        """Return the procedure with its limit."""
        end = "balanced end" if self.balanced_end else "free end"
        return f"maximal procedure of {self.people} with imbalance up to {self.limit}, {end}, 1:1"
