"""Chen's biased coin with tolerance: Efron's coin inside the limit, the other arm at it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from equipoise.allocation.biased_coin import BiasedCoinSpec
from equipoise.allocation.big_stick import checked_limit, forced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.exact import Chances


@dataclass(frozen=True, kw_only=True)
class ChenSpec(BiasedCoinSpec):
    """Favour the arm behind with `probability`; at the limit give it for certain.

    References
    ----------
    Chen (1999), Commun Stat Stoch Models 15:953-975.

    Examples
    --------
    >>> ChenSpec(limit=2).probabilities([0]), ChenSpec(limit=2).probabilities([0, 0])
    ((Fraction(1, 3), Fraction(2, 3)), (Fraction(0, 1), Fraction(1, 1)))
    """

    name: ClassVar[str] = "chen"
    title: ClassVar[str] = "Chen's biased coin with imbalance tolerance"
    source: ClassVar[str] = "Chen 1999"

    limit: int = 3

    def check(self) -> None:
        """Check the coin and the limit."""
        super().check()
        checked_limit(self.limit)

    def chance(self, step: int, ahead: int) -> Chances:
        """Return the coin's chances inside the limit."""
        return forced(ahead) if abs(ahead) >= self.limit else super().chance(step, ahead)

    def walk(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and lead, shape (n, 2 n + 1)."""
        lead = np.arange(-n, n + 1)
        inside = super().walk(n)
        return np.where(np.abs(lead) >= self.limit, (lead < 0).astype(np.float64), inside)

    def describe(self) -> str:
        """Return the procedure with its parameters."""
        coin = Fraction(self.probability)
        return f"Chen's biased coin with probability {coin} and limit {self.limit}, 1:1"
