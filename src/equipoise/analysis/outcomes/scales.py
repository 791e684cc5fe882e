"""Rows of ratios and shares: intervals made on the log or logit scale, where errors are normal."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from equipoise.analysis.contrast import Contrast
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates

Higher = Literal["better", "worse"]

FEW_EVENTS = 5
"""Fewer events than this in an arm: normal intervals of that arm are not to be trusted."""


def log_scale_row(name: str, effect: Contrast, *, level: float, **fields: Any) -> Estimate:
    """Write a log ratio as a ratio; `se` by the delta method, limits and p from the log scale.

    Raises
    ------
    NotIdentifiedError
        When the ratio or its error is not a finite number above 0.
    """
    if not (math.isfinite(effect.estimate) and math.isfinite(effect.se) and effect.se > 0):
        raise NotIdentifiedError("The ratio has no finite logarithm with an error of its own.")
    low, high = effect.interval(level)
    if max(abs(low), abs(high)) > 700:
        raise NotIdentifiedError("The limits of the ratio are beyond what a number can hold.")
    ratio = math.exp(effect.estimate)
    return Estimate(
        name,
        estimate=ratio,
        se=ratio * effect.se,
        low=math.exp(low),
        high=math.exp(high),
        level=level,
        df=effect.df if math.isfinite(effect.df) else None,
        p=effect.p,
        **fields,
    )


def share_row(name: str, share: Contrast, *, level: float, **fields: Any) -> Estimate:
    """Write a share between 0 and 1 with limits made on the logit scale.

    Raises
    ------
    NotIdentifiedError
        When the share is 0 or 1, or has no error.
    """
    p, se = share.estimate, share.se
    if not (0 < p < 1 and math.isfinite(se) and se > 0):
        raise NotIdentifiedError(f"A share of {p:g} with error {se:g} has no logit interval.")
    logit = Contrast(math.log(p / (1 - p)), se / (p * (1 - p)), share.df)
    low, high = (1 / (1 + math.exp(-limit)) for limit in logit.interval(level))
    df = share.df if math.isfinite(share.df) else None
    return Estimate(name, estimate=p, se=se, low=low, high=high, level=level, df=df, **fields)


def few_events(events: dict[str, int]) -> tuple[str, ...]:
    """Warn of arms with fewer than five events."""
    return tuple(
        f"Only {count} event{'' if count == 1 else 's'} in arm {arm!r} (fewer than {FEW_EVENTS}): "
        "the normal approximation behind intervals and p values is poor"
        for arm, count in events.items()
        if count < FEW_EVENTS
    )


class Reading(NamedTuple):
    """How comparisons are read: against which arm, which side is good, how wide the interval."""

    control: str
    higher: Higher | None
    level: float

    def unit(self, kind: str, arm: str, null: int) -> str:
        """Say the unit of a comparison and which side of its null value is good."""
        return unit_of(kind, arm, self.control, self.higher, null)


def unit_of(kind: str, arm: str, control: str, higher: Higher | None, null: int) -> str:
    """Say the unit of a comparison and which side of its null value is good."""
    if higher is None:
        sign = "less" if null == 0 else "over"
        return f"{kind} ({arm} {sign} {control})"
    side = "above" if higher == "better" else "below"
    return f"{kind} ({side} {null} favours {arm})"


def with_warnings(found: Estimates, warnings: tuple[str, ...]) -> Estimates:
    """Put warnings of what came before, such as how responders were made, first on every row."""
    rows = tuple(replace(row, warnings=(*warnings, *row.warnings)) for row in found.rows)
    return replace(found, rows=rows)
