"""Regression tests of funnel plot asymmetry: do small studies report other effects?

Two models. "lm": least squares with weights 1/v and a multiplicative dispersion (Egger's). "rma":
a meta-regression with an additive tau2. The intercept is the effect at infinite precision where
the predictor falls to 0 as studies grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import Effects, FloatArray, checked_effects
from equipoise.synthesis.normal_or_t import limits, two_sided
from equipoise.synthesis.pairwise import Test, random_effects
from equipoise.synthesis.pairwise.weighted import weighted

Model = Literal["lm", "rma"]
Predictor = Literal["sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"]
PREDICTORS: tuple[str, ...] = get_args(Predictor)
HAVE_LIMIT = ("sei", "vi", "ninv", "sqrtninv")
"""Predictors that are 0 for a study without sampling error."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A regression coefficient; `df` is None where the test is normal."""

    estimate: float
    se: float
    df: int | None

    @property
    def statistic(self) -> float:
        """The t or z statistic.

        Raises
        ------
        NotIdentifiedError
            Without any error, where studies agree exactly.
        """
        if self.se == 0:
            raise NotIdentifiedError("The studies agree exactly: no error is left to test against.")
        return self.estimate / self.se

    @property
    def p(self) -> float:
        """Two-sided p value of 0."""
        return two_sided(self.statistic, self.df)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval by the test's own distribution."""
        return limits(self.estimate, self.se, self.df, level)


@dataclass(frozen=True, slots=True)
class FunnelRegression:
    """Intercept and slope on a predictor of precision.

    Parameters
    ----------
    intercept
        The limit as the predictor goes to 0.
    slope
        Its statistic is the test of asymmetry.
    tau2
        Left between studies; None in the model "lm".
    """

    intercept: Coefficient
    slope: Coefficient
    tau2: float | None = None


def funnel_regression(
    y: ArrayLike,
    v: ArrayLike,
    *,
    model: Model = "lm",
    predictor: Predictor = "sei",
    n: ArrayLike | None = None,
    method: str = "REML",
    test: Test = "z",
) -> FunnelRegression:
    """Regress effects on a measure of precision, weighted by precision.

    Parameters
    ----------
    y, v : shape (k,)
        Effects and sampling variances; k at least 3.
    model
        "lm" (classical Egger test, t with k - 2 df) or "rma" (meta-regression).
    predictor
        "sei", "vi", or of the sample sizes "ni", "ninv", "sqrtni", "sqrtninv".
    n : shape (k,)
        Sample sizes, for the predictors made of them.
    method, test
        Of the meta-regression; see `random_effects`. The model "lm" uses neither.

    Raises
    ------
    DataError
        When the predictor is not known or its sample sizes are missing.
    NotIdentifiedError
        With fewer than three studies, or a predictor that does not vary.

    References
    ----------
    Egger, Davey Smith, Schneider & Minder (1997), BMJ 315:629-634. Sterne & Egger (2005), in
    Rothstein, Sutton & Borenstein (eds), Publication bias in meta-analysis, Wiley.
    Thompson & Sharp (1999), Stat Med 18:2693-2708, with an additive tau2.
    """
    effects = checked_effects(y, v)
    x = _predictor(effects, predictor, n)
    if model == "lm":
        return least_squares(effects.y, x, 1 / effects.v)
    if model != "rma":
        raise DataError(f"The model {model!r} is not known. These are: lm, rma.")
    tell_flat(x)
    fit = random_effects(
        effects, np.column_stack([np.ones(len(x)), x]), names=("limit", "slope"),
        method=method, test=test,
    )  # fmt: skip
    both = [
        Coefficient(float(b), float(se), fit.df) for b, se in zip(fit.beta, fit.se, strict=True)
    ]
    return FunnelRegression(both[0], both[1], fit.tau2)


def least_squares(y: ArrayLike, x: ArrayLike, w: ArrayLike) -> FunnelRegression:
    """Regress y on 1 and x with weights w; the residual spread sets the scale.

    Parameters
    ----------
    y, x, w : shape (k,)
        k at least 3; weights above 0.
    """
    y, x, w = (np.asarray(a, dtype=np.float64) for a in (y, x, w))
    tell_flat(x)
    centre = float((w * x).sum() / w.sum())
    fit = weighted(y, w, np.column_stack([np.ones(len(x)), x - centre]))  # better conditioned
    df = len(y) - 2
    spread = float(fit.ypy) / df
    level, slope = (float(b) for b in fit.beta)
    var_level, var_slope = (spread * float(fit.inverse[j, j]) for j in (0, 1))
    limit_se = float(np.sqrt(var_level + centre**2 * var_slope))
    if fit.ypy <= 1e-24 * float((w * y**2).sum()):  # what rounding leaves of nothing
        raise NotIdentifiedError(
            "All studies lie exactly on the regression line: nothing is left to test against. "
            "Look whether the effects were made from the standard errors."
        )
    return FunnelRegression(
        Coefficient(level - centre * slope, limit_se, df),
        Coefficient(slope, float(np.sqrt(var_slope)), df),
    )


def _predictor(effects: Effects, predictor: str, n: ArrayLike | None) -> FloatArray:
    if predictor == "sei":
        return effects.se
    if predictor == "vi":
        return effects.v
    if predictor not in PREDICTORS:
        raise DataError(
            f"The predictor {predictor!r} is not known. These are: {', '.join(PREDICTORS)}."
        )
    if n is None:
        raise DataError(f"The predictor {predictor!r} is made of sample sizes: give `n`.")
    size = np.asarray(n, dtype=np.float64)
    if size.shape != effects.y.shape or not np.isfinite(size).all() or not (size > 0).all():
        raise DataError(f"Sample sizes are {len(effects)} numbers above 0. Got {size.tolist()}.")
    made: dict[str, FloatArray] = {
        "ni": size, "ninv": 1 / size, "sqrtni": np.sqrt(size), "sqrtninv": 1 / np.sqrt(size),
    }  # fmt: skip
    return made[predictor]


def tell_flat(x: FloatArray) -> None:
    """Refuse a predictor that does not vary, or fewer than three studies."""
    if len(x) < 3:
        raise NotIdentifiedError(f"A regression test needs at least 3 studies; got {len(x)}.")
    if np.ptp(x) <= 1e-12 * np.abs(x).max():
        raise NotIdentifiedError(
            "All studies have the same precision: a trend with precision cannot be seen. "
            "Leave the regression test out."
        )
