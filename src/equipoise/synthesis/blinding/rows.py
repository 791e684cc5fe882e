"""Rows of the blinding-aware synthesis, and the words that they share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scipy.special import ndtri, stdtr, stdtrit

from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from equipoise.synthesis.pairwise import RandomEffectsFit

HARTUNG_KNAPP = (
    "Random effects by REML, Hartung-Knapp interval (Hartung & Knapp 2001; Knapp & Hartung 2003)"
)
ECOLOGICAL = (
    "A comparison between trials, which were not randomised to their blinding: whatever else "
    "differs between well and badly blinded trials is in it"
)


def interval_row(
    name: str, estimate: float, se: float, df: float | None, level: float, **fields: Any
) -> Estimate:
    """Return a row with its t interval (normal if `df` is None) and two-sided p value of 0."""
    tail = (1 + level) / 2
    quantile = float(ndtri(tail)) if df is None else float(stdtrit(df, tail))
    ratio = abs(estimate) / se if se > 0 else math.inf
    return Estimate(
        name,
        estimate=float(estimate),
        se=float(se),
        low=float(estimate - quantile * se),
        high=float(estimate + quantile * se),
        level=level,
        df=df,
        p=2 * float(stdtr(math.inf if df is None else df, -ratio)),
        **fields,
    )


def fit_row(
    name: str, fit: RandomEffectsFit, level: float, *, term: int = 0, **fields: Any
) -> Estimate:
    """Return the row of one coefficient of a random-effects fit."""
    beta, se = float(fit.beta[term]), float(fit.se[term])
    fields.setdefault("method", HARTUNG_KNAPP)
    return interval_row(name, beta, se, fit.df, level, **fields)


def counted(k: int, what: str = "trial") -> str:
    """Write "1 trial", "12 trials"."""
    return f"{k} {what}{'' if k == 1 else 's'}"
