"""Holm: Bonferroni stepped down; never rejects less, and needs no assumption either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.p_values import checked_p, checked_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HOLM = "Step-down Bonferroni (Holm 1979, Scand J Stat 6:65-70); any dependence"


def holm(p: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Adjust p values by Holm's step-down procedure, weighted or not.

    Parameters
    ----------
    p : shape (m,)
    weights : shape (m,), optional
        Shares of alpha that sum to at most 1; equal by default. Those not yet rejected divide
        the whole of alpha by their weights.

    Examples
    --------
    >>> print(holm([0.01, 0.02, 0.4]).round(3))
    [0.03 0.04 0.4 ]

    References
    ----------
    Holm (1979), Scand J Stat 6:65-70.
    """
    values = checked_p(p)
    w = checked_weights(weights, values.size)
    ratio = np.where(w > 0, values / np.where(w > 0, w, 1.0), np.inf)
    order = np.argsort(ratio, kind="stable")
    left = np.cumsum(w[order][::-1])[::-1]  # summed weight of those not yet rejected
    open_ = w[order] > 0
    stepped = np.where(open_, np.where(open_, ratio[order], 0.0) * left, 1.0)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted
