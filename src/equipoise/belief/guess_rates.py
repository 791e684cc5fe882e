"""Rates of guesses: how many are right, and how much more often the active arm guesses active."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from equipoise.belief.index_intervals import Index, Interval, wald, wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def correct_guess_rate(
    right: ArrayLike, n: ArrayLike, *, interval: Interval = "default", level: float = 0.95
) -> Index:
    """Estimate the share of right guesses among all answers, with Wilson's interval."""
    right, n = np.asarray(right, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rate = right / n
    se = np.sqrt(rate * (1 - rate) / n)
    if interval == "wald":
        return wald(rate, se, level)
    return Index(rate, se, *wilson(right, n, level))


def difference_index(
    said: ArrayLike, n: ArrayLike, *, interval: Interval = "default", level: float = 0.95
) -> Index:
    """Estimate P(guess active | active) - P(guess active | control).

    Parameters
    ----------
    said, n : shape (..., 2)
        Of the active arm, then the control arm: who guessed active, and all who answered.
    interval
        "default": Newcombe's hybrid score interval; "wald": estimate +- z se.

    References
    ----------
    Petroff et al. (2024), Contemp Clin Trials Commun. doi:10.1016/j.conctc.2024.101393
    Newcombe (1998), Stat Med 17:873-890 (method 10).

    Examples
    --------
    >>> index = difference_index([56, 48], [70, 80])  # Newcombe 1998, table II
    >>> print(index.low.round(4), index.high.round(4))
    0.0524 0.3339
    """
    said, n = np.asarray(said, dtype=np.float64), np.asarray(n, dtype=np.float64)
    p = said / n
    difference = p[..., 0] - p[..., 1]
    se = np.sqrt((p * (1 - p) / n).sum(axis=-1))
    if interval == "wald":
        return wald(difference, se, level)
    low, high = wilson(said, n, level)
    below = np.hypot(p[..., 0] - low[..., 0], high[..., 1] - p[..., 1])
    above = np.hypot(high[..., 0] - p[..., 0], p[..., 1] - low[..., 1])
    return Index(difference, se, difference - below, difference + above)


def fisher_exact(said: ArrayLike, n: ArrayLike) -> float:
    """Return Fisher's exact two-sided p that both arms guess active equally often.

    The sum over all tables with these margins that are no likelier than the one seen. Written
    here because importing `scipy.stats` takes half of what a whole answer may.

    Parameters
    ----------
    said, n : shape (2,)
        As in `difference_index`.

    Examples
    --------
    >>> round(fisher_exact([3, 1], [4, 4]), 4)  # the lady tasting tea
    0.4857
    """
    (a, b), (n1, n0) = np.asarray(said, dtype=np.int64), np.asarray(n, dtype=np.int64)
    total = a + b
    k = np.arange(max(0, total - n0), min(n1, total) + 1)
    log = _log_choose(n1, k) + _log_choose(n0, total - k) - _log_choose(n1 + n0, total)
    likely = np.exp(log)
    seen = likely[int(a - k[0])]
    return float(min(likely[likely <= seen * (1 + 1e-7)].sum(), 1.0))


def _log_choose(n: ArrayLike, k: ArrayLike) -> FloatArray:
    n, k = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
