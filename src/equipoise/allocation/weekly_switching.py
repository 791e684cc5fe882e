"""Weekly switching of a self-blinding trial: all placebo, all active, or some weeks of each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any, ClassVar

from equipoise.allocation.exact import Chances, whole_number
from equipoise.allocation.random_allocation_rule import exhausted
from equipoise.allocation.spec import CountSpec, Holds, Person
from equipoise.errors import DataError


@dataclass(frozen=True, kw_only=True)
class WeeklySwitchingSpec(CountSpec):
    """One person's weeks, arm 0 or arm 1: first a group is drawn, then the order of its weeks.

    `groups` holds (weeks of arm 0, weight) of each group. Nobody's group is known before the end,
    so a week's chances are those of somebody who knows the earlier weeks and not the group.

    References
    ----------
    Szigeti et al. (2021), eLife 10:e62878 (placebo, half-half and microdose groups of four
    weeks).

    Examples
    --------
    >>> spec = WeeklySwitchingSpec(arms=("microdose", "placebo"))
    >>> spec.probabilities([]), spec.probabilities([0, 1])
    ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2)))
    >>> spec.probabilities([0, 0])
    (Fraction(6, 7), Fraction(1, 7))
    """

    name: ClassVar[str] = "weekly-switching"
    title: ClassVar[str] = "weekly switching"
    source: ClassVar[str] = "Szigeti et al. 2021"
    holds: ClassVar[Holds] = "two"

    weeks: int = 4
    groups: tuple[tuple[int, int], ...] = ((0, 1), (2, 1), (4, 1))

    def check(self) -> None:
        """Refuse groups that no week fits, and a ratio that they do not give."""
        whole_number(self.weeks, "number of `weeks`", most=1000)
        for weeks, weight in self.groups:
            whole_number(weeks, f"weeks of {self.arms[0]} in a group", least=0)
            whole_number(weight, "weight of a group")
        if not self.groups or any(
            not 0 <= weeks <= self.weeks or weight < 1 for weeks, weight in self.groups
        ):
            raise DataError(
                f"Each group has 0 to {self.weeks} weeks of {self.arms[0]} and a whole weight >= "
                f"1. Got {self.groups}."
            )
        total = sum(weight for _, weight in self.groups)
        share = Fraction(sum(w * a for a, w in self.groups), self.weeks * total)
        if share != self.target[0]:
            raise DataError(
                f"These groups give {self.arms[0]} in {share} of all weeks; the ratio says "
                f"{self.target[0]}. Change groups, weights or ratio."
            )

    @property
    def symmetric(self) -> bool:
        """Whether the groups are the same with the arms exchanged."""
        return sorted(self.groups) == sorted((self.weeks - a, w) for a, w in self.groups)

    @property
    def length(self) -> int:
        """The weeks of one person."""
        return self.weeks

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the chances of the next week."""
        zeros, ones = state
        left = self.weeks - zeros - ones
        if left <= 0:
            raise exhausted(self.weeks)
        zero, total = Fraction(0), Fraction(0)
        for weeks, weight in self.groups:
            if zeros <= weeks and ones <= self.weeks - weeks:
                orders = comb(left, weeks - zeros)  # of the weeks to come, each equally likely
                likely = Fraction(weight * orders, comb(self.weeks, weeks))
                total += likely
                zero += likely * Fraction(weeks - zeros, left)
        return zero / total, 1 - zero / total

    def describe(self) -> str:
        """Return weeks and groups."""
        listed = ", ".join(f"{a} ({w})" for a, w in self.groups)
        return (
            f"weekly switching over {self.weeks} weeks, weeks of {self.arms[0]} (weight): {listed}"
        )
