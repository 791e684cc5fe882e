"""Atkinson's D_A-optimal biased coin: favour what makes the treatment effect most precise."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from equipoise.allocation.exact import HALF, Chances
from equipoise.allocation.factors import checked_factors, checked_person, person_of
from equipoise.allocation.spec import Holds, Kind, Person, Spec

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class DOptimalSpec(Spec):
    """The D_A-optimal biased coin of a linear model with an intercept and factors.

    With f the person's row (intercept, and an indicator of each level after a factor's first),
    F the rows of those before and b = sum of f_i t_i with t = +1 for arm 0 and -1 for arm 1,
    v = f'(F'F)^-1 b and the chance of arm 0 is (1 - v)^2 / [(1 - v)^2 + (1 + v)^2]. All of these
    are fractions. Where F'F has no inverse, any generalised inverse gives the same v for a person
    whose row the earlier rows span; nobody yet speaks for another person, who gets a fair coin.

    References
    ----------
    Atkinson (1982), Biometrika 69:61-67.

    Examples
    --------
    >>> spec = DOptimalSpec(factors={"sex": ("f", "m")})
    >>> spec.probabilities([0, 0, 1], person=(0,), people=[(0,)] * 3)  # v = 1/3
    (Fraction(1, 5), Fraction(4, 5))
    """

    name: ClassVar[str] = "d-optimal"
    title: ClassVar[str] = "Atkinson's D_A-optimal biased coin"
    source: ClassVar[str] = "Atkinson 1982"
    kind: ClassVar[Kind] = "covariate-adaptive"
    holds: ClassVar[Holds] = "two-equal"

    factors: Any = ()

    def check(self) -> None:
        """Check the factors."""
        self._set(factors=checked_factors(self.factors))

    def person(self, levels: Mapping[str, str]) -> Person:
        """Return the numbers of a person's levels."""
        return person_of(self.factors, levels)

    def row(self, person: Person) -> tuple[int, ...]:
        """Return the person's row of the model."""
        row = [1]
        for factor, level in zip(self.factors, checked_person(self.factors, person), strict=True):
            row += [int(level == k) for k in range(1, len(factor.levels))]
        return tuple(row)

    def start(self) -> tuple[Any, ...]:
        """F'F and b of nobody."""
        width = 1 + sum(len(f.levels) - 1 for f in self.factors)
        return ((0,) * width,) * width, (0,) * width

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[Any, ...]:
        """Add the person to F'F and to b."""
        (information, signed), row = state, self.row(person)
        side = -1 if share else 1
        crossed = (
            tuple(a + x * y for a, y in zip(line, row, strict=True))
            for line, x in zip(information, row, strict=True)
        )
        return tuple(crossed), tuple(a + side * x for a, x in zip(signed, row, strict=True))

    def lean(self, state: Any, person: Person) -> Fraction | None:
        """Return v, or None where the earlier rows do not span the person's."""
        information, signed = state
        solved = solution(information, self.row(person))
        if solved is None:
            return None
        return sum((x * b for x, b in zip(solved, signed, strict=True)), Fraction(0))

    def chances(self, state: Any, person: Person = ()) -> Chances:
        """Return the biased coin of the person's v."""
        v = self.lean(state, person)
        if v is None:
            return HALF, HALF
        zero = (1 - v) ** 2 / ((1 - v) ** 2 + (1 + v) ** 2)
        return zero, 1 - zero

    def describe(self) -> str:
        """Return the procedure with its factors."""
        return f"{self.title} with {', '.join(f.name for f in self.factors)}, 1:1"


def solution(matrix: tuple[tuple[int, ...], ...], right: tuple[int, ...]) -> list[Fraction] | None:
    """Return an exact x with matrix x = right, or None where there is none.

    Examples
    --------
    >>> solution(((2, 0), (0, 0)), (1, 0)), solution(((2, 0), (0, 0)), (1, 1))
    ([Fraction(1, 2), Fraction(0, 1)], None)
    """
    rows = [[Fraction(x) for x in (*line, b)] for line, b in zip(matrix, right, strict=True)]
    width, pivots, top = len(right), [], 0
    for column in range(width):
        pivot = next((r for r in range(top, width) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        lead = rows[top][column]
        rows[top] = [x / lead for x in rows[top]]
        for r in range(width):
            if r != top and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[top], strict=True)]
        pivots.append(column)
        top += 1
    if any(rows[r][width] for r in range(top, width)):
        return None
    x = [Fraction(0)] * width
    for r, column in enumerate(pivots):
        x[column] = rows[r][width]
    return x
