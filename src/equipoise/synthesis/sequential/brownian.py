"""The path of a cumulative Z among those not yet stopped, from look to look.

Z at the share t of the information is N(drift sqrt(t), 1), and Z sqrt(t) has independent steps.
Its density is carried along by Gauss-Legendre panels no wider than the kernels that it meets
(Armitage, McPherson & Rowe 1969, J R Stat Soc A 132:235-244; Jennison & Turnbull 2000, ch. 19).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

REACH = 12.0
"""Farther from its mean no path is followed: 1e-33 of them."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Paths not stopped at a look: `share` of information, `z` (n,) and their `mass` (n,)."""

    share: float
    z: FloatArray
    mass: FloatArray
    drift: float


def first_look(
    share: float, going_on: Sequence[Interval], next_share: float, drift: float
) -> Paths:
    """Return the paths that go on from the first look: those with Z in the intervals."""
    mean = drift * math.sqrt(share)
    width = min(1.0, _kernel(share, next_share))
    z, weight = _grid(going_on, mean, width)
    density = np.exp(-((z - mean) ** 2) / 2) / math.sqrt(2 * math.pi)
    return Paths(share, z, weight * density, drift)


def next_look(paths: Paths, share: float, going_on: Sequence[Interval], next_share: float) -> Paths:
    """Carry paths to the next look and keep those with Z in the intervals."""
    step = math.sqrt(share - paths.share)
    own = step / math.sqrt(share)  # the SD of Z given its last value
    z, weight = _grid(
        going_on, paths.drift * math.sqrt(share), min(1.0, own, _kernel(share, next_share))
    )
    moved = z[:, None] - _mean(paths, share)
    density = np.exp(-((moved / own) ** 2) / 2) @ paths.mass / (own * math.sqrt(2 * math.pi))
    return Paths(share, z, weight * density, paths.drift)


def tail(paths: Paths, share: float, bound: float) -> float:
    """Return the probability that paths are at `bound` or above at the next look."""
    own = math.sqrt((share - paths.share) / share)
    return float(ndtr((_mean(paths, share) - bound) / own) @ paths.mass)


def within(paths: Paths, share: float, low: float, high: float) -> float:
    """Return the probability that paths are between two bounds at the next look."""
    own = math.sqrt((share - paths.share) / share)
    mean = _mean(paths, share)
    return float((ndtr((high - mean) / own) - ndtr((low - mean) / own)) @ paths.mass)


def _mean(paths: Paths, share: float) -> FloatArray:
    """Return the mean of the next Z given the last."""
    grown = paths.drift * (share - paths.share)
    return np.asarray((paths.z * math.sqrt(paths.share) + grown) / math.sqrt(share))


def _kernel(share: float, next_share: float) -> float:
    """Return the SD of the next step on the scale of this look's Z."""
    return math.sqrt((next_share - share) / share) if next_share > share else 1.0


def _grid(
    intervals: Sequence[Interval], mean: float, width: float
) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights over the parts of the intervals within reach."""
    z, weight = [], []
    for bottom, top in intervals:
        low, high = max(bottom, mean - REACH), min(top, mean + REACH)
        if low >= high:
            continue
        edges = np.linspace(low, high, 1 + math.ceil((high - low) / (1.5 * width)))
        half = np.diff(edges)[:, None] / 2
        z.append((edges[:-1, None] + half + half * NODES).ravel())
        weight.append((half * WEIGHTS).ravel())
    if not z:
        return np.empty(0), np.empty(0)
    return np.concatenate(z), np.concatenate(weight)
