"""Paired cycles of an n-of-1 trial: in each cycle every treatment once, in random order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from equipoise.allocation.exact import Chances, whole_number
from equipoise.allocation.permuted_blocks import PermutedBlocksSpec
from equipoise.allocation.random_allocation_rule import exhausted
from equipoise.allocation.spec import Holds, Person


@dataclass(frozen=True, kw_only=True)
class PairedCyclesSpec(PermutedBlocksSpec):
    """One person's periods: `cycles` cycles of all arms, each shuffled by itself.

    The units are periods, not people. Each person has a list of their own; stratify by person.

    References
    ----------
    Guyatt et al. (1986), N Engl J Med 314:889-892.

    Examples
    --------
    >>> spec = PairedCyclesSpec(cycles=3)
    >>> spec.length, spec.probabilities([0, 1, 1])
    (6, (Fraction(1, 1), Fraction(0, 1)))
    """

    name: ClassVar[str] = "paired-cycles"
    title: ClassVar[str] = "paired cycles"
    source: ClassVar[str] = "Guyatt et al. 1986"
    holds: ClassVar[Holds] = "equal"

    cycles: int = 3

    def check(self) -> None:
        """Make a block of each cycle."""
        whole_number(self.cycles, "number of `cycles`")
        self._set(size=len(self.arms))

    @property
    def length(self) -> int:
        """The periods of one person."""
        return self.cycles * len(self.arms)

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return the chances of the next period's treatment."""
        if sum(state) >= self.length:
            raise exhausted(self.length)
        return super().chances(state, person)

    def describe(self) -> str:
        """Return the cycles."""
        return f"{self.cycles} cycles of {len(self.arms)} treatments, each in random order"
