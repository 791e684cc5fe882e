"""Golden numbers of R, and a closed test that tries every intersection."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def golden() -> Callable[[str], pd.Series]:
    """Return R's numbers of one kind by term: multiplicity.R printed them."""
    table = pd.read_csv(GOLDEN / "multiplicity.csv", dtype={"term": str})
    return lambda what: table[table["what"] == what].set_index("term")["value"]


def weights_of(chosen: tuple[int, ...], w: np.ndarray, G: np.ndarray) -> np.ndarray:
    """Return the shares in an intersection, by taking every other hypothesis out of the graph."""
    w, G = w.astype(float).copy(), G.astype(float).copy()
    m = len(w)
    alive = set(range(m))
    for j in sorted(set(range(m)) - set(chosen)):
        alive.discard(j)
        new_w, new_G = w.copy(), np.zeros((m, m))
        for k in alive:
            new_w[k] = w[k] + w[j] * G[j, k]
            for i in alive - {k}:
                if G[k, j] * G[j, k] < 1 - 1e-12:
                    new_G[k, i] = (G[k, i] + G[k, j] * G[j, i]) / (1 - G[k, j] * G[j, k])
        new_w[j] = 0
        w, G = new_w, new_G
    return w


def closed_test(p: np.ndarray, w: np.ndarray, G: np.ndarray) -> np.ndarray:
    """Adjust by weighted Bonferroni of all 2^m - 1 intersections."""
    m, adjusted = len(p), np.zeros(len(p))
    for size in range(1, m + 1):
        for chosen in combinations(range(m), size):
            share = weights_of(chosen, w, G)
            ratios = [p[k] / share[k] if share[k] > 0 else np.inf for k in chosen]
            for k in chosen:
                adjusted[k] = max(adjusted[k], min(1.0, *ratios, 1.0))
    return adjusted
