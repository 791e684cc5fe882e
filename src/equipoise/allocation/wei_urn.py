"""Wei's urn: every allocation adds balls of the other arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.procedure import strata_members
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def wei_urn(
    people: int, *, alpha: float = 0, beta: float = 1, stratum: ArrayLike | None = None
) -> ImbalanceWalk:
    """Draw from an urn that starts with `alpha` balls of each arm.

    The ball goes back with `beta` balls of the other arm.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    alpha, beta
        Of the urn design UD(alpha, beta), each >= 0; an empty urn is a fair coin.
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Wei (1978), J Am Stat Assoc 73:559-563.

    Examples
    --------
    >>> arm = wei_urn(2).redraw(np.random.default_rng(1), 1000)  # UD(0, 1): the second is sure
    >>> bool((arm[:, 0] != arm[:, 1]).all())
    True
    """
    if alpha < 0 or beta < 0:
        raise DataError(f"The urn has alpha, beta >= 0. Got {alpha}, {beta}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        m = len(members)
        before, imbalance = np.arange(m)[:, None], np.arange(-m, m + 1)[None, :]
        ones = alpha + beta * (before - imbalance) / 2  # beta for each earlier person in arm 0
        balls = np.broadcast_to(2 * alpha + beta * before, ones.shape)
        chance = np.full(ones.shape, 0.5)
        np.divide(ones, balls, out=chance, where=balls > 0)
        walks.append(Walk(members, np.clip(chance, 0, 1)))
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    return ImbalanceWalk(people, f"Wei's urn UD({alpha:g}, {beta:g}){within}", tuple(walks))
