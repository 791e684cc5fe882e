"""Every outcome's total effect beside the same effect with belief made equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import effect_twins
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import excludes_zero

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 10
NAME, HEADING = "effects", "Every outcome, and with belief made equal"
NAMES = ("total effect", "with belief made equal")


def section(findings: Findings) -> Section:
    """Draw all outcomes on one scale: standard deviations, right is better."""
    drawn = [o for o in _in_order(findings) if o.sd and findings.total(o)]
    if not drawn:
        return missing(NAME, HEADING, "no outcome has a total effect.")
    frame = pd.DataFrame([_row(findings, outcome) for outcome in drawn])
    ax = effect_twins(
        frame,
        names=NAMES,
        scale=f"standard deviations (right favours {findings.active})",
    )
    picture = figure(ax, name=NAME, title=HEADING, caption=_caption(findings, drawn))
    return Section(NAME, HEADING, (picture,), tall=len(drawn) > 8)


def _in_order(findings: Findings) -> list[OutcomeFindings]:
    """Put the main outcome first, negative controls last, else the protocol's order."""
    return sorted(
        findings.outcomes, key=lambda o: (o.name != findings.main, o.negative_control, not o.sign)
    )


def _row(findings: Findings, outcome: OutcomeFindings) -> dict[str, object]:
    mark = "*" if outcome.negative_control else "†" if outcome.guess_proxy else ""
    mark += "" if outcome.sign else "°"
    return {
        "label": outcome.name + mark,
        **_limits("first", findings.total(outcome), outcome),
        **_limits("second", outcome.standardised(), outcome),
    }


def _limits(name: str, row: Estimate | None, outcome: OutcomeFindings) -> dict[str, float | None]:
    scale = (outcome.sign or 1) / (outcome.sd or 1)
    values = [row.estimate, row.low, row.high] if row else [None] * 3
    estimate, *limits = (None if v is None else v * scale for v in values)
    low, high = sorted(limits, key=lambda v: v or 0.0)
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}


def _caption(findings: Findings, drawn: list[OutcomeFindings]) -> str:
    first = [row for o in drawn if (row := findings.total(o))]
    second = [row for o in drawn if (row := o.standardised())]
    text = (
        "Points with 95% intervals, divided by each outcome's standard deviation within the arms "
        f"and turned so that right is better. {sum(map(excludes_zero, first))} of {len(first)} "
        "total effects have an interval without zero"
    )
    if second:
        text += f", {sum(map(excludes_zero, second))} of {len(second)} with belief made equal"
    text += f". The intervals are not widened for looking at {len(drawn)} outcomes."
    notes = (
        (any(o.negative_control for o in drawn), "* negative control: belief should not move it."),
        (any(o.guess_proxy for o in drawn), "† the guess in another form, not a benefit."),
        (any(not o.sign for o in drawn), "° neither direction is better: right is more."),
    )
    return " ".join([text, *(note for there, note in notes if there)])
