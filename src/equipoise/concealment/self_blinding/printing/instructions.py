"""The seven steps on paper: a picture and plain words each. No dose, no source, no advice on drugs.

What is filled into a capsule, how much and from where is the approved protocol's business alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.sheet import WIDTH, printable, sheet, write
from equipoise.concealment.self_blinding.printing.pictures import PICTURE_HEIGHT, PICTURES

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from equipoise.concealment.self_blinding.plan import SachetPlan

MARGIN, STEP_HEIGHT, LINE = 14.0, 60.0, 5.0
TEXT_LEFT = 82.0


def instructions(trial: str, participant: str, plan: SachetPlan) -> Iterator[Figure]:
    """Draw the two sheets for a participant."""
    words = steps_in_words(plan)
    where = f"{printable(trial)}, participant {participant}"
    for start, title in ((0, "Before the first dose day"), (4, "From the first dose day")):
        page, ax = sheet()
        write(ax, MARGIN, 14, title, mm=7, weight="bold", ha="left")
        write(ax, WIDTH - MARGIN, 14, where, mm=2.8, ha="right")
        for place, (name, heading, lines) in enumerate(words[start : start + 4]):
            top = 24 + place * STEP_HEIGHT
            _step(ax, top, start + place + 1, (name, heading, lines))
        if start:
            _foot(ax, 24 + 3 * STEP_HEIGHT + 4)
        yield page


def steps_in_words(plan: SachetPlan) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return picture, heading and lines of each of the seven steps."""
    needed = len(plan.dose_days)
    packing = _helped(needed) if plan.helper else _alone(plan, needed)
    dates = f"{_date(plan.dose_days[0])} to {_date(plan.dose_days[-1])}"
    return (
        (
            "prepare",
            "Prepare",
            (
                "Take the preparation sheet of the approved protocol.",
                "It alone says what goes into a capsule. This page does not.",
                "Use opaque capsules and sachets, all of one kind.",
                "Compare your capsules with its photographs: all alike?",
            ),
        ),
        *packing,
        (
            "dose",
            f"Dose days ({dates})",
            (
                "Scan the outer label of today. Wait for the word “right”.",
                "Take the capsule. Leave the folded card in the sachet and",
                "close it again. Do not weigh, taste or open a capsule.",
                "You could not take it? Press “I could not”. That is all right.",
            ),
        ),
        (
            "ask",
            "Answer the questions",
            (
                "How are you? Did anything unwanted happen?",
                "What do you think you took, and how sure are you?",
                "“Unsure” is an answer. There is no right one to find.",
                "Answers stay as given, and come before the next dose.",
            ),
        ),
        (
            "open",
            f"At the end ({_date(plan.last_day)} or later)",
            (
                "Fill in the last questionnaire. Only then open the sachets:",
                "scan each outer label, then the inner card from that sachet.",
                "A card is missing? Say so. Do not guess what it was.",
                "You stop early? The same: last questions first, then cards.",
            ),
        ),
    )


def _date(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _alone(plan: SachetPlan, needed: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    counts = " and ".join(map(str, plan.counts))
    return (
        (
            "pack",
            f"Pack {plan.packed} sachets",
            (
                f"One content after the other: {counts} sachets.",
                "Into each: one capsule and one card of that content’s sheet,",
                "folded with the print inside. Close the sachet at once.",
                "Destroy the strip with the content’s name. Count all sachets.",
            ),
        ),
        (
            "shuffle",
            f"Shuffle, and draw {needed}",
            (
                "Lay all sachets face down, mix them with both hands,",
                "for two minutes at least, without looking at them.",
                f"Draw {needed}, one by one. Throw the other {plan.packed - needed} away unopened:",
                "what is left over would tell what you drew.",
            ),
        ),
        (
            "label",
            f"Stick on the labels 1 to {needed}",
            (
                "In the order in which you drew the sachets, label 1 first.",
                "Scan every label after you have stuck it on.",
                "From now on nobody knows what is in which sachet.",
                "Keep them closed, dry, and away from other people.",
            ),
        ),
    )


def _helped(needed: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return (
        (
            "pack",
            f"Your helper packs {needed} sachets",
            (
                "Give the sealed envelope to your helper. Do not open it.",
                "Leave the room. Your helper scans a code that works once,",
                "and packs a sachet for each dose day.",
                "Do not ask, and do not watch.",
            ),
        ),
        (
            "destroy",
            "The sheet is destroyed",
            (
                "Your helper destroys the sheet: nothing may be left of it.",
                "Nothing is shuffled: the sheet was drawn by lot.",
                "If you saw any of it, tell the study team now.",
                "That is no fault; hiding it would be.",
            ),
        ),
        (
            "label",
            f"You get the sachets 1 to {needed}",
            (
                "Your helper has stuck the labels on. Scan them in order.",
                "Do they look, weigh and feel alike? If not, say so.",
                "From now on only your helper knows. Do not talk about it.",
                "Keep them closed, dry, and away from other people.",
            ),
        ),
    )


def _step(ax: Axes, top: float, number: int, words: tuple[str, str, tuple[str, ...]]) -> None:
    picture, heading, lines = words
    PICTURES[picture](ax, MARGIN, top)
    write(ax, TEXT_LEFT, top + 7, f"{number}", mm=9, weight="bold", ha="left")
    write(ax, TEXT_LEFT + 11, top + 7, heading, mm=4.6, weight="bold", ha="left")
    for line, text in enumerate(lines):
        write(ax, TEXT_LEFT, top + 18 + line * LINE * 1.3, text, mm=3.2, ha="left")
    bottom = top + PICTURE_HEIGHT + 6
    ax.plot([MARGIN, WIDTH - MARGIN], [bottom, bottom], color="0.85", lw=0.6)


def _foot(ax: Axes, top: float) -> None:
    write(ax, MARGIN, top, "Good to know", mm=4.6, weight="bold", ha="left")
    lines = (
        "You feel unwell or frightened: get help first. Call your local emergency number, then the",
        "contact on your information sheet, and take all sachets with you. The study can wait.",
        "A sachet is lost, or the day has passed: report it as missed, and why. Use no other one.",
        "You have to begin later: put off the start before the first dose day; all days move.",
        "You looked, by accident: tell the study team. An honest slip does no harm; a hidden",
        "one does.",
    )
    for number, line in enumerate(lines):
        write(ax, MARGIN, top + 9 + number * LINE * 1.3, line, mm=3.0, ha="left")
