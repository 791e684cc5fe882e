"""What each direct comparison contributes to each network estimate: evidence flow along paths.

The row of the hat matrix for "a vs b" is a unit of flow from a to b without cycles; its paths are
streams of evidence, and every comparison on a path of k steps has a k-th of what flows along it.
"""

from __future__ import annotations

from collections import deque
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.network import IntArray, Network

FloatArray = NDArray[np.float64]
Method = Literal["shortest-path", "random-walk"]
NO_FLOW = 1e-11


class Contributions(NamedTuple):
    """Shares of the e direct comparisons (columns) in p network estimates (rows): each sums to 1.

    `pairs` (p, 2) and `edges` (e, 2) are indices of treatments, `hat` (p, e) the signed flows.
    """

    pairs: IntArray
    edges: IntArray
    hat: FloatArray
    share: FloatArray


def contributions(
    network: Network, fit: NetworkFit, method: Method = "shortest-path"
) -> Contributions:
    """Return the contribution matrix.

    Parameters
    ----------
    method
        shortest-path takes streams off the flow, the shortest first (Papakonstantinou et al.
        2018); between streams of one length the order matters a little, and is that in which a
        breadth-first search meets treatments numbered as the flow's edges name them. random-walk
        lets a walker follow the flow, which needs no order (Davies et al. 2022).

    References
    ----------
    König, Krahn & Binder (2013), Stat Med 32:5414-5429. Papakonstantinou et al. (2018),
    F1000Research 7:610. Davies, Papakonstantinou, Nikolakopoulou, Rücker & Galla (2022), Stat Med
    41:2091-2114.
    """
    if method not in ("shortest-path", "random-walk"):
        raise DataError(f"Contributions are by shortest-path or random-walk, not {method!r}.")
    edges, T = network.compared, len(network.treatments)
    pairs = np.stack(np.triu_indices(T, 1), axis=1)
    weight = -fit.laplacian[edges[:, 0], edges[:, 1]]
    L = fit.covariance
    potential = L[pairs[:, 0]] - L[pairs[:, 1]]  # of every treatment, for each pair
    hat = (potential[:, edges[:, 0]] - potential[:, edges[:, 1]]) * weight
    share = np.zeros_like(hat)
    walk = _random_walk if method == "random-walk" else _shortest_paths
    for row, (a, b) in enumerate(pairs):
        share[row] = walk(hat[row], edges, int(a), int(b), T)
    return Contributions(pairs, edges, hat, share)


def _flow(hat: FloatArray, edges: IntArray, T: int) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return the flow between treatments (T, T), and which edge each pair is."""
    forward = hat > 0
    start = np.where(forward, edges[:, 0], edges[:, 1])
    end = np.where(forward, edges[:, 1], edges[:, 0])
    flow = np.zeros((T, T))
    flow[start, end] = np.where(np.abs(hat) > NO_FLOW, np.abs(hat), 0.0)
    which = np.full((T, T), -1)
    which[start, end] = np.arange(len(edges))
    return flow, which


def _random_walk(hat: FloatArray, edges: IntArray, a: int, b: int, T: int) -> FloatArray:
    """Follow all walks at once: chances to be at each treatment after k steps, and to end in l."""
    flow, which = _flow(hat, edges, T)
    out = flow.sum(axis=1)
    step = np.divide(flow, out[:, None], out=np.zeros_like(flow), where=out[:, None] > 0)
    step[b] = 0
    reach = [np.eye(T)[a]]
    left = [np.eye(T)[b]]
    for _ in range(T - 1):
        reach.append(reach[-1] @ step)
        left.append(step @ left[-1])
    before, after = np.array(reach), np.array(left)
    k = np.arange(T)
    length = 1 / (k[:, None] + k + 1)
    passing = np.einsum("ku,kl,lv->uv", before, length, after, optimize=True) * step
    i, j = np.nonzero(passing)
    share = np.zeros(len(edges))
    share[which[i, j]] = passing[i, j]
    return share


def _shortest_paths(hat: FloatArray, edges: IntArray, a: int, b: int, T: int) -> FloatArray:
    flow, which = _flow(hat, edges, T)
    share = np.zeros(len(edges))
    ends = np.where((hat > 0)[:, None], edges, edges[:, ::-1])
    met = list(dict.fromkeys(ends.ravel().tolist()))
    while path := _shortest(flow, a, b, met):
        start, end = np.array(path[:-1]), np.array(path[1:])
        stream = float(flow[start, end].min())
        flow[start, end] -= stream
        flow[flow <= NO_FLOW] = 0
        share[which[start, end]] += stream / (len(path) - 1)
    return share


def _shortest(flow: FloatArray, a: int, b: int, order: list[int]) -> list[int]:
    """Return a path of fewest steps, by the order of treatments where several are as short."""
    came = {a: a}
    waiting = deque([a])
    while waiting:
        at = waiting.popleft()
        if at == b:
            path = [b]
            while path[-1] != a:
                path.append(came[path[-1]])
            return path[::-1]
        row = flow[at].tolist()
        for to in order:
            if row[to] > 0 and to not in came:
                came[to] = at
                waiting.append(to)
    return []
