"""The belief part and share of the total effect, and the tipping point between E1 and E2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.belief.answers.wording import COLLIDER, CONDITIONS_ON_BELIEF
from equipoise.belief.belief_share import (
    belief_part,
    belief_share,
    fieller_interval,
    require_total,
)
from equipoise.belief.contrast_row import contrast_row
from equipoise.belief.tipping_point import tipping_curve, tipping_point
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison

NOT_PERCENT = (
    "Not the percentage of the effect that belief caused: regression to the mean and natural "
    "course sit in both numbers, and the ratio is unstable unless the total is clearly not zero."
)
NAMES = ("belief-part", "belief-share", "tipping-point")
JOINT = (
    "E1 the headline with its own SE and df, E2 the same kind of model at equal belief, correlated "
    "through their influence functions"
)
BRACKET = (
    "The total effect and the belief-standardised effect bracket the truth",
    "lambda is the share of the difference in guesses that benefit caused",
)


def answer(c: Comparison) -> Estimates:
    """Return belief part, belief share (bootstrap, Fieller), tipping point and tipping curve."""
    try:
        c.require_identified()
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in NAMES))
    try:
        curve = tipping_curve(c.bracket, c.level)
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in NAMES))
    rows: list[Estimate] = [_part(c)]
    refused: list[Refusal] = []
    for name, label, row in (
        ("belief-share", "bootstrap", _share),
        ("belief-share", "fieller", _fieller),
        ("tipping-point", None, _tipping),
    ):
        try:
            rows.append(row(c))
        except NotIdentifiedError as error:
            refused.append(Refusal(name, str(error), label=label))
    rows += [
        Estimate(
            "tipping-curve",
            f"{curve.mix[k]:.2f}",
            estimate=float(curve.effect.estimate[k]),
            se=float(curve.effect.se[k]),
            low=float(curve.low[k]),
            high=float(curve.high[k]),
            level=c.level,
            df=float(curve.effect.df[k]),
            unit=c.unit,
            estimand="lambda x total effect + (1 - lambda) x belief-standardised effect",
            method=JOINT,
            assumptions=BRACKET,
            warnings=(COLLIDER, *c.guess_warnings),
        )
        for k in range(0, len(curve.mix), 5)
    ]
    return Estimates(tuple(rows), tuple(refused))


def _resampled(c: Comparison) -> bool:
    """Whether the plain bootstrap of stratum means speaks of the headline itself."""
    return not c.bracket.adjusted and bool(c.all_guesses.answered.all())


def _part(c: Comparison) -> Estimate:
    estimand = "Total effect less the belief-standardised effect of the same kind of model"
    common: dict[str, Any] = {
        "unit": c.unit,
        "estimand": estimand,
        "assumptions": CONDITIONS_ON_BELIEF,
        "warnings": (COLLIDER, *c.guess_warnings),
    }
    if not _resampled(c):
        return contrast_row("belief-part", c.bracket.part, c.level, method=JOINT, **common)
    found = belief_part(c.bracket, c.resamples, c.level)
    method = f"Stratum means; percentile limits of {c.draws:,} shared resamples of people"
    return Estimate("belief-part", **found._asdict(), level=c.level, method=method, **common)


def _share(c: Comparison) -> Estimate:
    require_total(c.bracket, c.level)
    if not _resampled(c):
        raise NotIdentifiedError(
            "the headline is not a plain difference in means of those who guessed, and its model "
            "is not resampled: read the row `fieller`."
        )
    found = belief_share(c.bracket, c.resamples, c.level)
    return _share_row(
        c, "bootstrap", found.low, found.high, "percentile limits of shared resamples"
    )


def _fieller(c: Comparison) -> Estimate:
    low, high = fieller_interval(c.bracket, c.level)
    return _share_row(c, "fieller", low, high, "Fieller's interval (1954)")


def _share_row(c: Comparison, label: str, low: float, high: float, interval: str) -> Estimate:
    one, zero = c.bracket.at([1.0, 0.0]).estimate
    return Estimate(
        "belief-share",
        label,
        estimate=float(1 - zero / one),
        low=low,
        high=high,
        level=c.level,
        unit="share of the total effect",
        estimand="1 - belief-standardised effect / total effect",
        method=f"Ratio of two effects of the same kind of model; {interval}",
        assumptions=CONDITIONS_ON_BELIEF,
        warnings=(NOT_PERCENT, COLLIDER, *c.guess_warnings),
    )


def _tipping(c: Comparison) -> Estimate:
    return Estimate(
        "tipping-point",
        estimate=tipping_point(c.bracket, c.level),
        unit="lambda, 0 to 1",
        estimand=(
            "Smallest share of the guess difference caused by benefit at which the "
            f"{c.level:.0%} interval of the effect excludes 0"
        ),
        method=f"E(lambda) = lambda E1 + (1 - lambda) E2; {JOINT}",
        assumptions=BRACKET,
        warnings=(COLLIDER, *c.guess_warnings),
    )
