"""Minimisation of many trials at once: in NumPy, or compiled with the extra `fast`."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.exact import whole_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.minimisation_spec import MinimisationSpec

MEASURES = ("range", "variance", "sd")
TIE = 1e-9
"""Relative; range and variance are whole numbers, and tie exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class MinimisationTables:
    """A minimisation in whole numbers, for loops over arrays.

    `first` (factors,) numbers the levels of all factors through; `unit` (shares,) is what a
    person adds to the count of each share, so that equal counts are even; `parts` (shares,) the
    ratio in which arms that tie are favoured; `favoured` (shares, shares) the chances of all
    shares once that of the row is favoured.
    """

    first: NDArray[np.int64]
    levels: int
    weight: NDArray[np.float64]
    unit: NDArray[np.float64]
    parts: NDArray[np.float64]
    favoured: NDArray[np.float64]
    measure: int


def minimisation_tables(spec: MinimisationSpec) -> MinimisationTables:
    """Return the whole numbers of a spec."""
    sizes = [len(factor.levels) for factor in spec.factors]
    total = sum(Fraction(factor.weight) for factor in spec.factors)
    weights = whole_parts(tuple(Fraction(factor.weight) / total for factor in spec.factors))
    shares = len(spec.shares)
    parts = spec.ratio if shares == len(spec.arms) else (1,) * shares
    common = lcm(*parts)
    low = (1 - Fraction(spec.probability)) / (sum(parts) - min(parts))
    favoured = np.empty((shares, shares))
    for best in range(shares):
        favoured[best] = [float(low * part) for part in parts]
        favoured[best, best] = float(1 - low * (sum(parts) - parts[best]))
    return MinimisationTables(
        first=np.cumsum([0, *sizes[:-1]]).astype(np.int64),
        levels=sum(sizes),
        weight=np.array(weights, dtype=np.float64),
        unit=np.array([common // part for part in parts], dtype=np.float64),
        parts=np.array(parts, dtype=np.float64),
        favoured=favoured,
        measure=MEASURES.index(spec.measure),
    )


def minimisation_steps(
    spec: MinimisationSpec, people: NDArray[np.int8]
) -> Generator[NDArray[np.float64], NDArray[np.intp], None]:
    """Yield everybody's chances of the shares, shape (trials, shares); take what was drawn."""
    tables = minimisation_tables(spec)
    trials, n, _ = people.shape
    counts = np.zeros((trials, tables.levels, len(tables.unit)))
    everyone = np.arange(trials)
    for step in range(n):
        level = people[:, step].astype(np.int64) + tables.first
        now = counts[everyone[:, None], level]
        imbalance = np.stack(
            [_imbalance(now, share, tables) for share in range(len(tables.unit))], axis=1
        )
        least = imbalance.min(axis=1, keepdims=True)
        best = (imbalance <= least + TIE * (1 + least)) * tables.parts
        share = yield best / best.sum(axis=1, keepdims=True) @ tables.favoured
        counts[everyone[:, None], level, share[:, None]] += tables.unit[share][:, None]


def _imbalance(
    now: NDArray[np.float64], share: int, tables: MinimisationTables
) -> NDArray[np.float64]:
    """Return the imbalance that a share would leave; counts (trials, factors, shares)."""
    after = now.copy()
    after[:, :, share] += tables.unit[share]
    k = after.shape[2]
    if tables.measure == 0:
        spread = after.max(axis=2) - after.min(axis=2)
    else:
        spread = k * (after**2).sum(axis=2) - after.sum(axis=2) ** 2
        if tables.measure == 2:
            spread = np.sqrt(spread)
    return np.asarray(spread @ tables.weight)


def minimised(
    spec: MinimisationSpec, people: NDArray[np.int8], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Return the arm of everyone in every trial, shape (trials, n).

    Compiled where Numba (the extra `fast`) is installed; the same chances either way, though not
    the same draws.
    """
    if find_spec("numba") is None:
        from equipoise.allocation.judgement.simulated import simulated_arms  # noqa: PLC0415

        return simulated_arms(spec, people, rng)
    from equipoise.allocation.judgement.minimisation_fast import minimise  # noqa: PLC0415

    tables = minimisation_tables(spec)
    share = minimise(people, rng.random(people.shape[:2]), tables)
    return np.asarray(np.array(spec.shares, dtype=np.int8)[share])
