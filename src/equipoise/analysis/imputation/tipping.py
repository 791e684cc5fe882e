"""Tipping points: how much worse imputed scores must be before the conclusion changes.

Least squares, and so every estimate, is linear in the scores. Two deltas span a plane: what three
trials say (the imputed one, and those of delta 1 in one arm alone) tells estimate and standard
error at every point of it, without a refit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.imputation import pool
from equipoise.analysis.imputation.analyser import Analyser
from equipoise.analysis.imputation.ancova import analyse
from equipoise.analysis.imputation.rows import limits
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.events import Events


@dataclass(frozen=True, slots=True, eq=False)
class DeltaPlane:
    """One contrast as a function of two deltas; every array speaks of (1, delta 1, delta 2).

    Parameters
    ----------
    mean, within, between
        Shapes (3,), (3, 3), (3, 3): the estimate is c mean, its variance within and between
        imputations (or over resamples: between alone) c within c' and c between c'.
    imputations
        Number of imputations; 0 for resampling.
    df
        Of the complete data.
    """

    mean: NDArray[np.float64]
    within: NDArray[np.float64]
    between: NDArray[np.float64]
    imputations: int
    df: float

    def at(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> pool.Pooled:
        """Estimate at deltas of any shape."""
        c = np.stack((np.ones_like(first), first, second), axis=-1)
        estimate = c @ self.mean
        between = ((c @ self.between) * c).sum(axis=-1)
        if not self.imputations:
            return pool.Pooled(estimate, np.sqrt(between), np.full(estimate.shape, np.inf))
        M, within = self.imputations, ((c @ self.within) * c).sum(axis=-1)
        df = pool.barnard_rubin(M, within, between, np.full((1, *within.shape), self.df))
        return pool.Pooled(estimate, np.sqrt(within + (1 + 1 / M) * between), df)


def delta_plane(
    analyser: Analyser,
    events: Events,
    directions: NDArray[np.float64],
    *,
    visit: int,
    arm: int,
) -> DeltaPlane:
    """Analyse a trial as a function of two deltas.

    Parameters
    ----------
    directions : shape (2, n, m)
        What a delta of 1 adds.
    visit, arm
        The contrast: `arm` less arm 0 at `visit`.
    """
    method = analyser.setup.method
    if method.analysis != "ancova":
        raise DataError("A tipping map needs the ANCOVA after imputation: analysis='ancova'.")
    design = analyser.designs[visit]
    n, q = design.rows.shape
    row = len(analyser.setup.grid.arms) + arm - 1
    found: list[NDArray[np.float64]] = []
    rest: list[NDArray[np.float64]] = []
    for scores, weights in analyser.setup.completed(events):
        three = (scores, *(np.broadcast_to(shift, scores.shape) for shift in directions))
        parts = [analyse(each[:, :, [visit]], [design], weights).estimate[:, row] for each in three]
        found.append(np.stack(parts, axis=1))
        if method.random_imputation:
            y = np.stack([each[:, :, visit] for each in three], axis=1)
            y = y - (y @ design.rows) @ design.rows.T
            rest.append(y @ y.swapaxes(1, 2))
    every = np.concatenate(found)
    if method.random_imputation:
        unit = float(np.square(design.arm_rows[arm].mean(0) - design.arm_rows[0].mean(0)).sum())
        within = np.concatenate(rest).mean(axis=0) * unit / (n - q)
        between = pool.bootstrap_covariance(every)
        return DeltaPlane(every.mean(axis=0), within, between, len(every), float(n - q))
    jackknife = method.resampling == "jackknife"
    spread = pool.jackknife_covariance if jackknife else pool.bootstrap_covariance
    return DeltaPlane(every[0], np.zeros((3, 3)), spread(every[1:]), 0, np.inf)


def frontier(
    plane: DeltaPlane, second: NDArray[np.float64], low: float, high: float, level: float
) -> NDArray[np.float64]:
    """Return, for each second delta, the first delta nearest to 0 at which p is 1 - level.

    NaN where p crosses it nowhere between `low` and `high`.
    """
    grid = np.linspace(low, high, 2001)
    excess = _excess(plane, grid[None, :], second[:, None], level)
    crossing = np.signbit(excess[:, 1:]) != np.signbit(excess[:, :-1])
    middle = (grid[1:] + grid[:-1]) / 2
    distance = np.where(crossing, np.abs(middle), np.inf)
    at = distance.argmin(axis=1)
    exists = np.isfinite(distance.min(axis=1))
    a, b = grid[at], grid[at + 1]
    sign = np.signbit(_excess(plane, a, second, level))
    for _ in range(60):  # halve until no digit changes
        half = (a + b) / 2
        same = np.signbit(_excess(plane, half, second, level)) == sign
        a, b = np.where(same, half, a), np.where(same, b, half)
    return np.where(exists, (a + b) / 2, np.nan)


def _excess(
    plane: DeltaPlane, first: NDArray[np.float64], second: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Return how far the interval stays away from 0: negative where it covers it."""
    first, second = np.broadcast_arrays(first, second)
    pooled = plane.at(first, second)
    half, _ = limits(pooled, level)
    return np.abs(pooled.estimate) - half
