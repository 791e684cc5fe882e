"""Sums over arms in redraws of any procedure, and whole redraws where a statistic wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation import IndependentBlocks
from equipoise.analysis.randomisation_test.block_table import block_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.allocation import Procedure

CHUNK = 8192


def drawn_sums(
    procedure: Procedure,
    values: NDArray[np.float64],
    arms: Sequence[int],
    rng: np.random.Generator,
    draws: int,
) -> NDArray[np.float64]:
    """Draw the sums of each column of `values` (people, d) over each of `arms`.

    Returns
    -------
    shape (arms, d, draws)
    """
    if isinstance(procedure, IndependentBlocks):
        return block_sums(procedure.groups, values, arms, rng, draws)
    out = np.empty((len(arms), values.shape[1], draws))
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        drawn = procedure.redraw(rng, size).T
        for k, arm in enumerate(arms):
            out[k, :, start : start + size] = values.T @ (drawn == arm).astype(np.float64)
    return out


def sums_of(
    arm: NDArray[np.int8], values: NDArray[np.float64], arms: Sequence[int]
) -> NDArray[np.float64]:
    """Return the same sums of one allocation, shape (arms, d)."""
    return np.array([values[arm == k].sum(axis=0) for k in arms])
