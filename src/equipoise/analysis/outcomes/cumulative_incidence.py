"""Cumulative incidence: who had the event by a time, where another event can forestall it.

One less Kaplan-Meier would answer for a world in which the other event does not exist.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.kaplan_meier import follow_up, kaplan_meier
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

AALEN_JOHANSEN = (
    "Aalen-Johansen (1978) cumulative incidence, delta-method variance (Gaynor et al. 1993), "
    "limits on the log(-log) scale"
)


def cumulative_incidence(
    time: ArrayLike, event: ArrayLike, competing: ArrayLike, *, at: float
) -> Contrast:
    """Estimate the share with the event by a time.

    Parameters
    ----------
    time, event : shape (n,)
        As in `kaplan_meier`.
    competing : shape (n,)
        1 where the other event happened at that time.
    at
        The time.

    Returns
    -------
    Contrast
        Share and standard error, normal.

    Raises
    ------
    DataError
        When somebody has both events.
    NotIdentifiedError
        When nobody was followed to that time.

    References
    ----------
    Aalen & Johansen (1978), Scand J Stat 5:141-150.
    Gaynor, Feuer, Tan et al. (1993), J Am Stat Assoc 88:400-409.
    """
    t, d = follow_up(time, event)
    _, other = follow_up(time, competing)
    if (both := int((d * other).sum())) > 0:
        raise DataError(f"{both} people have the event and the competing event; one comes first.")
    curve = kaplan_meier(t, d + other)  # free of both
    curve.at(at)
    inside = curve.time <= at
    times, n, total = curve.time[inside], curve.at_risk[inside], curve.events[inside]
    if not len(times):
        raise NotIdentifiedError(f"Nothing happened until {at:g}.")
    own = np.bincount(np.searchsorted(times, t[(d == 1) & (t <= at)]), minlength=len(times))
    before = np.concatenate([[1.0], curve.survival[inside][:-1]])
    incidence = np.cumsum(before * own / n)
    rest = incidence[-1] - incidence
    with np.errstate(divide="ignore", invalid="ignore"):
        leaving = np.where(n > total, total / (n * (n - total)), 0.0)  # then nothing is to come
    variance = (
        (rest**2 * leaving).sum()
        + (before**2 * (n - own) * own / n**3).sum()
        - 2 * (rest * before * own / n**2).sum()
    )
    return Contrast(float(incidence[-1]), float(np.sqrt(max(variance, 0.0))), math.inf)


def log_log_limits(share: Contrast, *, level: float = 0.95) -> tuple[float, float]:
    """Return limits made on the scale of log(-log(1 - share)).

    Raises
    ------
    NotIdentifiedError
        When the share is 0 or 1.
    """
    p, se, _ = share
    if not (0 < p < 1 and se > 0):
        raise NotIdentifiedError(f"A share of {p:g} has no interval on this scale.")
    log_free = math.log(1 - p)
    effect = Contrast(math.log(-log_free), se / ((1 - p) * -log_free), math.inf)
    low, high = (1 - math.exp(-math.exp(limit)) for limit in effect.interval(level))
    return low, high
