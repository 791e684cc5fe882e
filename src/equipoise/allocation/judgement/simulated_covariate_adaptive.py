"""Hu-Hu and the D_A-optimal coin for many trials at once."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.d_optimal import DOptimalSpec
    from equipoise.allocation.hu_hu import HuHuSpec

Steps = Generator["NDArray[np.float64]", "NDArray[np.intp]", None]
SPANNED = 1e-8
"""A row this near to the space of the earlier rows counts as in it."""


def hu_hu_steps(spec: HuHuSpec, people: NDArray[np.int8]) -> Steps:
    """Yield everybody's chances, shape (trials, 2); take the arms drawn."""
    trials, n, factors = people.shape
    sizes = [len(factor.levels) for factor in spec.factors]
    weight = np.array([float(Fraction(factor.weight)) for factor in spec.factors])
    overall, stratum = float(Fraction(spec.overall)), float(Fraction(spec.stratum))
    coin = float(Fraction(spec.probability))
    first = np.cumsum([0, *sizes[:-1]])
    trial_lead = np.zeros(trials)
    margins = np.zeros((trials, sum(sizes)))
    cells = np.zeros((trials, int(np.prod(sizes))))
    everyone = np.arange(trials)
    for step in range(n):
        level = people[:, step].astype(np.intp)
        cell = np.ravel_multi_index(tuple(level[:, k] for k in range(factors)), sizes)
        own = margins[everyone[:, None], first + level]
        lead = overall * trial_lead + own @ weight + stratum * cells[everyone, cell]
        lead[np.abs(lead) < 1e-9 * (overall + stratum + weight.sum())] = 0
        one = np.where(lead == 0, 0.5, np.where(lead < 0, coin, 1 - coin))
        arm = yield np.column_stack([1 - one, one])
        side = 2.0 * arm - 1
        trial_lead += side
        margins[everyone[:, None], first + level] += side[:, None]
        cells[everyone, cell] += side


def d_optimal_steps(spec: DOptimalSpec, people: NDArray[np.int8]) -> Steps:
    """Yield everybody's chances, shape (trials, 2); take the arms drawn."""
    trials, n, factors = people.shape
    columns = [np.ones((trials, n, 1))]
    for k in range(factors):
        levels = np.arange(1, len(spec.factors[k].levels))
        columns.append((people[:, :, k, None] == levels).astype(np.float64))
    rows = np.concatenate(columns, axis=2)
    width = rows.shape[2]
    information, signed = np.zeros((trials, width, width)), np.zeros((trials, width))
    for step in range(n):
        f = rows[:, step]
        inverse = np.linalg.pinv(information, hermitian=True)
        solved = np.einsum("tij,tj->ti", inverse, f)
        back = np.einsum("tij,tj->ti", information, solved)
        spanned = np.abs(back - f).max(axis=1) < SPANNED
        v = np.where(spanned, (solved * signed).sum(axis=1), 0.0)
        zero = (1 - v) ** 2 / ((1 - v) ** 2 + (1 + v) ** 2)
        arm = yield np.column_stack([zero, 1 - zero])
        information += f[:, :, None] * f[:, None, :]
        signed += np.where(arm == 0, 1.0, -1.0)[:, None] * f
