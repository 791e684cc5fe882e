"""Direct against indirect evidence on every comparison, without refitting (back-calculation)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.network import IntArray, Network

FloatArray = NDArray[np.float64]
ALL_DIRECT = 1 - 1e-8
"""Share of direct evidence from which on there is no indirect evidence, but rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The m comparisons that studies make; estimates of `first` less `second`.

    `share` is the direct evidence's share of the network estimate's information; where it is 1 the
    indirect estimate and the difference are NaN.
    """

    first: IntArray
    second: IntArray
    studies: IntArray
    direct: FloatArray
    direct_se: FloatArray
    share: FloatArray
    indirect: FloatArray
    indirect_se: FloatArray

    @property
    def difference(self) -> FloatArray:
        """Direct less indirect, shape (m,)."""
        return self.direct - self.indirect

    @property
    def se(self) -> FloatArray:
        """Of the difference, shape (m,)."""
        return np.hypot(self.direct_se, self.indirect_se)


def node_split(network: Network, fit: NetworkFit) -> Split:
    """Split every comparison with direct evidence.

    Direct estimates pool the studies that make the comparison, at the network's tau2; the
    indirect one is what the network estimate adds: theta = p direct + (1 - p) indirect with p the
    ratio of the network's variance to the direct one.

    References
    ----------
    König, Krahn & Binder (2013), Stat Med 32:5414-5429. Dias, Welton, Caldwell & Ades (2010),
    Stat Med 29:932-944 (back-calculation).
    """
    direct, T = network.direct, len(network.treatments)
    turned = direct.first > direct.second
    first = np.minimum(direct.first, direct.second)
    second = np.maximum(direct.first, direct.second)
    y, w = np.where(turned, -direct.y, direct.y), 1 / (direct.v + fit.tau2)
    pair, where, studies = np.unique(first * T + second, return_inverse=True, return_counts=True)
    weight = np.bincount(where, w)
    i, j = pair // T, pair % T
    estimate, variance = np.bincount(where, w * y) / weight, 1 / weight
    network_variance = fit.variances[i, j]
    share = network_variance / variance
    rest = np.where(share < ALL_DIRECT, 1 - share, np.nan)
    indirect = (fit.differences[i, j] - share * estimate) / rest
    se = np.sqrt(network_variance / rest)
    return Split(i, j, studies, estimate, np.sqrt(variance), share, indirect, se)


def all_indirect(network: Network, fit: NetworkFit) -> tuple[FloatArray, FloatArray]:
    """Return indirect estimates and standard errors of all pairs, NaN where there are none.

    Returns
    -------
    shape (T, T) each
        A pair that no study compares has its network estimate.
    """
    value, se = fit.differences.copy(), fit.se.copy()
    split = node_split(network, fit)
    i, j = split.first, split.second
    value[i, j], value[j, i] = split.indirect, -split.indirect
    se[i, j] = se[j, i] = split.indirect_se
    np.fill_diagonal(value, np.nan)
    np.fill_diagonal(se, np.nan)
    return value, se
