"""People of a hundred in two groups, as icons show them: surely, perhaps, and not.

Icons fill from the top left as one block, for a scattered array looks like more risk (Price 2022,
Judgm Decis Mak 17:378). The part between the limits of the interval is striped; that people read
it so has not been tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence

OF = 100
COUNTED = "people-of-100"
"""Name of the numbers in a sentence that count people."""


@dataclass(frozen=True, slots=True)
class PeopleShown:
    """People of 100 who have an event, without the treatment and with it.

    Parameters
    ----------
    before
        Without the treatment.
    low, high
        Limits with the treatment: counts of people, not differences.
    after
        With the treatment; None where the evidence is too uncertain to name one count.

    Raises
    ------
    DataError
        When a count is outside 0 to 100, or `after` outside `low` to `high`.
    """

    before: int
    low: int
    high: int
    after: int | None = None

    def __post_init__(self) -> None:
        counts = (self.before, self.low, self.high, *self._named)
        if not all(0 <= one <= OF for one in counts):
            raise DataError(
                f"Icons show people of {OF}: counts from 0 to {OF}. Got {counts}. Rarer events "
                "are told in a fact box, of 1,000."
            )
        if not all(self.low <= one <= self.high for one in self._named) or self.low > self.high:
            raise DataError(
                f"Limits must hold the counts: got {self.after} with {self.low} to {self.high}. "
                "Give people of 100, not differences, and the lower limit first."
            )

    @property
    def _named(self) -> tuple[int, ...]:
        return () if self.after is None else (self.after,)

    @property
    def solid(self) -> int:
        """Icons filled in the group with the treatment: at least so many."""
        return self.low

    @property
    def striped(self) -> int:
        """Icons that may belong to either."""
        return self.high - self.low

    @property
    def thin(self) -> int:
        """Icons of the others in the group with the treatment."""
        return OF - self.high

    @property
    def others(self) -> int:
        """Icons of the others in the group without the treatment."""
        return OF - self.before


def people_shown(sentence: Sentence) -> PeopleShown | None:
    """Return the counts that a sentence names; None where it names none to draw.

    The figure is made of the sentence's own numbers, so that the two cannot differ.
    """
    counts = {
        (one.label or "").rpartition("(")[2].rstrip(")"): int(one.value)
        for one in sentence.estimates
        if one.name == COUNTED and one.value is not None
    }
    if not {"before", "low", "high"} <= set(counts):
        return None
    return PeopleShown(counts["before"], counts["low"], counts["high"], counts.get("after"))
