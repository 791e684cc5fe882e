"""What one arm did: its standardised change from baseline, or the share that responded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammaln

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


class ArmOutcome(NamedTuple):
    """Estimates of one arm in k trials and their sampling variances, each of shape (k,)."""

    estimate: FloatArray
    variance: FloatArray


def small_sample_factor(df: ArrayLike) -> FloatArray:
    """Return the exact factor that frees a standardised mean of its small-sample bias.

    Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)), Hedges (1981), J Educ Stat 6:107-128.
    """
    m = np.asarray(df, dtype=np.float64)
    factor: FloatArray = np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2)
    return factor


def standardised_change(
    pre: ArrayLike, post: ArrayLike, sd_pre: ArrayLike, n: ArrayLike, r: ArrayLike = 0.5
) -> ArmOutcome:
    """Change from baseline over the baseline's standard deviation, without small-sample bias.

    Parameters
    ----------
    pre, post, sd_pre, n : shape (k,)
        Means before and after, standard deviation before, people measured after.
    r : scalar or shape (k,)
        Correlation between before and after, which trials seldom report.

    Returns
    -------
    ArmOutcome
        c = J(n - 1) (post - pre) / sd_pre, with variance 2 (1 - r) / n + c^2 / (2 n).

    References
    ----------
    Becker (1988), Br J Math Stat Psychol 41:257-278.

    Examples
    --------
    >>> standardised_change([22.9], [8.5], [3.6], [13]).estimate.round(3)
    array([-3.744])
    """
    before, after, sd, size, cor = (
        np.asarray(a, dtype=np.float64) for a in (pre, post, sd_pre, n, r)
    )
    if not ((np.abs(cor) < 1).all() and (sd > 0).all() and (size > 2).all()):
        raise DataError(
            "A standardised change needs a standard deviation above 0, 3 people or more, and a "
            f"correlation between -1 and 1. Got n from {size.min():g}, sd from {sd.min():g}, "
            f"r {cor.min():g} to {cor.max():g}."
        )
    change = small_sample_factor(size - 1) * (after - before) / sd
    return ArmOutcome(change, 2 * (1 - cor) / size + change**2 / (2 * size))


def logit_response(events: ArrayLike, n: ArrayLike) -> ArmOutcome:
    """Log odds of responding, half a person added to both cells where one of them is empty.

    Parameters
    ----------
    events, n : shape (k,)
    """
    yes, size = np.asarray(events, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not ((yes >= 0).all() and (yes <= size).all() and (size > 0).all()):
        raise DataError("Responders are 0 or more, and no more than the people of their arm.")
    no = size - yes
    extra = np.where((yes == 0) | (no == 0), 0.5, 0.0)
    yes, no = yes + extra, no + extra
    return ArmOutcome(np.log(yes / no), 1 / yes + 1 / no)
