"""Estimands of one value a person: a rank among all, a response, a place in a stratum."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.estimands.principal_stratum import (
    BOUNDS,
    REFUSED,
    SAMPLING,
    bounds_with_sampling,
    stratum_bounds,
)
from equipoise.analysis.estimands.risk_difference import RISK, risk_difference
from equipoise.analysis.estimands.trimmed_means import TRIMMED, difference_in_trimmed_means
from equipoise.analysis.rows import effect_unit, estimate_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import Estimand, IntercurrentEvent, Protocol

DRAWS = 2000
RANDOMISED = "Arms were randomised"
WORST = "An event that is a failure is worse than every score"
MONOTONE = "Monotone: the arm with more {event!r} never prevents it in anybody"


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Everybody at the primary visit.

    Parameters
    ----------
    frame : columns arm, score, baseline
        A row a person.
    failed, met : shape (people,)
        Who had a composite event, who one that defines a principal stratum, by that visit.
    """

    protocol: Protocol
    outcome: str
    frame: pd.DataFrame
    failed: NDArray[np.bool_]
    met: NDArray[np.bool_]
    level: float

    @property
    def unit(self) -> str:
        """Unit and direction of a difference."""
        active, control = self.protocol.contrast
        return effect_unit(self.protocol.instrument(self.outcome), active, control)

    def of_arm(self, which: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of the active (0) or control (1) arm."""
        rows = (self.frame["arm"] == self.protocol.contrast[which]).to_numpy(dtype=bool)
        if not rows.any():
            raise NotIdentifiedError(f"Nobody was in the arm {self.protocol.contrast[which]!r}.")
        return values[rows]

    @property
    def score(self) -> NDArray[np.float64]:
        """Scores, NaN where missing."""
        return self.frame["score"].to_numpy(dtype=np.float64)


def trimmed_rows(values: Values, estimand: Estimand) -> Iterator[Estimate]:
    """Compare trimmed means; a score missing without an event counts among the failures."""
    score = np.where(values.failed, np.nan, values.score)
    lost = int((np.isnan(score) & ~values.failed).sum())
    arms = [values.of_arm(k, score) for k in (0, 1)]
    share = max(float(np.isnan(y).mean()) for y in arms)
    warnings = []
    if lost:
        warnings.append(f"{lost} scores are missing without an event; they count as failures")
    if estimand.trim is None:
        warnings.append(
            f"The share cut ({share:.3g}) is the larger share of failures, chosen from the data: "
            "plan `trim` beforehand"
        )
    else:
        share = estimand.trim
    higher = values.protocol.instrument(values.outcome).higher
    if higher == "neither":
        raise NotIdentifiedError(f"No end of {values.outcome} is the worse one: nothing to cut.")
    effect = difference_in_trimmed_means(
        arms[0], arms[1], share, worst="low" if higher == "better" else "high"
    )
    row = estimate_row(
        "total-effect",
        effect,
        level=values.level,
        unit=values.unit,
        method=TRIMMED.format(share=f"{share:.1%}"),
    )
    yield _with(row, (RANDOMISED, WORST), tuple(warnings))


def response_rows(values: Values, estimand: Estimand) -> Iterator[Estimate]:
    """Compare proportions of responders; an event is no response, nor is a missing score."""
    responded, lost = responders(values, estimand)
    counts = [values.of_arm(k, responded) for k in (0, 1)]
    one, zero = ((int(y.sum()), len(y)) for y in counts)
    found = risk_difference(*one, *zero, level=values.level)
    active, control = values.protocol.contrast
    warnings = (
        f"{lost} people lack a score or baseline without an event; it counts as no response",
    )
    row = Estimate(
        "total-effect",
        **found._asdict(),
        level=values.level,
        unit=f"difference of proportions (above 0 favours {active})",
        method=f"{RISK}. {one[0]} of {one[1]} in {active}, {zero[0]} of {zero[1]} in {control}",
    )
    yield _with(row, (RANDOMISED,), warnings if lost else ())


def responders(values: Values, estimand: Estimand) -> tuple[NDArray[np.float64], int]:
    """Return 1 for a response and 0 for none, and how many had neither score nor event."""
    rule, score = estimand.response, values.score
    if rule is None:
        raise NotIdentifiedError("A risk difference needs `response`: what counts as one.")
    known = ~np.isnan(score)
    if rule.improvement is not None:
        higher = values.protocol.instrument(values.outcome).higher
        if higher == "neither":
            raise NotIdentifiedError(f"{values.outcome} has no better side to improve to.")
        baseline = values.frame["baseline"].to_numpy(dtype=np.float64)
        known &= ~np.isnan(baseline)
        gain = (score - baseline) * (1 if higher == "better" else -1)
        # tolerance: 0.3 x 10 is above 3 in binary, and a response at exactly 30 % is one
        good = gain >= (rule.improvement - 1e-9) * np.abs(baseline)
    elif rule.below is not None:
        good = score <= rule.below
    else:
        good = score >= float(rule.above or 0.0)
    lost = int((~known & ~values.failed).sum())
    return (good & known & ~values.failed).astype(np.float64), lost


def stratum_rows(values: Values, event: IntercurrentEvent) -> Iterator[Estimate]:
    """Bound the effect in those whom the event would not meet under either arm.

    Raises
    ------
    NotIdentifiedError
        When the protocol gives no assumption.
    """
    if event.assumption is None:
        raise NotIdentifiedError(REFUSED.format(event=repr(event.event)))
    score, met = values.score, values.met
    lost = int((np.isnan(score) & ~met).sum())
    told = met | ~np.isnan(score)
    free = np.where(met, np.nan, score)
    kept = Values(
        values.protocol,
        values.outcome,
        values.frame[told],
        values.failed[told],
        met[told],
        values.level,
    )
    active, control = kept.of_arm(0, free[told]), kept.of_arm(1, free[told])
    monotone = event.assumption == "monotonicity"
    found = stratum_bounds(active, control, monotone=monotone)
    assumptions = [RANDOMISED, *([MONOTONE.format(event=event.event)] if monotone else [])]
    if lost:
        assumptions.append("Scores missing without the event are like those that were seen")
    warnings = (
        [f"{lost} people have neither the event nor a score and are left out"] if lost else []
    )
    least = "" if monotone else "at least "
    warnings.append(f"The stratum is {least}{found.share:.0%} of people; nobody can point at them")
    row = Estimate(
        "principal-stratum-bounds",
        f"no {event.event} under either arm",
        low=found.low,
        high=found.high,
        unit=values.unit,
        method=BOUNDS,
    )
    yield _with(
        row, tuple(assumptions), (*warnings, "Bounds, not an interval: sampling error comes on top")
    )
    rng = np.random.default_rng([1, zlib.crc32(b"principal-stratum-bounds")])
    low, high = bounds_with_sampling(
        active, control, rng, monotone=monotone, draws=DRAWS, level=values.level
    )
    wide = Estimate(
        "principal-stratum-bounds",
        f"{row.label}, with sampling uncertainty",
        low=low if np.isfinite(low) else None,
        high=high if np.isfinite(high) else None,
        unit=values.unit,
        method=BOUNDS + SAMPLING.format(draws=DRAWS),
    )
    yield _with(wide, tuple(assumptions), tuple(warnings))


def _with(row: Estimate, assumptions: tuple[str, ...], warnings: tuple[str, ...]) -> Estimate:
    return replace(row, assumptions=assumptions, warnings=warnings)
