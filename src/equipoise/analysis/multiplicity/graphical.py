"""Graphical procedures: alpha lies on hypotheses and flows along arrows when one is rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.p_values import checked_p, checked_weights
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

GRAPHICAL = (
    "Graphical weighted Bonferroni procedure (Bretz, Maurer, Brannath & Posch 2009, Stat Med "
    "28:586-604); any dependence"
)
_ROUNDING = 1e-12  # a loop that hands everything back to itself has nothing left to pass on


@dataclass(frozen=True, slots=True, eq=False)
class WeightedGraph:
    """Shares of alpha (m,), and `transitions` (m, m): which part of j's share goes to k.

    Made by `weighted_graph`, `holm_graph`, `fixed_sequence_graph` or `fallback_graph`.
    """

    hypotheses: tuple[str, ...]
    weights: NDArray[np.float64]
    transitions: NDArray[np.float64]

    def without(self, rejected: int) -> WeightedGraph:
        """Return the graph after a rejection: Algorithm 1 of Bretz et al. 2009.

        The rejected hypothesis stays in its place with no share and no arrow.
        """
        w, G, j = self.weights, self.transitions, rejected
        weights = w + w[j] * G[j]
        loop = G[:, j] * G[j]  # what leaves k for j and comes straight back, by k
        keep = 1 - loop
        passed = G + np.outer(G[:, j], G[j])
        flows = keep[:, None] > _ROUNDING
        transitions = np.where(flows, passed / np.where(flows, keep[:, None], 1.0), 0.0)
        np.fill_diagonal(transitions, 0.0)
        weights[j] = 0.0
        transitions[j], transitions[:, j] = 0.0, 0.0
        return WeightedGraph(self.hypotheses, weights, transitions)


def weighted_graph(
    weights: ArrayLike, transitions: ArrayLike, hypotheses: Sequence[str] | None = None
) -> WeightedGraph:
    """Check and make a graph.

    Parameters
    ----------
    weights : shape (m,)
        Shares of alpha, each >= 0, together at most 1.
    transitions : shape (m, m)
        Row j says how the share of j is divided when j is rejected: each entry from 0 to 1, a
        row's sum at most 1, nothing to itself.
    hypotheses
        Names, each once; H1, H2, ... by default.

    Raises
    ------
    DataError
        Naming the hypothesis whose weight or row is wrong.
    """
    G = np.asarray(transitions, dtype=np.float64)
    m = G.shape[0] if G.ndim else 0
    if G.ndim != 2 or G.shape != (m, m) or not m:
        raise DataError(f"Transitions are a square matrix, a row a hypothesis. Got {G.shape}.")
    names = tuple(hypotheses) if hypotheses is not None else tuple(f"H{k + 1}" for k in range(m))
    if len(names) != m or len(set(names)) != m:
        raise DataError(f"A graph of {m} hypotheses needs {m} different names. Got {list(names)}.")
    w = checked_weights(weights, m)
    for name, row, own in zip(names, G, np.diag(G), strict=True):
        if not ((row >= 0) & (row <= 1 + 1e-9)).all():
            raise DataError(
                f"Arrows carry shares from 0 to 1; those from {name!r} are {row.tolist()}."
            )
        if row.sum() > 1 + 1e-9:
            raise DataError(
                f"Arrows from {name!r} carry {row.sum():g} of its share; at most 1 can leave."
            )
        if own != 0:
            raise DataError(f"{name!r} has an arrow to itself; put 0 on the diagonal.")
    return WeightedGraph(names, w, G.copy())


def holm_graph(hypotheses: Sequence[str]) -> WeightedGraph:
    """Make the graph that is Holm's procedure: equal shares, equal arrows to all others."""
    m = len(hypotheses)
    G = (np.ones((m, m)) - np.eye(m)) / max(m - 1, 1)
    return weighted_graph(np.full(m, 1 / m), G, hypotheses)


def graphical(p: ArrayLike, graph: WeightedGraph) -> NDArray[np.float64]:
    """Adjust p values by a graph: Algorithm 2 of Bretz et al. 2009.

    Parameters
    ----------
    p : shape (m,)
        In the order of the graph's hypotheses.
    graph

    Returns
    -------
    shape (m,)
        Reject where the adjusted p value is at most alpha.

    Examples
    --------
    >>> graph = weighted_graph([0.5, 0.5, 0], [[0, 0, 1], [0, 0, 1], [0, 0, 0]])
    >>> print(graphical([0.01, 0.2, 0.03], graph).round(3))
    [0.02 0.4  0.06]

    References
    ----------
    Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586-604.
    """
    values = checked_p(p)
    if values.size != len(graph.hypotheses):
        raise DataError(f"{len(graph.hypotheses)} hypotheses, but {values.size} p values.")
    adjusted, so_far = np.ones_like(values), 0.0
    open_ = np.full(values.size, True)
    while open_.any():
        share = graph.weights
        can = open_ & (share > 0)
        if not can.any():  # no alpha is left anywhere: the rest cannot be rejected
            break
        ratio = np.where(can, values / np.where(can, share, 1.0), np.inf)
        j = int(np.argmin(ratio))
        so_far = max(so_far, min(float(ratio[j]), 1.0))
        adjusted[j], open_[j] = so_far, False
        graph = graph.without(j)
    return adjusted


def final_weights(p: ArrayLike, graph: WeightedGraph, alpha: float) -> NDArray[np.float64]:
    """Return the shares of alpha once everything that can be rejected has been; 0 if rejected."""
    rejected = graphical(p, graph) <= alpha
    for j in np.flatnonzero(rejected):  # their order does not matter (Bretz et al., Theorem)
        graph = graph.without(int(j))
    return graph.weights
