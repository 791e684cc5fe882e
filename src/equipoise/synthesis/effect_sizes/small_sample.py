"""The factor J that takes the small-sample bias out of a standardised mean difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln


def small_sample_factor(df: ArrayLike, *, exact: bool = True) -> NDArray[np.float64]:
    """Return J(df), by which d is multiplied to become g.

    Parameters
    ----------
    df
        Degrees of freedom of the standard deviation, above 1.
    exact
        Gamma functions (Hedges 1981, eq. 6e), or his approximation 1 - 3 / (4 df - 1).

    Examples
    --------
    >>> print(small_sample_factor([10, 28]).round(5))
    [0.92275 0.97293]

    References
    ----------
    Hedges (1981), J Educ Stat 6:107-128. doi:10.3102/10769986006002107
    """
    m = np.asarray(df, dtype=np.float64)
    if not exact:
        return np.asarray(1 - 3 / (4 * m - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        J = np.exp(gammaln(m / 2) - 0.5 * np.log(m / 2) - gammaln((m - 1) / 2))
    return np.asarray(np.where(m > 1, J, np.nan))
