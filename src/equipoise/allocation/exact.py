"""Exact numbers: fractions as people write them, and chances that add up to 1."""

from __future__ import annotations

from fractions import Fraction
from math import floor, isfinite, lcm

from equipoise.errors import DataError

Chances = tuple[Fraction, ...]
"""The chance of each arm, in the order of the arms. They add up to 1."""

GRID = 1 << 53
"""Steps between 0 and 1 to which an irrational chance is rounded."""

HALF = Fraction(1, 2)


def as_fraction(value: Fraction | float | str, what: str = "number") -> Fraction:
    """Return a number exactly as it is written: 0.85 is 17/20, "2/3" is two thirds.

    A float is read by its shortest decimal, so write "2/3", not 2/3, for two thirds.

    Examples
    --------
    >>> as_fraction(0.85), as_fraction("2/3"), as_fraction(2)
    (Fraction(17, 20), Fraction(2, 3), Fraction(2, 1))
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        if isinstance(value, float):
            if not isfinite(value):
                raise ValueError
            return Fraction(repr(float(value)))
        return Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError):
        raise DataError(
            f"The {what} is a number such as 0.8 or a fraction such as 2/3. Got {value!r}."
        ) from None


MOST = 100_000
"""People, places, balls or limits that any trial could have."""


def whole_number(value: object, what: str, *, least: int = 1, most: int = MOST) -> int:
    """Return a whole number after checking it; True is none, nor is 4.0.

    Examples
    --------
    >>> whole_number(5, "limit")
    5
    """
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise DataError(f"The {what} is a whole number from {least} to {most:,}. Got {value!r}.")
    return value


def on_grid(value: float) -> Fraction:
    """Round a chance that no fraction holds down to a multiple of 2**-53.

    Examples
    --------
    >>> on_grid(0.5), on_grid(1.0)
    (Fraction(1, 2), Fraction(1, 1))
    """
    if not 0 <= value <= 1:
        raise DataError(f"A chance lies between 0 and 1. Got {value}.")
    return Fraction(floor(value * GRID), GRID)


def in_ratio(parts: tuple[int | Fraction, ...]) -> Chances:
    """Return chances in the ratio of the parts.

    Examples
    --------
    >>> in_ratio((2, 1))
    (Fraction(2, 3), Fraction(1, 3))
    """
    total = sum(parts)
    return tuple(Fraction(part) / total for part in parts)


def whole_parts(chances: Chances) -> tuple[int, ...]:
    """Return whole numbers in the ratio of the chances; their sum is the common denominator.

    Examples
    --------
    >>> whole_parts((Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)))
    (3, 2, 1)
    """
    common = lcm(*(chance.denominator for chance in chances))
    return tuple(chance.numerator * (common // chance.denominator) for chance in chances)
