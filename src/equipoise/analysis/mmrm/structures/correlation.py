"""Structures made of variances and a correlation matrix: one variance, or one for each visit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.structures.structure import Parameter, Structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Correlation(ABC):
    """A correlation matrix C of m visits as a function of q parameters, leading axes any."""

    @abstractmethod
    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return what each parameter is called."""

    @abstractmethod
    def matrix(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return C, shape (..., m, m)."""

    @abstractmethod
    def slopes(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return dC / drho, shape (..., q, m, m)."""

    @abstractmethod
    def curvatures(self, rho: NDArray[np.float64], m: int) -> NDArray[np.float64]:
        """Return the second derivatives, shape (..., q, q, m, m)."""

    @abstractmethod
    def start(self, C: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return rho (..., q) near an empirical correlation matrix."""


class Heterogeneous(Structure):
    """One variance for each visit: Sigma_ab = sqrt(v_a v_b) C_ab."""

    correlation: Correlation

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return m variances, then the correlations."""
        own = (Parameter(f"variance {visit}", "variance") for visit in visits)
        rest = (Parameter(label, "correlation") for label in self.correlation.labels(visits))
        return (*own, *rest)

    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return sqrt(v_a v_b) C_ab."""
        return _outer_root(theta[..., :m]) * self.correlation.matrix(theta[..., m:], m)

    def slopes(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the derivatives in v, then in rho."""
        v, rho = theta[..., :m], theta[..., m:]
        outer = _outer_root(v)[..., None, :, :]
        in_v = _relative(v) * self.sigma(theta, m)[..., None, :, :]
        return np.concatenate((in_v, outer * self.correlation.slopes(rho, m)), axis=-3)

    def curvatures(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the second derivatives: Sigma is a product of powers of v, times C."""
        v, rho = theta[..., :m], theta[..., m:]
        outer, M = _outer_root(v), _relative(v)
        d = theta.shape[-1]
        out = np.zeros((*theta.shape, d, m, m))
        own = M[..., :, None, :, :] * M[..., None, :, :, :]
        each = np.arange(m)
        own[..., each, each, :, :] -= M / v[..., :, None, None]
        out[..., :m, :m, :, :] = own * self.sigma(theta, m)[..., None, None, :, :]
        slopes = outer[..., None, :, :] * self.correlation.slopes(rho, m)
        mixed = M[..., :, None, :, :] * slopes[..., None, :, :, :]
        out[..., :m, m:, :, :] = mixed
        out[..., m:, :m, :, :] = np.swapaxes(mixed, -4, -3)
        out[..., m:, m:, :, :] = outer[..., None, None, :, :] * self.correlation.curvatures(rho, m)
        return out

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the empirical variances and correlations, and at weak correlations."""
        v, C = _variances_and_correlations(moments)
        rho = self.correlation.start(C)
        return [np.concatenate((v, value), axis=-1) for value in (rho, 0.3 * rho + 0.05)]


class Homogeneous(Structure):
    """One variance: Sigma = v C."""

    correlation: Correlation

    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return the variance, then the correlations."""
        rest = (Parameter(label, "correlation") for label in self.correlation.labels(visits))
        return (Parameter("variance", "variance"), *rest)

    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return v C."""
        return theta[..., :1, None] * self.correlation.matrix(theta[..., 1:], m)

    def slopes(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return C, then v dC / drho."""
        v, rho = theta[..., :1, None, None], theta[..., 1:]
        in_v = self.correlation.matrix(rho, m)[..., None, :, :]
        return np.concatenate((in_v, v * self.correlation.slopes(rho, m)), axis=-3)

    def curvatures(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the second derivatives; that in v alone is 0."""
        v, rho = theta[..., :1, None, None, None], theta[..., 1:]
        out = np.zeros((*theta.shape, theta.shape[-1], m, m))
        out[..., 0, 1:, :, :] = out[..., 1:, 0, :, :] = self.correlation.slopes(rho, m)
        out[..., 1:, 1:, :, :] = v * self.correlation.curvatures(rho, m)
        return out

    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Start at the mean variance with the empirical correlations, and at weak ones."""
        v, C = _variances_and_correlations(moments)
        rho = self.correlation.start(C)
        mean = v.mean(axis=-1, keepdims=True)
        return [np.concatenate((mean, value), axis=-1) for value in (rho, 0.3 * rho + 0.05)]


def _outer_root(v: NDArray[np.float64]) -> NDArray[np.float64]:
    root = np.sqrt(v)
    return root[..., :, None] * root[..., None, :]


def _relative(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return M (..., m, m, m) with dSigma / dv_a = M_a * Sigma elementwise."""
    m = v.shape[-1]
    here = np.eye(m)
    touched = here[:, :, None] + here[:, None, :]
    return touched / (2 * v[..., :, None, None])


def _variances_and_correlations(
    moments: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    v = np.diagonal(moments, axis1=-2, axis2=-1).copy()
    return v, moments / _outer_root(v)
