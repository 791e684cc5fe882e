"""An estimand as one sentence: the five attributes of ICH E9(R1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.protocol import Estimand


def in_words(estimand: Estimand) -> str:
    """Assemble treatment, population, variable, events with strategies, and summary.

    Examples
    --------
    >>> from equipoise.protocol import Estimand, IntercurrentEvent
    >>> event = IntercurrentEvent(event="rescue", strategy="hypothetical")
    >>> print(in_words(Estimand(
    ...     name="main", treatment="Drug against placebo", population="adults",
    ...     variable="score at week 6", intercurrent_events=(event,), summary="mean difference")))
    Drug against placebo, in adults: score at week 6; rescue (hypothetical); mean difference
    """
    events = (f"{e.event} ({e.strategy})" for e in estimand.intercurrent_events)
    parts = [estimand.variable, *events, estimand.summary]
    told = "; ".join(part.rstrip(".") for part in parts)
    return f"{estimand.treatment.rstrip('.')}, in {estimand.population.rstrip('.')}: {told}"
