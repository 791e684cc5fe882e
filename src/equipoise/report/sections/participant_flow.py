"""Who went through the trial (CONSORT 2025): allocated, received, left, analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import participant_flow
from equipoise.report.blocks import Part, Section, figure

if TYPE_CHECKING:
    from equipoise.analysis.participant_flow import ArmFlow, ParticipantFlow
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 85
NAME, HEADING = "participant-flow", "Flow of participants"
SHOWN = 5
"""Reasons for leaving that a box lists; the rest are summed."""


def section(findings: Findings) -> Section | None:
    """Draw the flow with its description in words; nothing where it was not counted."""
    flow = findings.flow
    if flow is None:
        return None
    stages = ("allocated", "received", "left", "analysed")
    boxes = {arm.name: _texts(arm, flow) for arm in flow.arms}
    frame = pd.DataFrame(boxes, index=pd.Index(stages))
    ax = participant_flow(frame, top=_top(flow))
    picture = figure(ax, name=NAME, title=HEADING, caption=_caption(flow))
    return Section(NAME, HEADING, (picture,))


def _top(flow: ParticipantFlow) -> str:
    if flow.enrolled > flow.allocated:
        return f"In the records: {flow.enrolled}\nNever allocated: {flow.enrolled - flow.allocated}"
    return f"Enrolled and allocated: {flow.allocated}"


def _texts(arm: ArmFlow, flow: ParticipantFlow) -> tuple[str, ...]:
    whom = "Allocated" if flow.changing else f"Allocated to {arm.name}"
    allocated = f"{whom}: {arm.allocated}"
    if flow.changing:
        allocated += "\nto a sequence: arms change within people"
    received = "Doses not recorded"
    if arm.received is not None:
        received = f"Received a dose: {arm.received}\nDid not: {arm.allocated - arm.received}"
    gone = sum(arm.left.values())
    reasons = list(arm.left.items())
    lines = [f"{why}: {count}" for why, count in reasons[:SHOWN]]
    if rest := sum(count for _, count in reasons[SHOWN:]):
        lines.append(f"other reasons: {rest}")
    left = "\n".join([f"Recorded as leaving: {gone}", *lines]) if gone else "No leaving is recorded"
    analysed = [f"Analysed: {arm.analysed}", _analysis(flow)]
    what = " periods" if len(flow.visits) > 1 else ""
    analysed += [f"{name}: {count}{what}" for name, count in arm.periods.items()]
    return allocated, received, left, "\n".join(analysed)


def _analysis(flow: ParticipantFlow) -> str:
    where = (
        f"at {flow.visits[0]}" if len(flow.visits) == 1 else f"at any of {len(flow.visits)} visits"
    )
    return f"{flow.outcome} {where}" if flow.visits else flow.outcome


def _caption(flow: ParticipantFlow) -> str:
    """Say in words all that the boxes say."""
    told = [f"{_top(flow).replace(chr(10), '; ')}."]
    for arm in flow.arms:
        words = [part.replace("\n", ", ") for part in _texts(arm, flow)]
        told.append(f"{'; '.join(words)}.")
    if flow.changing:
        told.append("One column, because each participant was in more than one arm.")
    told.append(
        "Who was assessed for eligibility is not in the records. After CONSORT 2025 (Hopewell et "
        "al., doi:10.1136/bmj-2024-081123)."
    )
    return " ".join(told)
