"""Round ratios for an axis of logarithms."""

from __future__ import annotations

import numpy as np


def ratio_ticks(left: float, right: float) -> list[float]:
    """Return round ratios between two logarithms: as many as fit, at most six.

    Examples
    --------
    >>> ratio_ticks(-1.4, 2.5)
    [0.5, 1.0, 2.0, 5.0, 10.0]
    """
    patterns = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0))
    choices = [[m * 10.0**e for e in range(-9, 10) for m in pattern] for pattern in patterns]
    choices += [[10.0**e for e in range(-20, 21, step)] for step in (2, 5)]
    choices += [[k / 10 for k in range(1, 60)], [k / 20 for k in range(1, 60)]]
    choices += [[k / 50 for k in range(1, 150)]]
    inside = [[tick for tick in c if left <= np.log(tick) <= right] for c in choices]
    fitting = [ticks for ticks in inside if len(ticks) <= 6]
    return max(fitting, key=len, default=[]) or [1.0]
