"""Between-within degrees of freedom: people for what differs between them, rows for the rest.

Schluchter & Elashoff (1990), J Stat Comput Simul 37:69-87; as PROC MIXED's DDFM=BETWITHIN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.problem import Problem


def degrees_of_freedom(problem: Problem, L: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return df of contrasts, shape (k,); `L` (k, p).

    A column that changes within some person is tested within people, any other between them; a
    contrast that touches both kinds has the smaller df. The intercept is counted between, and
    tested within.
    """
    grid, seen = problem.grid / problem.weights[:, :, None], problem.observed[:, :, None]
    low = np.where(seen, grid, np.inf).min(axis=1)
    high = np.where(seen, grid, -np.inf).max(axis=1)
    size = np.abs(high).max(axis=0)
    within = (high - low > 1e-12 * size).any(axis=0)
    intercept = ~within & (np.ptp(high, axis=0) <= 1e-12 * size)
    people, rows = len(grid), int(problem.observed.sum())
    between_df = people - int((~within).sum())
    within_df = rows - people - int(within.sum())
    df = np.where(within | intercept, within_df, between_df)
    return np.array([float(df[row != 0].min()) if (row != 0).any() else np.inf for row in L])
