"""Trim and fill: take off the studies that have no mirror image, then put the mirrors in.

A look at one form of selection (the most extreme results on one side are missing), not a better
estimate of the effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import Effects, FloatArray
from equipoise.synthesis.pairwise import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.small_study.regression import funnel_regression

Side = Literal["left", "right"]
Estimator = Literal["L0", "R0", "Q0"]
ROUNDS = 100


@dataclass(frozen=True, slots=True, eq=False)
class TrimAndFill:
    """Result of trim and fill.

    Parameters
    ----------
    missing
        Estimated number of missing studies, k0.
    missing_se, missing_p
        Its standard error, NaN where the formula has none; p value of none missing, only for R0.
    side
        Where they are missing.
    estimator
    fit
        To observed and filled studies.
    filled : shape (k + missing,)
        Which studies of `fit` are filled in: the last ones.
    """

    missing: int
    missing_se: float
    missing_p: float | None
    side: Side
    estimator: Estimator
    fit: RandomEffectsFit
    filled: NDArray[np.bool_]


def trim_and_fill(
    effects: Effects,
    *,
    side: Side | None = None,
    estimator: Estimator = "L0",
    method: str = "REML",
    test: Test = "z",
    trim_method: str | None = None,
) -> TrimAndFill:
    """Estimate how many studies are missing on one side, fill them in, and pool again.

    Parameters
    ----------
    effects
        At least 3 studies.
    side
        Where studies are missing; None: left if effects rise with the standard error in the
        regression test "rma" with the same method, else right.
    estimator
        "L0", "R0" (which alone tests that none is missing) or "Q0".
    method, test
        Of the pooled effect; see `random_effects`.
    trim_method
        Of the trimming, where it is another: "EE" trims about the common effect.

    Raises
    ------
    NotIdentifiedError
        When Q0 does not exist, or the number does not settle.

    References
    ----------
    Duval & Tweedie (2000), Biometrics 56:455-463; (2000), J Am Stat Assoc 95:89-98.
    """
    if estimator not in ("L0", "R0", "Q0"):
        raise DataError(f"The estimator {estimator!r} is not known. These are: L0, R0, Q0.")
    if side not in (None, "left", "right"):
        raise DataError(f"The side is left or right. Got {side!r}.")
    trimming = trim_method or method
    where = side or missing_side(effects.y, effects.v, method=trimming)
    sign = 1.0 if where == "left" else -1.0
    order = np.argsort(sign * effects.y, kind="stable")
    sorted_effects = effects.take(order)
    y, v = sign * sorted_effects.y, sorted_effects.v
    missing, centre, spread = _missing(y, v, estimator, trimming)
    mirrored = sign * (2 * centre - y[len(y) - missing :])
    names = tuple(f"Filled {j + 1}" for j in range(missing))
    whole = Effects(
        effects.study + names,
        np.concatenate([effects.y, mirrored]),
        np.concatenate([effects.v, v[len(v) - missing :]]),
        effects.scale,
    )
    fit = random_effects(whole, method=method, test=test)
    p = 0.5 ** (missing + 1) if estimator == "R0" else None
    filled = np.arange(len(whole)) >= len(effects)
    return TrimAndFill(missing, spread, p, where, estimator, fit, filled)


def missing_side(y: ArrayLike, v: ArrayLike, *, method: str = "REML") -> Side:
    """Return the side where small studies seem to be missing: against their trend."""
    trend = funnel_regression(y, v, model="rma", method=method).slope.estimate
    return "right" if trend < 0 else "left"


def _missing(y: FloatArray, v: FloatArray, estimator: str, method: str) -> tuple[int, float, float]:
    """Return k0, the centre of what is left, and the standard error of k0; y ascends."""
    k = len(y)
    missing = 0
    for _ in range(ROUNDS):
        kept = k - missing
        if kept < 2:
            break
        names = tuple(map(str, range(kept)))
        left = Effects(names, y[:kept], v[:kept])
        centre = float(random_effects(left, method=method, test="z").beta[0])
        about = y - centre
        rank = np.empty(k)
        rank[np.argsort(np.abs(about), kind="stable")] = np.arange(1, k + 1)
        signed = np.sign(about) * rank
        raw = _estimate(signed, estimator)
        found = max(0, round(raw))
        if found == missing:
            return missing, centre, _missing_se(k, raw, estimator)
        missing = found
    raise NotIdentifiedError(
        f"Trim and fill by {estimator} does not settle on a number of missing studies (last: "
        f"{missing} of {k}). Try another estimator, or leave it out."
    )


def _estimate(signed: FloatArray, estimator: str) -> float:
    k = len(signed)
    if estimator == "R0":
        return float(k - (-signed).max() - 1)
    above = signed[signed > 0].sum()
    if estimator == "L0":
        return float((4 * above - k * (k + 1)) / (2 * k - 1))
    inside = 2 * k**2 - 4 * above + 0.25
    if inside < 0:
        raise NotIdentifiedError(
            "Q0 does not exist here: the root in it is of a negative number. Use L0 or R0."
        )
    return float(k - 0.5 - np.sqrt(inside))


def _missing_se(k: int, m: float, estimator: str) -> float:
    """Return the standard error at the estimate m, not rounded; NaN where it is too far below 0."""
    if estimator == "R0":
        return float(np.sqrt(2 * max(m, 0) + 2))
    var = (
        k * (k + 1) * (2 * k + 1)
        + 10 * m**3
        + 27 * m**2
        + 17 * m
        - 18 * k * m**2
        - 18 * k * m
        + 6 * k**2 * m
    ) / 24  # fmt: skip  (of the rank sum above the centre)
    if var < 0:
        return np.nan
    if estimator == "L0":
        return float(4 * np.sqrt(var) / (2 * k - 1))
    return float(2 * np.sqrt(var) / np.sqrt((k - 0.5) ** 2 - m * (2 * k - m - 1)))
