"""Hunter-Schmidt: the weighted variance of effects less that expected by chance."""

from __future__ import annotations

import numpy as np

from equipoise.synthesis.pairwise.weighted import FloatArray, at_tau2, total


def hunter_schmidt(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return (Q - k) / sum(1/v), or 0: biased downwards.

    References
    ----------
    Schmidt & Hunter (2015), Methods of Meta-Analysis, 3rd ed. Viechtbauer (2005), J Educ Behav
    Stat 30:261-293.
    """
    fit = at_tau2(y, v, x, np.zeros(y.shape[:-1]))
    tau2: FloatArray = np.maximum((fit.ypy - y.shape[-1]) / total(fit.w), 0.0)
    return tau2


def hunter_schmidt_k(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the same with the weighted variance times k / (k - p).

    References
    ----------
    Brannick, Potter, Benitez & Morris (2019), J Appl Psychol (Hunter-Schmidt with k correction).
    """
    k, p = x.shape[-2:]
    fit = at_tau2(y, v, x, np.zeros(y.shape[:-1]))
    tau2: FloatArray = np.maximum((fit.ypy * k / (k - p) - k) / total(fit.w), 0.0)
    return tau2
