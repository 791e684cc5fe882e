"""Spatial exponential: correlation exp(-distance / range), each person at times of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.structure import Parameter, Structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class SpatialExponential(Structure):
    """One variance and the range, as SAS's SP(EXP)."""

    slug, name = "sp_exp", "spatial exponential"
    spatial = True

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return variance and range."""
        return (Parameter("variance", "variance"), Parameter("range", "range"))

    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return v exp(-distance / range)."""
        v, scale = _cells(theta)
        return np.asarray(v * np.exp(-_needed(distance) / scale))

    def slopes(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the derivatives in variance and range."""
        v, scale = _cells(theta)
        d = _needed(distance)
        C = np.exp(-d / scale)
        return np.stack((C, v * C * d / scale**2), axis=-3)

    def curvatures(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the second derivatives."""
        v, scale = _cells(theta)
        d = _needed(distance)
        slope = np.exp(-d / scale) * d / scale**2
        own = v * slope * (d / scale - 2) / scale
        first = np.stack((np.zeros_like(slope), slope), axis=-3)
        return np.stack((first, np.stack((slope, own), axis=-3)), axis=-4)

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the mean variance and several ranges."""
        m = moments.shape[-1]
        v = np.trace(moments, axis1=-2, axis2=-1) / m
        apart = _needed(distance)
        typical = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
        ranges = (typical * f for f in (1.0, 4.0, 0.25))
        return [np.stack((v, np.full_like(v, scale)), axis=-1) for scale in ranges]


def _cells(theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return theta[..., 0, None, None], theta[..., 1, None, None]


def _needed(distance: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if distance is None:
        raise TypeError("a spatial structure needs distances")
    return distance
