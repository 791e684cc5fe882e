"""The four strata: what people got by what they believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import stratum_means
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing

if TYPE_CHECKING:
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 30
NAME, HEADING = "strata", "What people got, by what they believed"


def section(findings: Findings) -> Section:
    """Draw the mean of every stratum with its interval."""
    outcome = findings.main_outcome
    rows = [r for r in outcome.rows("stratum-mean") if r.estimate is not None and r.arm and r.label]
    if not rows:
        refusal = outcome.refusal("stratum-mean")
        return missing(NAME, HEADING, refusal.reason if refusal else "no guesses were recorded.")
    frame = pd.DataFrame(
        {
            "arm": row.arm,
            "guess": (row.label or "").removeprefix("guess "),
            "estimate": row.estimate,
            "low": row.low,
            "high": row.high,
        }
        for row in rows
    )
    better = {1: " (higher is better)", -1: " (lower is better)", 0: ""}[outcome.sign]
    ax = stratum_means(
        frame, arms=(findings.active, findings.control), scale=f"mean {outcome.name}{better}"
    )
    caption = (
        f"Mean {outcome.name} with its 95% interval. A gap between the two lines goes with what "
        f"people got, a slope with what they believed.{_contrasts(outcome)} People chose their "
        "guess: these are not randomised comparisons."
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _contrasts(outcome: OutcomeFindings) -> str:
    parts = []
    slugs = {
        "within-guess-effect": "difference of the arms",
        "within-arm-belief-effect": "of belief",
    }
    for slug, words in slugs.items():
        said = [
            f"{numbers.with_interval(row)} ({row.label or row.arm})"
            for row in outcome.rows(slug)
            if row.estimate is not None
        ]
        if said:
            parts.append(f"{words}: {' and '.join(said)}")
    text = "; ".join(parts)
    return f" {text[0].upper()}{text[1:]}." if text else ""
