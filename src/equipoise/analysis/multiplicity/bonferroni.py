"""Bonferroni: every hypothesis is tested at its own share of alpha, whatever the dependence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.p_values import checked_p, checked_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BONFERRONI = "Bonferroni: each p value divided by its share of alpha; any dependence"


def bonferroni(p: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Adjust p values for testing each at its share of alpha.

    Parameters
    ----------
    p : shape (m,)
    weights : shape (m,), optional
        Shares of alpha that sum to at most 1; 1 / m each by default.

    Returns
    -------
    shape (m,)
        Reject where the adjusted p value is at most alpha.

    Examples
    --------
    >>> print(bonferroni([0.01, 0.02, 0.4]).round(3))
    [0.03 0.06 1.  ]
    """
    values = checked_p(p)
    return shared_out(values, checked_weights(weights, values.size))


def shared_out(p: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p / weight, at most 1; with no share of alpha nothing can be rejected."""
    share = np.where(weights > 0, weights, 1.0)
    return np.where(weights > 0, np.minimum(p / share, 1.0), 1.0)
