"""What is known of a person before allocation: factors, their levels, and a person's levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from equipoise.allocation.exact import as_fraction
from equipoise.allocation.spec import Person
from equipoise.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A prognostic factor with its levels; `weight` is its part in minimisation."""

    name: str
    levels: tuple[str, ...]
    weight: Fraction | float | str = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(map(str, self.levels)))
        weight = as_fraction(self.weight, f"weight of {self.name!r}")
        object.__setattr__(self, "weight", weight)
        if not self.levels or len(set(self.levels)) != len(self.levels):
            raise DataError(
                f"Factor {self.name!r} needs one or more levels, none named twice. Got "
                f"{list(self.levels)}."
            )
        if weight < 0:
            raise DataError(f"The weight of {self.name!r} is >= 0. Got {weight}.")


def checked_factors(factors: Any) -> tuple[Factor, ...]:
    """Return factors given as such, or as plain data: mappings, or name to levels."""
    if isinstance(factors, Mapping):
        factors = tuple({"name": name, "levels": levels} for name, levels in factors.items())
    try:
        found = tuple(f if isinstance(f, Factor) else Factor(**f) for f in factors)
    except TypeError:
        raise DataError(
            f"Factors are given as name, levels and, if wanted, weight. Got {factors!r}."
        ) from None
    if not found or len({f.name for f in found}) != len(found):
        raise DataError(
            "This procedure needs one or more factors of different names. Got "
            f"{[f.name for f in found]}."
        )
    return found


def person_of(factors: tuple[Factor, ...], levels: Mapping[str, str]) -> Person:
    """Return the numbers of a person's levels.

    Raises
    ------
    DataError
        For a factor that is missing and a level that nobody planned.

    Examples
    --------
    >>> person_of((Factor(name="sex", levels=("f", "m")),), {"sex": "m"})
    (1,)
    """
    if odd := sorted(set(levels) ^ {factor.name for factor in factors}):
        raise DataError(
            f"A person needs a level of each of {', '.join(f.name for f in factors)}, and of "
            f"nothing else. Missing or unknown: {', '.join(odd)}."
        )
    numbers = []
    for factor in factors:
        level = str(levels[factor.name])
        if level not in factor.levels:
            raise DataError(
                f"{factor.name!r} has no level {level!r}. Its levels are: "
                f"{', '.join(factor.levels)}. Nobody was allocated."
            )
        numbers.append(factor.levels.index(level))
    return tuple(numbers)


def checked_person(factors: tuple[Factor, ...], person: Person) -> Person:
    """Refuse numbers of levels that do not exist."""
    if len(person) != len(factors) or not all(
        0 <= level < len(factor.levels) for factor, level in zip(factors, person, strict=True)
    ):
        raise DataError(
            f"A person has a level of each of {', '.join(f.name for f in factors)}, numbered from "
            f"0. Got {person}."
        )
    return person
