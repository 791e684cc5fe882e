"""From rows to moments: one trial's data in units in which nothing cancels.

Scores enter as least-squares residuals in units of their standard deviation, the person facts
centred and made orthogonal, the coefficients in an orthogonal basis of the design. `Problem`
remembers how to come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.linear_model import checked_qr
from equipoise.analysis.mmrm.definite import well_conditioned
from equipoise.analysis.mmrm.moments import Moments, cross_products, parts_of, slots_of
from equipoise.analysis.mmrm.person_facts import person_facts
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One trial, ready for the optimiser: n people, m visits, p coefficients.

    Parameters
    ----------
    moments
        In working units.
    coefficients, basis, scale
        Shapes (p,), (p, p), scalar: a working b is coefficients + basis b scale in the user's
        units, and its covariance basis V basis' scale^2.
    constant
        What the deviance in working units lacks, for REML and for ML.
    person, visit
        Shape (rows,): which person and visit each row is.
    grid, scores, observed
        Shapes (n, m, p), (n, m), (n, m): design (weighted), scores (weighted), 0 where unseen.
    weights
        Shape (n, m): square roots of the weights.
    facts, slot
        Shapes (n, r) and (n,): working facts and slot of each person.
    residuals
        Shape (n, m): working scores.
    """

    moments: Moments
    coefficients: NDArray[np.float64]
    basis: NDArray[np.float64]
    scale: float
    constant_reml: float
    constant_ml: float
    person: NDArray[np.intp]
    visit: NDArray[np.intp]
    grid: NDArray[np.float64]
    scores: NDArray[np.float64]
    observed: NDArray[np.bool_]
    weights: NDArray[np.float64]
    facts: NDArray[np.float64]
    slot: NDArray[np.intp]
    residuals: NDArray[np.float64]


def problem_of(
    response: NDArray[np.float64],
    design: NDArray[np.float64],
    person: NDArray[np.intp],
    visit: NDArray[np.intp],
    *,
    people: int,
    visits: int,
    columns: Sequence[str],
    group: NDArray[np.intp] | None = None,
    weights: NDArray[np.float64] | None = None,
    coordinates: NDArray[np.float64] | None = None,
) -> Problem:
    """Prepare the rows of one trial.

    Parameters
    ----------
    response, design, person, visit : shapes (rows,), (rows, p), (rows,), (rows,)
        Complete rows; person in 0 ... people - 1, visit in 0 ... visits - 1, no pair twice.
    group : shape (people,)
        Which covariance matrix a person has; None: one for all.
    weights : shape (rows,)
        A row of weight w has the variance of its visit divided by w.
    coordinates : shape (rows, k)
        Where a row lies, for spatial structures.

    Raises
    ------
    NotIdentifiedError
        When a column of the design is a combination of others, or nothing varies.
    """
    root_weight = np.ones(len(response)) if weights is None else np.sqrt(weights)
    X, y = design * root_weight[:, None], response * root_weight
    q, r, _ = checked_qr(y, X, columns)
    projected = q.T @ y
    rest = y - q @ projected
    spread = _spread(rest, y)
    basis = np.asarray(np.linalg.inv(r), dtype=np.float64)
    grid, scores = np.zeros((people, visits, X.shape[1])), np.zeros((people, visits))
    residuals, observed = np.zeros((people, visits)), np.zeros((people, visits), dtype=bool)
    grid[person, visit], scores[person, visit] = X, y
    residuals[person, visit], observed[person, visit] = rest / spread, True
    roots = np.ones((people, visits))
    roots[person, visit] = root_weight
    near = nearer_zero(X)
    raw, raw_loading = person_facts(grid @ near, observed)
    facts, back = working_facts(raw)
    loading = back @ raw_loading @ np.linalg.solve(near, basis)
    groups = np.zeros(people, dtype=np.intp) if group is None else group
    if coordinates is None:
        slot, patterns, group_of_slot = slots_of(observed, groups)
        distance = None
    else:
        slot, patterns, group_of_slot, distance = _own_slots(
            observed, groups, person, visit, coordinates
        )
    count, products = cross_products(facts, residuals, slot, len(patterns))
    uu, yu, yy = parts_of(products[None], facts.shape[1])
    moments = Moments(
        people=count[None],
        mask=patterns[None].astype(np.float64),
        group=group_of_slot,
        uu=uu,
        yu=yu,
        yy=yy,
        loading=loading[None],
        distance=distance,
    )
    rows, p = X.shape
    log_weights = 2 * np.log(root_weight).sum()
    log_basis = 2 * np.log(np.abs(np.diagonal(r))).sum()
    return Problem(
        moments=moments,
        coefficients=basis @ projected,
        basis=basis,
        scale=spread,
        constant_reml=(rows - p) * np.log(2 * np.pi * spread**2) + log_basis - log_weights,
        constant_ml=rows * np.log(2 * np.pi * spread**2) - log_weights,
        person=person,
        visit=visit,
        grid=grid,
        scores=scores,
        observed=observed,
        weights=roots,
        facts=facts,
        slot=slot,
        residuals=residuals,
    )


def _spread(rest: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the root mean square of what least squares leaves of y, which must be something."""
    spread = float(np.sqrt(rest @ rest / len(rest)))
    if not spread > 1e-12 * float(np.sqrt(y @ y / len(y))):
        raise NotIdentifiedError(
            "The outcome does not vary beyond what the model explains exactly: there is no "
            "residual variance. Look whether the outcome was copied into a covariate."
        )
    return spread


def nearer_zero(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return T (p, p) with X T free of columns that vary by less than a thousandth of their size.

    Their mean is taken off by way of the intercept, if there is one: else T is the identity. A year
    or a date serial that changes over visits would otherwise cancel in the cross products.
    """
    T = np.eye(X.shape[1])
    ones = np.flatnonzero((X == 1).all(axis=0))
    if ones.size:
        mean, sd = X.mean(axis=0), X.std(axis=0)
        far = (np.abs(mean) > 1e3 * sd) & (sd > 0)
        T[ones[0], far] = -mean[far]
    return T


def working_facts(raw: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centred, orthogonal facts (..., n, r), and `back` with raw = facts @ back.

    Centring needs a fact that is constant; without one the facts are only made orthogonal.
    """
    n, r = raw.shape[-2:]
    shift = np.broadcast_to(np.eye(r), (*raw.shape[:-2], r, r)).copy()
    # a fact that is the same (and not 0) in everybody
    still = (raw == raw[..., :1, :]).all(axis=-2) & (raw[..., 0, :] != 0)
    one = int(np.argmax(still.reshape(-1, r).all(axis=0)))
    if still[..., one].all():
        mean = raw.mean(axis=-2) / raw[..., 0, one, None]
        mean[..., one] = 0
        shift[..., one, :] += mean
        raw = raw - raw[..., :, one, None] * mean[..., None, :]
    size = np.sqrt(np.square(raw).mean(axis=-2))
    size = np.where(size > 0, size, 1.0)
    raw = raw / size[..., None, :]
    gram = raw.swapaxes(-1, -2) @ raw / n
    if well_conditioned(gram.reshape(-1, r, r), 1e-6).all():
        lower = np.linalg.cholesky(gram)
        facts = raw @ np.linalg.inv(lower).swapaxes(-1, -2)
        return facts, lower.swapaxes(-1, -2) * size[..., None, :] @ shift
    identity = np.eye(r)
    return raw, identity * size[..., None, :] @ shift


def _own_slots(
    observed: NDArray[np.bool_],
    group: NDArray[np.intp],
    person: NDArray[np.intp],
    visit: NDArray[np.intp],
    coordinates: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp], NDArray[np.float64]]:
    """Give people seen at the same visits and the same places one slot; return their distances."""
    n, m = observed.shape
    where = np.zeros((n, m, coordinates.shape[1]))
    where[person, visit] = coordinates
    key = np.column_stack((observed, group, where.reshape(n, -1)))
    _, first, slot = np.unique(key, axis=0, return_index=True, return_inverse=True)
    at = where[first]
    apart = np.sqrt(np.square(at[:, :, None] - at[:, None]).sum(axis=-1))
    return slot.reshape(-1), observed[first], group[first], apart[None]
