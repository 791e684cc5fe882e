"""James' blinding index of a whole trial: how far guesses disagree with the arms.

"Don't know" is an answer: it pulls the index to 1, which is complete blinding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.index_intervals import Index, Interval, wald
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def james_index(
    counts: ArrayLike,
    *,
    interval: Interval = "default",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Index:
    """Estimate James' blinding index of a whole trial with any number of arms K.

    Parameters
    ----------
    counts : shape (K + 1, K)
        Rows: arm guessed, the last "don't know"; columns: arm received.
    interval
        "default": quantiles of 20,000 draws of the index under independent Dirichlet posteriors
        of each arm's answers with Jeffreys' prior (forced guesses: no mass on "don't know"), so
        it stays inside [0, 1]. "wald": estimate +- z se.

    Returns
    -------
    Index
        Unitless, in [0, 1]: 1 all don't know, 0.5 chance, 0 all right. It is one number for the
        trial: opposite biases of two arms cancel in it (Bang's index shows them).

    References
    ----------
    James et al. (1996), Stat Med 15:1421-1434. doi:10.1002/(SICI)1097-0258(19960715)15:13
    """
    table = np.asarray(counts, dtype=np.float64)
    k = table.shape[-1]
    if table.shape != (k + 1, k) or k < 2 or not (table >= 0).all() or not table.any(axis=0).all():
        raise DataError(
            "`counts` needs a row per guess (the last: don't know) and a column per arm, each "
            f">= 0, no arm empty. Got shape {table.shape}: {table.tolist()}."
        )
    n = table.sum()
    estimate = james_value(table / n)
    gradient = james_gradient(table / n)
    p = table / n
    variance = (p * gradient**2).sum() - (p * gradient).sum() ** 2
    se = np.sqrt(np.maximum(variance, 0) / n)
    if interval == "wald":
        return wald(estimate, se, level)
    rng = np.random.default_rng(0) if rng is None else rng
    low, high = np.quantile(_james_posterior(table, rng), [(1 - level) / 2, (1 + level) / 2])
    return Index(estimate, se, np.minimum(low, estimate), np.maximum(high, estimate))


def james_value(shares: FloatArray) -> FloatArray:
    """James' index of cell shares (..., K + 1, K) that sum to 1.

    With Q the share that guessed, a the weighted disagreement (0 right, 1/2 wrong) and b its
    expectation under independence: 1 - Q + a Q^2 / (2 b). Nobody guesses wrong or right by
    chance where b is 0 (all guess one arm that all received): there the index is 1 - Q.
    """
    a, b, q, *_ = _james_parts(shares)
    value: FloatArray = 1 - q + np.divide(a * q**2, 2 * b, out=np.zeros_like(a), where=b > 0)
    return value


def james_gradient(shares: FloatArray) -> FloatArray:
    """Return the derivative of `james_value` by each cell share, shape as the shares."""
    a, b, q, rows, columns, weights = _james_parts(shares)
    gradient = np.zeros_like(shares)
    if b <= 0:
        gradient[:-1] = -1.0
        return gradient
    by_cell = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    gradient[:-1] = -1 + (weights * q**2 + 2 * a * q) / (2 * b) - a * q**2 / (2 * b**2) * by_cell
    return gradient


def _james_parts(shares: FloatArray) -> tuple[FloatArray, ...]:
    guessed = shares[..., :-1, :]
    weights = 0.5 * (1 - np.eye(shares.shape[-1]))
    rows, columns = guessed.sum(axis=-1), guessed.sum(axis=-2)
    a = (guessed * weights).sum(axis=(-2, -1))
    b = np.einsum("...i,ij,...j->...", rows, weights, columns)
    return a, b, columns.sum(axis=-1), rows, columns, weights


def _james_posterior(
    table: FloatArray, rng: np.random.Generator, draws: int = 20_000
) -> FloatArray:
    k = table.shape[1]
    kept = k + bool(table[-1].any())  # forced guesses: "don't know" was no possible answer
    n = table.sum(axis=0)
    shares = np.zeros((draws, k + 1, k))
    for j in range(k):
        shares[:, :kept, j] = rng.dirichlet(table[:kept, j] + 0.5, size=draws) * n[j] / n.sum()
    return james_value(shares)
