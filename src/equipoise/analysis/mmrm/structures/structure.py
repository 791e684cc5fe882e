"""What a covariance structure is: parameters in their natural form, Sigma, and its derivatives.

The natural parameters are those of SAS PROC MIXED (variances, covariances, correlations, a
range): the second-order term of Kenward and Roger depends on them. Newton's steps are taken in a
chart in which they are unbounded: log variance, atanh correlation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Kind = Literal["variance", "covariance", "correlation", "range"]


class Parameter(NamedTuple):
    """One covariance parameter: what to call it, and which values it may take."""

    label: str
    kind: Kind


class Structure(ABC):
    """A covariance matrix of m visits as a function of d parameters.

    Arrays have any leading axes (...). `distance` (..., m, m) is needed by spatial structures only.
    """

    slug: str
    name: str
    spatial: bool = False
    linear: bool = False
    """Whether Sigma is linear in the natural parameters: then it has no second derivatives."""
    always_definite: bool = True
    """Whether every point of the chart gives a positive definite Sigma."""

    @abstractmethod
    def parameters(self, visits: Sequence[str]) -> tuple[Parameter, ...]:
        """Return the d parameters of these m visits."""

    @abstractmethod
    def sigma(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return Sigma, shape (..., m, m), at theta, shape (..., d)."""

    @abstractmethod
    def slopes(
        self, theta: NDArray[np.float64], m: int, distance: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return dSigma / dtheta, shape (..., d, m, m)."""

    def curvatures(
        self,
        theta: NDArray[np.float64],
        m: int,
        distance: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Return d2 Sigma / dtheta dtheta, shape (..., d, d, m, m); not called if linear."""
        raise NotImplementedError

    @abstractmethod
    def starts(
        self, moments: NDArray[np.float64], distance: NDArray[np.float64] | None = None
    ) -> list[NDArray[np.float64]]:
        """Return points (..., d) to start from, the best guess first.

        `moments` (..., m, m) is a positive definite estimate of Sigma.
        """

    def kinds(self, m: int) -> tuple[Kind, ...]:
        """Return what each parameter is."""
        return tuple(p.kind for p in self.parameters([str(a) for a in range(m)]))

    def chart(
        self, theta: NDArray[np.float64], kinds: Sequence[Kind]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return first and second derivative of theta in the chart, each (..., d)."""
        first, second = np.ones_like(theta), np.zeros_like(theta)
        for s, kind in enumerate(kinds):
            value = theta[..., s]
            if kind in ("variance", "range"):
                first[..., s] = second[..., s] = value
            elif kind == "correlation":
                first[..., s] = 1 - value**2
                second[..., s] = -2 * value * (1 - value**2)
        return first, second

    def move(
        self, theta: NDArray[np.float64], step: NDArray[np.float64], kinds: Sequence[Kind]
    ) -> NDArray[np.float64]:
        """Return theta after a step (..., d) in the chart."""
        moved = theta + step
        for s, kind in enumerate(kinds):
            if kind in ("variance", "range"):
                moved[..., s] = theta[..., s] * np.exp(np.clip(step[..., s], -4, 4))
            elif kind == "correlation":
                moved[..., s] = np.tanh(np.arctanh(theta[..., s]) + np.clip(step[..., s], -2, 2))
        return moved
