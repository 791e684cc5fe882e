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
    studies = []
    for x, one, y, two in zip(a, n1, c, n2, strict=True):
        s = np.arange(max(0.0, x + y - two), min(one, x + y) + 1)
        studies.append((x, s - x, log_choose(one, s) + log_choose(two, x + y - s)))

    def kernel(eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        out = np.empty((3, *eta.shape))
        for i, (_, s, weight) in enumerate(studies):
            terms = weight + eta[i, 0][:, None] * s
            top = terms.max(axis=1, keepdims=True)
            mass = np.exp(terms - top)
            total = mass.sum(axis=1)
            mean = mass @ s / total
            out[0, i, 0] = weight[s == 0][0] - top[:, 0] - np.log(total)
            out[1, i, 0] = -mean  # s is counted from the events seen
            out[2, i, 0] = -(mass @ s**2 / total - mean**2)
        return out[0], out[1], out[2]

    return kernel
