"""Many trials' data as moments in working units: what `problem` does for one trial, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm.definite import well_conditioned
from equipoise.analysis.mmrm.moments import Moments, parts_of
from equipoise.analysis.mmrm.problem import working_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.covariance_model import CovarianceModel

RANK = 1e-12
"""Smallest eigenvalue of the design's normalised cross products that still counts as full rank."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """N trials: `moments`, and how to come back to the user's units, as in `Problem`.

    `status` (N,) is 0, or 1 where the design is rank-deficient, 2 where pairs of visits lack data.
    """

    moments: Moments
    coefficients: NDArray[np.float64]
    basis: NDArray[np.float64]
    scale: NDArray[np.float64]
    constant_reml: NDArray[np.float64]
    constant_ml: NDArray[np.float64]
    status: NDArray[np.intp]


def stacked(
    outcomes: NDArray[np.float64],
    facts: NDArray[np.float64],
    design: NDArray[np.float64],
    model: CovarianceModel,
) -> Stack:
    """Prepare trials: outcomes (N, n, m) with NaN, facts (N or 1, n, r), design (m, r, p)."""
    observed = ~np.isnan(outcomes)
    seen = observed.astype(np.float64)
    y = np.where(observed, outcomes, 0.0)
    u, back = working_facts(facts)
    loading = back[:, None] @ design  # (N or 1, m, r, p)
    N, n, m = y.shape
    r, p = loading.shape[2:]
    outer = (u[..., :, None] * u[..., None, :]).reshape(-1, n, r * r)
    per_visit = (seen.swapaxes(1, 2) @ outer).reshape(N, m, r, r)
    gram = (loading.swapaxes(2, 3) @ per_visit @ loading).sum(axis=1)
    right = (loading.swapaxes(2, 3) @ (y.swapaxes(1, 2) @ u)[..., None]).sum(axis=1)
    status = np.zeros(N, dtype=np.intp)
    size = np.sqrt(np.maximum(np.diagonal(gram, axis1=1, axis2=2), 1e-300))
    unit = gram / (size[:, :, None] * size[:, None, :])
    deficient = ~well_conditioned(unit, RANK)
    status[deficient] = 1
    unit[deficient] = np.eye(p)
    lower = np.linalg.cholesky(unit)
    basis = np.linalg.inv(lower).swapaxes(1, 2) / size[:, :, None]
    coefficients = basis @ (basis.swapaxes(1, 2) @ right)
    gamma = (loading @ coefficients[:, None])[..., 0]  # (N, m, r)
    rest = np.where(observed, y - u @ gamma.swapaxes(1, 2), 0.0)
    rows = seen.sum(axis=(1, 2))
    spread = np.sqrt(np.square(rest).sum(axis=(1, 2)) / rows)
    spread = np.where(spread > 0, spread, 1.0)
    status[(status == 0) & _unseen(seen, model)] = 2
    moments = _moments(u, rest / spread[:, None, None], observed, loading @ basis[:, None])
    log_basis = 2 * np.log(size * np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    variance = np.log(2 * np.pi * spread**2)
    return Stack(
        moments=moments,
        coefficients=coefficients[..., 0],
        basis=basis,
        scale=spread,
        constant_reml=(rows - p) * variance + log_basis,
        constant_ml=rows * variance,
        status=status,
    )


def _unseen(seen: NDArray[np.float64], model: CovarianceModel) -> NDArray[np.bool_]:
    """Whether some variance, or covariance of an unstructured matrix, has fewer than 2 people."""
    pairs = seen.swapaxes(1, 2) @ seen
    if model.structure.slug != "us":
        pairs = np.diagonal(pairs, axis1=1, axis2=2)[..., None]
    return np.asarray((pairs < 2).any(axis=(1, 2)))


def _moments(
    u: NDArray[np.float64],
    scores: NDArray[np.float64],
    observed: NDArray[np.bool_],
    loading: NDArray[np.float64],
) -> Moments:
    """Sum cross products by trial and pattern; each trial has slots for its own patterns."""
    N, n, m = scores.shape
    r = u.shape[2]
    width = r + m
    bits = observed @ (1 << np.arange(m, dtype=np.int64))
    order = np.argsort(bits, axis=1, kind="stable")
    ordered = np.take_along_axis(bits, order, axis=1)
    fresh = np.ones((N, n), dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    fresh &= ordered > 0  # people without any score say nothing
    slots = int(fresh.sum(axis=1).max(initial=1))
    table = np.concatenate((np.broadcast_to(u, (N, n, r)), scores), axis=2)
    table = np.take_along_axis(table, order[:, :, None], axis=1)
    products = np.zeros((N, slots, width, width))
    people, mask = np.zeros((N, slots)), np.zeros((N, slots, m))
    trial, row = np.nonzero(fresh)
    last = np.append(row[1:], n)
    last[np.append(trial[1:] != trial[:-1], True)] = n
    slot = np.arange(len(trial)) - np.searchsorted(trial, trial)
    people[trial, slot] = last - row
    pattern = ordered[trial, row]
    mask[trial, slot] = (pattern[:, None] >> np.arange(m)) & 1
    places = zip(trial.tolist(), slot.tolist(), row.tolist(), last.tolist(), strict=True)
    for t, k, first, end in places:
        rows = table[t, first:end]
        np.matmul(rows.T, rows, out=products[t, k])
    group = np.zeros(slots, dtype=np.intp)
    return Moments(people, mask, group, *parts_of(products, r), loading)
