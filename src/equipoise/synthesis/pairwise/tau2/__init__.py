"""Estimators of the variance between studies, each named as in its paper.

All take y and v of shape (..., k) and X of shape (k, p) or (..., k, p); they return shape (...).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.synthesis.pairwise.tau2.generalised_q import (
    median_unbiased_paule_mandel,
    paule_mandel,
)
from equipoise.synthesis.pairwise.tau2.hunter_schmidt import hunter_schmidt, hunter_schmidt_k
from equipoise.synthesis.pairwise.tau2.likelihood import (
    maximum_likelihood,
    restricted_maximum_likelihood,
)
from equipoise.synthesis.pairwise.tau2.moments import dersimonian_laird, hedges, sidik_jonkman
from equipoise.synthesis.pairwise.weighted import FloatArray

__all__ = ["METHODS", "Tau2Method", "common_effect"]


@dataclass(frozen=True, slots=True)
class Tau2Method:
    """An estimator of tau2: its function, and how a table names it."""

    estimate: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    title: str


def common_effect(y: FloatArray, v: FloatArray, x: FloatArray) -> FloatArray:  # noqa: ARG001
    """Return 0: one true effect for all."""
    return np.zeros(y.shape[:-1])


METHODS = {
    "EE": Tau2Method(common_effect, "common effect"),
    "DL": Tau2Method(dersimonian_laird, "DerSimonian & Laird 1986"),
    "HE": Tau2Method(hedges, "Hedges & Olkin 1985"),
    "HS": Tau2Method(hunter_schmidt, "Schmidt & Hunter"),
    "HSk": Tau2Method(hunter_schmidt_k, "Schmidt & Hunter, corrected for k"),
    "SJ": Tau2Method(sidik_jonkman, "Sidik & Jonkman 2005"),
    "ML": Tau2Method(maximum_likelihood, "maximum likelihood"),
    "REML": Tau2Method(restricted_maximum_likelihood, "restricted maximum likelihood"),
    "EB": Tau2Method(paule_mandel, "empirical Bayes (Morris 1983)"),
    "PM": Tau2Method(paule_mandel, "Paule & Mandel 1982"),
    "PMM": Tau2Method(median_unbiased_paule_mandel, "Paule-Mandel, median unbiased"),
}
"""GENQ, with weights of the user's, is `generalised_q.method_of_moments`."""
