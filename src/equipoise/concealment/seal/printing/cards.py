"""Emergency cards: folded twice, the arm inside, the kit code outside.

A strip has three panels. Fold 1 (mountain) turns the cover outwards; fold 2 (valley) lays the
third panel on the second. The arm is on the second: the cover's sheet lies behind it, the third
panel before it, and a pattern of letters on both keeps it from being read against the light.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.sheet import (
    HEIGHT,
    WIDTH,
    draw_qr,
    printable,
    sheet,
    write,
    write_to_fit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, ROWS, PANELS = 2, 2, 3
MARGIN = 6.0
STRIP_WIDTH = (WIDTH - 2 * MARGIN) / COLUMNS
STRIP_HEIGHT = (HEIGHT - 2 * MARGIN) / ROWS
PANEL = STRIP_HEIGHT / PANELS
PATTERN = "MWHXNKEBRSGQ8#%&@"
LETTERS, LINES = 45, 13


def emergency_cards(trial: str, arms: Mapping[str, str]) -> Iterator[Figure]:
    """Draw sheets of cards.

    Parameters
    ----------
    trial
        The trial's identifier.
    arms
        Kit code to arm.

    Raises
    ------
    DataError
        If an arm has letters that the card could not show.
    """
    for arm in sorted(set(arms.values())):
        printable(arm)
    each = list(arms.items())
    for start in range(0, len(each), COLUMNS * ROWS):
        page, ax = sheet()
        for place, (code, arm) in enumerate(each[start : start + COLUMNS * ROWS]):
            row, column = divmod(place, COLUMNS)
            left, top = MARGIN + column * STRIP_WIDTH, MARGIN + row * STRIP_HEIGHT
            _frame(ax, left, top)
            _cover(ax, left + STRIP_WIDTH / 2, top, trial, code)
            _inside(ax, left + STRIP_WIDTH / 2, top + PANEL, code, arm)
            _pattern(ax, left, top + 2 * PANEL)
        yield page


def _frame(ax: Axes, left: float, top: float) -> None:
    """Draw where to cut and where to fold."""
    right, bottom = left + STRIP_WIDTH, top + STRIP_HEIGHT
    ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "0.6", lw=0.4)
    for number, words in ((1, "fold 1: backwards"), (2, "fold 2: forwards")):
        y = top + number * PANEL
        ax.plot([left, right], [y, y], color="0.3", lw=0.5, linestyle=(0, (6, 4)))
        write(ax, left + 2, y - 1.6, words, mm=1.8, ha="left", color="0.3")


def _cover(ax: Axes, x: float, top: float, trial: str, code: str) -> None:
    write(ax, x, top + 4.5, "EMERGENCY CARD: OPEN TO BREAK THE CODE", mm=2.7, weight="bold")
    write_to_fit(ax, x - 12, top + 12, printable(trial), mm=3.4, width=STRIP_WIDTH - 34)
    write(ax, x - 12, top + 21, code, mm=6.5, weight="bold", family="DejaVu Sans Mono")
    draw_qr(ax, code, left=x + 20, top=top + 8, size=22)
    words = (
        "Open only if treatment depends on knowing. Breaks this person's code,",
        "nobody else's. Prefer the system's code break, if it can be reached.",
        "Opened by / date, time / reason: ____________________________________",
    )
    for number, line in enumerate(words):
        write(ax, x, top + 33 + 4.2 * number, line, mm=2.1)


def _inside(ax: Axes, x: float, top: float, code: str, arm: str) -> None:
    write(ax, x, top + 6, f"Kit {code} holds", mm=2.8)
    write_to_fit(ax, x, top + PANEL / 2 - 1, arm, mm=7.0, width=STRIP_WIDTH - 12)
    words = (
        "The code is broken. Tell nobody who need not know.",
        "Write on the cover who opened it, when and why, and report it the same day",
        "to the trial office, which enters it into the ledger. Keep the card.",
    )
    for number, line in enumerate(words):
        write(ax, x, top + PANEL - 13 + 4 * number, line, mm=2.1)


def _pattern(ax: Axes, left: float, top: float) -> None:
    """Fill the panel that lies on the arm with letters, the same on every card."""
    endless = PATTERN * (LETTERS * LINES)
    step = LETTERS + 5  # no two neighbouring lines alike
    text = "\n".join(endless[line * step : line * step + LETTERS] for line in range(LINES))
    x, y = left + STRIP_WIDTH / 2, top + PANEL / 2
    settings = {"weight": "bold", "color": "0.25", "family": "DejaVu Sans Mono"}
    write(ax, x, y, text, mm=3.4, linespacing=0.86, **settings)
