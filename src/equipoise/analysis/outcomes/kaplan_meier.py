"""Kaplan-Meier: the share without the event over time, where some are followed for less long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """A step function at the m distinct times, each array of shape (m,).

    `survival` holds from its time on; `greenwood` is the sum of d / (n (n - d)), the variance of
    log survival, infinite once nobody is left.
    """

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray
    survival: FloatArray
    greenwood: FloatArray

    def at(self, time: float) -> tuple[float, float]:
        """Return survival at a time and its standard error.

        Raises
        ------
        NotIdentifiedError
            Beyond the last time, while somebody was still free of the event.
        """
        self._must_reach(time)
        k = int(np.searchsorted(self.time, time, "right")) - 1
        if k < 0:
            return 1.0, 0.0
        if self.survival[k] == 0:
            return 0.0, 0.0
        survival = float(self.survival[k])
        return survival, survival * math.sqrt(self.greenwood[k])

    def limits(self, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Return pointwise limits made on the log(-log) scale, NaN where survival is 0 or 1.

        References
        ----------
        Kalbfleisch & Prentice (1980), The Statistical Analysis of Failure Time Data.
        """
        z = float(ndtri((1 + level) / 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            log_survival = np.log(self.survival)
            half = z * np.sqrt(self.greenwood) / -log_survival
            low, high = (np.exp(log_survival * np.exp(side * half)) for side in (1, -1))
        inside = (self.survival > 0) & (self.survival < 1)
        return np.where(inside, low, np.nan), np.where(inside, high, np.nan)

    def median(self, *, level: float = 0.95) -> tuple[float, float, float]:
        """Return the median and its limits; infinite where the curve or its limit stays above half.

        The limits are the times at which the pointwise limits of the curve reach one half.

        References
        ----------
        Brookmeyer & Crowley (1982), Biometrics 38:29-41.
        """
        low, high = self.limits(level=level)
        # before the first event the limits are 1; once survival is 0 they are unknown
        curves = (self.survival, low, high)
        median, lower, upper = (_half(self.time, curve) for curve in curves)
        return median, lower, upper

    def restricted_mean(self, tau: float) -> tuple[float, float]:
        """Return the mean event-free time up to `tau` and its standard error.

        Raises
        ------
        NotIdentifiedError
            When follow-up ends before `tau` with somebody still free of the event.

        References
        ----------
        Royston & Parmar (2013), BMC Med Res Methodol 13:152.
        Klein & Moeschberger (2003), Survival Analysis, 2nd ed., section 4.5.
        """
        if not tau > 0:
            raise DataError(f"The restriction time `tau` lies above 0. Got {tau:g}.")
        self._must_reach(tau)
        inside = self.time < tau
        edges = np.concatenate([[0.0], self.time[inside], [tau]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        areas = heights * np.diff(edges)
        later = areas.sum() - np.cumsum(areas)[:-1]  # from each time to tau
        d, n = self.events[inside], self.at_risk[inside]
        with np.errstate(divide="ignore", invalid="ignore"):
            term = np.where(n > d, d / (n * (n - d)), 0.0)  # where all fall, nothing comes later
        return float(areas.sum()), float(np.sqrt((later**2 * term).sum()))

    def _must_reach(self, time: float) -> None:
        if time > self.time[-1] and self.survival[-1] > 0:
            raise NotIdentifiedError(
                f"Nobody was followed to {time:g}: the last time of this arm is "
                f"{self.time[-1]:g}. Choose an earlier time."
            )


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> SurvivalCurve:
    """Estimate the share still free of the event.

    Parameters
    ----------
    time : shape (n,)
        Follow-up from randomisation, 0 or more.
    event : shape (n,)
        1 the event happened at that time, 0 censored: it had not until then.

    Raises
    ------
    DataError
        When a time or an event is impossible.

    References
    ----------
    Kaplan & Meier (1958), J Am Stat Assoc 53:457-481. Greenwood (1926), Rep Public Health Med
    Subj 33:1-26.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0])
    >>> curve.time.tolist(), curve.survival.tolist()
    ([1.0, 2.0, 3.0], [0.75, 0.5, 0.5])
    """
    t, d = follow_up(time, event)
    times, where = np.unique(t, return_inverse=True)
    events = np.bincount(where, weights=d).astype(np.float64)
    leaving = np.bincount(where).astype(np.float64)
    at_risk = len(t) - np.concatenate([[0.0], np.cumsum(leaving)[:-1]])
    survival = np.asarray(np.cumprod(1 - events / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
    greenwood = np.asarray(np.cumsum(each), dtype=np.float64)
    return SurvivalCurve(times, at_risk, events, survival, greenwood)


def follow_up(time: ArrayLike, event: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return times and events as arrays, or say what is wrong with them."""
    t, d = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.float64)
    if t.ndim != 1 or t.shape != d.shape or not len(t):
        raise DataError("Every person needs one time and one event.")
    if not (np.isfinite(t).all() and (t >= 0).all()):
        raise DataError(
            "Times are finite numbers, 0 or more: from randomisation to the event, or to the end "
            "of follow-up."
        )
    if not np.isin(d, (0, 1)).all():
        raise DataError("The event is 1 if it happened at that time, 0 if it had not until then.")
    return t, d


def _half(time: FloatArray, curve: FloatArray) -> float:
    """Return when a falling curve reaches one half; the middle of its stay if it is exactly there.

    A limit that is unknown (NaN) has not been reached.
    """
    reached = np.flatnonzero(curve <= 0.5 + 1e-12)
    if not len(reached):
        return math.inf
    first = reached[0]
    if abs(curve[first] - 0.5) < 1e-12:
        below = np.flatnonzero(curve < 0.5 - 1e-12)
        return float((time[first] + time[below[0] if len(below) else -1]) / 2)
    return float(time[first])
