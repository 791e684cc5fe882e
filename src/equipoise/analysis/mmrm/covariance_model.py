"""A structure, for one or several groups, as the optimiser sees it: theta to Sigma of each slot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.moments import Moments
    from equipoise.analysis.mmrm.structures import Kind, Structure


@dataclass(frozen=True, eq=False)
class CovarianceModel:
    """One structure for `groups` groups of m visits.

    theta (N, groups d) holds the parameters of one group after another's.
    """

    structure: Structure
    visits: int
    groups: int = 1

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """What each of the d parameters of one group is."""
        return self.structure.kinds(self.visits)

    @cached_property
    def per_group(self) -> int:
        """Parameters of one group, d."""
        return len(self.kinds)

    @property
    def size(self) -> int:
        """Parameters of all groups."""
        return self.groups * self.per_group

    def by_group(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the groups an axis: (N, groups, d)."""
        return theta.reshape(len(theta), self.groups, self.per_group)

    def sigma(self, theta: NDArray[np.float64], moments: Moments) -> NDArray[np.float64]:
        """Return Sigma (N, K or 1, m, m)."""
        return self.structure.sigma(self._slots(theta, moments), self.visits, moments.distance)

    def sigmas(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each group's Sigma, shape (N, groups, m, m); not for spatial structures."""
        return self.structure.sigma(self.by_group(theta), self.visits)

    def slopes(self, theta: NDArray[np.float64], moments: Moments) -> NDArray[np.float64]:
        """Return dSigma / dtheta, shape (N or 1, K or 1, groups d, m, m): 0 in other groups."""
        if self.structure.linear and self.groups == 1:  # the same for all trials
            return self.structure.slopes(self.by_group(theta[:1]), self.visits)
        own = self.structure.slopes(self._slots(theta, moments), self.visits, moments.distance)
        if self.groups == 1:
            return own
        N, K, d, m, _ = own.shape
        out = np.zeros((N, K, self.groups, d, m, m))
        out[:, np.arange(K), moments.group] = own
        return out.reshape(N, K, self.groups * d, m, m)

    def curvature(
        self, theta: NDArray[np.float64], moments: Moments, weight: NDArray[np.float64]
    ) -> NDArray[np.float64] | float:
        """Return the sum over slots of <weight, d2 Sigma>, shape (N, groups d, groups d).

        `weight` has shape (N, K, m, m). 0 where Sigma is linear in theta.
        """
        if self.structure.linear:
            return 0.0
        at = self._slots(theta, moments)
        second = self.structure.curvatures(at, self.visits, moments.distance)
        if second.shape[1] == 1:
            weight = weight.sum(axis=1, keepdims=True)
        own = np.einsum("nkstab,nkab->nkst", second, weight, optimize=True)
        N, K, d, _ = own.shape
        out = np.zeros((N, self.groups, d, self.groups, d))
        for g in range(self.groups):
            mine = moments.group == g if self.groups > 1 else np.ones(K, dtype=bool)
            out[:, g, :, g, :] = own[:, mine].sum(axis=1)
        return out.reshape(N, self.size, self.size)

    def second(
        self, theta: NDArray[np.float64], moments: Moments, weight: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Return, by slot, the sum over s, t of weight_st d2 Sigma_st, shape (N, K or 1, m, m).

        `weight` has shape (N, groups d, groups d). None where Sigma is linear in theta.
        """
        if self.structure.linear:
            return None
        at = self._slots(theta, moments)
        curvatures = self.structure.curvatures(at, self.visits, moments.distance)
        d = self.per_group
        blocks = weight.reshape(-1, self.groups, d, self.groups, d)
        each = np.arange(self.groups)
        own = blocks[:, each, :, each, :].swapaxes(0, 1)  # (N, groups, d, d)
        of_slot = own if self.groups == 1 else own[:, moments.group]
        return np.asarray(np.einsum("nkstab,nkst->nkab", curvatures, of_slot, optimize=True))

    def chart(self, theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return first and second derivatives of theta in the chart, each (N, groups d)."""
        first, second = self.structure.chart(self.by_group(theta), self.kinds)
        return first.reshape(theta.shape), second.reshape(theta.shape)

    def move(self, theta: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return theta after a step in the chart."""
        moved = self.structure.move(self.by_group(theta), self.by_group(step), self.kinds)
        return moved.reshape(theta.shape)

    def starts(self, moments: Moments) -> list[NDArray[np.float64]]:
        """Return points to start from, each (N, groups d), the best guess first."""
        found = []
        for g in range(self.groups):
            mine = moments.group == g if self.groups > 1 else slice(None)
            empirical = _empirical(moments, mine)
            found.append(self.structure.starts(empirical, moments.distance))
        return [np.concatenate(points, axis=-1) for points in zip(*found, strict=True)]

    def scaled(
        self, theta: NDArray[np.float64], variance: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return theta for scores whose variance is `variance` (N,) times as large."""
        factor = [k in ("variance", "covariance") for k in self.kinds] * self.groups
        return np.where(factor, theta * variance[:, None], theta)

    def _slots(self, theta: NDArray[np.float64], moments: Moments) -> NDArray[np.float64]:
        by_group = self.by_group(theta)
        return by_group if self.groups == 1 else by_group[:, moments.group]


def _empirical(moments: Moments, mine: NDArray[np.bool_] | slice) -> NDArray[np.float64]:
    """Return pairwise covariances of the scores, made positive definite, shape (N, m, m)."""
    mask = np.broadcast_to(moments.mask, (moments.trials, *moments.mask.shape[1:]))[:, mine]
    people = moments.people[:, mine]
    pairs = np.einsum("nk,nka,nkb->nab", people, mask, mask, optimize=True)
    total = moments.yy[:, mine].sum(axis=1)
    S = np.where(pairs > 0, total / np.maximum(pairs, 1), 0.0)
    v = np.maximum(np.diagonal(S, axis1=1, axis2=2), 1e-8)
    root = np.sqrt(v)
    C = S / (root[:, :, None] * root[:, None, :])
    values, vectors = np.linalg.eigh(C)
    if (values < 0.02).any():
        values = np.maximum(values, 0.05)
        C = (vectors * values[:, None, :]) @ vectors.swapaxes(1, 2)
        again = np.sqrt(np.diagonal(C, axis1=1, axis2=2))
        C = C / (again[:, :, None] * again[:, None, :])
    return np.asarray(C * root[:, :, None] * root[:, None, :])
