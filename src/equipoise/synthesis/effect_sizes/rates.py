"""Events in person-time: one person may have several, and groups may be watched unequally long."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_positive,
    refuse,
)
from equipoise.synthesis.effect_sizes.two_by_two import finite_or_nan
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells


def log_rate_ratio(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the log ratio of incidence rates (IRR), variance 1/events1 + 1/events2.

    Parameters
    ----------
    events1, events2 : shape (k,)
        Counts of events; Poisson within a group.
    time1, time2 : shape (k,)
        Person-time, in one unit per study.
    """
    x1, t1, x2, t2 = _corrected(events1, time1, events2, time2, zero, study)
    with np.errstate(divide="ignore", invalid="ignore"):
        return finite_or_nan(np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2)


def rate_difference(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the difference of incidence rates (IRD)."""
    x1, t1, x2, t2 = _corrected(events1, time1, events2, time2, zero, study)
    return EffectSize(x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2)


def root_rate_difference(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero: ZeroCells = NOTHING,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the difference of square roots of rates (IRSD): nothing is added to zeros.

    References
    ----------
    Bagos & Nikolopoulos (2009), Int J Biostat 5(1):21. doi:10.2202/1557-4679.1168
    """
    x1, t1, x2, t2 = _corrected(events1, time1, events2, time2, zero, study)
    return EffectSize(np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2))


def _corrected(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    zero: ZeroCells,
    study: Sequence[str] | None,
) -> tuple[FloatArray, ...]:
    x1, t1, x2, t2 = aligned(study, events1=events1, time1=time1, events2=events2, time2=time2)
    need_positive(study, "person-time", time1=t1, time2=t2)
    for name, x in (("events1", x1), ("events2", x2)):
        refuse(x < 0, study, f"{name} is {{x}}: a count is not below 0.", x=x)
    rows = zero.rows((x1 == 0) | (x2 == 0))
    add1, add2 = zero.amounts(t1, t2)
    add1, add2 = np.where(rows, add1, 0.0), np.where(rows, add2, 0.0)
    if zero.drop00:
        none = (x1 == 0) & (x2 == 0)
        add1, add2 = np.where(none, np.nan, add1), np.where(none, np.nan, add2)
    return x1 + add1, t1, x2 + add2, t2
