"""Outcomes that belief should not be able to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import intervals
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import excludes_zero

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 80
NAME, HEADING = "negative-controls", "Negative controls: where belief should do nothing"


def section(findings: Findings) -> Section:
    """Draw the belief effect on each control outcome in standard deviations."""
    rows = _rows(findings)
    if not rows:
        why = "the protocol names no negative-control outcome with guesses."
        refused = findings.estimates.select(name="negative-control").refused
        return missing(NAME, HEADING, refused[0].reason if refused else why)
    sd = {o.name: o.sd or 1.0 for o in findings.outcomes}
    frame = pd.DataFrame(
        {
            "label": row.outcome,
            "estimate": _scaled(row.estimate, sd, row),
            "low": _scaled(row.low, sd, row),
            "high": _scaled(row.high, sd, row),
        }
        for row in rows
    )
    ax = intervals(frame, scale=f"believing {findings.active}, in standard deviations")
    moved = sum(map(excludes_zero, rows))
    caption = (
        "What goes with the belief (not the treatment) in scores that a belief should not be able "
        f"to change, with 95% intervals: {moved} of {len(rows)} leave out zero. "
    )
    caption += (
        "Guess and outcome then share a cause that the figures above do not remove."
        if moved
        else "This does not prove that guess and outcome share no cause; it found no sign of one."
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _rows(findings: Findings) -> list[Estimate]:
    """Return the first row of every control outcome."""
    rows: dict[str, Estimate] = {}
    for row in findings.estimates.select(name="negative-control"):
        if row.outcome and row.estimate is not None:
            rows.setdefault(row.outcome, row)
    return list(rows.values())


def _scaled(value: float | None, sd: dict[str, float], row: Estimate) -> float | None:
    return None if value is None else value / sd.get(row.outcome or "", 1.0)
