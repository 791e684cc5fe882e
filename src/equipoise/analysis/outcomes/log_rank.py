"""Log-rank test: are the event rates of the arms equal at every time, within strata?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.outcomes.kaplan_meier import follow_up
from equipoise.analysis.outcomes.proportional_odds import ChiSquare
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def log_rank(
    time: ArrayLike, event: ArrayLike, arm: ArrayLike, strata: ArrayLike | None = None
) -> ChiSquare:
    """Compare observed events with those expected if all arms had one rate.

    Parameters
    ----------
    time, event : shape (n,)
        As in `kaplan_meier`.
    arm : shape (n,)
        Number of the arm, 0 to k - 1.
    strata : shape (n,)
        Arms are compared within each.

    Returns
    -------
    ChiSquare
        k - 1 degrees of freedom.

    Raises
    ------
    NotIdentifiedError
        When no event happened while two arms were at risk.

    References
    ----------
    Mantel (1966), Cancer Chemother Rep 50:163-170. Peto & Peto (1972), J R Stat Soc A 135:185-207.
    """
    t, d = follow_up(time, event)
    group = np.asarray(arm)
    stratum = np.zeros(len(t)) if strata is None else np.unique(strata, return_inverse=True)[1]
    k = int(group.max()) + 1
    distance, variance = np.zeros(k), np.zeros((k, k))
    for one in np.unique(stratum):
        here = stratum == one
        part, spread = _one_stratum(t[here], d[here], group[here], k)
        distance += part
        variance += spread
    spread = variance[1:, 1:]
    if not np.linalg.matrix_rank(spread) == k - 1:
        raise NotIdentifiedError(
            "No events happened while the arms were at risk together: there is nothing to test."
        )
    statistic = float(distance[1:] @ np.linalg.solve(spread, distance[1:]))
    return ChiSquare(statistic, k - 1)


def _one_stratum(
    t: FloatArray, d: FloatArray, group: NDArray[np.intp], k: int
) -> tuple[FloatArray, FloatArray]:
    """Return observed less expected events by arm, and their hypergeometric covariance."""
    times = np.unique(t[d == 1])
    member = group[:, None] == np.arange(k)
    # events and people at risk by time and arm
    ordered = [np.sort(t[member[:, a]]) for a in range(k)]
    risk = np.column_stack([len(o) - np.searchsorted(o, times, "left") for o in ordered])
    fell = np.column_stack(
        [np.bincount(np.searchsorted(times, t[(d == 1) & member[:, a]]), minlength=len(times))
         for a in range(k)]
    )  # fmt: skip
    n, total = risk.sum(axis=1), fell.sum(axis=1)
    share = risk / n[:, None]
    distance = (fell - total[:, None] * share).sum(axis=0)
    factor = total * (n - total) / np.maximum(n - 1, 1)
    weighted = share * factor[:, None]
    covariance = np.diag(weighted.sum(axis=0)) - weighted.T @ share
    return distance, covariance
