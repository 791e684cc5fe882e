"""Direct and indirect evidence, their difference, and contributions, as rows."""

from __future__ import annotations

import numpy as np

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.network.contributions import Method, contributions
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.league import Told, label_of, normal_row, ordered_pairs
from equipoise.synthesis.network.network import Network
from equipoise.synthesis.network.node_split import ALL_DIRECT, all_indirect, node_split

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
    split = node_split(network, fit)
    T = len(network.treatments)
    at = np.full((T, T), -1)
    at[split.first, split.second] = at[split.second, split.first] = np.arange(len(split.first))
    indirect, indirect_se = all_indirect(network, fit)
    rows: dict[str, list[Estimate]] = {w: [] for w in ("direct", "indirect", "split", "share")}
    refused = []
    for i, j in ordered_pairs(network, reference):
        label, m, sign = label_of(network, i, j), at[i, j], 1 if i < j else -1
        if np.isfinite(indirect[i, j]):
            rows["indirect"].append(
                normal_row(
                    f"indirect-effect{suffix}",
                    label,
                    (float(indirect[i, j]), float(indirect_se[i, j])),
                    told,
                    SPLIT,
                )
            )
        if m < 0:
            continue
        direct = sign * float(split.direct[m]), float(split.direct_se[m])
        rows["direct"].append(normal_row(f"direct-effect{suffix}", label, direct, told, DIRECT))
        rows["share"].append(
            Estimate(f"direct-share{suffix}", label=label, estimate=float(split.share[m]),
                     unit="share of the network estimate's information", method=SPLIT)
        )  # fmt: skip
        if split.share[m] >= ALL_DIRECT:
            refused.append(Refusal(f"node-split{suffix}", "no indirect evidence", label))
            continue
        rows["split"].append(
            normal_row(
                f"node-split{suffix}",
                label,
                (sign * float(split.difference[m]), float(split.se[m])),
                told,
                SPLIT,
            )
        )
    every = (*rows["split"], *rows["direct"], *rows["indirect"], *rows["share"])
    return Estimates(every, tuple(refused))


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
