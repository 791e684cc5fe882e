"""Rows of the regression and rank tests, PET-PEESE and the limit effect."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.estimates import Estimate
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.small_study.limit import limit_effect
from equipoise.synthesis.small_study.pet_peese import pet_peese
from equipoise.synthesis.small_study.plan import NORMAL, NOT_BIAS, SmallStudyPlan
from equipoise.synthesis.small_study.rank_correlation import begg
from equipoise.synthesis.small_study.regression import (
    HAVE_LIMIT,
    PREDICTORS,
    Coefficient,
    FunnelRegression,
    Model,
    funnel_regression,
)
from equipoise.synthesis.small_study.two_by_two import (
    harbord,
    macaskill,
    modified_egger,
    peters,
)

KINDS: tuple[tuple[Model, str, str], ...] = (
    (
        "lm",
        "classical",
        "least squares, weights 1/v, multiplicative dispersion (Egger et al. 1997)",
    ),
    ("rma", "random effects", "meta-regression with additive tau2 (Sterne & Egger 2005)"),
)


def egger_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    """Give the classical test, its random-effects form, and those that the sizes allow."""
    for model, label, words in KINDS:
        for predictor in PREDICTORS if plan.n is not None else PREDICTORS[:2]:
            fit = funnel_regression(
                effects.y, effects.v, model=model, predictor=predictor, n=plan.n,  # type: ignore[arg-type]
                method=plan.tau2_method, test=plan.test,
            )  # fmt: skip
            how = f"Regression on {predictor}: {words}"
            if predictor == "sei":
                yield from _egger(effects, plan, fit, label, how)
                continue
            name = f"{label}, {predictor}"
            yield _test("regression-test", name, fit.slope, how, plan.warnings(effects))
            if predictor in HAVE_LIMIT:
                yield value(
                    "regression-limit", name, fit.intercept, effects=effects, plan=plan, how=how
                )
    yield from _special(effects, plan)


def _egger(
    effects: Effects, plan: SmallStudyPlan, fit: FunnelRegression, label: str, how: str
) -> Iterator[Estimate]:
    yield _test("egger-test", label, fit.slope, how, plan.warnings(effects))
    yield value("egger-intercept", label, fit.intercept, effects=effects, plan=plan, how=how)
    slope = value("egger-bias", label, fit.slope, effects=effects, plan=plan, how=how)
    yield slope


def _special(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    """Give the tests that look at arms."""
    tests: list[tuple[str, FunnelRegression, str]] = []
    if plan.counts is not None:
        tests += [
            ("Harbord", harbord(*plan.counts), "Score of the log odds ratio (Harbord et al. 2006)"),
            ("Peters", peters(effects.y, *plan.counts), "Regression on 1/N (Peters et al. 2006)"),
            (
                "Macaskill",
                macaskill(effects.y, *plan.counts),
                "Regression on N, pooled-event weights (Macaskill et al. 2001)",
            ),
        ]
    if plan.arm_n is not None:
        fit = modified_egger(effects.y, effects.v, *plan.arm_n)
        how = "Regression on sqrt(1/n1 + 1/n2), weights 1/v (Pustejovsky & Rodgers 2019)"
        tests.append(("Pustejovsky-Rodgers", fit, how))
    for label, fit, how in tests:
        yield _test("regression-test", label, fit.slope, how, plan.warnings(effects))


def begg_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    """Give the rank correlation test."""
    found = begg(effects.y, effects.v)
    yield Estimate(
        "begg-test",
        label="exact" if found.exact else "normal, ties",
        estimate=found.tau,
        p=found.p,
        unit="Kendall's tau",
        method="Rank correlation of standardised effects and variances (Begg & Mazumdar 1994)",
        assumptions=(NORMAL,),
        warnings=(*plan.warnings(effects), NOT_BIAS),
    )


def pet_peese_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    """Give PET, PEESE and the one that the conditional rule takes, in both models."""
    source = "Stanley & Doucouliagos 2014"
    for model, label, words in KINDS:
        both = pet_peese(effects.y, effects.v, model=model, method=plan.tau2_method, test=plan.test)
        how = f"Effect at se = 0, {words}; {source}"
        yield value("pet", label, both.pet.intercept, effects=effects, plan=plan, how=f"PET: {how}")
        yield value(
            "peese", label, both.peese.intercept, effects=effects, plan=plan, how=f"PEESE: {how}"
        )
        rule = f"PEESE if PET has p < 0.10 two-sided, else PET ({source})"
        yield value(
            "pet-peese",
            f"{label}: {both.chosen}",
            both.effect,
            effects=effects,
            plan=plan,
            how=rule,
        )


def limit_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    """Give the effect of limit meta-analysis."""
    found = limit_effect(effects.y, effects.v, method=plan.tau2_method)
    how = "Limit meta-analysis, beta + tau alpha (Rücker et al. 2011)"
    yield value("limit-effect", None, found.effect, effects=effects, plan=plan, how=how)


def value(
    name: str,
    label: str | None,
    found: Coefficient,
    *,
    effects: Effects,
    plan: SmallStudyPlan,
    how: str,
) -> Estimate:
    """Make a row of a coefficient."""
    low, high = found.interval(plan.level)
    return Estimate(
        name,
        label=label,
        estimate=found.estimate,
        se=found.se,
        low=low,
        high=high,
        level=plan.level,
        df=found.df,
        p=found.p,
        unit=effects.scale if name != "egger-bias" else "effect per unit of its standard error",
        method=how,
        assumptions=(NORMAL,),
        warnings=(*plan.warnings(effects), NOT_BIAS),
    )


def _test(
    name: str, label: str, found: Coefficient, how: str, warnings: tuple[str, ...]
) -> Estimate:
    unit = "z" if found.df is None else f"t with {found.df} df"
    return Estimate(
        name, label=label, estimate=found.statistic, df=found.df, p=found.p, unit=unit,
        method=how, assumptions=(NORMAL,), warnings=(*warnings, NOT_BIAS),
    )  # fmt: skip
