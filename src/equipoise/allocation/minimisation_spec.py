"""Minimisation as a spec: exact, for any number of arms, and done right at unequal ratios."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt, lcm
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from equipoise.allocation.exact import as_fraction, whole_parts
from equipoise.allocation.factors import Factor, checked_factors, checked_person, person_of
from equipoise.allocation.procedure import ratio_words
from equipoise.allocation.spec import Kind, Person, Spec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from equipoise.allocation.exact import Chances

ImbalanceMeasure = Literal["range", "sd", "variance"]
Unequal = Literal["shares", "biased-coin"]
_ROOT = 1 << 52


@dataclass(frozen=True, kw_only=True)
class MinimisationSpec(Spec):
    """Favour the arm that would leave the factors' margins most even, with `probability`.

    At unequal ratios, `unequal` says how. "shares" evens out as many equal shares as the ratio
    adds up to, and an arm owns as many of them as its part; by symmetry everybody's unconditional
    chance is then the ratio, at each place in the order. "biased-coin" evens out numbers divided
    by the ratio and gives each arm a probability of its own; it keeps the ratio on average over
    the trial only (the first person is always likely to get the larger arm).

    References
    ----------
    Pocock & Simon (1975), Biometrics 31:103-115. Taves (1974), Clin Pharmacol Ther 15:443-453.
    "biased-coin": Han, Enas & McEntegart (2009), Stat Med 28:3329-3346. "shares": Kuznetsova &
    Tymofyeyev (2012), Stat Med 31:701-723.

    Examples
    --------
    >>> spec = MinimisationSpec(factors={"sex": ("f", "m")}, probability="4/5")
    >>> spec.probabilities([0], person=(0,), people=[(0,)])
    (Fraction(1, 5), Fraction(4, 5))
    """

    name: ClassVar[str] = "minimisation"
    title: ClassVar[str] = "minimisation"
    source: ClassVar[str] = "Pocock & Simon 1975; Kuznetsova & Tymofyeyev 2012"
    kind: ClassVar[Kind] = "covariate-adaptive"

    factors: Any = ()
    probability: Fraction | float | str = Fraction(4, 5)
    measure: ImbalanceMeasure = "range"
    unequal: Unequal = "shares"

    def check(self) -> None:
        """Check factors, probability and measure."""
        self._set(factors=checked_factors(self.factors))
        self._set(probability=as_fraction(self.probability, "probability of the favoured arm"))
        if not any(factor.weight for factor in self.factors):
            raise DataError("Minimisation needs a factor whose weight is above 0.")
        if self.measure not in get_args(ImbalanceMeasure) or self.unequal not in get_args(Unequal):
            raise DataError(
                f"Imbalance is measured by range, sd or variance, and unequal ratios go by shares "
                f"or biased-coin. Got {self.measure!r}, {self.unequal!r}."
            )
        if not self._least < Fraction(self.probability) <= 1:
            raise DataError(
                f"The favoured arm's probability lies above {self._least} and is at most 1. Got "
                f"{self.probability}. A probability of 1 lets people foresee the next arm."
            )

    @property
    def _least(self) -> Fraction:
        if self._by_shares:
            return Fraction(1, len(self.shares))
        return Fraction(min(self.ratio), sum(self.ratio))

    @property
    def _by_shares(self) -> bool:
        return self.equal or self.unequal == "shares"

    @property
    def shares(self) -> tuple[int, ...]:
        """One share an arm, or as many as its part of the ratio."""
        if self.equal or self.unequal != "shares":
            return tuple(range(len(self.arms)))
        return tuple(arm for arm, part in enumerate(self.ratio) for _ in range(part))

    def person(self, levels: Mapping[str, str]) -> Person:
        """Return the numbers of a person's levels."""
        return person_of(self.factors, levels)

    def start(self) -> tuple[Any, ...]:
        """Nobody: of each level of each factor, the people by share."""
        empty = (0,) * len(self.shares)
        return tuple((empty,) * len(factor.levels) for factor in self.factors)

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[Any, ...]:
        """Count the person under each of their levels."""
        return tuple(
            (*counts[:level], _one_more(counts[level], share), *counts[level + 1 :])
            for counts, level in zip(state, checked_person(self.factors, person), strict=True)
        )

    def imbalances(self, state: Any, person: Person) -> tuple[Fraction, ...]:
        """Return the weighted imbalance that each share would leave behind."""
        checked_person(self.factors, person)
        parts = self._parts
        total = [Fraction(0)] * len(self.shares)
        for factor, counts, level in zip(self.factors, state, person, strict=True):
            for share in range(len(total)):
                after = _one_more(counts[level], share)
                even = [Fraction(k, part) for k, part in zip(after, parts, strict=True)]
                total[share] += Fraction(factor.weight) * spread(even, self.measure)
        return tuple(total)

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return the chances of the shares; arms that tie are favoured in the ratio."""
        score = self._scores(state, checked_person(self.factors, person))
        least = min(score)
        best = tuple(k for k, value in enumerate(score) if value == least)
        if best not in self._known:
            self._known[best] = self._if_tied(best)
        return self._known[best]

    @cached_property
    def _known(self) -> dict[tuple[int, ...], Chances]:
        """Chances by which shares tie, so that they are worked out once."""
        return {}

    @cached_property
    def _parts(self) -> tuple[int, ...]:
        return (1,) * len(self.shares) if self._by_shares else self.ratio

    @cached_property
    def _weights(self) -> tuple[int, ...]:
        """The factors' weights as whole numbers in the same ratio."""
        total = sum(Fraction(factor.weight) for factor in self.factors)
        return whole_parts(tuple(Fraction(factor.weight) / total for factor in self.factors))

    def _scores(self, state: Any, person: Person) -> list[int]:
        """Return whole numbers in the order of `imbalances`: exact, and fast enough for a trial."""
        common, k = lcm(*self._parts), len(self._parts)
        unit = [common // part for part in self._parts]
        score = [0] * k
        for weight, counts, level in zip(self._weights, state, person, strict=True):
            even = [count * u for count, u in zip(counts[level], unit, strict=True)]
            total, square = sum(even), sum(x * x for x in even)
            for share, u in enumerate(unit):
                if self.measure == "range":
                    even[share] += u
                    apart = max(even) - min(even)
                    even[share] -= u
                else:
                    apart = k * (square + 2 * even[share] * u + u * u) - (total + u) ** 2
                    if self.measure == "sd":
                        apart = isqrt(apart * _ROOT * _ROOT // (k * (k - 1) * common * common))
                score[share] += weight * apart
        return score

    def _if_tied(self, best: tuple[int, ...]) -> Chances:
        """Return the chances where these shares tie for the least imbalance."""
        favoured = sum(self._parts[k] for k in best)
        chances = [Fraction(0)] * len(self._parts)
        for k in best:
            for share, chance in enumerate(self._if_favoured(k, self._parts)):
                chances[share] += Fraction(self._parts[k], favoured) * chance
        return tuple(chances)

    def _if_favoured(self, best: int, parts: tuple[int, ...]) -> list[Fraction]:
        """Return the chances once `best` is favoured. Han et al.; equal parts give p."""
        low = (1 - Fraction(self.probability)) / (sum(parts) - min(parts))
        chances = [low * part for part in parts]
        chances[best] = 1 - low * (sum(parts) - parts[best])
        return chances

    def describe(self) -> str:
        """Return the procedure with its factors."""
        listed = ", ".join(f"{f.name} (weight {f.weight})" for f in self.factors)
        how = "" if self.equal else f" by {self.unequal}"
        return (
            f"minimisation of {listed}, {self.measure} measure, the favoured arm with probability "
            f"{self.probability}, {ratio_words(self.ratio)}{how}"
        )


def spread(numbers: Sequence[Fraction], measure: ImbalanceMeasure) -> Fraction:
    """Return how uneven numbers are.

    A standard deviation is rounded down to a multiple of 2**-52: equal variances tie on every
    machine, and no sum depends on the order of the factors.

    Examples
    --------
    >>> three = [Fraction(1), Fraction(2), Fraction(3)]
    >>> spread(three, "range"), spread(three, "variance"), float(spread(three, "sd"))
    (Fraction(2, 1), Fraction(1, 1), 1.0)
    """
    if measure == "range":
        return max(numbers) - min(numbers)
    k = len(numbers)
    squares = sum(x * x for x in numbers) - Fraction(sum(numbers)) ** 2 / k
    variance = squares / (k - 1)
    if measure == "variance":
        return variance
    inside = variance.numerator * _ROOT * _ROOT // variance.denominator
    return Fraction(isqrt(inside), _ROOT)


def _one_more(counts: tuple[int, ...], share: int) -> tuple[int, ...]:
    return (*counts[:share], counts[share] + 1, *counts[share + 1 :])


__all__ = ["Factor", "ImbalanceMeasure", "MinimisationSpec", "spread"]
