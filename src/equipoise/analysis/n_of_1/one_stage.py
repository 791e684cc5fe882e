"""All cycles of all participants in one model with one variance between cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.mixed_model import random_intercept_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.contrast import Contrast

ONE_STAGE = (
    "One-stage mixed model of cycle differences, random effect of treatment by participant, "
    "REML, Satterthwaite df (Kuznetsova et al. 2017)"
)


class OneStage(NamedTuple):
    """The mean effect, and the variances between participants and between cycles."""

    mean: Contrast
    tau2: float
    cycle_variance: float


def one_stage(differences: list[NDArray[np.float64]]) -> OneStage:
    """Fit d_ij = mu + u_i + e_ij to the cycle differences of each participant.

    Parameters
    ----------
    differences
        For each participant active minus control of each cycle; somebody has two cycles.

    References
    ----------
    Zucker et al. (1997), J Clin Epidemiol 50:401-410.
    """
    d = np.concatenate(differences)
    people = np.repeat(np.arange(len(differences)), [len(own) for own in differences])
    fit = random_intercept_fit(d, np.ones((len(d), 1)), people, columns=["effect"])
    return OneStage(fit.contrast([1.0]), fit.s2b, fit.s2)
