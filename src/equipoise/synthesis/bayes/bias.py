"""Bias with an elicited, uncertain mean for each class: a model with informative priors.

y_i = mu + b_class + m_i + u_i + e_i, b_class ~ N(mean, sd_mean^2), m_i ~ N(0, sd_between^2).
The mean of the bias is learnt from the data only as far as classes differ; mu is the effect
without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.bayes.linear_model import linear_model
from equipoise.synthesis.bayes.posterior import Posterior, posterior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from equipoise.synthesis.bayes.tau_prior import TauPrior
    from equipoise.synthesis.effects import Effects


class ElicitedBias(NamedTuple):
    """What a class adds to an effect: mean, how sure of the mean, and spread between trials."""

    mean: float
    sd_mean: float
    sd_between: float = 0.0


def bias_posterior(
    effects: Effects,
    design: Sequence[str],
    elicited: Mapping[str, ElicitedBias],
    prior: TauPrior,
    *,
    mean_sd: float = np.inf,
) -> Posterior:
    """Return the posterior of the unbiased effect (coefficient 0) and each class's mean bias.

    Parameters
    ----------
    effects
    design : length k
        Class of each trial; classes not elicited have no bias.
    elicited
        In the units and direction of the effects; coefficients 1, 2, ... in this order.
    mean_sd
        Prior standard deviation of the effect, about 0; flat if infinite.

    References
    ----------
    Turner, Spiegelhalter, Smith & Thompson (2009), J R Stat Soc A 172:21-47.
    """
    unknown = sorted(set(elicited) - set(design))
    if unknown or len(design) != len(effects):
        raise DataError(f"No trial is of class {unknown}, or classes are not one a trial.")
    if any(b.sd_mean <= 0 or b.sd_between < 0 for b in elicited.values()):
        raise DataError("An elicited mean has a standard deviation above 0, a spread 0 or more.")
    columns = [np.array([float(one == name) for one in design]) for name in elicited]
    spread = sum(
        (c * b.sd_between**2 for c, b in zip(columns, elicited.values(), strict=True)),
        start=np.zeros(len(effects)),
    )
    model = linear_model(
        effects.y,
        effects.v + spread,
        np.column_stack([np.ones(len(effects)), *columns]),
        prior_mean=[0.0, *(b.mean for b in elicited.values())],
        prior_sd=[mean_sd, *(b.sd_mean for b in elicited.values())],
    )
    return posterior(model, prior)
