"""Where randomness enters: whole numbers below a bound, and the arm that one of them picks.

No float ever decides an allocation. The chances are fractions with a common denominator n, a
number is drawn uniformly from 0 .. n - 1, and the arms own consecutive stretches of these numbers
in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from equipoise.allocation.exact import Chances, whole_parts
from equipoise.errors import DataError

if TYPE_CHECKING:
    import numpy as np


class Draws(Protocol):
    """A source of uniform whole numbers: a keyed stream in a trial, a generator in rehearsal."""

    def below(self, n: int) -> int:
        """Return a whole number, each of 0 .. n - 1 equally likely; n may have any size."""
        ...


def drawn(chances: Chances, draws: Draws) -> int:
    """Pick an arm with these chances.

    Raises
    ------
    DataError
        Where the chances do not add up to 1.

    Examples
    --------
    >>> from fractions import Fraction
    >>> class Two:
    ...     def below(self, n):
    ...         return 2
    >>> drawn((Fraction(2, 3), Fraction(1, 3)), Two())
    1
    """
    parts = whole_parts(chances)
    if min(parts) < 0 or sum(chances) != 1:
        raise DataError(f"Chances of arms are >= 0 and add up to 1. Got {chances}.")
    point = draws.below(sum(parts))
    for arm, part in enumerate(parts):
        if point < part:
            return arm
        point -= part
    raise DataError("A draw lay outside its bound: the source of randomness is broken.")


class GeneratorDraws:
    """Draws from a NumPy generator, for rehearsals and simulations. A trial's list has a key."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def below(self, n: int) -> int:
        """Return a whole number, each of 0 .. n - 1 equally likely."""
        if n < 1:
            raise DataError(f"A draw needs a bound >= 1. Got {n}.")
        bits = (n - 1).bit_length()
        while True:  # a value beyond the bound is thrown away, never folded back
            word = int.from_bytes(self._rng.bytes(-(-bits // 8)), "big") >> (-bits % 8)
            if word < n:
                return word
