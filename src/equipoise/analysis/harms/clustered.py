"""Shares and rates where a person counts more than once: in several periods, with several events.

The scatter is taken between people, never between their periods or events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

CLUSTERED = (
    "Share of participant-periods; working independence with the scatter between people (Liang & "
    "Zeger 1986, Biometrika 73:13-22), t with people - 1 df"
)
RECURRENT = (
    "All events over time at risk; interval from the scatter between people, as one person's "
    "events come together (Lin, Wei, Yang & Ying 2000, J R Stat Soc B 62:711-730)"
)


class Totals(NamedTuple):
    """Of each person in one arm: what was counted, and out of how much; shape (people,) both.

    `amount` is a number of periods or a time at risk; 0 for who was never in that arm.
    """

    number: FloatArray
    amount: FloatArray

    @property
    def ratio(self) -> float:
        """Counted over amount."""
        return float(self.number.sum() / self.amount.sum())

    @property
    def residual(self) -> FloatArray:
        """Each person's part of the error of the ratio; sums to 0."""
        return np.asarray((self.number - self.ratio * self.amount) / self.amount.sum())


def totals(count: ArrayLike, amount: ArrayLike) -> Totals:
    """Check and make totals by person."""
    x, t = np.asarray(count, dtype=np.float64), np.asarray(amount, dtype=np.float64)
    if x.shape != t.shape or x.ndim != 1 or not ((x >= 0) & (t >= 0)).all() or not t.sum() > 0:
        raise DataError(
            "Give each person's count >= 0 and amount >= 0, together above 0. Got counts "
            f"{x.tolist()}, amounts {t.tolist()}."
        )
    return Totals(x, t)


def ratio_in_one_arm(arm: Totals) -> Contrast:
    """Return count over amount with a standard error between people."""
    here = arm.amount > 0
    seen(arm)
    m = int(here.sum())
    se = float(np.sqrt(np.square(arm.residual).sum() * m / (m - 1)))
    return Contrast(arm.ratio, se, m - 1)


def difference_of_ratios(active: Totals, control: Totals) -> Contrast:
    """Return active minus control; the same people may be in both, in the same order."""
    return _contrast(active, control, active.residual - control.residual, log=False)


def log_ratio_of_ratios(active: Totals, control: Totals) -> Contrast:
    """Return the log of active over control."""
    for arm in (active, control):
        seen(arm)
    parts = active.residual / active.ratio - control.residual / control.ratio
    return _contrast(active, control, parts, log=True)


def _contrast(active: Totals, control: Totals, parts: FloatArray, *, log: bool) -> Contrast:
    for arm in (active, control):
        seen(arm)
    m = int(((active.amount > 0) | (control.amount > 0)).sum())
    se = float(np.sqrt(np.square(parts).sum() * m / (m - 1)))
    value = np.log(active.ratio / control.ratio) if log else active.ratio - control.ratio
    return Contrast(float(value), se, m - 1)


def seen(arm: Totals) -> None:
    """Refuse where too few people had an event for their scatter to be seen."""
    if (arm.number > 0).sum() < 2:
        raise NotIdentifiedError(
            "Fewer than 2 people of an arm had the event: how much people differ cannot be seen"
        )
