"""What if benefit caused the guesses: the effect between belief made equal and the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import tipping_curve
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 60
NAME, HEADING = "tipping-point", "If benefit caused the guesses"


def section(findings: Findings) -> Section:
    """Draw the effect against the part of the guesses that benefit caused."""
    outcome = findings.main_outcome
    rows = [r for r in outcome.rows("tipping-curve") if r.estimate is not None and r.label]
    if len(rows) < 2:
        refusal = outcome.refusal("tipping-curve") or outcome.refusal("tipping-point")
        return missing(NAME, HEADING, refusal.reason if refusal else "it was not computed.")
    frame = pd.DataFrame(
        {
            "share": float(row.label or 0),
            "estimate": row.estimate,
            "low": row.low,
            "high": row.high,
        }
        for row in rows
    )
    tipping = outcome.first("tipping-point")
    ax = tipping_curve(
        frame,
        scale=direction(outcome, findings),
        tipping=tipping.estimate if tipping else None,
    )
    caption = (
        "Nobody knows how much of the difference in guesses was caused by benefit. On the left, "
        "none: the effect with belief made equal. On the right, all: the total effect. The band is "
        f"the 95% interval. {_verdict(outcome)}"
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _verdict(outcome: OutcomeFindings) -> str:
    tipping = outcome.first("tipping-point")
    if tipping and tipping.estimate == 0:
        return "It leaves out zero already where benefit caused none of it, but not everywhere."
    if tipping:
        return (
            "It leaves out zero once benefit caused "
            f"{numbers.percent(tipping.estimate)} of the difference."
        )
    refusal = outcome.refusal("tipping-point")
    return f"No tipping point: {refusal.reason}" if refusal else ""
