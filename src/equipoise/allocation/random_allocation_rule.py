"""The random allocation rule: so many of each arm, every order of them equally likely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import Chances, in_ratio, whole_number
from equipoise.allocation.independent_blocks import IndependentBlocks, grouped
from equipoise.allocation.procedure import ratio_words, strata_members
from equipoise.allocation.spec import CountSpec, Person
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def random_allocation_rule(
    people: int, *, totals: tuple[int, ...], stratum: ArrayLike | None = None
) -> IndependentBlocks:
    """Shuffle a list with so many places of each arm; in each stratum its own list.

    Parameters
    ----------
    people
        How many were allocated, in order of entry.
    totals
        Places of arm 0, arm 1, ... in the list (of each stratum); at least as many as people.
    stratum : length people
        Any labels; None for one list.

    References
    ----------
    Lachin (1988), Control Clin Trials 9:289-311.

    Examples
    --------
    >>> import numpy as np
    >>> procedure = random_allocation_rule(5, totals=(3, 3))
    >>> bool((procedure.redraw(np.random.default_rng(1), 100).sum(axis=1) >= 2).all())
    True
    """
    places = tuple(int(part) for part in totals)
    if len(places) < 2 or min(places) < 0:
        raise DataError(f"`totals` holds a number >= 0 for each of two or more arms. Got {totals}.")
    strata = strata_members(people, stratum)
    if sum(places) < max(map(len, strata)):
        raise DataError(
            f"A list of {sum(places)} places cannot serve {max(map(len, strata))} people. "
            "Give the totals that the list was made with."
        )
    within = f" in each of {len(strata)} strata" if len(strata) > 1 else ""
    text = f"random allocation rule, totals {ratio_words(places)}{within}"
    groups = grouped([(who, places) for who in strata])
    return IndependentBlocks(people, len(places), text, groups)


@dataclass(frozen=True, kw_only=True)
class RandomAllocationRuleSpec(CountSpec):
    """Shuffle a list of `people` places in the ratio of the arms.

    References
    ----------
    Lachin (1988), Control Clin Trials 9:289-311.

    Examples
    --------
    >>> RandomAllocationRuleSpec(people=6).probabilities([0, 0])
    (Fraction(1, 4), Fraction(3, 4))
    """

    name: ClassVar[str] = "random-allocation-rule"
    title: ClassVar[str] = "random allocation rule"
    source: ClassVar[str] = "Lachin 1988"

    people: int = 0

    def check(self) -> None:
        """Refuse a list that cannot be shared out in the ratio."""
        planned_people(self.people, self.ratio, self.title)

    @property
    def length(self) -> int:
        """The places of the list."""
        return self.people

    @property
    def totals(self) -> tuple[int, ...]:
        """The places of each arm."""
        return tuple(part * self.people // sum(self.ratio) for part in self.ratio)

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the share of each arm in the places left."""
        if sum(state) >= self.people:
            raise exhausted(self.people)
        return in_ratio(tuple(all_ - used for all_, used in zip(self.totals, state, strict=True)))

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        left = self.totals[1] - np.arange(n + 1)[None, :]
        return np.clip(left / (self.people - np.arange(n))[:, None], 0, 1)

    def describe(self) -> str:
        """Return the procedure with its totals."""
        return f"random allocation rule, totals {ratio_words(self.totals)}"


def planned_people(people: int, ratio: tuple[int, ...], what: str) -> None:
    """Refuse a planned number of people that the ratio does not divide."""
    whole_number(people, f"planned number `people` of the {what}")
    if people % sum(ratio):
        raise DataError(
            f"The {what} needs `people`, the planned number, a multiple of {sum(ratio)} at ratio "
            f"{ratio_words(ratio)}. Got {people!r}."
        )


def exhausted(people: int) -> DataError:
    """Return the error of a list that is used up: it stops, it never starts again."""
    return DataError(
        f"The list of {people} places is used up. Nothing is used twice: stop enrolling, or have "
        "the statistician seal a further list."
    )
