"""tau2 by the method of moments with fixed weights: DerSimonian-Laird, Hedges, Sidik-Jonkman."""

from __future__ import annotations

import numpy as np

from equipoise.synthesis.pairwise.tau2.generalised_q import method_of_moments
from equipoise.synthesis.pairwise.weighted import FloatArray, at_tau2


def dersimonian_laird(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the estimate with inverse-variance weights, or 0.

    References
    ----------
    DerSimonian & Laird (1986), Control Clin Trials 7:177-188.
    """
    return method_of_moments(y, v, x, 1 / v)


def hedges(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the estimate with equal weights, or 0.

    References
    ----------
    Hedges & Olkin (1985), Statistical Methods for Meta-Analysis.
    """
    return method_of_moments(y, v, x, np.ones_like(v))


def sidik_jonkman(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:
    """Return the estimate that starts from the crude variance of effects; always above 0.

    References
    ----------
    Sidik & Jonkman (2005), Appl Stat 54:367-384.
    """
    k, p = x.shape[-2:]
    start: FloatArray = np.asarray(y.var(axis=-1))
    fit = at_tau2(y, v, x, start)
    tau2: FloatArray = start * fit.ypy / (k - p)
    return tau2
