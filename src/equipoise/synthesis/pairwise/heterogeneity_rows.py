"""Rows of heterogeneity: tau2 with two intervals, tau, both I2, H2 and Cochran's Q."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from equipoise.estimates import Estimate
from equipoise.synthesis.pairwise import heterogeneity as spread
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.rows import assumptions, tau2_words

Q_PROFILE = "Q profile (Viechtbauer 2007)"
PROFILE = "profile likelihood (Hardy & Thompson 1996)"
I2_TAU2 = "tau2 over tau2 plus the typical sampling variance (Higgins & Thompson 2002)"
I2_Q = "(Q - df) / Q (Higgins et al. 2003), test-based interval (Higgins & Thompson 2002)"
HOLDS_ZERO = "The interval of tau2 begins at 0: whether studies differ at all is not known"
AGREE = "A large p is not evidence that studies agree"


def spread_rows(
    fit: RandomEffectsFit, level: float, label: str | None = None
) -> Iterator[Estimate]:
    """Write `tau2`, `tau`, `i2-tau2`, `i2-q` and `h2` of a fit."""
    for row in _unlabelled(fit, level):
        own = ", ".join(part for part in (label, row.label) if part) or None
        yield replace(row, label=own, level=level, assumptions=assumptions(fit))


def q_row(fit: RandomEffectsFit, label: str | None = None) -> Estimate:
    """Write Cochran's Q."""
    q = spread.cochran_q(fit)
    return Estimate(
        "q-test",
        label=label,
        estimate=q.q,
        df=q.df,
        p=q.p,
        unit=f"chi-square with {q.df} df",
        method="Cochran 1954",
        warnings=(AGREE,) if q.p >= 0.05 else (),
    )


def _unlabelled(fit: RandomEffectsFit, level: float) -> Iterator[Estimate]:
    limits = spread.q_profile(fit, level)
    warned = (HOLDS_ZERO,) if limits[0] == 0 else ()
    yield replace(_tau2(fit, limits, Q_PROFILE, se=spread.tau2_se(fit)), warnings=warned)
    if fit.method in ("ML", "REML"):
        profile = spread.profile_likelihood(fit, level)
        yield replace(_tau2(fit, profile, PROFILE), label="profile likelihood")
    three = (fit.tau2, *limits)
    tau = [math.sqrt(x) for x in three]
    how = f"{tau2_words(fit)}; interval: {Q_PROFILE}"
    yield replace(_three("tau", tau, how), unit=fit.effects.scale)
    share = [spread.i2_tau2(fit, x) for x in three]
    yield replace(_three("i2-tau2", share, f"{I2_TAU2}; interval: {Q_PROFILE}"), unit="percent")
    i2_limits = spread.i2_q_interval(fit, level) or (None, None)
    yield Estimate(
        "i2-q",
        estimate=spread.i2_q(fit),
        low=i2_limits[0],
        high=i2_limits[1],
        unit="percent",
        method=I2_Q,
    )
    h2 = [x / spread.typical_variance(fit) + 1 for x in three]
    yield _three("h2", h2, f"1 / (1 - I2), I2 as {I2_TAU2}")


def _tau2(
    fit: RandomEffectsFit, limits: tuple[float, float], how: str, se: float | None = None
) -> Estimate:
    return Estimate(
        "tau2",
        estimate=fit.tau2,
        se=se,
        low=limits[0],
        high=limits[1],
        method=f"{tau2_words(fit)}; interval: {how}",
    )


def _three(name: str, values: list[float], how: str) -> Estimate:
    return Estimate(name, estimate=values[0], low=values[1], high=values[2], method=how)
