"""Hu & Hu: even out the whole trial, each margin and each stratum at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from equipoise.allocation.exact import HALF, Chances, as_fraction
from equipoise.allocation.factors import checked_factors, checked_person, person_of
from equipoise.allocation.spec import Holds, Kind, Person, Spec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class HuHuSpec(Spec):
    """Favour, with `probability`, the arm that lessens a weighted sum of squared imbalances.

    `overall` and `stratum` weigh the imbalance of the trial and of the person's stratum, the
    weights of `factors` those of the margins; they are taken in proportion to their sum.

    References
    ----------
    Hu & Hu (2012), Ann Stat 40:1794-1815.

    Examples
    --------
    >>> spec = HuHuSpec(factors={"sex": ("f", "m")}, probability="3/4")
    >>> spec.probabilities([0], person=(1,), people=[(0,)])
    (Fraction(1, 4), Fraction(3, 4))
    """

    name: ClassVar[str] = "hu-hu"
    title: ClassVar[str] = "Hu and Hu's procedure"
    source: ClassVar[str] = "Hu & Hu 2012"
    kind: ClassVar[Kind] = "covariate-adaptive"
    holds: ClassVar[Holds] = "two-equal"

    factors: Any = ()
    overall: Fraction | float | str = Fraction(1)
    stratum: Fraction | float | str = Fraction(1)
    probability: Fraction | float | str = Fraction(4, 5)

    def check(self) -> None:
        """Check factors, weights and probability."""
        self._set(factors=checked_factors(self.factors))
        self._set(
            overall=as_fraction(self.overall, "weight of the whole trial"),
            stratum=as_fraction(self.stratum, "weight of the stratum"),
            probability=as_fraction(self.probability, "probability of the favoured arm"),
        )
        weights = (self.overall, self.stratum, *(f.weight for f in self.factors))
        if min(map(Fraction, weights)) < 0 or not any(weights):
            raise DataError(f"Weights are >= 0 and not all 0. Got {', '.join(map(str, weights))}.")
        if not HALF < Fraction(self.probability) <= 1:
            raise DataError(
                f"The favoured arm's probability lies above 1/2 and is at most 1. Got "
                f"{self.probability}."
            )

    def person(self, levels: Mapping[str, str]) -> Person:
        """Return the numbers of a person's levels."""
        return person_of(self.factors, levels)

    def start(self) -> tuple[Any, ...]:
        """No stratum has anybody."""
        return ()

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[Any, ...]:
        """Move the lead of arm 1 in the person's stratum; the rest are sums of these."""
        ahead = dict(state)
        checked_person(self.factors, person)
        ahead[person] = ahead.get(person, 0) + (1 if share else -1)
        return tuple(sorted(ahead.items()))

    def lead(self, state: Any, person: Person) -> Fraction:
        """Return the weighted lead of arm 1. Its sign is that of the rise that arm 1 would bring.

        (d + 1)^2 - (d - 1)^2 = 4 d, in the trial, each margin and the stratum alike.
        """
        checked_person(self.factors, person)
        total: Fraction = Fraction(self.overall) * sum(d for _, d in state)
        total += Fraction(self.stratum) * dict(state).get(person, 0)
        for k, factor in enumerate(self.factors):
            margin = sum(d for levels, d in state if levels[k] == person[k])
            total += Fraction(factor.weight) * margin
        return total

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return p for the arm that lessens the imbalance, 1/2 each where both do alike."""
        lead, coin = self.lead(state, person), Fraction(self.probability)
        one = HALF if lead == 0 else coin if lead < 0 else 1 - coin
        return 1 - one, one

    def describe(self) -> str:
        """Return the procedure with its weights."""
        margins = ", ".join(f"{f.name} {f.weight}" for f in self.factors)
        return (
            f"Hu and Hu's procedure with weights {self.overall} (trial), {margins} (margins), "
            f"{self.stratum} (stratum) and probability {self.probability}, 1:1"
        )
