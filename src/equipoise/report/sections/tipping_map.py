"""How much worse the scores that nobody saw must be before the conclusion changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import tipping_map
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 16
NAME, HEADING = "tipping-map", "If the missing scores were worse"


def section(findings: Findings) -> Section | None:
    """Draw the effect over what is added to the imputed scores; nothing where none is missing."""
    outcome = findings.main_outcome
    frame = _grid(outcome)
    if frame is None:
        refusal = outcome.refusal("tipping-map")
        return missing(NAME, HEADING, refusal.reason) if refusal else None
    rows = outcome.rows("tipping-map")
    start = next((row for row in rows if row.label == "0,0"), rows[0])
    ax = tipping_map(
        frame,
        arms=(findings.active, findings.control),
        scale=direction(outcome, findings).replace("\n", " "),
        alpha=1 - (start.level or 0.95),
    )
    caption = (
        f"{outcome.name} at {start.visit}, {start.status}: the difference when points are added to "
        f"the imputed scores of either arm, seen scores as they are. {_verdict(findings, start)}"
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _verdict(findings: Findings, start: Estimate) -> str:
    """Say in words how far the imputed scores of the active arm must be off."""
    outcome = findings.main_outcome
    covers = start.low is not None and start.high is not None and start.low <= 0 <= start.high
    strategy = (start.method or "").partition(":")[0]
    text = (
        f"As imputed ({strategy}) it is {numbers.with_interval(start)}, which "
        f"{'covers' if covers else 'leaves out'} 0. "
    )
    rest = f"with those of {findings.control} as imputed"
    tip = next((r for r in outcome.rows("imputation-tipping-point") if _alone(r, findings)), None)
    if tip is None or tip.estimate is None:
        refusal = outcome.refusal("imputation-tipping-point")
        within = f" ({refusal.reason})" if refusal else ""
        return f"{text}No shift of {findings.active} on the map changes that, {rest}{within}."
    until = "covers" if not covers else "leaves out"
    size = numbers.number(abs(tip.estimate), numbers.decimals(None, tip.estimate))
    return (
        f"{text}The conclusion changes (the interval {until} 0) once the imputed scores of "
        f"{findings.active} are {size} {outcome.unit or 'points'} "
        f"{_side(outcome, tip.estimate)} than imputed, {rest}."
    )


def _alone(row: Estimate, findings: Findings) -> bool:
    return (row.label or "").endswith(f"with {findings.control} 0")


def _side(outcome: OutcomeFindings, delta: float) -> str:
    """Return in which direction a delta moves a score."""
    if not outcome.sign:
        return "higher" if delta > 0 else "lower"
    return "better" if delta * outcome.sign > 0 else "worse"


def _grid(outcome: OutcomeFindings) -> pd.DataFrame | None:
    """Return the map's points, or None unless there are any."""
    points = []
    for row in outcome.rows("tipping-map"):
        pair = (row.label or "").split(",")
        if len(pair) == 2 and row.estimate is not None:
            points.append((float(pair[0]), float(pair[1]), row.estimate, row.p))
    return pd.DataFrame(points, columns=["active", "control", "estimate", "p"]) if points else None
