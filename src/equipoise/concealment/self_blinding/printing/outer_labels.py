"""Outer labels 1 to n, in the order in which they are stuck on: each bound to its dose day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.labels import (
    COLUMNS,
    LABEL_HEIGHT,
    LABEL_WIDTH,
    QR_SIZE,
    ROWS,
)
from equipoise.concealment.seal.printing.sheet import draw_qr, printable, sheet, write, write_to_fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from equipoise.concealment.self_blinding.cards import PublicCards

PER_SHEET = COLUMNS * ROWS


def outer_labels(cards: PublicCards) -> Iterator[Figure]:
    """Draw label sheets. The date is the planned one: a postponed start moves all of them."""
    days = [f"planned {day:%a} {day.day} {day:%b %Y}" for day in cards.plan.dose_days]
    each = list(enumerate(zip(cards.outer, days, strict=True), start=1))
    where = f"{printable(cards.trial)}  {cards.participant}"
    for start in range(0, len(each), PER_SHEET):
        page, ax = sheet()
        for place, (number, (code, date)) in enumerate(each[start : start + PER_SHEET]):
            row, column = divmod(place, COLUMNS)
            words = (f"Dose day {number}", code, date, where)
            _label(ax, column * LABEL_WIDTH, row * LABEL_HEIGHT, words)
        yield page


def _label(ax: Axes, left: float, top: float, words: tuple[str, str, str, str]) -> None:
    day, code, date, where = words
    middle = top + LABEL_HEIGHT / 2
    draw_qr(ax, code, left=left + 3, top=middle - QR_SIZE / 2, size=QR_SIZE)
    x = left + 3 + QR_SIZE + (LABEL_WIDTH - QR_SIZE - 6) / 2
    write(ax, x, middle - 10, day, mm=5.0, weight="bold")
    write(ax, x, middle - 3, date, mm=2.3)
    write(ax, x, middle + 3.5, code, mm=4.6, weight="bold", family="DejaVu Sans Mono")
    width = LABEL_WIDTH - QR_SIZE - 7
    write_to_fit(ax, x, middle + 10.5, where, mm=2.3, width=width)
