"""Rows of a fit: a coefficient with its interval, in the words that all tables share."""

from __future__ import annotations

import math

from equipoise.estimates import Estimate
from equipoise.synthesis.normal_or_t import quantile, two_sided
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.tau2 import METHODS

TEST_WORDS = {
    "z": "normal quantiles",
    "t": "t with k - p df",
    "hartung-knapp": "Hartung & Knapp 2001, Knapp & Hartung 2003",
    "hartung-knapp-adhoc": "Hartung & Knapp 2001, never narrower than t (Röver et al. 2015)",
}
KNOWN = "Sampling variances are taken as known"
NORMAL = "True effects vary normally between studies"
INDEPENDENT = "Studies are independent: no person counts twice"
ONE_EFFECT = "All studies estimate one true effect"


def method_words(fit: RandomEffectsFit) -> str:
    """Say how the fit was made, with its sources."""
    weights = "inverse variance" if fit.user_weights is None else "weights given"
    kind = "Common effect" if fit.method == "EE" else "Random effects"
    spread = "" if fit.method == "EE" else f"; {tau2_words(fit)}"
    return f"{kind}, {weights}{spread}; interval: {TEST_WORDS[fit.test]}"


def tau2_words(fit: RandomEffectsFit) -> str:
    """Say how tau2 was estimated."""
    if fit.method == "GENQ":
        return "tau2: generalised Q with the weights given"
    return f"tau2: {METHODS[fit.method].title}"


def assumptions(fit: RandomEffectsFit) -> tuple[str, ...]:
    """Say what the fit supposes."""
    return (KNOWN, INDEPENDENT, ONE_EFFECT if fit.method == "EE" else NORMAL)


def effect_row(
    fit: RandomEffectsFit,
    name: str,
    *,
    level: float,
    j: int = 0,
    label: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Write coefficient j of a fit."""
    value, se = float(fit.beta[j]), float(fit.se[j])
    half = quantile(level, fit.df) * se
    return Estimate(
        name,
        label=label,
        estimate=value,
        se=se,
        low=value - half,
        high=value + half,
        level=level,
        df=fit.df,
        p=two_sided(value / se, fit.df) if se > 0 else None,
        unit=fit.effects.scale,
        method=method_words(fit),
        assumptions=assumptions(fit),
        warnings=warnings,
    )


def fit_warnings(fit: RandomEffectsFit) -> tuple[str, ...]:
    """Say where the fit asks for care."""
    told = []
    if fit.test.startswith("hartung-knapp") and fit.k - fit.p == 1:
        told.append("With 1 degree of freedom the Hartung-Knapp interval is very wide")
    if fit.test == "hartung-knapp" and fit.se[0] == 0:
        told.append(
            "The effects are all the same, so that Hartung and Knapp's standard error, which "
            "comes from their spread, is 0: it says nothing. Take hartung-knapp-adhoc"
        )
    elif fit.test == "hartung-knapp" and fit.se[0] < math.sqrt(fit.plain_cov[0, 0]):
        told.append(
            "Studies lie closer together than their standard errors and tau2 expect, so that "
            "Hartung and Knapp's standard error is below the usual one: see hartung-knapp-adhoc"
        )
    if fit.test == "z" and fit.method != "EE" and fit.k < 20:
        told.append(f"Normal quantiles with {fit.k} studies: the interval is too narrow")
    if fit.tau2 == 0 and fit.method != "EE":
        told.append(
            "tau2 was estimated as 0, the edge of its range: no evidence that studies agree. "
            "Read its upper limit"
        )
    return tuple(told)
