"""Efron's biased coin: the arm that is behind gets the next person with probability p."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.procedure import strata_members
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def biased_coin(
    people: int, *, probability: float = 2 / 3, stratum: ArrayLike | None = None
) -> ImbalanceWalk:
    """Favour the arm with fewer people; toss a fair coin when they are equal.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    probability
        Of the arm that is behind, from 1/2 (complete randomisation) to 1 (blocks of two).
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Efron (1971), Biometrika 58:403-417.

    Examples
    --------
    >>> arm = biased_coin(2, probability=0.75).redraw(np.random.default_rng(1), 40_000)
    >>> bool(abs((arm[:, 0] != arm[:, 1]).mean() - 0.75) < 0.01)
    True
    """
    if not 0.5 <= probability <= 1:
        raise DataError(f"The coin's probability lies between 0.5 and 1. Got {probability}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        imbalance = np.sign(np.arange(-len(members), len(members) + 1))
        row = np.choose(imbalance + 1, [probability, 0.5, 1 - probability])
        walks.append(Walk(members, np.broadcast_to(row, (len(members), len(row)))))
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    text = f"Efron's biased coin with probability {probability:.4g}{within}"
    return ImbalanceWalk(people, text, tuple(walks))
