"""Pool the effects of independent studies: the mean, how far studies differ, the next study."""

from __future__ import annotations

from collections.abc import Iterator

from numpy.typing import ArrayLike

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, common_effect, random_effects
from equipoise.synthesis.pairwise.heterogeneity_rows import q_row, spread_rows
from equipoise.synthesis.pairwise.prediction import (
    Prediction,
    prediction_classic,
    prediction_of_test,
)
from equipoise.synthesis.pairwise.rows import assumptions, effect_row, fit_warnings

TOO_FEW = 3


def pool(
    effects: Effects,
    *,
    method: str = "REML",
    test: Test = "hartung-knapp",
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimates:
    """Pool independent studies.

    Parameters
    ----------
    effects
        k at least 2.
    method, test, weights
        As in `random_effects`.
    level
        Of all intervals.

    Returns
    -------
    Estimates
        `pooled-effect`; beside it `common-effect`; then `tau2`, `tau`, `i2-tau2`, `i2-q`, `h2`,
        `q-test`, and `prediction-interval` twice: by the fit's own test, and classic.
    """
    fit = random_effects(effects, method=method, test=test, weights=weights)
    return Estimates(tuple(pooled_rows(fit, level)), tuple(_refused(fit)))


def pooled_rows(fit: RandomEffectsFit, level: float) -> Iterator[Estimate]:
    """Write the rows of a fitted mean."""
    yield effect_row(fit, "pooled-effect", level=level, warnings=fit_warnings(fit))
    if fit.method != "EE":
        yield effect_row(common_effect(fit.effects), "common-effect", level=level)
        yield from spread_rows(fit, level)
    yield q_row(fit)
    if fit.method != "EE":
        yield from _predictions(fit, level)
    yield Estimate("studies", estimate=fit.k, unit="studies", method="Count")


def _predictions(fit: RandomEffectsFit, level: float) -> Iterator[Estimate]:
    if fit.k < TOO_FEW:
        return
    named = fit.test.removesuffix("-adhoc") if fit.test != "z" else "normal"
    both = (
        (named, prediction_of_test(fit, level=level), "standard error and df of the test"),
        ("classic", prediction_classic(fit, level=level), "inverse-variance standard error, t"),
    )
    for label, found, how in both:
        yield _prediction_row(fit, found, label, how, level)


def _prediction_row(
    fit: RandomEffectsFit, found: Prediction, label: str, how: str, level: float
) -> Estimate:
    df = "" if found.df is None else f", {found.df} df"
    return Estimate(
        "prediction-interval",
        label=label,
        estimate=found.mean,
        low=found.low,
        high=found.high,
        level=level,
        df=found.df,
        unit=fit.effects.scale,
        estimand="The true effect in a new study of the same kind",
        method=f"Prediction (Higgins et al. 2009): {how}{df}",
        assumptions=assumptions(fit),
    )


def _refused(fit: RandomEffectsFit) -> Iterator[Refusal]:
    if fit.method != "EE" and fit.k < TOO_FEW:
        reason = f"{fit.k} studies say too little of how far studies differ; 3 are the least."
        yield Refusal("prediction-interval", reason)
