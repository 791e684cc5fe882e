"""The belief part and share of the total effect, and the tipping point between E1 and E2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.belief.answers.wording import COLLIDER, CONDITIONS_ON_BELIEF
from equipoise.belief.belief_share import belief_part, belief_share, fieller_interval
from equipoise.belief.tipping_point import tipping_curve, tipping_point
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison

NOT_PERCENT = (
    "Not the percentage of the effect that belief caused: regression to the mean and natural "
    "course sit in both numbers, and the ratio is unstable unless the total is clearly not zero."
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
        names = ("belief-part", "belief-share", "tipping-point")
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in names))
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
    curve = tipping_curve(c.path, c.level)
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
            method="Closed-form joint variance of both effects, Satterthwaite df",
            assumptions=BRACKET,
        )
        for k in range(0, len(curve.mix), 5)
    ]
    return Estimates(tuple(rows), tuple(refused))


def _part(c: Comparison) -> Estimate:
    found = belief_part(c.path, c.resamples, c.level)
    return Estimate(
        "belief-part",
        estimate=found.estimate,
        se=found.se,
        low=found.low,
        high=found.high,
        level=c.level,
        unit=c.unit,
        estimand="Difference in means less the belief-standardised effect (plug-in)",
        method=f"Stratum means; percentile limits of {c.draws:,} shared resamples of people",
        assumptions=CONDITIONS_ON_BELIEF,
        warnings=(COLLIDER, *c.guess_warnings),
    )


def _require_headline(c: Comparison) -> None:
    """Refuse a share of a headline that covers 0, whatever the difference in means says."""
    for row in c.headline.select(name="total-effect").rows[:1]:
        if row.low is not None and row.high is not None and row.low <= 0 <= row.high:
            raise NotIdentifiedError(
                f"the total effect's {c.level:.0%} interval covers 0 ({row.low:.3g} to "
                f"{row.high:.3g}): a share of an effect that may be zero means nothing. Read the "
                "belief part, a difference, instead."
            )


def _share(c: Comparison) -> Estimate:
    _require_headline(c)
    found = belief_share(c.path, c.resamples, c.level)
    return _share_row(
        c, "bootstrap", found.low, found.high, "percentile limits of shared resamples"
    )


def _fieller(c: Comparison) -> Estimate:
    _require_headline(c)
    low, high = fieller_interval(c.path, c.level)
    return _share_row(c, "fieller", low, high, "Fieller's interval (1954)")


def _share_row(c: Comparison, label: str, low: float, high: float, interval: str) -> Estimate:
    one, zero = c.path.at([1.0, 0.0]).estimate
    return Estimate(
        "belief-share",
        label,
        estimate=float(1 - zero / one),
        low=low,
        high=high,
        level=c.level,
        unit="share of the total effect",
        estimand="1 - belief-standardised effect / difference in means",
        method=f"Ratio of stratum-mean contrasts; {interval}",
        assumptions=CONDITIONS_ON_BELIEF,
        warnings=(NOT_PERCENT, COLLIDER, *c.guess_warnings),
    )


def _tipping(c: Comparison) -> Estimate:
    return Estimate(
        "tipping-point",
        estimate=tipping_point(c.path, c.level),
        unit="lambda, 0 to 1",
        estimand=(
            "Smallest share of the guess difference caused by benefit at which the "
            f"{c.level:.0%} interval of the effect excludes 0"
        ),
        method="E(lambda) = lambda E1 + (1 - lambda) E2, joint variance in closed form",
        assumptions=BRACKET,
        warnings=(COLLIDER, *c.guess_warnings),
    )
