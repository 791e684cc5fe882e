"""The difference between arms at every visit, by the planned model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import intervals
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 14
NAME, HEADING = "visit-contrasts", "Difference between arms, visit by visit"


def section(findings: Findings) -> Section | None:
    """Draw contrasts by visit; nothing where no model gives them."""
    outcome = findings.by_visit("contrast")
    if outcome is None:
        return None
    rows = [row for row in outcome.rows("contrast") if row.estimate is not None]
    several = len({row.arm for row in rows}) > 1
    frame = pd.DataFrame(
        {
            "label": [f"{r.visit}, {r.arm}" if several else str(r.visit) for r in rows],
            "estimate": [r.estimate for r in rows],
            "low": [r.low for r in rows],
            "high": [r.high for r in rows],
        }
    )
    total = findings.total(outcome)
    first = rows[0]
    who = "each arm" if several else str(first.arm)
    caption = f"{outcome.name}: {who} less {findings.control}"
    caption += f", with {numbers.level(first)} intervals of the {first.status} model of all visits."
    if total is not None and total.visit:
        caption += (
            f" The total effect is that at {total.visit}; the intervals are not widened for "
            "looking at several visits."
        )
    ax = intervals(frame, scale=direction(outcome, findings))
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))
