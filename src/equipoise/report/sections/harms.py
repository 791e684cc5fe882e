"""Harms: the table of CONSORT Harms 2022 and the dot plot. Only where there are adverse events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis.harms import HarmsLine, arms_of, dot_plot_frame, exposed_in, harms_lines
from equipoise.plots import harms_dot_plot
from equipoise.report.blocks import (
    Cell,
    Figure,
    Part,
    Prose,
    Section,
    Table,
    cells,
    figure,
    missing,
)
from equipoise.report.numbers import number

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 95
NAME, HEADING = "harms", "Harms"
KINDS = 12
"""Kinds of event that the table shows; all are in the table of every number."""


def section(findings: Findings) -> Section | None:
    """Draw the harms, then the table with its footnotes; nothing without adverse events."""
    found = findings.harms
    if not len(found):
        why = next((refusal.reason for refusal in found.refused), None)
        return missing(NAME, HEADING, why) if why else None
    lines, arms = list(harms_lines(found)), arms_of(found)
    table = _table(lines, arms)
    notes = Prose(_footnotes(findings), kind="note")
    return Section(NAME, HEADING, (_picture(findings, arms), table, notes))


def _picture(findings: Findings, arms: tuple[str, ...]) -> Figure:
    frame, overall, counted = dot_plot_frame(findings.harms, most=KINDS)
    ax = harms_dot_plot(frame, arms=arms, overall=overall, counted=counted)
    level = next((row.level for row in findings.harms if row.level), 0.95)
    caption = (
        f"Left: share of {'people' if counted == 'people' else 'participant-periods'} with at "
        f"least one event, by arm. Right: {arms[1]} less {arms[0]}, with {100 * level:.3g}% "
        "intervals, not widened for the number of events; none is drawn where too few had the "
        "event. Sums over events are on top; below, the largest excess comes first."
    )
    return figure(ax, name=NAME, title=HEADING, caption=caption)


def _table(lines: list[HarmsLine], arms: tuple[str, ...]) -> Table:
    kinds = [line for line in lines if not line.overall]
    shown = [line for line in lines if line.overall] + kinds[:KINDS]
    head = ("", *arms, *(f"difference, {arm} (interval)" for arm in arms[1:]))
    if len(arms) == 2:
        head = ("", *arms, "difference (interval)")
    exposed = ", ".join(f"{exposed_in(lines[0], arm)} with {arm}" for arm in arms)
    more = len(kinds) - KINDS
    return Table(
        f"Number with at least one event (%) [events], of {exposed}; difference to {arms[0]} in "
        "percentage points",
        head,
        tuple(_row(line, arms) for line in shown),
        right=frozenset(range(1, len(head))),
        note=f"{more} rarer kinds of event are not shown here." if more > 0 else "",
    )


def _row(line: HarmsLine, arms: tuple[str, ...]) -> tuple[Cell, ...]:
    texts: list[str | Cell] = [line.term]
    for arm in arms:
        count, events = line.people[arm].estimate, line.events[arm].estimate
        share = line.incidence[arm].estimate or 0.0
        texts.append(Cell(f"{count:.0f} ({number(100 * share, 1)}%) [{events:.0f}]", count))
    for arm in arms[1:]:
        row = line.difference.get(arm)
        if row is None or row.estimate is None or row.low is None or row.high is None:
            texts.append("too few events")
            continue
        value, low, high = (number(100 * v, 1) for v in (row.estimate, row.low, row.high))
        texts.append(Cell(f"{value} ({low} to {high})", row.estimate))
    return cells(*texts)


def _footnotes(findings: Findings) -> tuple[str, ...]:
    """Say how harms were collected, what is counted, and what none seen does not mean."""
    found = findings.harms
    asked = (
        f"How harms were asked for and assessed: {findings.harms_collected}"
        if findings.harms_collected
        else "The protocol does not say how harms were asked for and assessed; harms that are "
        "asked about are reported more often than those that people mention unasked."
    )
    refused = [
        f"No row for “{r.label or r.name}”: {r.reason}"
        for r in found.refused
        if r.name == "incidence"
    ]
    asked += " Counted are those who received a dose (the safety set), by the arm they were in."
    shares = [*found.select(name="incidence"), *found.select(name="incidence-difference")]
    methods = dict.fromkeys(row.method for row in shares if row.method)
    return (
        " ".join((asked, *refused)),
        " ".join(f"{warning}." for warning in _cautions(findings)),
        f"{'. '.join(methods)}. Laid out after CONSORT Harms 2022 (Junqueira et al. 2023, "
        "doi:10.1136/bmj-2022-073725).",
    )


def _cautions(findings: Findings) -> tuple[str, ...]:
    """Return the warnings; of those about no event, the one that leaves most room for harm."""
    rows = findings.harms.select(name="incidence").rows
    none = [row for row in rows if row.estimate == 0 and row.high is not None]
    own = {warning for row in none for warning in row.warnings if warning.startswith("No event")}
    shared = tuple(w for w in findings.harms.warnings if w not in own)
    if not none:
        return shared
    widest = max(none, key=lambda row: row.high or 0.0)
    return (*shared, *(w for w in widest.warnings if w in own))
