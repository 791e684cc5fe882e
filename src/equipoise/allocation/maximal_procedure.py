"""The maximal procedure: every sequence that never strays beyond b is equally likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.procedure import strata_members
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def maximal_procedure(
    people: int,
    *,
    tolerance: int = 3,
    planned: int | None = None,
    balanced_end: bool = True,
    stratum: ArrayLike | None = None,
) -> ImbalanceWalk:
    """Draw uniformly from the sequences whose imbalance stays within `tolerance`.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    tolerance
        Largest imbalance b allowed at any time.
    planned
        Length of the list (of each stratum) that was drawn; those who entered, where None.
    balanced_end
        Whether the list must end in balance, as published; its length is then even.
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Berger, Ivanova & Knoll (2003), Stat Med 22:3017-3028.

    Examples
    --------
    >>> arm = maximal_procedure(4, tolerance=1).redraw(np.random.default_rng(1), 1000)
    >>> bool((arm[:, 0] != arm[:, 1]).all()), bool((arm[:, 2] != arm[:, 3]).all())
    (True, True)
    """
    if tolerance < 1:
        raise DataError(f"The imbalance tolerance is a whole number >= 1. Got {tolerance}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        length = len(members) if planned is None else planned
        if length < len(members) or (balanced_end and length % 2):
            raise DataError(
                f"A list of {length} cannot serve {len(members)} people"
                f"{' and end in balance' if balanced_end else ''}. Give the length of the list "
                "as `planned`, even where it ends in balance."
            )
        walks.append(
            Walk(members, transition_chances(length, tolerance, balanced_end)[: len(members)])
        )
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    end = "balanced end" if balanced_end else "free end"
    text = f"maximal procedure with imbalance up to {tolerance}, {end}{within}"
    return ImbalanceWalk(people, text, tuple(walks))


def transition_chances(length: int, tolerance: int, balanced_end: bool) -> NDArray[np.float64]:
    """Return the chance of arm 1 by step and imbalance, shape (length, 2 tolerance + 3).

    It is the share of admissible ends that go through arm 1, from exact counts of paths.
    """
    width = 2 * tolerance + 3  # one column beyond the tolerance on each side: no path lives there
    centre = tolerance + 1
    ends = [0] * width
    for column in range(1, width - 1):
        ends[column] = int(not balanced_end or column == centre)
    chance = np.full((length, width), 0.5)
    for step in reversed(range(length)):
        ways = [0] * width
        for column in range(1, width - 1):
            ways[column] = ends[column - 1] + ends[column + 1]
            if ways[column]:
                chance[step, column] = ends[column + 1] / ways[column]
        ends = ways
    return chance
