"""The share of each arm without a response over time, by the planned analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import kaplan_meier
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure

if TYPE_CHECKING:
    from equipoise.analysis.planned_time_to_response import ResponseCurves
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 18
NAME, HEADING = "kaplan-meier", "Time to response"


def section(findings: Findings) -> Section | None:
    """Draw the Kaplan-Meier curves; nothing where no time to response is planned."""
    curves = findings.curves
    if curves is None:
        return None
    frame = pd.DataFrame(curves.points)
    ax = kaplan_meier(frame, scale="without a response", unit="days")
    caption = _caption(curves, findings)
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _caption(curves: ResponseCurves, findings: Findings) -> str:
    rows = [row for row in findings.estimates if row.outcome == curves.outcome]
    own = [row for row in rows if (row.label or "").split(", ")[0] == curves.analysis]
    means = [row for row in own if row.name == "rmst-difference" and row.estimate is not None]
    test = next((row for row in own if row.name == "log-rank"), None)
    first = next(iter(own), None)
    status = f" ({first.status})" if first else ""
    told = [
        f"{curves.outcome}: share of each arm still without a response ({curves.rule}), by "
        f"Kaplan-Meier, with pointwise {numbers.level(first) if first else '95%'} limits; the "
        f"analysis is “{curves.analysis}”{status}. "
        "A lower curve is better."
    ]
    told += [_mean(row, findings) for row in means]
    if test is not None and test.p is not None:
        told.append(f"Log-rank test: p {_equal(numbers.p_value(test.p))}.")
    told.append(
        "Steps are at the planned days of visits, upright marks where scores of people end before "
        "a response; below the axis, people at risk."
    )
    return " ".join(told)


def _mean(row: Estimate, findings: Findings) -> str:
    """Say the difference in restricted mean time in words."""
    until = (row.label or "").rpartition("to ")[2]
    arm, control = row.arm or findings.active, findings.control
    value = row.estimate or 0.0
    places = numbers.places_of(row)
    which = "shorter" if value < 0 else "longer"
    size = numbers.number(abs(value), places)
    return (
        f"Up to day {until} the mean time without a response is {size} days {which} on {arm} "
        f"than on {control} (difference {numbers.with_interval(row)})."
    )


def _equal(text: str) -> str:
    return text if text.startswith("<") else f"= {text}"
