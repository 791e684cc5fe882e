"""Each study with an effect of its own: what a pooled model is tested against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.sparse.glmm_fit import fit_events
from equipoise.synthesis.sparse.kernels import binomial, hypergeometric, poisson
from equipoise.synthesis.sparse.mixed_likelihood import MixedModel
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StudyEstimates:
    """The highest log-likelihood with k free effects, those effects and their information.

    An effect at infinity (an empty cell) has information 0: it weighs nothing in Wald's test, which
    is why the likelihood ratio is the better one where events are few.
    """

    log_likelihood: float
    effects: FloatArray
    information: FloatArray

    def wald(self, X: FloatArray) -> float | None:
        """Return the weighted sum of squares of the effects about their best linear fit."""
        W = self.information
        finite = np.diag(W) > 0
        if finite.sum() <= X.shape[1]:
            return None
        W, X, y = W[np.ix_(finite, finite)], X[finite], self.effects[finite]
        cross = X.T @ W @ X
        if np.linalg.matrix_rank(cross) < len(cross):
            return None
        residual = y - X @ np.linalg.solve(cross, X.T @ W @ y)
        return float(residual @ W @ residual)


def _from_variances(value: float, y: FloatArray, v: FloatArray) -> StudyEstimates:
    finite = np.isfinite(y) & np.isfinite(v)
    return StudyEstimates(
        value, np.where(finite, y, 0.0), np.diag(np.where(finite, 1 / np.where(finite, v, 1), 0.0))
    )


def _at_odds(x: FloatArray, n: FloatArray) -> float:
    """Return the binomial log-likelihood at the observed shares, empty cells at their limit."""
    inside = (x > 0) & (x < n)
    if not inside.any():
        return 0.0
    x, n = x[inside], n[inside]
    return float(binomial(x[:, None], n[:, None])(np.log(x / (n - x))[:, None, None])[0].sum())


def _at_rates(x: FloatArray, time: FloatArray) -> float:
    inside = x > 0
    x, time = x[inside], time[inside]
    return float(poisson(x[:, None], time[:, None])(np.log(x / time)[:, None, None])[0].sum())


def table_cells(t: TwoByTwo | PersonTime) -> StudyEstimates:
    """Return both arms of each study at their own share or rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(t, TwoByTwo):
            value = _at_odds(t.a, t.n1) + _at_odds(t.c, t.n2)
            y = np.log(t.a * t.d) - np.log(t.b * t.c)
            return _from_variances(value, y, 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)
        value = _at_rates(t.a, t.t1) + _at_rates(t.c, t.t2)
        return _from_variances(value, np.log(t.a / t.t1) - np.log(t.c / t.t2), 1 / t.a + 1 / t.c)


def rates_given_events(t: TwoByTwo | PersonTime) -> StudyEstimates:
    """Return the binomial of the first arm's events given all events."""
    shift = np.log(t.n1 / t.n2) if isinstance(t, TwoByTwo) else np.log(t.t1 / t.t2)
    with np.errstate(divide="ignore", invalid="ignore"):
        y, v = np.log(t.a) - np.log(t.c) - shift, 1 / t.a + 1 / t.c
    return _from_variances(_at_odds(t.a, t.a + t.c), y, v)


def conditional_tables(t: TwoByTwo) -> StudyEstimates:
    """Return the conditional maximum likelihood of each study's log odds ratio."""
    low, high = np.maximum(0, t.a + t.c - t.n2), np.minimum(t.n1, t.a + t.c)
    inside = (t.a > low) & (t.a < high)
    effects, information = np.zeros(len(t)), np.zeros((len(t), len(t)))
    if not inside.any():
        return StudyEstimates(0.0, effects, information)
    own = t.take(inside)
    kernel = hypergeometric(own.a, own.n1, own.c, own.n2)
    half = own.with_added(0.5, "all")  # a start near by, whatever cells are empty
    theta = np.log(half.a * half.d / (half.b * half.c))
    for _ in range(200):
        value, first, second = (x[:, 0, 0] for x in kernel(theta[:, None, None]))
        step = np.clip(-first / second, -2, 2)  # concave in theta: short steps arrive
        theta = theta + step
        if np.abs(step).max() < 1e-12:
            break
    effects[inside] = theta
    information[np.ix_(inside, inside)] = np.diag(-second)
    return StudyEstimates(float(value.sum()), effects, information)


def logits(events: FloatArray, total: FloatArray) -> StudyEstimates:
    """Return the log odds of single arms."""
    rest = total - events
    with np.errstate(divide="ignore", invalid="ignore"):
        y, v = np.log(events) - np.log(rest), 1 / events + 1 / rest
    return _from_variances(_at_odds(events, total), y, v)


def log_rates(events: FloatArray, time: FloatArray) -> StudyEstimates:
    """Return the log rates of single arms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        y, v = np.log(events / time), 1 / events
    return _from_variances(_at_rates(events, time), y, v)


def with_random_studies(t: TwoByTwo | PersonTime) -> StudyEstimates:
    """Return free effects beside normal levels of the studies (UM.RS).

    A first arm with no event, or nothing else, is fitted perfectly by an infinite effect: its row
    is taken out, which leaves the likelihood at that limit.
    """
    if isinstance(t, TwoByTwo):
        free = (t.a > 0) & (t.a < t.n1)
        first = np.where(free, t.n1, 0.0)
        kernel = binomial(
            np.stack([np.where(free, t.a, 0.0), t.c], axis=1), np.stack([first, t.n2], axis=1)
        )
    else:
        free = t.a > 0
        kernel = poisson(
            np.stack([np.where(free, t.a, 0.0), t.c], axis=1),
            np.stack([np.where(free, t.t1, 0.0), t.t2], axis=1),
        )
    k = len(t)
    own = np.flatnonzero(free)
    place = np.zeros(k, dtype=np.intp)
    place[own] = 1 + np.arange(len(own))
    D = np.ones((k, 2, 2))
    D[:, 0, 1] = free
    D[:, 1, 1] = 0.0
    index = np.stack([np.zeros(k, dtype=np.intp), place], axis=1)
    model = MixedModel(kernel, np.zeros((k, 2)), D, index, np.ones((k, 2, 1)), ((0, 0),))
    fit = fit_events(model)
    effects, information = np.zeros(k), np.zeros((k, k))
    effects[own] = fit.coefficients[1:]
    information[np.ix_(own, own)] = np.linalg.inv(fit.covariance[1:, 1:])
    return StudyEstimates(fit.log_likelihood, effects, information)
