"""Fixed sequence: each hypothesis at full alpha, as long as all before it were rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.graphical import WeightedGraph, weighted_graph
from equipoise.analysis.multiplicity.p_values import checked_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FIXED_SEQUENCE = (
    "Fixed sequence in the order given (Maurer, Hothorn & Lehmacher 1995): each at full alpha "
    "while all before it are rejected; any dependence"
)
ORDER_PLANNED = "The order of the hypotheses was fixed before any data were seen"


def fixed_sequence(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values, shape (m,), in their order of testing: each is the largest so far.

    Examples
    --------
    >>> print(fixed_sequence([0.01, 0.06, 0.02]))
    [0.01 0.06 0.06]
    """
    return np.maximum.accumulate(checked_p(p))


def fixed_sequence_graph(hypotheses: Sequence[str]) -> WeightedGraph:
    """Make the graph that is the fixed sequence: all alpha on the first, arrows to the next."""
    m = len(hypotheses)
    return weighted_graph(np.eye(m)[0], np.eye(m, k=1), hypotheses)
