"""The effect at every correct-guess rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import guess_rate_curve
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 40
NAME, HEADING = "guess-rate-curve", "The effect at other guess rates"
SLUG = "correct-guess-rate-curve"


def section(findings: Findings) -> Section:
    """Draw the curve with both bands and the observed point."""
    outcome = findings.main_outcome
    rows = [row for row in outcome.rows(SLUG) if row.estimate is not None and _rate(row.label)]
    if not rows:
        refusal = outcome.refusal(SLUG)
        return missing(NAME, HEADING, refusal.reason if refusal else "it was not computed.")
    band = {row.label: row for row in outcome.rows(f"{SLUG}-band")}
    frame = pd.DataFrame(
        {
            "rate": float(row.label or 0),
            "estimate": row.estimate,
            "low": row.low,
            "high": row.high,
            "band_low": band[row.label].low if row.label in band else None,
            "band_high": band[row.label].high if row.label in band else None,
        }
        for row in rows
    )
    ax = guess_rate_curve(
        frame, scale=direction(outcome, findings), observed=_observed(findings, outcome)
    )
    caption = _caption(outcome, rows, both=bool(band))
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _rate(label: str | None) -> bool:
    try:
        return 0 <= float(label or "") <= 1
    except ValueError:
        return False


def _observed(findings: Findings, outcome: OutcomeFindings) -> tuple[float, float] | None:
    """Return the trial's own rate and plain difference: a point of the curve, not of a model."""
    decided = outcome.decided(findings.active, findings.control)
    seen = outcome.first("blinding-surface", label="observed") or findings.total(outcome)
    if decided is None or seen is None or seen.estimate is None:
        return None
    (right_active, _), (_, right_control) = decided
    return (right_active + right_control) / sum(map(sum, decided)), seen.estimate


def _caption(outcome: OutcomeFindings, rows: list[Estimate], *, both: bool) -> str:
    text = (
        f"Difference in {outcome.name} if the share of right guesses had been another, with its "
        "95% interval at each rate"
    )
    text += " (dark) and the band that holds at all rates at once (light)." if both else "."
    middle = next((row for row in rows if float(row.label or 0) == 0.5), None)
    if middle:
        text += f" At 0.50 it is {numbers.with_interval(middle)}."
    return text + (
        " Far from the observed rate the line rests on few people. A rate of 0.50 is not blindness:"
        " the arms may still believe differently there, which the next figure shows."
    )
