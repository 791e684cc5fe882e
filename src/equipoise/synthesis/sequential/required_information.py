"""How many people, or how much precision, a meta-analysis needs before it may conclude.

Wetterslev, Thorlund, Brok & Gluud (2009), BMC Med Res Methodol 9:86: the sample size of one trial,
divided by 1 - D2, where the diversity D2 is the share of the random-effects variance that
heterogeneity adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.synthesis.effects import Effects


def diversity(effects: Effects, tau2: float) -> float:
    """Return D2 = 1 - V_fixed / V_random, from 0 to below 1.

    Examples
    --------
    >>> from equipoise.synthesis import checked_effects
    >>> diversity(checked_effects([1.0, 3.0], [1.0, 1.0]), 1.0)
    0.5
    """
    if tau2 < 0:
        raise DataError(f"tau2 is a variance: 0 or more. Got {tau2:g}.")
    return float(1 - np.sum(1 / (effects.v + tau2)) / np.sum(1 / effects.v))


def people_needed(
    delta: float, *, variance: float = 1.0, alpha: float = 0.05, power: float = 0.8,
    diversity: float = 0.0,
) -> float:  # fmt: skip
    """Return the people in both arms together, equally divided: 4 (z_a + z_b)^2 variance / delta^2.

    Parameters
    ----------
    delta
        Minimally important difference in the unit of the outcome; of an SMD with variance 1.
    variance
        Of the outcome within an arm.

    Examples
    --------
    >>> round(people_needed(0.3), 2)
    348.84
    """
    if delta == 0 or not np.isfinite(delta) or not variance > 0:
        raise DataError(
            f"delta differs from 0, a variance is above 0. Got {delta:g}, {variance:g}."
        )
    return 4 * variance * _quantiles(alpha, power) ** 2 / delta**2 / _homogeneous(diversity)


def people_needed_for_risks(
    control: float, active: float, *, alpha: float = 0.05, power: float = 0.8,
    diversity: float = 0.0,
) -> float:  # fmt: skip
    """Return the people for two risks: the variance is that of their mean, p (1 - p).

    Examples
    --------
    >>> round(people_needed_for_risks(0.4, 0.3), 1)
    714.2
    """
    if not (0 < control < 1 and 0 < active < 1) or control == active:
        raise DataError(
            f"Risks lie between 0 and 1 and differ. Got {control:g} in control and {active:g} with "
            "the smallest important effect: look at --control-risk and --delta (a ratio)."
        )
    p = (control + active) / 2
    return people_needed(
        control - active, variance=p * (1 - p), alpha=alpha, power=power, diversity=diversity
    )


def precision_needed(
    delta: float, *, alpha: float = 0.05, power: float = 0.8, diversity: float = 0.0
) -> float:
    """Return the sum of inverse variances that is needed: (z_a + z_b)^2 / delta^2 / (1 - D2)."""
    if delta == 0 or not np.isfinite(delta):
        raise DataError(f"delta differs from 0. Got {delta:g}.")
    return _quantiles(alpha, power) ** 2 / delta**2 / _homogeneous(diversity)


def active_risk(control: float, ratio: float, measure: str) -> float:
    """Return the risk that an odds or risk ratio makes of the control risk."""
    if not ratio > 0:
        raise DataError(f"The smallest important ratio is above 0. Got {ratio:g}.")
    if measure == "rr":
        return control * ratio
    odds = control / (1 - control) * ratio
    return odds / (1 + odds)


def _quantiles(alpha: float, power: float) -> float:
    if not (0 < alpha < 1 and alpha / 2 < power < 1):
        raise DataError(f"alpha and power lie between 0 and 1. Got {alpha:g} and {power:g}.")
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def _homogeneous(diversity: float) -> float:
    if not 0 <= diversity < 1:
        raise DataError(f"Diversity is from 0 to below 1. Got {diversity:g}.")
    return 1 - diversity
