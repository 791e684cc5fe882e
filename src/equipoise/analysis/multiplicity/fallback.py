"""Fallback: a fixed order in which each hypothesis keeps a share of alpha of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.graphical import WeightedGraph, graphical, weighted_graph
from equipoise.analysis.multiplicity.p_values import checked_p, checked_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FALLBACK = (
    "Fallback procedure in the order given (Wiens 2003, Pharm Stat 2:211-215): a rejected "
    "hypothesis hands its share to the next; any dependence"
)


def fallback(p: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Adjust p values, shape (m,), in their order of testing; equal shares by default.

    Examples
    --------
    >>> print(fallback([0.01, 0.2, 0.03], [0.5, 0.25, 0.25]).round(3))
    [0.02  0.267 0.12 ]

    References
    ----------
    Wiens (2003), Pharm Stat 2:211-215. As a graph: Bretz et al. (2009), Stat Med 28:586-604.
    """
    values = checked_p(p)
    names = [f"H{k + 1}" for k in range(values.size)]
    return graphical(values, fallback_graph(names, weights))


def fallback_graph(hypotheses: Sequence[str], weights: ArrayLike | None = None) -> WeightedGraph:
    """Make the graph that is the fallback procedure: shares, and an arrow to the next."""
    m = len(hypotheses)
    return weighted_graph(checked_weights(weights, m), np.eye(m, k=1), hypotheses)
