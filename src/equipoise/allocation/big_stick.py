"""The big stick: fair coins, until one arm is ahead by the limit and the other gets the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import HALF, Chances, whole_number
from equipoise.allocation.imbalance_walk import ImbalanceSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class BigStickSpec(ImbalanceSpec):
    """Toss a fair coin while the imbalance is within `limit`; there, give the other arm.

    References
    ----------
    Soares & Wu (1983), Commun Stat Theory Methods 12:2017-2034.

    Examples
    --------
    >>> BigStickSpec(limit=2).probabilities([1, 1])
    (Fraction(1, 1), Fraction(0, 1))
    """

    name: ClassVar[str] = "big-stick"
    title: ClassVar[str] = "big stick"
    source: ClassVar[str] = "Soares & Wu 1983"

    limit: int = 5

    def check(self) -> None:
        """Refuse a limit that no walk could keep."""
        checked_limit(self.limit)

    def chance(self, step: int, ahead: int) -> Chances:  # noqa: ARG002
        """Return 1/2 each within the limit."""
        return forced(ahead) if abs(ahead) >= self.limit else (HALF, HALF)

    def walk(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and lead, shape (n, 2 n + 1)."""
        lead = np.arange(-n, n + 1)
        row = np.where(np.abs(lead) >= self.limit, (lead < 0).astype(np.float64), 0.5)
        return np.broadcast_to(row, (n, len(row)))

    def describe(self) -> str:
        """Return the procedure with its limit."""
        return f"big stick with limit {self.limit}, 1:1"


def checked_limit(limit: Any) -> int:
    """Return the imbalance limit after checking it."""
    return whole_number(limit, "limit of the imbalance")


def forced(ahead: int) -> Chances:
    """Return the chances where the arm that is behind is certain.

    Examples
    --------
    >>> forced(3)
    (Fraction(1, 1), Fraction(0, 1))
    """
    return (HALF * 2, HALF * 0) if ahead > 0 else (HALF * 0, HALF * 2)
