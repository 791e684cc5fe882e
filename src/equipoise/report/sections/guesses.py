"""What people of each arm guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.plots import guesses_by_arm
from equipoise.report import numbers
from equipoise.report.blocks import Part, Section, figure, missing

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "figures"
ORDER = 20
NAME, HEADING = "guesses", "What people guessed"


def section(findings: Findings) -> Section:
    """Draw the guesses by arm with Bang's index under each bar and James' in the caption."""
    outcome = findings.main_outcome
    if not any(n for (_, answer), n in outcome.guesses.items() if answer != "missing"):
        return missing(NAME, HEADING, "the trial has no treatment guesses.")
    answers = (*findings.arms, "unsure", "missing")
    frame = pd.DataFrame(
        [[outcome.guesses.get((arm, answer), 0) for answer in answers] for arm in findings.arms],
        index=pd.Index(findings.arms),
        columns=pd.Index(answers),
    )
    notes = {
        arm: f"Bang's index {numbers.estimate(row)} ({numbers.interval(row)})"
        for arm in findings.arms
        if (row := outcome.blinding("bang-index", arm))
    }
    what = "participant-visits" if outcome.observations > outcome.people else "participants"
    caption = (
        f"Share of {what} with a score of {outcome.name}, by what they guessed (number in "
        "brackets). Bang's index of an arm is 1 when all guess right, 0 at chance, −1 when all "
        "guess wrong."
    )
    james = outcome.blinding("james-index")
    if james:
        caption += (
            f" James' index of the whole trial is {numbers.with_interval(james)}: 1 when nobody "
            "can say, 0.5 at chance, 0 when all guess right; it cannot tell one arm from the other."
        )
    if not findings.dont_know:
        caption += " “Don't know” was not offered."
    ax = guesses_by_arm(frame, notes=notes)
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))
