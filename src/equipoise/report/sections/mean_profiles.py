"""Each arm's mean over the visits, by the planned model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import mean_profiles
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 12
NAME, HEADING = "mean-profiles", "Course of the arms"


def section(findings: Findings) -> Section | None:
    """Draw least-squares means by arm and visit; nothing where no model gives them."""
    outcome = findings.by_visit("ls-mean")
    if outcome is None:
        return None
    means = outcome.rows("ls-mean")
    people = {(r.arm, r.visit): r.estimate for r in outcome.rows("people-scored")}
    frame = pd.DataFrame(
        [(r.arm, r.visit, r.estimate, r.low, r.high, people.get((r.arm, r.visit))) for r in means],
        columns=["arm", "visit", "estimate", "low", "high", "people"],
    )
    caption = (
        f"{outcome.name}: least-squares means with {numbers.level(means[0])} intervals of the "
        f"{means[0].status} mixed model for repeated measures, at the average covariates."
    )
    if people:
        caption += " Below the axis: people whose score is in the model."
    if outcome.sign:
        caption += f" {'Higher' if outcome.sign > 0 else 'Lower'} is better."
    arms = [arm for arm in findings.arms if arm in set(frame["arm"])]
    ax = mean_profiles(frame, arms=arms, scale=outcome.unit, days=findings.days)
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))
