"""Fisher's exact test of a two-by-two table, and its mid-p version, for those who plan a test.

Harms are described, not tested: a p value above 0.05 is no evidence of safety.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from equipoise.analysis.harms.shares import checked_counts

FISHER = "Fisher's exact test, two-sided by probability (Fisher 1935)"
MID_P = "Fisher's exact test with half the weight on tables as likely as the observed (mid-p)"
_SAME = 1e-7  # relative: tables as likely as the observed one, whatever the rounding


def fisher(
    events1: float, people1: float, events0: float, people0: float, *, mid: bool = False
) -> float:
    """Return the two-sided p value: all tables at most as likely as the observed one.

    Parameters
    ----------
    events1, people1, events0, people0
        People with the event and people at risk, by arm.
    mid
        Count tables exactly as likely as the observed one by half. It no longer keeps the error
        rate in every table, but comes nearer to it on average.

    Examples
    --------
    >>> round(fisher(7, 12, 1, 13), 5)
    0.01117
    """
    x1, n1 = checked_counts(events1, people1)
    x0, n0 = checked_counts(events0, people0)
    total = float(x1 + x0)
    k = np.arange(max(0.0, total - float(n0)), min(float(n1), total) + 1)
    logs = -(
        gammaln(k + 1) + gammaln(n1 - k + 1) + gammaln(total - k + 1) + gammaln(n0 - total + k + 1)
    )
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    seen = chance[int(float(x1) - k[0])]
    alike = np.abs(chance - seen) <= _SAME * seen
    rarer = (chance < seen) & ~alike
    return float(min(chance[rarer].sum() + chance[alike].sum() * (0.5 if mid else 1.0), 1.0))
