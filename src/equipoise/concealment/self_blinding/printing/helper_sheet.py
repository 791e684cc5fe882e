"""The helper's sheet: which content goes into the sachet of which day. One reader, then none.

The statistician prints it unread into an envelope. The first page stays readable from outside the
fold; what tells the order is on the pages after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.sheet import (
    WIDTH,
    draw_qr,
    printable,
    sheet,
    write,
    write_to_fit,
)
from equipoise.concealment.self_blinding.printing.card import CARD_HEIGHT, CARD_WIDTH, draw_card

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from equipoise.concealment.self_blinding.cards import IssuedCards

ROWS, TOP, MARGIN = 4, 30.0, 14.0
STEPS = (
    "You pack the sachets; the participant must never see these pages.",
    "Do not tell them, or anybody, what you packed: not in words, not by a look.",
    "1  Scan the code above. It works once. If it was used before, stop and tell the study team.",
    "2  Fill the capsules only as the approved protocol's sheet says. This sheet says only which",
    "    content belongs to which day.",
    "3  Go through the next pages from day 1. For each row: cut out the card, fold it with the",
    "    print inside, and put it with one capsule of the content named on the left into a sachet.",
    "4  Close the sachet. Stick on the outer label of that day, before you begin the next row.",
    "5  Check that all sachets look, weigh and feel alike.",
    "6  Destroy every page of this sheet (tear it small), and say so in the study's form.",
    "7  Hand over the closed sachets. From now on do not meet the participant on dose days,",
    "    if that can be arranged: faces tell.",
)


def helper_sheet(issued: IssuedCards) -> Iterator[Figure]:
    """Draw a cover with the one-time code, then a row for each dose day."""
    public = issued.public
    yield _cover(f"{printable(public.trial)}, participant {public.participant}", issued.token)
    rows = [(day, printable(c.content), c.code) for day, c in enumerate(issued.drawn, start=1)]
    for start in range(0, len(rows), ROWS):
        page, ax = sheet()
        write(ax, WIDTH / 2, 12, "FOR THE HELPER ONLY. Destroy after packing.", mm=4, weight="bold")
        for place, row in enumerate(rows[start : start + ROWS]):
            _row(ax, TOP + place * (CARD_HEIGHT + 4), row)
        yield page


def _cover(where: str, token: str) -> Figure:
    page, ax = sheet()
    write(ax, WIDTH / 2, 18, "FOR THE HELPER ONLY", mm=8, weight="bold")
    write(ax, WIDTH / 2, 29, where, mm=3.4)
    write(ax, WIDTH / 2, 36, "Participant: do not open this envelope. Hand it on.", mm=3.4)
    draw_qr(ax, token, left=WIDTH / 2 - 30, top=44, size=60)
    groups = " ".join(token[i : i + 8] for i in range(0, len(token), 8))
    write(ax, WIDTH / 2, 109, groups, mm=3.4, family="DejaVu Sans Mono")
    write(ax, WIDTH / 2, 115, "works once", mm=2.6)
    for number, line in enumerate(STEPS):
        write(ax, MARGIN, 132 + 8.5 * number, line, mm=3.1, ha="left")
    return page


def _row(ax: Axes, top: float, row: tuple[int, str, str]) -> None:
    day, content, code = row
    left, bottom = WIDTH - MARGIN - CARD_WIDTH, top + CARD_HEIGHT
    ax.plot([MARGIN, left, left], [bottom, bottom, top], color="0.7", lw=0.4)
    middle = (MARGIN + left) / 2
    write(ax, middle, top + 14, f"Dose day {day}", mm=6, weight="bold")
    write(ax, middle, top + 24, "content of the sachet:", mm=2.8)
    write_to_fit(ax, middle, top + 35, content, mm=7, width=left - MARGIN - 6)
    draw_card(ax, code, left=left, top=top)
    write(ax, left - 3, top + 3, "✂", mm=4, ha="right")
