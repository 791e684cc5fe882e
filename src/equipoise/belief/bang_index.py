"""Bang's blinding index of each arm: right guesses less wrong ones.

"Don't know" is an answer: it stays in the denominator and pulls the index to 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.belief.index_intervals import Index, Interval, clustered_se, tango, wald, wilson
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def bang_index(counts: ArrayLike, *, interval: Interval = "default", level: float = 0.95) -> Index:
    """Estimate Bang's blinding index of each arm.

    Parameters
    ----------
    counts : shape (..., 3)
        Participants of an arm who guessed right, guessed wrong, did not know.
    interval
        "default" stays inside [-1, 1]: with "don't know" answers Tango's score interval of the
        difference right - wrong; without any, Wilson's interval of the share right, doubled.
        "wald" is estimate +- z se, as printed by most programs.

    Returns
    -------
    Index
        Unitless, in [-1, 1]: 1 all guess right, 0 chance, -1 all guess wrong.

    References
    ----------
    Bang, Ni & Davis (2004), Control Clin Trials 25:143-156. doi:10.1016/j.cct.2003.10.016
    Tango (1998), Stat Med 17:891-908 (the score interval of a difference of paired shares).

    Examples
    --------
    Bang et al. 2004, table 7 (CRISP): right, wrong, don't know.

    >>> bang_index([[82, 25, 170], [29, 27, 83]]).estimate.round(4)
    array([0.2058, 0.0144])
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.shape[-1:] != (3,) or not (table >= 0).all() or not table.any(axis=-1).all():
        raise DataError(
            "`counts` needs right, wrong, don't know for every arm: each >= 0, not all 0. "
            f"Got {table.tolist()}. If guesses were forced, make the third 0."
        )
    n = table.sum(axis=-1)
    right, wrong = table[..., 0] / n, table[..., 1] / n
    index = right - wrong
    # multinomial variance of right - wrong
    se = np.sqrt(np.maximum(right + wrong - index**2, 0) / n)
    if interval == "wald":
        return wald(index, se, level)
    forced = not table[..., 2].any()
    share_low, share_high = wilson(table[..., 0], n, level)
    low, high = tango(table[..., 0], table[..., 1], n, level)
    return Index(
        index,
        se,
        np.where(forced, 2 * share_low - 1, low),
        np.where(forced, 2 * share_high - 1, high),
    )


def certainty_weighted_bang(
    signed: ArrayLike, weight: ArrayLike, person: ArrayLike | None = None, level: float = 0.95
) -> Index:
    """Estimate Bang's index of one arm with each guess weighted by its certainty.

    Parameters
    ----------
    signed : shape (n,)
        +1 right, -1 wrong, 0 don't know.
    weight : shape (n,)
        Certainty in [0, 1]; with all 1 this is Bang's index.
    person : shape (n,), optional
        Rows of one person are summed before the variance is taken.

    Notes
    -----
    The interval is the normal one on Fisher's z scale, so it stays inside [-1, 1].
    """
    scores = np.asarray(signed, dtype=np.float64) * np.asarray(weight, dtype=np.float64)
    if ((w := np.asarray(weight)) < 0).any() or (w > 1).any():
        raise DataError("Certainty must lie in [0, 1]; divide a 0-100 answer by 100.")
    estimate = scores.mean()
    se = clustered_se(scores - estimate, person)
    if abs(estimate) >= 1:
        return Index(estimate, se, estimate, estimate)
    half = ndtri((1 + level) / 2) * se / (1 - estimate**2)
    centre = np.arctanh(estimate)
    return Index(estimate, se, np.tanh(centre - half), np.tanh(centre + half))
