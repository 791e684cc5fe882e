"""What can be said with randomisation alone: bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import intervals
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 70
NAME, HEADING = "principal-strata", "Without trusting the guesses: bounds"


def section(findings: Findings) -> Section:
    """Draw the bounds under the total effect and the effect with belief made equal."""
    outcome = findings.main_outcome
    slug = "principal-strata-bounds"
    bounds = [r for r in outcome.rows(slug) if r.low is not None and r.level is None]
    if not bounds:
        refusal = outcome.refusal(slug)
        return missing(NAME, HEADING, refusal.reason if refusal else "they were not computed.")
    points = [
        (label, row)
        for label, row in (
            ("total effect", findings.total(outcome)),
            ("belief made equal", outcome.standardised()),
        )
        if row
    ]
    points += [(row.label or "bounds", row) for row in bounds]
    frame = pd.DataFrame(
        [(label, row.estimate, row.low, row.high) for label, row in points],
        columns=["label", "estimate", "low", "high"],
    )
    ax = intervals(frame, scale=direction(outcome, findings))
    share = outcome.first("belief-invariant-share")
    people = f", {numbers.percent(share.estimate)} of all," if share else ""
    caption = (
        "Points are estimates with 95% intervals. Open bars are bounds: the effect lies somewhere "
        f"inside, and no value inside is likelier than another. Belief-invariant people{people} "
        "would make the same guess in either arm, so their difference cannot come from belief. The "
        "bounds assume only that the treatment never makes anybody stop guessing it."
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))
