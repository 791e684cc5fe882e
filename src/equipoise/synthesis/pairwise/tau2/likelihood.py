"""tau2 of highest (restricted) likelihood: all tops of the curve are looked at, and 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.pairwise.weighted import FloatArray, Weighted, at_tau2, log_det, total

GRID = 24
"""Points where the score is looked at: a top between two of them that rises and falls is missed."""
STEPS = 100
AT_ONCE = 50_000
"""Numbers that are worked on in one call: more of them leave the processor's cache."""


def maximum_likelihood(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the maximum-likelihood tau2 (Hardy & Thompson 1996), shape (...)."""
    return _highest(y, v, x, restricted=False)


def restricted_maximum_likelihood(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the restricted maximum-likelihood tau2 (Raudenbush 2009), shape (...)."""
    return _highest(y, v, x, restricted=True)


def log_likelihood(
    y: FloatArray, v: FloatArray, x: FloatArray, tau2: FloatArray | float, *, restricted: bool
) -> FloatArray:
    """Return the profile log-likelihood at tau2, shape (...).

    The restricted one counts the constant log|X'X| / 2, so that models with the same X compare.
    """
    fit = at_tau2(y, v, x, tau2)
    k, p = x.shape[-2:]
    value: FloatArray = (total(np.log(fit.w)) - fit.ypy) / 2
    if not restricted:
        value -= k / 2 * np.log(2 * np.pi)
        return value
    plain = log_det(np.swapaxes(x, -1, -2) @ x)
    value += (plain - fit.log_determinant - (k - p) * np.log(2 * np.pi)) / 2
    return value


def _score(fit: Weighted, *, restricted: bool) -> FloatArray:
    """Return twice the slope of the log-likelihood in tau2."""
    return fit.yppy - (fit.trace_p if restricted else total(fit.w))


def _slope(fit: Weighted, *, restricted: bool) -> FloatArray:
    return (fit.trace_pp if restricted else total(fit.w**2)) - 2 * fit.ypppy


def _highest(y: FloatArray, v: FloatArray, x: FloatArray, *, restricted: bool) -> FloatArray:
    y, v = np.broadcast_arrays(y, v)
    batch, k = y.shape[:-1], y.shape[-1]
    y, v = y.reshape(-1, k), v.reshape(-1, k)
    x = x if x.ndim == 2 else x.reshape(-1, *x.shape[-2:])
    grid = _grid(y, v)
    scores = _scores(y, v, x, grid, restricted=restricted)
    falls = (scores[:, :-1] > 0) & (scores[:, 1:] <= 0)
    best = np.zeros(len(y))
    best_value = log_likelihood(y, v, x, best, restricted=restricted)
    order = np.cumsum(falls, axis=1)
    for top in range(1, int(order[:, -1].max(initial=0)) + 1):
        rows = np.flatnonzero(order[:, -1] >= top)
        cell = (falls[rows] & (order[rows] == top)).argmax(axis=1)
        own = x if x.ndim == 2 else x[rows]
        low, high = grid[rows, cell], grid[rows, cell + 1]
        tau2 = _root(y[rows], v[rows], own, low, high, restricted=restricted)
        value = log_likelihood(y[rows], v[rows], own, tau2, restricted=restricted)
        higher = value > best_value[rows]
        best[rows[higher]], best_value[rows[higher]] = tau2[higher], value[higher]
    return best.reshape(batch)


def _scores(
    y: FloatArray, v: FloatArray, x: FloatArray, grid: FloatArray, *, restricted: bool
) -> FloatArray:
    """Return the score of each problem at its points, shape (b, GRID)."""
    if y.size * GRID <= AT_ONCE:  # one call instead of 24: what a single fit takes
        wide = x if x.ndim == 2 else x[:, None]
        return _score(at_tau2(y[:, None], v[:, None], wide, grid), restricted=restricted)
    columns = [_score(at_tau2(y, v, x, t), restricted=restricted) for t in grid.T]
    return np.stack(columns, axis=-1)


def _grid(y: FloatArray, v: FloatArray) -> FloatArray:
    """Return 0 and points from far below the variances to where the likelihood only falls."""
    spread = ((y - y.mean(-1, keepdims=True)) ** 2).sum(-1)
    low = np.log(v.min(-1) * 1e-4)
    high = np.log(2 * spread + 2 * v.max(-1))
    steps = np.linspace(0, 1, GRID - 1)
    return np.concatenate(
        [np.zeros((len(y), 1)), np.exp(low[:, None] + (high - low)[:, None] * steps)], axis=1
    )


def _root(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    low: FloatArray,
    high: FloatArray,
    *,
    restricted: bool,
) -> NDArray[np.float64]:
    """Return where the score crosses 0 between low and high: Newton, halving where it leaves."""
    tau2 = (low + high) / 2
    for _ in range(STEPS):
        fit = at_tau2(y, v, x, tau2)
        score = _score(fit, restricted=restricted)
        low, high = np.where(score > 0, tau2, low), np.where(score > 0, high, tau2)
        slope = _slope(fit, restricted=restricted)
        new = tau2 - score / np.where(slope < 0, slope, -1)
        outside = (slope >= 0) | (new <= low) | (new >= high)
        new = np.where(outside, (low + high) / 2, new)
        done = np.abs(new - tau2) <= 4e-16 * tau2
        tau2 = np.where(score == 0, tau2, new)
        if (done | (score == 0) | (high - low <= 4e-16 * high)).all():
            break
    return tau2
