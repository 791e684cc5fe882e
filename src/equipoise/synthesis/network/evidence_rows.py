"""Direct and indirect evidence, their difference, and contributions, as rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.network.contributions import Method, contributions
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.league import Told, label_of, normal_row, ordered_pairs
from equipoise.synthesis.network.network import Network
from equipoise.synthesis.network.node_split import ALL_DIRECT, all_indirect, node_split

FloatArray = NDArray[np.float64]
SPLIT = "Back-calculation (Dias et al. 2010; König, Krahn & Binder 2013)"
DIRECT = "Inverse-variance pool of the comparison's studies, at the network's tau2"
CONTRIBUTION = {
    "shortest-path": "Streams of evidence, shortest path first (Papakonstantinou et al. 2018)",
    "random-walk": "Random walk on the evidence flow (Davies et al. 2022)",
}


def evidence_rows(
    network: Network, fit: NetworkFit, reference: int, told: Told, suffix: str = ""
) -> Estimates:
    """Return `direct-effect`, `indirect-effect`, `node-split` and `direct-share` rows, both ways.

    Parameters
    ----------
    suffix
        "" for the random-effects model, "-common" for the other.
    """
    split, names = node_split(network, fit), list(ordered_pairs(network, reference))
    at = {pair: m for m, pair in enumerate(zip(split.first, split.second, strict=True))}
    compared = [(i, j, at[min(i, j), max(i, j)]) for i, j in names if (min(i, j), max(i, j)) in at]
    mixed = [one for one in compared if split.share[one[2]] < ALL_DIRECT]
    alone = [label_of(network, i, j) for i, j, m in compared if split.share[m] >= ALL_DIRECT]

    def signed(value: FloatArray, se: FloatArray, i: int, j: int, m: int) -> tuple[float, float]:
        return (float(value[m]) if i < j else -float(value[m])), float(se[m])

    def row(name: str, i: int, j: int, effect: tuple[float, float], method: str) -> Estimate:
        return normal_row(f"{name}{suffix}", label_of(network, i, j), effect, told, method)

    rows = [
        row("node-split", i, j, signed(split.difference, split.se, i, j, m), SPLIT)
        for i, j, m in mixed
    ]
    rows += [
        row("direct-effect", i, j, signed(split.direct, split.direct_se, i, j, m), DIRECT)
        for i, j, m in compared
    ]
    value, se = (part.tolist() for part in all_indirect(network, fit))
    rows += [
        row("indirect-effect", i, j, (value[i][j], se[i][j]), SPLIT)
        for i, j in names
        if math.isfinite(value[i][j])
    ]
    rows += [
        Estimate(f"direct-share{suffix}", label=label_of(network, i, j), method=SPLIT,
                 estimate=float(split.share[m]), unit="share of the network's information")
        for i, j, m in compared
    ]  # fmt: skip
    name = f"node-split{suffix}"
    refused = tuple(Refusal(name, "no indirect evidence", label) for label in alone)
    return Estimates(tuple(rows), refused)


def contribution_rows(
    network: Network, fit: NetworkFit, method: Method = "shortest-path", suffix: str = ""
) -> Estimates:
    """Return a `contribution` row for every pair (label) and direct comparison (arm)."""
    found = contributions(network, fit, method)
    pairs = [label_of(network, i, j) for i, j in found.pairs]
    edges = [label_of(network, i, j) for i, j in found.edges]
    rows = [
        Estimate(f"contribution{suffix}", label=pair, arm=edge, estimate=value,
                 unit="share of the network estimate", method=CONTRIBUTION[method])
        for pair, values in zip(pairs, found.share.tolist(), strict=True)
        for edge, value in zip(edges, values, strict=True)
    ]  # fmt: skip
    return Estimates(tuple(rows))
