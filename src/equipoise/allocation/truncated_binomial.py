"""The truncated binomial design: fair draws until an arm is full, then what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import Chances, in_ratio
from equipoise.allocation.random_allocation_rule import exhausted, planned_people
from equipoise.allocation.spec import CountSpec, Holds, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class TruncatedBinomialSpec(CountSpec):
    """Draw fairly among the arms that do not yet have their share of `people`.

    References
    ----------
    Blackwell & Hodges (1957), Ann Math Stat 28:449-460.

    Examples
    --------
    >>> TruncatedBinomialSpec(people=4).probabilities([0, 0])
    (Fraction(0, 1), Fraction(1, 1))
    """

    name: ClassVar[str] = "truncated-binomial"
    title: ClassVar[str] = "truncated binomial design"
    source: ClassVar[str] = "Blackwell & Hodges 1957"
    holds: ClassVar[Holds] = "equal"

    people: int = 0

    def check(self) -> None:
        """Refuse a number that cannot be shared out."""
        planned_people(self.people, self.ratio, self.title)

    @property
    def length(self) -> int:
        """The places of the list."""
        return self.people

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return equal chances of the arms that are not full."""
        if sum(state) >= self.people:
            raise exhausted(self.people)
        full = self.people // len(self.arms)
        return in_ratio(tuple(int(own < full) for own in state))

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        step, ones = np.arange(n)[:, None], np.arange(n + 1)[None, :]
        half = self.people // 2
        return np.where(ones >= half, 0.0, np.where(step - ones >= half, 1.0, 0.5))

    def describe(self) -> str:
        """Return the procedure with its number of people."""
        return f"truncated binomial design for {self.people}, {':'.join(map(str, self.ratio))}"
