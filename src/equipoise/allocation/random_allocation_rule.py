"""The random allocation rule: so many of each arm, every order of them equally likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.allocation.independent_blocks import IndependentBlocks, grouped
from equipoise.allocation.procedure import ratio_words, strata_members
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


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
