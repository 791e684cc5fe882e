"""Stratified allocation: in each stratum a list of its own, independent of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from equipoise.allocation.factors import Factor, checked_factors, checked_person, person_of
from equipoise.allocation.spec import Person, Spec, spec_from_dict
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.allocation.exact import Chances


@dataclass(frozen=True, kw_only=True)
class StratifiedSpec(Spec):
    """`within` in each crossed level of the factors. Arms and ratio are those of `within`.

    References
    ----------
    Zelen (1974), J Chronic Dis 27:365-375.

    Examples
    --------
    >>> from equipoise.allocation import BigStickSpec
    >>> spec = StratifiedSpec(within=BigStickSpec(limit=1), factors={"site": ("north", "south")})
    >>> spec.probabilities([0], person=(0,), people=[(0,)])
    (Fraction(0, 1), Fraction(1, 1))
    >>> spec.probabilities([0], person=(1,), people=[(0,)])
    (Fraction(1, 2), Fraction(1, 2))
    """

    name: ClassVar[str] = "stratified"
    title: ClassVar[str] = "stratified allocation"
    source: ClassVar[str] = "Zelen 1974"

    within: Any
    factors: Any = ()

    def __post_init__(self) -> None:
        """Take arms and ratio from the procedure within."""
        if isinstance(self.within, Mapping):
            self._set(within=spec_from_dict(self.within))
        if not isinstance(self.within, Spec) or self.within.kind != "list":
            raise DataError("Within strata goes a procedure that makes lists, such as big-stick.")
        own = tuple(self.arms), tuple(self.ratio)
        if own not in ((("A", "B"), ()), (self.within.arms, self.within.ratio)):
            raise DataError("Give arms and ratio to the procedure within the strata, not twice.")
        self._set(arms=self.within.arms, ratio=self.within.ratio)
        self._set(factors=checked_factors(self.factors))
        super().__post_init__()

    @property
    def strata(self) -> tuple[dict[str, str], ...]:
        """The crossed levels, in the order in which strata are numbered."""
        names = [factor.name for factor in self.factors]
        crossed = product(*(factor.levels for factor in self.factors))
        return tuple(dict(zip(names, levels, strict=True)) for levels in crossed)

    def person(self, levels: Mapping[str, str]) -> Person:
        """Return the numbers of a person's levels."""
        return person_of(self.factors, levels)

    def stratum(self, person: Person) -> int:
        """Return the number of a person's stratum.

        Examples
        --------
        >>> from equipoise.allocation import PermutedBlocksSpec
        >>> factors = {"site": ("a", "b"), "sex": ("f", "m")}
        >>> StratifiedSpec(within=PermutedBlocksSpec(), factors=factors).stratum((1, 0))
        2
        """
        number = 0
        for factor, level in zip(self.factors, checked_person(self.factors, person), strict=True):
            number = number * len(factor.levels) + level
        return number

    def start(self) -> tuple[Any, ...]:
        """Nobody in any stratum."""
        return (self.within.start(),) * prod(len(f.levels) for f in self.factors)

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return the chances of the person's own stratum."""
        chances: Chances = self.within.chances(state[self.stratum(person)])
        return chances

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[Any, ...]:
        """Move the person's own stratum on, and no other."""
        k = self.stratum(person)
        return (*state[:k], self.within.after(state[k], share), *state[k + 1 :])

    @property
    def shares(self) -> tuple[int, ...]:
        """Those of the procedure within."""
        shares: tuple[int, ...] = self.within.shares
        return shares

    def describe(self) -> str:
        """Return the procedure within, and its strata."""
        crossed = " x ".join(factor.name for factor in self.factors)
        return f"{self.within.describe()}, within {len(self.strata)} strata ({crossed})"


__all__ = ["Factor", "StratifiedSpec"]
