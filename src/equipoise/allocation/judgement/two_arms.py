"""Exact properties of two-arm procedures whose chances follow from the number in each arm.

One recursion over (step, number in arm 1) gives them all; n = 200 takes milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.judgement.properties import Properties

if TYPE_CHECKING:
    from numpy.typing import NDArray

TINY = 1e-9
"""Whole people differ by more, and rounding of ratios by less."""


def two_arm_properties(chance: NDArray[np.float64], target: float) -> Properties:
    """Return the exact properties of a table of chances.

    Parameters
    ----------
    chance : shape (n, n + 1)
        Of arm 1, by step and number of people already in arm 1.
    target
        Arm 1's share by the ratio.

    References
    ----------
    Berger, Ivanova & Knoll (2003), Stat Med 22:3017-3028 (convergence strategy: Blackwell &
    Hodges 1957, Ann Math Stat 28:449-460). Loss: Atkinson (2014), Stat Sci 29:144-163.

    Examples
    --------
    >>> complete = two_arm_properties(np.full((100, 101), 0.5), 0.5)
    >>> round(complete.guess, 12), round(complete.loss, 12), round(complete.imbalance, 2)
    (0.5, 1.0, 7.96)
    """
    n = len(chance)
    ones = np.arange(n + 1)
    here = np.zeros(n + 1)
    here[0] = 1.0
    reached = here > 0
    guess = best = certain = worst = 0.0
    for step in range(n):
        one = chance[step]
        behind = step * target - ones  # above 0: arm 1 is behind its share
        tied = target * one + (1 - target) * (1 - one)
        named = np.where(behind > TINY, one, np.where(behind < -TINY, 1 - one, tied))
        likelier = np.maximum(one, 1 - one)
        guess += float(here @ named)
        best += float(here @ likelier)
        certain += float(here @ (likelier >= 1))
        up, here = here * one, here * (1 - one)
        here[1:] += up[:-1]
        onward = reached & (one > 0)
        reached = reached & (one < 1)
        reached[1:] |= onward[:-1]
        worst = max(worst, 2 * float(np.abs(ones - (step + 1) * target)[reached].max()))
    distance = np.abs(ones - n * target)
    return Properties(
        n=n,
        guess=guess / n,
        best_guess=best / n,
        certain=certain / n,
        imbalance=float(here @ (2 * distance)),
        loss=float(here @ distance**2) / (n * target * (1 - target)),
        worst=round(worst, 9),
        final=_distribution(2 * distance, here),
        how="exact",
    )


def _distribution(
    imbalance: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[float, float]:
    values, where = np.unique(np.round(imbalance, 9), return_inverse=True)
    chance = np.bincount(where, weights=weight)
    return {float(v): float(p) for v, p in zip(values, chance, strict=True) if p > 0}


def expected_largest_imbalance(chance: NDArray[np.float64], target: float) -> float:
    """Return the expected largest imbalance at any time, exactly.

    P(largest <= m) is what is left of the walk once everything beyond m is taken out.

    Examples
    --------
    >>> round(expected_largest_imbalance(np.full((2, 3), 0.5), 0.5), 12)
    1.5
    """
    n = len(chance)
    ones = np.arange(n + 1)
    every = 2 * np.abs(ones[None, :] - np.arange(1, n + 1)[:, None] * target)
    every = np.round(np.where(ones[None, :] <= np.arange(1, n + 1)[:, None], every, 0), 9)
    bounds = np.unique(every)
    here = np.zeros((len(bounds), n + 1))
    here[:, 0] = 1.0
    for step in range(n):
        one = chance[step]
        up = here[:, :-1] * one[:-1]
        here *= 1 - one
        here[:, 1:] += up
        here[every[step][None, :] > bounds[:, None]] = 0
    within = here.sum(axis=1)
    return float(bounds @ np.diff(within, prepend=0.0))
