"""An unmeasured cause: how strong it would have to be to explain the effect given belief away.

Comparing people who hold the same belief compares unlike people when something unmeasured (hope,
say) moves both guess and outcome: on the active arm a guess of "active" needs less of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.belief.coded_answers import FloatArray
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal

LOG_RISK_RATIO_PER_SD = 0.91  # VanderWeele & Ding 2017: RR near exp(0.91 d)
GRID = np.linspace(-1.0, 1.0, 41)

METHOD = "Bias formula delta x gamma (VanderWeele 2010, Epidemiology 21:540)"
E_METHOD = "E-value with RR = exp(0.91 d) (VanderWeele & Ding 2017, Ann Intern Med 167:268)"
ASSUMPTIONS = (
    "One unmeasured cause U moves the outcome by gamma a unit, alike in every arm-by-guess stratum",
    "Given the guess, the mean of U differs between arms by delta, alike at every guess",
)
E_ASSUMPTIONS = (
    "The outcome is about normal, so that d turns into a risk ratio",
    "The E-value speaks of the unmeasured cause's risk ratios with the arm given the guess and "
    "with the outcome given arm and guess",
)


class Corrected(NamedTuple):
    """Effect and interval after the bias of an unmeasured cause is taken off; shape (...)."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def corrected_effect(
    estimate: float, low: float, high: float, delta: ArrayLike, gamma: ArrayLike
) -> Corrected:
    """Return effect - delta x gamma, and the interval moved by as much.

    Parameters
    ----------
    estimate, low, high
        Effect given belief and its interval.
    delta : shape (...)
        E(U | active, guess) - E(U | control, guess).
    gamma : shape (...)
        What one unit of U does to the outcome.

    References
    ----------
    VanderWeele (2010), Epidemiology 21:540-551 (controlled direct effects).

    Examples
    --------
    >>> float(corrected_effect(1.5, 0.5, 2.5, delta=0.5, gamma=2.0).estimate)
    0.5
    """
    bias = np.asarray(delta, dtype=np.float64) * np.asarray(gamma, dtype=np.float64)
    return Corrected(estimate - bias, low - bias, high - bias)


@dataclass(frozen=True, slots=True, eq=False)
class SensitivityGrid:
    """The corrected effect over a grid, for contours: `estimate[i, j]` at delta[i], gamma[j]."""

    delta: FloatArray
    gamma: FloatArray
    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def sensitivity_grid(
    estimate: float,
    low: float,
    high: float,
    *,
    sd: float,
    delta: Sequence[float] | FloatArray = GRID,
    gamma_sd: Sequence[float] | FloatArray = GRID,
) -> SensitivityGrid:
    """Correct the effect for every delta (sd of U) and gamma (outcome sd per sd of U)."""
    d, g = np.asarray(delta, dtype=np.float64), np.asarray(gamma_sd, dtype=np.float64) * sd
    whole = corrected_effect(estimate, low, high, d[:, None], g[None, :])
    return SensitivityGrid(d, g, *whole)


def e_value(risk_ratio: ArrayLike) -> FloatArray:
    """Return the least risk ratio, with both arm and outcome, that explains `risk_ratio` away.

    References
    ----------
    VanderWeele & Ding (2017), Ann Intern Med 167:268-274.

    Examples
    --------
    >>> e_value([3.9, 1.8, 1.0]).round(2).tolist()  # their example
    [7.26, 3.0, 1.0]
    """
    ratio = np.asarray(risk_ratio, dtype=np.float64)
    if not (ratio > 0).all():
        raise DataError(f"Risk ratios are above 0; got {ratio.tolist()}.")
    away = np.where(ratio < 1, 1 / ratio, ratio)
    least: FloatArray = away + np.sqrt(away * (away - 1))
    return least


def e_value_of_difference(
    estimate: float, low: float, high: float, *, sd: float
) -> tuple[float, float]:
    """Return the E-values of a difference in means and of its limit nearer to 0.

    The second is 1 when the interval covers 0: nothing need be explained away.
    """
    if not sd > 0:
        raise DataError(f"The outcome's sd must be above 0 to standardise; got {sd:g}.")
    effects = np.array([estimate, _nearer(low, high)])
    both = e_value(np.exp(LOG_RISK_RATIO_PER_SD * effects / sd))
    return float(both[0]), float(both[1])


def unmeasured_cause_estimates(
    estimate: float,
    low: float,
    high: float,
    *,
    sd: float,
    level: float = 0.95,
    unit: str | None = None,
) -> Estimates:
    """Return rows `unmeasured-cause` (bias that reaches 0) and `e-value`.

    Parameters
    ----------
    estimate, low, high
        The belief-standardised effect and its interval of that `level`.
    sd
        Standard deviation of the outcome within arms (pooled), the yardstick of gamma and d.
    """
    if not sd > 0:
        reason = "The outcome does not vary, so no cause can be sized against it."
        return Estimates(refused=(Refusal("unmeasured-cause", reason), Refusal("e-value", reason)))
    return Estimates(
        (
            *_bias_rows(estimate, _nearer(low, high), sd, level, unit),
            *_e_value_rows(e_value_of_difference(estimate, low, high, sd=sd)),
        )
    )


def _nearer(low: float, high: float) -> float:
    """Return the limit nearer to 0, or 0 where the interval covers it."""
    return 0.0 if low <= 0 <= high else min((low, high), key=abs)


def _bias_rows(
    estimate: float, nearer: float, sd: float, level: float, unit: str | None
) -> tuple[Estimate, Estimate]:
    strength = np.sqrt(abs(estimate) / sd)
    to_zero = Estimate(
        "unmeasured-cause",
        "moves the estimate to 0",
        estimate=estimate,
        unit=unit,
        estimand="delta x gamma: the bias that an unmeasured cause would have to bring",
        method=METHOD,
        assumptions=ASSUMPTIONS,
        warnings=(
            f"It takes, for instance, {strength:.2f} sd of the unmeasured cause between arms "
            f"and {strength:.2f} outcome sd for each sd of it.",
        ),
    )
    limit = f"{METHOD}; the {level:.0%} limit nearer to 0 (0: the interval covers it already)"
    interval = replace(to_zero, label="moves the interval to 0", estimate=nearer, method=limit)
    return to_zero, replace(interval, warnings=())


def _e_value_rows(values: tuple[float, float]) -> tuple[Estimate, Estimate]:
    of_estimate = Estimate(
        "e-value",
        "estimate",
        estimate=values[0],
        unit="risk ratio",
        estimand="Least strength of an unmeasured cause that explains the effect away",
        method=E_METHOD,
        assumptions=E_ASSUMPTIONS,
    )
    return of_estimate, replace(of_estimate, label="interval", estimate=values[1])
