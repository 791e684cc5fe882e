"""Log-likelihoods of events given the linear predictor, with two derivatives.

A kernel takes predictors (k, r, Q) of k studies with r rows each at Q values of the random effects
and returns three arrays of that shape: log f, its first and its second derivative.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

FloatArray = NDArray[np.float64]
Kernel = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]


ROOM = 2_000_000
"""Terms of the hypergeometric law held in memory at once."""


def log_choose(n: FloatArray, x: FloatArray) -> FloatArray:
    """Return the logarithm of n over x."""
    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def binomial(x: FloatArray, n: FloatArray) -> Kernel:
    """Events x of n, (k, r), at the log odds eta; a row with n = 0 counts nothing."""
    constant = log_choose(n, x)[..., None]
    x, n = x[..., None], n[..., None]

    def kernel(eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        share = 1 / (1 + np.exp(-np.abs(eta)))
        p = np.where(eta >= 0, share, 1 - share)
        log_one = np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))
        return constant + x * eta - n * log_one, x - n * p, -n * share * (1 - share)

    return kernel


def poisson(x: FloatArray, time: FloatArray) -> Kernel:
    """Events x in person-time, (k, r), at the log rate eta."""
    constant = (xlogy(x, time) - gammaln(x + 1))[..., None]
    x, time = x[..., None], time[..., None]

    def kernel(eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        mean = time * np.exp(np.minimum(eta, 500))
        return constant + x * eta - mean, x - mean, -mean

    return kernel


def hypergeometric(a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray) -> Kernel:
    """Events of the first arm given both margins, (k,), at the log odds ratio: Fisher's law.

    References
    ----------
    Fisher (1935), J R Stat Soc 98:39-82 (the non-central hypergeometric distribution).
    """
    low, high = np.maximum(0.0, a + c - n2), np.minimum(n1, a + c)
    s = low[:, None] + np.arange(float((high - low).max()) + 1)  # (k, S), padded
    inside = s <= high[:, None]
    s = np.where(inside, s, high[:, None])
    both = (a + c)[:, None]
    weight = log_choose(n1[:, None], s) + log_choose(n2[:, None], both - s)
    weight = np.where(inside, weight, -np.inf)
    s = s - a[:, None]  # counted from the events seen, whose term is then a constant
    seen = log_choose(n1, a) + log_choose(n2, c)

    def block(eta: FloatArray, rows: slice) -> tuple[FloatArray, FloatArray, FloatArray]:
        terms = weight[rows, None, :] + eta[rows, 0, :, None] * s[rows, None, :]
        top = terms.max(axis=2)
        mass = np.exp(terms - top[:, :, None])
        total = mass.sum(axis=2)
        mean = (mass @ s[rows, :, None])[..., 0] / total
        square = (mass @ (s[rows, :, None] ** 2))[..., 0] / total
        return seen[rows, None] - top - np.log(total), -mean, mean**2 - square

    def kernel(eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        out = np.empty((3, *eta.shape))
        step = max(1, ROOM // (eta.shape[2] * s.shape[1]))
        for first in range(0, len(s), step):
            rows = slice(first, first + step)
            out[:, rows, 0] = block(eta, rows)
        return out[0], out[1], out[2]

    return kernel
