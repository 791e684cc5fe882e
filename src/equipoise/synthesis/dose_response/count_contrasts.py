"""Log ratios of each dose against the referent from counts, with their exact covariance.

Contrasts of one study share the referent's counts: every two of them have the referent's variance
as covariance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

CountMeasure = Literal["or", "rr", "irr"]
CONTINUITY = 0.5
"""Added to both cells of every arm of a study that has an empty one (Gart & Zweifel 1967)."""


def count_contrasts(
    events: ArrayLike, total: ArrayLike, measure: CountMeasure = "or"
) -> tuple[FloatArray, FloatArray, bool]:
    """Return log ratios against the first arm, their covariance, and whether 0.5 was added.

    Parameters
    ----------
    events : shape (m + 1,)
        People with the event (of ``irr``: events) in each arm, the referent first.
    total : shape (m + 1,)
        People in each arm; of ``irr`` person-time.
    measure
        ``or`` log odds ratio, ``rr`` log risk ratio, ``irr`` log rate ratio.

    Returns
    -------
    y : shape (m,)
    covariance : shape (m, m)
    corrected
        Whether a cell was empty, so that `CONTINUITY` was added to all.

    Examples
    --------
    >>> y, S, _ = count_contrasts([10, 20, 25], [50, 50, 50])
    >>> print(y.round(4), S.round(4).tolist())
    [0.9808 1.3863] [[0.2083, 0.125], [0.125, 0.205]]
    """
    a, n = np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64)
    if a.shape != n.shape or a.ndim != 1 or len(a) < 2:
        raise DataError(f"Events and totals are one an arm, two arms at least. Got {a.shape}.")
    if not ((a >= 0).all() and (n > 0).all()) or (measure != "irr" and (a > n).any()):
        raise DataError(
            f"Events {a.tolist()} of {n.tolist()}: events are from 0 to the total, totals above 0."
        )
    empty = bool((a == 0).any() or (measure == "or" and (a == n).any()))
    if empty:
        a = a + CONTINUITY
        n = n + (0 if measure == "irr" else 2 * CONTINUITY)
    level, variance = _arm(a, n, measure)
    S = np.diag(variance[1:]) + variance[0]
    return level[1:] - level[0], S, empty


def _arm(a: FloatArray, n: FloatArray, measure: CountMeasure) -> tuple[FloatArray, FloatArray]:
    """Return the log odds, risk or rate of each arm and its variance."""
    if measure == "or":
        return np.log(a / (n - a)), 1 / a + 1 / (n - a)
    if measure == "rr":
        return np.log(a / n), 1 / a - 1 / n
    return np.log(a / n), 1 / a
