"""How much selection for significant results would it take to explain the result away?

Studies with a significant result in the favoured direction (affirmative) are taken to be
published more often than the rest, by a ratio. The worst case is an infinite ratio: then only
the rest say anything about the effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import Effects, checked_effects
from equipoise.synthesis.pairwise import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.small_study.selection.p_values import p_value


@dataclass(frozen=True, slots=True)
class SelectionRatio:
    """How many times likelier affirmative studies must be to be published.

    Parameters
    ----------
    estimate
        To move the common effect to the target; None: no ratio does.
    limit
        To move the nearer limit of its interval there; None: no ratio does.
    """

    estimate: float | None
    limit: float | None


def affirmative(
    y: ArrayLike, v: ArrayLike, *, favours: str = "greater", alpha: float = 0.05
) -> NDArray[np.bool_]:
    """Return which studies are significant (two-sided alpha) in the favoured direction."""
    if favours not in ("greater", "less"):
        raise DataError(f"Selection favours greater or less effects. Got {favours!r}.")
    effects = checked_effects(y, v)
    p = p_value(effects.y / effects.se, "greater" if favours == "greater" else "less")
    return np.asarray(p < alpha / 2)


def worst_case(
    effects: Effects,
    *,
    favours: str = "greater",
    alpha: float = 0.05,
    method: str = "REML",
    test: Test = "hartung-knapp",
) -> RandomEffectsFit:
    """Pool the studies that are not affirmative: the worst that such selection could have done.

    References
    ----------
    Mathur & VanderWeele (2020), J R Stat Soc C 69:1091-1119.
    """
    rest = ~affirmative(effects.y, effects.v, favours=favours, alpha=alpha)
    if rest.sum() < 2:
        raise NotIdentifiedError(
            f"{int(rest.sum())} of {len(effects)} studies are not significant in the favoured "
            "direction: at least 2 are needed to pool them."
        )
    return random_effects(effects.take(rest), method=method, test=test)


def selection_ratio(
    y: ArrayLike,
    v: ArrayLike,
    *,
    target: float = 0.0,
    favours: str = "greater",
    alpha: float = 0.05,
    level: float = 0.95,
) -> SelectionRatio:
    """Return the ratio that moves the common effect, or its limit, to `target`.

    With weight r on the studies that are not affirmative and 1 on the others, the mean is
    (r A + B) / (r a + b) with variance (r^2 a + b) / (r a + b)^2, where a and b are sums of 1/v
    and A and B of y/v. Both equations in r are solved exactly.

    Parameters
    ----------
    y, v : shape (k,)

    References
    ----------
    Mathur & VanderWeele (2020), J R Stat Soc C 69:1091-1119, section 3.1: one true effect.
    """
    effects = checked_effects(y, v)
    sign = 1.0 if favours == "greater" else -1.0
    rest = ~affirmative(effects.y, effects.v, favours=favours, alpha=alpha)
    w = 1 / effects.v
    shifted = sign * (effects.y - target) * w
    a, b = float(w[rest].sum()), float(w[~rest].sum())
    above, below = float(shifted[~rest].sum()), float(shifted[rest].sum())
    z2 = float(ndtri((1 + level) / 2)) ** 2
    total = above + below
    point = -above / below if total > 0 and below < 0 else None
    if total <= 0 or total**2 <= z2 * (a + b):  # already there
        return SelectionRatio(point if total > 0 else 1.0, 1.0)
    # (r below + above)^2 = z2 (r^2 a + b), the first r above 1 while r below + above >= 0
    roots = np.roots([below**2 - z2 * a, 2 * above * below, above**2 - z2 * b])
    good = [
        float(r.real)
        for r in roots
        if abs(r.imag) < 1e-12 and r.real > 1 and r.real * below + above >= 0
    ]
    return SelectionRatio(point, min(good) if good else None)
