"""Labels for kits: trial, code, QR. Every label looks like every other but for its code."""

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

COLUMNS, ROWS = 3, 8  # the common label sheet of 70 mm by 37 mm
LABEL_WIDTH, LABEL_HEIGHT = WIDTH / COLUMNS, HEIGHT / ROWS
QR_SIZE = 24.0


def kit_labels(trial: str, kits: Mapping[str, str]) -> Iterator[Figure]:
    """Draw label sheets.

    Parameters
    ----------
    trial
        The trial's identifier.
    kits
        Code to the stratum (site) that the kit is for; empty where it is for any.
    """
    each = list(kits.items())
    for start in range(0, len(each), COLUMNS * ROWS):
        page, ax = sheet()
        for place, (code, stratum) in enumerate(each[start : start + COLUMNS * ROWS]):
            row, column = divmod(place, COLUMNS)
            _label(ax, column * LABEL_WIDTH, row * LABEL_HEIGHT, (trial, code, stratum))
        yield page


def _label(ax: Axes, left: float, top: float, words: tuple[str, str, str]) -> None:
    trial, code, stratum = words
    middle = top + LABEL_HEIGHT / 2
    draw_qr(ax, code, left=left + 3, top=middle - QR_SIZE / 2, size=QR_SIZE)
    x = left + 3 + QR_SIZE + (LABEL_WIDTH - QR_SIZE - 6) / 2
    width = LABEL_WIDTH - QR_SIZE - 7
    write_to_fit(ax, x, top + 7, printable(trial), mm=3.2, width=width)
    write(ax, x, middle, code, mm=5.4, weight="bold", family="DejaVu Sans Mono")
    if stratum:
        write_to_fit(ax, x, middle + 6.5, printable(stratum), mm=2.6, width=width)
    write(ax, x, top + LABEL_HEIGHT - 6, "For clinical trial use only", mm=2.2)
