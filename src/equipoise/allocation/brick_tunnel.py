"""Brick tunnel randomisation: an unequal ratio kept as closely as whole people allow."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import HALF, Chances
from equipoise.allocation.spec import CountSpec, Holds, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class BrickTunnelSpec(CountSpec):
    """Keep each arm within one person of its exact share at every step.

    The numbers of people move through the unit squares that the line of exact shares passes
    through, with the chances that keep everybody's unconditional chance at the ratio. With two
    arms these chances are unique. At 1:1 this is blocks of two.

    References
    ----------
    Kuznetsova & Tymofyeyev (2011), Stat Med 30:812-824.

    Examples
    --------
    >>> tunnel = BrickTunnelSpec(ratio=(2, 1))
    >>> tunnel.probabilities([]), tunnel.probabilities([0])
    ((Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 2), Fraction(1, 2)))
    """

    name: ClassVar[str] = "brick-tunnel"
    title: ClassVar[str] = "brick tunnel randomisation"
    source: ClassVar[str] = "Kuznetsova & Tymofyeyev 2011"
    holds: ClassVar[Holds] = "two"

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the chances of both arms at this place in the tunnel."""
        one = self._one(sum(state), state[1])
        return 1 - one, one

    def _one(self, step: int, ones: int) -> Fraction:
        """Chance of arm 1. It has the whole part w or w + 1 of its exact share s of people.

        w + 1 has probability s - w, which has to grow by the target from one step to the next.
        """
        share, next_share = step * self.target[1], (step + 1) * self.target[1]
        whole, above = floor(share), share - floor(share)
        if ones - whole not in ((0, 1) if above else (0,)):
            return HALF  # outside the tunnel, where nobody comes
        if floor(next_share) == whole:
            return Fraction(0) if ones > whole else self.target[1] / (1 - above)
        if ones == whole:
            return Fraction(1)
        return (next_share - floor(next_share)) / above

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        chance = np.full((n, n + 1), 0.5)
        for step in range(n):
            whole = floor(step * self.target[1])
            for ones in range(whole, min(whole + 2, n + 1)):
                chance[step, ones] = self._one(step, ones)
        return chance
