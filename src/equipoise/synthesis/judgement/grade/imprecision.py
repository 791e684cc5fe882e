"""GRADE: imprecision, by the thresholds inside the interval, else by the information size."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import ndtri

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.decision_zones import Interval, crossed, written
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement


def imprecision(
    about: str,
    interval: Interval,
    *,
    thresholds: Sequence[float] = (0.0,),
    participants: float | None = None,
    optimal_size: float | None = None,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest 0, -1 or -2 for imprecision.

    Parameters
    ----------
    interval, thresholds
        Confidence interval of the pooled effect and the thresholds of the decision.
    participants, optimal_size
        People in all studies, and the optimal information size: read where the interval crosses
        nothing, since a short interval from few people is not to be trusted (Guyatt et al. 2011,
        J Clin Epidemiol 64:1283-1293). Far fewer people lower by two, whatever the interval: it
        is then itself hardly known (GRADE guidance 34, 2022, J Clin Epidemiol 150:216-224; how
        far is this project's proposal).
    """
    limits = settings or GradeSettings()
    inside = crossed(interval, thresholds)
    share = 1.0
    if participants is not None and optimal_size is not None:
        share = participants / optimal_size
    few, far = share < 1, share < limits.far_below_size
    suggestion = -2 if far else -min(len(inside), 2) if inside else -int(few)
    why = f"the interval ({written(interval)}) crosses no threshold"
    if inside:
        why = f"the interval ({written(interval)}) crosses {' and '.join(f'{t:g}' for t in inside)}"
    if few:
        why += f"; {participants:.0f} people, fewer than the {optimal_size:.0f} a trial would need"
    return Judgement(
        "imprecision",
        about,
        {
            "interval": interval,
            "thresholds": tuple(thresholds),
            "participants": participants,
            "optimal_size": optimal_size,
        },
        "one threshold crossed: -1, both: -2; none, but fewer people than the optimal information "
        f"size: -1; fewer than {limits.far_below_size:.0%} of it: -2",
        suggestion,
        reason=why,
    )


def optimal_size_of_means(
    delta: float, *, sd: float = 1.0, alpha: float = 0.05, power: float = 0.9
) -> float:
    """Return the people, in both arms, that a trial of a difference of means needs.

    4 sd^2 (z_{1 - alpha/2} + z_power)^2 / delta^2, equal arms, normal approximation.

    >>> round(optimal_size_of_means(0.5, power=0.8))
    126
    """
    _checked(alpha, power)
    if delta == 0 or not sd > 0:
        raise DataError(f"A difference to detect is not 0, and the sd is above 0: {delta}, {sd}.")
    return float(4 * (sd * _z(alpha, power) / delta) ** 2)


def optimal_size_of_risks(
    control: float, active: float, *, alpha: float = 0.05, power: float = 0.9
) -> float:
    """Return the people, in both arms, that a trial of two risks needs.

    2 (z_{1 - alpha/2} + z_power)^2 (p1 (1 - p1) + p2 (1 - p2)) / (p1 - p2)^2, equal arms.

    >>> round(optimal_size_of_risks(0.35, 0.5, power=0.8))
    333
    """
    _checked(alpha, power)
    if not (0 < control < 1 and 0 < active < 1) or control == active:
        raise DataError(f"Two different risks between 0 and 1 are needed: {control}, {active}.")
    spread = control * (1 - control) + active * (1 - active)
    return float(2 * _z(alpha, power) ** 2 * spread / (control - active) ** 2)


def _z(alpha: float, power: float) -> float:
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def _checked(alpha: float, power: float) -> None:
    if not (0 < alpha < 1 and 0 < power < 1) or not math.isfinite(alpha + power):
        raise DataError(f"alpha and power lie between 0 and 1: {alpha}, {power}.")
