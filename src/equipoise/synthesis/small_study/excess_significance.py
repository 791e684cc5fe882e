"""Test of excess significance: are more studies significant than their power allows?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc, ndtr, ndtri

from equipoise.errors import DataError
from equipoise.synthesis.effects import FloatArray, checked_effects
from equipoise.synthesis.small_study.selection.p_values import (
    ALTERNATIVES,
    Alternative,
    p_value,
)

ExcessTest = Literal["chi2", "binomial", "exact"]
STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class ExcessSignificance:
    """Observed and expected numbers of significant studies.

    Parameters
    ----------
    observed, expected
    statistic
        Chi-square with 1 df; the observed number for the other tests.
    p
        One-sided: of so many or more.
    power : shape (k,)
    theta, tau2
        The true effect, and its spread, that the power was computed at.
    limit
        The effect at which p would be 0.10 (Ioannidis & Trikalinos), or None.
    """

    observed: int
    expected: float
    statistic: float
    p: float
    power: FloatArray
    theta: float
    tau2: float
    limit: float | None


def excess_significance(
    y: ArrayLike,
    v: ArrayLike,
    *,
    theta: float | None = None,
    tau2: float = 0.0,
    test: ExcessTest = "chi2",
    alternative: Alternative = "two.sided",
    alpha: float = 0.05,
    limit_alpha: float = 0.10,
) -> ExcessSignificance:
    """Compare how many studies are significant with how many their power makes one expect.

    Parameters
    ----------
    y, v : shape (k,)
        Effects and sampling variances.
    theta
        The true effect; the common-effect mean if None.
    tau2
        Variance of true effects, over which power is averaged.
    test
        "chi2" (Pearson, signed root), "binomial" (every study with the mean power) or "exact"
        (the distribution of a sum of unequal chances; Francis 2013).
    alternative, alpha
        Of the studies' own tests.
    limit_alpha
        Level of the limit estimate.

    References
    ----------
    Ioannidis & Trikalinos (2007), Clin Trials 4:245-253. Francis (2013), J Math Psychol
    57:153-169.
    """
    effects = checked_effects(y, v)
    if test not in TESTS:
        raise DataError(f"The test {test!r} is not known. These are: {', '.join(TESTS)}.")
    if alternative not in ALTERNATIVES:
        raise DataError(f"The alternative {alternative!r} is not known: {', '.join(ALTERNATIVES)}.")
    if tau2 < 0:
        raise DataError(f"tau2 is a variance: 0 or more. Got {tau2:g}.")
    w = 1 / effects.v
    centre = float((w * effects.y).sum() / w.sum()) if theta is None else float(theta)
    observed = int((p_value(effects.y / effects.se, alternative) <= alpha).sum())

    def tested(at: float) -> tuple[float, float, FloatArray]:
        power = _power(effects.se, at, tau2, alternative, alpha)
        return *TESTS[test](observed, power), power

    statistic, p, power = tested(centre)
    limit = _limit(lambda at: tested(at)[1], centre, limit_alpha, effects.se)
    return ExcessSignificance(
        observed, float(power.sum()), statistic, p, power, centre, tau2, limit
    )


def _power(
    se: FloatArray, theta: float, tau2: float, alternative: Alternative, alpha: float
) -> FloatArray:
    s = np.sqrt(se**2 + tau2)
    cut = -float(ndtri(alpha / 2 if alternative == "two.sided" else alpha)) * se
    above: FloatArray = ndtr((theta - cut) / s)
    below: FloatArray = ndtr((-theta - cut) / s)
    if alternative == "greater":
        return above
    return below if alternative == "less" else above + below


def _chi_square(observed: int, power: FloatArray) -> tuple[float, float]:
    expected, k = float(power.sum()), len(power)
    missed = max(k - expected, 1e-300)  # power so near 1 that nothing is left to miss
    statistic = (observed - expected) ** 2 * (1 / expected + 1 / missed)
    root = np.copysign(np.sqrt(statistic), observed - expected)
    return statistic, float(ndtr(-root))


def _binomial(observed: int, power: FloatArray) -> tuple[float, float]:
    k = len(power)
    p = 1.0 if observed == 0 else float(bdtrc(observed - 1, k, float(power.mean())))
    return float(observed), p


def _exact(observed: int, power: FloatArray) -> tuple[float, float]:
    chance = np.ones(1)
    for share in power:
        chance = np.append(chance * (1 - share), 0.0) + np.append(0.0, chance * share)
    return float(observed), float(chance[observed:].sum())


TESTS: dict[str, Callable[[int, FloatArray], tuple[float, float]]] = {
    "chi2": _chi_square,
    "binomial": _binomial,
    "exact": _exact,
}


def _limit(
    p_at: Callable[[float], float], centre: float, alpha: float, se: FloatArray
) -> float | None:
    """Return the effect, of the sign of `centre`, at which p is alpha; p rises with its size."""
    sign = -1.0 if centre < 0 else 1.0
    low, high = 0.0, 10 * float(se.max()) + abs(centre)
    if p_at(0.0) > alpha or p_at(sign * high) < alpha:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if p_at(sign * middle) > alpha else (middle, high)
    return sign * (low + high) / 2
